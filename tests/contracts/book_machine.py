"""What always holds of a book of records, whatever anybody does in whatever order."""

from collections.abc import Collection, Mapping
from typing import Generic, Protocol, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant
from web3.contract.contract import ContractFunctions

from tests.contracts.cast import Ledger
from tests.contracts.histories import Histories


class Seen(Protocol):
    """What a book says of a record; positions are free, reserved and pledged units by member."""

    @property
    def total(self) -> int: ...
    @property
    def retired(self) -> int: ...
    @property
    def pledged(self) -> int: ...
    @property
    def positions(self) -> Mapping[str, tuple[int, int, int]]: ...
    @property
    def holdings(self) -> Mapping[str, int]: ...
    @property
    def history(self) -> tuple[int, bytes]: ...


_Seen = TypeVar("_Seen", bound=Seen)
_Seen_co = TypeVar("_Seen_co", bound=Seen, covariant=True)


class BookWalk(Protocol[_Seen_co]):
    """A walk through a book: its records when last touched, and which the last step touched."""

    @property
    def book(self) -> ContractFunctions: ...
    @property
    def seen(self) -> Mapping[bytes, _Seen_co]: ...
    @property
    def touched(self) -> Collection[bytes]: ...
    @property
    def histories(self) -> Histories: ...


class BookMachine(RuleBasedStateMachine, Generic[_Seen]):
    """Members and the council act on a book; each class of machines says how they walk.

    `before` has what the book said of the records before the last step.
    """

    walk: BookWalk[_Seen]

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.chain, self.snapshot = ledger.chain, ledger.chain.snapshot()
        self.before: dict[bytes, _Seen] = {}

    @property
    def touched(self) -> dict[bytes, _Seen]:
        """The records of the last step, as they are now."""
        return {record: self.walk.seen[record] for record in self.walk.touched}

    @property
    def changes(self) -> list[tuple[_Seen, _Seen]]:
        """The records of the last step, as they were and as they are."""
        return [
            (self.before[record], after)
            for record, after in self.touched.items()
            if record in self.before
        ]

    @invariant()
    def units_are_conserved(self) -> None:
        for seen in self.touched.values():
            assert sum(seen.holdings.values()) + seen.retired == seen.total

    @invariant()
    def every_pledged_unit_is_counted_once(self) -> None:
        for seen in self.touched.values():
            assert sum(pledged for _, _, pledged in seen.positions.values()) == seen.pledged

    @invariant()
    def histories_are_what_the_events_make_them(self) -> None:
        for record, seen in self.touched.items():
            assert seen.history == self.walk.histories.records[record]

    @invariant()
    def nobody_acts_for_another(self) -> None:
        if self.touched:
            for member, expected in self.walk.histories.members.items():
                assert tuple(self.walk.book.memberHistory(member).call()) == expected
