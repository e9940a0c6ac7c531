"""What always holds, whatever anybody does in whatever order."""

import os
from collections.abc import Iterator
from random import Random

import pytest

from tests.contracts.cast import Ledger
from tests.contracts.model import BUYER, SUPPLIERS, settlement
from tests.contracts.model.invoice import STANDING
from tests.contracts.walk import Walk
from tests.contracts.walk.comparison import ANYBODY, KEYS
from tests.contracts.walk.observation import Observation

WALKS = int(os.environ.get("SEALBOOK_WALKS", "6"))
STEPS = int(os.environ.get("SEALBOOK_STEPS", "45"))
"""How many walks, each from a seed of its own, and how many operations in each."""

WEIGHTS = {
    Walk.begin: 3,
    Walk.accept: 5,
    Walk.reject: 1,
    Walk.cancel: 1,
    Walk.undertake: 1,
    Walk.credit: 2,
    Walk.offer: 8,
    Walk.accept_offer: 8,
    Walk.end_offer: 3,
    Walk.pledge: 6,
    Walk.pledge_behind: 9,
    Walk.release_pledge: 4,
    Walk.enforce_pledge: 8,
    Walk.declare_payment: 4,
    Walk.confirm_payment: 4,
    Walk.end_payment: 1,
    Walk.dispute: 2,
    Walk.end_dispute: 3,
    Walk.decide_dispute: 3,
    Walk.freeze: 1,
    Walk.unfreeze: 4,
    Walk.void: 0.5,
    Walk.rotate_key: 1,
    Walk.pass_time: 3,
}
"""How often each step is tried, so that most walks come to finance, to pledge and to pay."""


def units_are_conserved(seen: Observation) -> None:
    assert sum(seen.holdings.values()) + seen.retired == seen.total


def every_pledged_unit_is_counted_once(walk: Walk, seen: Observation) -> None:
    pledged = {name: units[2] for name, units in seen.positions.items()}
    assert sum(pledged.values()) == seen.pledged
    for name, member in walk.members.items():
        own = [lot for lot in seen.lots if lot[0].pledgor == member.id]
        assert pledged[name] == sum(max(pledge.units for pledge in lot) for lot in own)


def no_unit_is_pledged_twice_in_the_same_rank(seen: Observation) -> None:
    for lot in seen.lots:
        assert sorted(pledge.rank for pledge in lot) == list(range(1, len(lot) + 1))
        assert len({pledge.pledgor for pledge in lot}) == 1
    firsts = [pledge.units for lot in seen.lots for pledge in lot if pledge.rank == 1]
    assert sum(firsts) <= seen.pledged


def a_strict_key_is_held_by_the_one_standing_record_that_has_it(
    walk: Walk, record: bytes, seen: Observation
) -> None:
    for key in walk.model.invoices[record].keys:
        holder = walk.book.strictKeyHolder(key).call()
        assert holder == (walk.model.holder(key) or bytes(32))
        assert (holder == record) == (seen.state in STANDING)


def frozen_means_frozen(before: Observation, after: Observation) -> None:
    if before.frozen and after.frozen:
        assert (after.holdings, after.retired) == (before.holdings, before.retired)
        assert after.pledged <= before.pledged
        assert after.state in (before.state, "voided")


def what_is_void_moves_nothing(before: Observation, after: Observation) -> None:
    if before.state == "voided":
        assert (after.state, after.positions) == ("voided", before.positions)
        assert after.pledges == before.pledges


def records_are_as_in_the_model(walk: Walk, record: bytes, seen: Observation) -> None:
    invoice = walk.model.invoices[record]
    assert (seen.state, seen.frozen) == (invoice.state, bool(invoice.freezes))
    assert seen.positions == {
        name: (invoice.free(name), invoice.reserved(name), invoice.pledged(name))
        for name in ANYBODY
    }
    assert [(pledge.rank, pledge.units) for pledge in seen.pledges] == [
        (pledge.rank, pledge.units if pledge.open else 0) for pledge in invoice.pledges
    ]


def histories_are_what_the_events_make_them(walk: Walk, record: bytes, seen: Observation) -> None:
    assert seen.history == walk.record_histories[record]


def nobody_acts_for_another(walk: Walk) -> None:
    for member, expected in walk.member_histories.items():
        assert tuple(walk.book.memberHistory(member).call()) == expected


def check(walk: Walk, known: dict[bytes, Observation]) -> None:
    """Check every claim on the records that the last operation touched."""
    for record, seen in walk.touched.items():
        before = known.get(record, seen)
        units_are_conserved(seen)
        every_pledged_unit_is_counted_once(walk, seen)
        no_unit_is_pledged_twice_in_the_same_rank(seen)
        a_strict_key_is_held_by_the_one_standing_record_that_has_it(walk, record, seen)
        frozen_means_frozen(before, seen)
        what_is_void_moves_nothing(before, seen)
        records_are_as_in_the_model(walk, record, seen)
        histories_are_what_the_events_make_them(walk, record, seen)
    known.update(walk.touched)


def begin(ledger: Ledger, seed: int) -> Walk:
    """A walk that begins with two invoices, which the buyer accepted."""
    walk = Walk(ledger, Random(seed))  # noqa: S311  # reproducible, and no secret
    for supplier, key in zip(SUPPLIERS, KEYS, strict=False):
        record = walk.register(supplier, 12, frozenset({key}))
        accept = walk.book.accept(record)
        walk.attempt(record, BUYER, accept, lambda draft: settlement.accept(draft, BUYER))
    return walk


def steps(walk: Walk) -> Iterator[None]:
    """Take so many steps that operate on something."""
    actions, weights = list(WEIGHTS), list(WEIGHTS.values())
    for _ in range(STEPS):
        walk.touched = {}
        while not walk.touched:
            walk.random.choices(actions, weights)[0](walk)
        yield


@pytest.mark.parametrize("seed", range(WALKS))
def test_the_claims_hold_whatever_anybody_does(ledger: Ledger, seed: int) -> None:
    walk, known = begin(ledger, seed), dict[bytes, Observation]()
    check(walk, known)
    for _ in steps(walk):
        check(walk, known)
    walk.look_at(walk.model.invoices)
    check(walk, known)
    nobody_acts_for_another(walk)
