"""Write contracts/snapshots/gas.json: the gas that every operation of the contracts takes."""

from tests.contracts.cast import Ledger
from tests.contracts.gas import SNAPSHOT, measure, to_text


def main() -> None:
    """Measure on a fresh chain in this process, and write."""
    gas = measure(Ledger.deploy())
    SNAPSHOT.write_text(to_text(gas), encoding="utf-8")
    print(f"wrote {len(gas)} operations to contracts/snapshots/gas.json")


if __name__ == "__main__":
    main()
