"""Exit codes, in one place.

`verify` answers by its exit code, so its codes stand with the verdicts (`Verdict.exit_code`); what
keeps it from answering is wrong usage, or undetermined.
"""

from typing import Final

from ledger.errors import SealbookError, TransportError

DONE: Final = 0
REFUSED: Final = 1
WRONG_USAGE: Final = 2
UNREACHABLE: Final = 3
INTERRUPTED: Final = 130


def exit_code_of(error: SealbookError) -> int:
    """The exit code that stands for an error."""
    return UNREACHABLE if isinstance(error, TransportError) else REFUSED
