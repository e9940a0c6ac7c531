"""Rules for disputes, for what the council decides, and for keys."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.contracts.machine.comparison import (
    ANYBODY,
    Comparison,
    amounts,
    choose,
    indices,
    some,
    whos,
)
from tests.contracts.machine.settlement import REASON, Settlement
from tests.contracts.model import BUYER, interventions

reductions = st.lists(st.tuples(st.sampled_from(ANYBODY), amounts), max_size=2)


def disputed(machine: Comparison) -> list[bytes]:
    return [record for record, invoice in machine.model.invoices.items() if invoice.disputed]


def frozen_by_council(machine: Comparison) -> list[bytes]:
    return [
        record for record, invoice in machine.model.invoices.items() if "council" in invoice.freezes
    ]


class Council(Settlement):
    """Disputes, freezes, voiding and the rotation of keys: every rule there is."""

    @rule(index=indices, who=whos, units=amounts)
    def dispute(self, index: int, who: str | None, units: int) -> None:
        record, _ = self.record(index)
        who = who or BUYER
        call = self.book.dispute(record, units, REASON)
        self.attempt(record, who, call, lambda draft: interventions.dispute(draft, who, units))

    @precondition(some(disputed))
    @rule(index=indices, who=whos, conceding=st.booleans())
    def end_dispute(self, index: int, who: str | None, *, conceding: bool) -> None:
        record = choose(disputed(self), index)
        supplier = self.model.invoices[record].supplier
        if conceding:
            who, call = who or supplier, self.book.concedeDispute(record)
            operation = interventions.concede_dispute
        else:
            who, call = who or BUYER, self.book.withdrawDispute(record)
            operation = interventions.withdraw_dispute
        self.attempt(record, who, call, lambda draft: operation(draft, who))

    @precondition(some(disputed))
    @rule(index=indices, reductions=reductions)
    def decide_dispute(self, index: int, reductions: list[tuple[str, int]]) -> None:
        record = choose(disputed(self), index)
        listed = [(self.members[name].id, units) for name, units in reductions]
        call = self.book.decideDispute(record, listed, REASON)
        self.decide(record, call, lambda draft: interventions.decide_dispute(draft, reductions))

    @rule(index=indices, seriously=st.integers(0, 2))
    def freeze(self, index: int, seriously: int) -> None:
        if seriously == 2:
            record, _ = self.record(index)
            self.decide(record, self.book.freeze(record, REASON), interventions.freeze)

    @precondition(some(frozen_by_council))
    @rule(index=indices)
    def unfreeze(self, index: int) -> None:
        record = choose(frozen_by_council(self), index)
        self.decide(record, self.book.unfreeze(record), interventions.unfreeze)

    @rule(index=indices, seriously=st.integers(0, 4))
    def void(self, index: int, seriously: int) -> None:
        if seriously == 4:
            record, _ = self.record(index)
            self.decide(record, self.book.voidRecord(record, REASON), interventions.void)

    @precondition(lambda machine: bool(machine.spare_keys))
    @rule(name=st.sampled_from(ANYBODY))
    def rotate_a_key(self, name: str) -> None:
        self.rotate_key(name)
