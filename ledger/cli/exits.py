"""Exit codes, in one place. 0 is done, and 2 is click's for wrong usage.

`verify` answers by its exit code: those codes stand with the verdicts (`Verdict.exit_code`).
"""

from typing import Final

from ledger.errors import SealbookError, TransportError

REFUSED: Final = 1
UNREACHABLE: Final = 3
BLOCKED: Final = 4
"""`screen`: a file is not to be financed."""
REVIEW: Final = 5
"""`screen`: a person should look at a file."""
INTERRUPTED: Final = 130


def exit_code_of(error: SealbookError) -> int:
    """The exit code that stands for an error."""
    return UNREACHABLE if isinstance(error, TransportError) else REFUSED
