"""`sealbook` as a process of its own, that serves until it is ended."""

import signal
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.support.processes import Serving, serving

PROGRAM = Path(sys.executable).with_name("sealbook")


def serving_process(url_file: Path, *arguments: str | Path) -> AbstractContextManager[Serving]:
    """Start a command that serves on a free port, and wait for its URL."""
    return serving([PROGRAM, *arguments, "--port", "0"], url_file)


@contextmanager
def heeding_interrupts() -> Iterator[None]:
    """Processes that are started here heed SIGINT, also where this one was started to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
