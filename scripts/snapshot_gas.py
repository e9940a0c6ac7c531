"""Write contracts/snapshots/gas.json: the gas that every operation of the contracts takes."""

import sys
from pathlib import Path

from scripts.generated import write_or_check
from tests.contracts.cast import Ledger
from tests.contracts.gas import SNAPSHOT, measure, to_text


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 any operation takes another amount."""
    return write_or_check("Measure on a fresh chain in this process.", _files, arguments)


def _files() -> dict[Path, bytes]:
    return {SNAPSHOT: to_text(measure(Ledger.deploy())).encode()}


if __name__ == "__main__":
    sys.exit(main())
