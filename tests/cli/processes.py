"""`sealbook` as a process of its own, that serves until it is ended."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path

from tests.support.processes import Serving, serving

PROGRAM = Path(sys.executable).with_name("sealbook")


def serving_process(url_file: Path, *arguments: str | Path) -> AbstractContextManager[Serving]:
    """Start a command that serves on a free port, and wait for its URL."""
    return serving([PROGRAM, *arguments, "--port", "0"], url_file)
