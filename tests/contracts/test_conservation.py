"""What always holds, whatever anybody does in whatever order."""

import os

from hypothesis import Phase, settings
from hypothesis.stateful import initialize, invariant, run_state_machine_as_test

from tests.contracts.cast import Ledger
from tests.contracts.machine import Council
from tests.contracts.machine.comparison import ANYBODY, KEYS
from tests.contracts.model import BUYER, SUPPLIERS, settlement
from tests.contracts.model.invoice import STANDING

EXAMPLES = int(os.environ.get("SEALBOOK_EXAMPLES", "10"))
STEPS = int(os.environ.get("SEALBOOK_STEPS", "30"))
"""Sequences to try, and operations in each."""


class Claims(Council):
    """Claims about every record that the last operation touched."""

    @initialize()
    def two_invoices_are_accepted(self) -> None:
        for supplier, key in zip(SUPPLIERS, KEYS, strict=False):
            record = self.register(supplier, 12, frozenset({key}))
            accept = self.book.accept(record)
            self.attempt(record, BUYER, accept, lambda draft: settlement.accept(draft, BUYER))
        self.held_when_frozen: dict[bytes, dict[str, int]] = {}
        self.held_when_void: dict[bytes, dict[str, tuple[int, int, int]]] = {}

    @invariant()
    def units_are_conserved(self) -> None:
        for seen in self.touched.values():
            assert sum(seen.holdings.values()) + seen.retired == seen.total

    @invariant()
    def records_are_as_in_the_model(self) -> None:
        for record, seen in self.touched.items():
            invoice = self.model.invoices[record]
            assert (seen.state, seen.frozen) == (invoice.state, bool(invoice.freezes))
            assert seen.positions == {
                name: (invoice.free(name), invoice.reserved(name), invoice.pledged(name))
                for name in ANYBODY
            }
            assert [(pledge.rank, pledge.units) for pledge in seen.pledges] == [
                (pledge.rank, pledge.units if pledge.open else 0) for pledge in invoice.pledges
            ]

    @invariant()
    def every_pledged_unit_is_counted_once(self) -> None:
        for seen in self.touched.values():
            pledged = {name: units[2] for name, units in seen.positions.items()}
            assert sum(pledged.values()) == seen.pledged
            for name, member in self.members.items():
                own = [lot for lot in seen.lots if lot[0].pledgor == member.id]
                assert pledged[name] == sum(max(pledge.units for pledge in lot) for lot in own)

    @invariant()
    def no_unit_is_pledged_twice_in_the_same_rank(self) -> None:
        for seen in self.touched.values():
            for lot in seen.lots:
                assert sorted(pledge.rank for pledge in lot) == list(range(1, len(lot) + 1))
                assert len({pledge.pledgor for pledge in lot}) == 1
            firsts = [pledge.units for lot in seen.lots for pledge in lot if pledge.rank == 1]
            assert sum(firsts) <= seen.pledged

    @invariant()
    def a_strict_key_is_held_by_the_one_standing_record_that_has_it(self) -> None:
        for record, seen in self.touched.items():
            for key in self.model.invoices[record].keys:
                holder = self.book.strictKeyHolder(key).call()
                assert holder == (self.model.holder(key) or bytes(32))
                assert (holder == record) == (seen.state in STANDING)

    @invariant()
    def frozen_means_frozen_and_void_means_void(self) -> None:
        for record, seen in self.touched.items():
            if seen.state == "voided":
                assert self.held_when_void.setdefault(record, seen.positions) == seen.positions
            elif not seen.frozen:
                self.held_when_frozen.pop(record, None)
            else:
                assert self.held_when_frozen.setdefault(record, seen.holdings) == seen.holdings

    @invariant()
    def histories_are_what_the_events_make_them(self) -> None:
        for record, seen in self.touched.items():
            assert seen.history == self.record_histories[record]

    @invariant()
    def nobody_acts_for_another(self) -> None:
        for member in self.acted:
            found = tuple(self.book.memberHistory(member).call())
            assert found == self.member_histories[member]

    def rotate_key(self, name: str) -> None:
        """Let a member replace its key: no title moves."""
        before = {record: self.observe(record) for record in self.model.invoices}
        super().rotate_key(name)
        assert self.touched == before


def test_the_claims_hold_whatever_anybody_does(deployed: Ledger) -> None:
    # Without shrinking: a transaction takes long enough to make that a matter of minutes.
    profile = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )

    class Sequences(Claims):
        def __init__(self) -> None:
            super().__init__(deployed)

    run_state_machine_as_test(Sequences, settings=profile)
