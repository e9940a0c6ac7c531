"""`make serve`: keeps the development chain and the service running on one folder's state."""

import argparse
import sys
import time
from pathlib import Path

from ledger.cli.exits import INTERRUPTED
from ledger.errors import SealbookError
from scripts.folder import DEFAULT_FOLDER, held
from scripts.processes import ScriptError, interrupt_on_signals
from scripts.stack import MEMBERS, SUPPLIER, Stack, open_stack
from scripts.story import show_command, show_exports


def main() -> int:
    """Serve until interrupted, and return 0.

    Returns 1 if something does not start or ends by itself, 130 if interrupted before it serves.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--dir", type=Path, default=DEFAULT_FOLDER, help="where everything is kept (%(default)s)"
    )
    folder: Path = parser.parse_args().dir
    interrupt_on_signals()
    try:
        with held(folder), open_stack(folder, _tell) as stack:
            return _serve(stack)
    except KeyboardInterrupt:
        print("\nInterrupted; the next start goes on from here.", file=sys.stderr)
        return INTERRUPTED
    except (ScriptError, SealbookError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _tell(text: str) -> None:
    print(text, flush=True)


def _serve(stack: Stack) -> int:
    try:
        _welcome(stack)
        return _watch(stack)
    except KeyboardInterrupt:  # how serving ends
        return 0


def _welcome(stack: Stack) -> None:
    print(f"\nDevelopment chain  {stack.rpc_url}")
    print(f"API                {stack.api_url}")
    print(f"  described at     {stack.api_url}/v1/openapi.json")
    print(f"Configuration      {stack.config}")
    print(f"Logs               {stack.folder / 'logs'}")
    print("API keys")
    for member in MEMBERS:
        print(f"  {member.title}\n    {stack.api_key_file(member)}")
    print("\nFor a shell that speaks for the supplier:")
    show_exports(stack.config)
    show_command(f"export API={stack.api_url}")
    show_command(f"export KEY=$(cat {stack.api_key_file(SUPPLIER)})")
    print("\nCtrl-C ends it; the next start finds everything again.", flush=True)


def _watch(stack: Stack) -> int:
    while True:
        for process in stack.processes:
            if not process.running:
                print(f"error: {process.name} ended: {process.last_words()}", file=sys.stderr)
                return 1
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
