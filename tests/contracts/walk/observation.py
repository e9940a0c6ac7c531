"""What the contract says about a record, read once after each operation."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from tests.contracts.cast import Ledger
from tests.contracts.harness import Member
from tests.contracts.pledges import OPEN, Pledge, pledge_of
from tests.contracts.receivables import position

STATES = ("unknown", "registered", "accepted", "rejected", "cancelled", "settled", "voided")


@dataclass(frozen=True, slots=True)
class Observation:
    """A record as it stands; positions are free, reserved and pledged units by member."""

    state: str
    total: int
    retired: int
    pledged: int
    frozen: bool
    positions: dict[str, tuple[int, int, int]]
    pledges: list[Pledge]
    history: tuple[int, bytes]

    @property
    def holdings(self) -> dict[str, int]:
        """All units of each member, promised or not."""
        return {name: sum(units) for name, units in self.positions.items()}

    @property
    def lots(self) -> list[list[Pledge]]:
        """The open pledges, lot by lot."""
        found = [pledge for pledge in self.pledges if pledge.state == OPEN]
        by_lot = sorted(found, key=lambda pledge: pledge.lot)
        return [list(lot) for _, lot in groupby(by_lot, key=lambda pledge: pledge.lot)]


def observe(ledger: Ledger, record: bytes, members: Mapping[str, Member]) -> Observation:
    """Read a record."""
    book = ledger.invoices.functions
    _, _, _, total, retired, pledged, freezes = book.record(record).call()
    state, *_ = book.invoice(record).call()
    return Observation(
        state=STATES[state],
        total=total,
        retired=retired,
        pledged=pledged,
        frozen=freezes != 0,
        positions={name: position(ledger, record, member) for name, member in members.items()},
        pledges=[
            pledge_of(ledger, record, number) for number in range(book.pledgeCount(record).call())
        ],
        history=tuple(book.recordHistory(record).call()),
    )
