"""Write what the contracts cost: contracts/snapshots/gas.json and contracts/GAS.md."""

import sys
from pathlib import Path

from scripts.generated import write_or_check
from tests.contracts.cast import Ledger
from tests.contracts.gas import SNAPSHOT, measure, to_text
from tests.contracts.gas_arithmetic import bills
from tests.contracts.gas_report import REPORT, to_report


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 any operation takes another amount."""
    return write_or_check("Measure on a fresh chain in this process.", _files, arguments)


def _files() -> dict[Path, bytes]:
    ledger = Ledger.deploy()
    gas = measure(ledger)
    report = to_report(gas, bills(ledger))
    return {SNAPSHOT: to_text(gas).encode(), REPORT: report.encode()}


if __name__ == "__main__":
    sys.exit(main())
