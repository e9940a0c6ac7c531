"""`make serve`: keeps the development chain and the service running on one folder's state."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from scripts.processes import StartError
from scripts.stack import MEMBERS, CommandError, Stack, open_stack


def main() -> int:
    """Serve until interrupted. Returns 1 if something does not start, or ends by itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--dir", type=Path, default=Path("var/demo"), help="where everything is kept"
    )
    folder: Path = parser.parse_args().dir
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with open_stack(folder, print) as stack:
            _welcome(stack)
            return _watch(stack, stop)
    except (StartError, CommandError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _welcome(stack: Stack) -> None:
    print(f"\nDevelopment chain   {stack.rpc_url}")
    print(f"API                 {stack.api_url}   (described at {stack.api_url}/v1/openapi.json)")
    print(f"Configuration       {stack.config}")
    for member in MEMBERS:
        key = stack.folder / "api-keys" / f"{member.id.partition(':')[2]}.key"
        print(f"API key             {key}   {member.title}")
    print(f"Logs                {stack.folder / 'logs'}")
    print("\nCtrl-C ends it; the next start finds everything again.", flush=True)


def _watch(stack: Stack, stop: threading.Event) -> int:
    while not stop.wait(0.5):
        for process in stack.processes:
            if not process.running:
                print(f"error: {process.name} ended by itself; see the logs", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
