"""How the demo tells its story on a terminal."""

import subprocess
import sys
import textwrap

from scripts.processes import sealbook

_WIDTH = 96


def step(number: int, title: str) -> None:
    """Begin a step."""
    print(f"\n{_strong(f'{number}. {title}')}", flush=True)


def say(text: str) -> None:
    """Tell who did what."""
    print(textwrap.fill(text, _WIDTH, initial_indent="   ", subsequent_indent="   "), flush=True)


def show(text: str) -> None:
    """Show what came of it, as it came."""
    print(textwrap.indent(text.rstrip(), "     | "), flush=True)


def show_command(text: str) -> None:
    """Show a command that anybody can type."""
    print(f"   $ {text}", flush=True)


def run_shown(config: str, *arguments: str) -> int:
    """Run a `sealbook` command, show it and what it prints, and return its exit code."""
    show_command("sealbook " + " ".join(arguments))
    done = subprocess.run(  # noqa: S603 - our own command
        sealbook("--config", config, *arguments), capture_output=True, text=True, check=False
    )
    show(done.stdout + done.stderr)
    return done.returncode


def _strong(text: str) -> str:
    return f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text
