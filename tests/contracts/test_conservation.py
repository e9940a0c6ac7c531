"""What always holds, whatever anybody does in whatever order."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.contracts.book_machine import BookMachine
from tests.contracts.cast import Ledger
from tests.contracts.model import BUYER, SUPPLIERS, settlement
from tests.contracts.stateful import try_sequences
from tests.contracts.walk import MOVING_NOTHING, Walk
from tests.contracts.walk.choices import ANYBODY, KEYS
from tests.contracts.walk.observation import Observation

EXAMPLES, STEPS = 5, 40


class InvoiceBookMachine(BookMachine[Observation]):
    """Suppliers, financiers, a buyer and the council act on a book and on its model.

    It begins with two accepted invoices, of each of which some units are pledged.
    """

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.walk: Walk = Walk(ledger)
        self.operation = ""

    @initialize()
    def begin(self) -> None:
        walk = self.walk
        for supplier, key in zip(SUPPLIERS, KEYS, strict=False):
            record = walk.register(supplier, 12, frozenset({key}))
            accept = walk.book.accept(record)
            walk.attempt(record, BUYER, accept, lambda draft: settlement.accept(draft, BUYER))
            walk.pledge_to_begin(record, supplier)

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        self.before = dict(self.walk.seen)
        self.operation = self.walk.take_step(data)

    @invariant()
    def the_book_answers_as_the_model(self) -> None:
        answer, expected = self.walk.answer
        assert answer == expected

    @invariant()
    def what_a_member_has_pledged_is_what_its_pledges_take(self) -> None:
        for seen in self.touched.values():
            for name, member in self.walk.members.items():
                own = [lot for lot in seen.lots if lot[0].pledgor == member.id]
                _, _, pledged = seen.positions[name]
                assert pledged == sum(max(pledge.units for pledge in lot) for lot in own)

    @invariant()
    def no_unit_is_pledged_twice_in_the_same_rank(self) -> None:
        for seen in self.touched.values():
            for lot in seen.lots:
                assert sorted(pledge.rank for pledge in lot) == list(range(1, len(lot) + 1))
                assert len({pledge.pledgor for pledge in lot}) == 1
            firsts = [pledge.units for lot in seen.lots for pledge in lot if pledge.rank == 1]
            assert sum(firsts) <= seen.pledged

    @invariant()
    def a_strict_key_is_held_by_the_one_record_that_has_and_keeps_it(self) -> None:
        model = self.walk.model
        for record, seen in self.touched.items():
            invoice = model.invoices[record]
            assert seen.state == invoice.state
            for key in invoice.keys:
                holder = self.walk.book.strictKeyHolder(key).call()
                assert holder == (model.holder(key) or bytes(32))
                assert (holder == record) == invoice.holds_keys

    @invariant()
    def frozen_means_frozen(self) -> None:
        for before, after in self.changes:
            if before.frozen and after.frozen:
                assert (after.holdings, after.retired) == (before.holdings, before.retired)
                assert after.pledged <= before.pledged
                assert after.state in (before.state, "voided")

    @invariant()
    def what_is_void_moves_nothing(self) -> None:
        for before, after in self.changes:
            if before.state == "voided":
                assert (after.state, after.positions) == ("voided", before.positions)
                assert after.pledges == before.pledges

    @invariant()
    def no_title_moves_with_a_key_or_a_suspension(self) -> None:
        if self.operation in MOVING_NOTHING:
            assert all(before == after for before, after in self.changes)

    @invariant()
    def records_are_as_in_the_model(self) -> None:
        for record, seen in self.touched.items():
            invoice = self.walk.model.invoices[record]
            assert (seen.state, seen.frozen) == (invoice.state, bool(invoice.freezes))
            assert seen.positions == {
                name: (invoice.free(name), invoice.reserved(name), invoice.pledged(name))
                for name in ANYBODY
            }
            assert [(pledge.rank, pledge.units) for pledge in seen.pledges] == [
                (pledge.rank, pledge.units if pledge.open else 0) for pledge in invoice.pledges
            ]

    def teardown(self) -> None:
        try:
            self.walk.look_at(self.walk.model.invoices)
            self.records_are_as_in_the_model()
        finally:
            self.chain.restore(self.snapshot)


def test_the_claims_hold_whatever_anybody_does(ledger: Ledger) -> None:
    try_sequences(lambda: InvoiceBookMachine(ledger), examples=EXAMPLES, steps=STEPS)
