"""Pledges to make in tests, and what became of them."""

from typing import Any, NamedTuple

from web3.contract.contract import ContractFunction

from tests.contracts.cast import Ledger
from tests.contracts.harness import Member

OPEN, RELEASED, ENFORCED, EXTINGUISHED = range(1, 5)
"""States of a pledge."""

TERMS = b"\x7e" * 32


class Pledge(NamedTuple):
    """What `pledgeOf` answers, field by field as in the ABI."""

    pledgor: bytes
    pledgee: bytes
    terms: bytes
    units: int
    enforceable_from: int
    lot: int
    rank: int
    state: int


def pledge(
    ledger: Ledger,
    record: bytes,
    units: int,
    *,
    by: Member | None = None,
    to: Member | None = None,
    after: int = 0,
) -> int:
    """Pledge units of the supplier to the financier, if nothing else is said; the pledge's number.

    It can be enforced `after` so many seconds from now.
    """
    pledging = ledger.invoices.functions.pledge
    pledgee, date = to or ledger.financier, ledger.chain.now() + after
    return _sent(ledger, by, record, pledging(record, pledgee.id, units, date, TERMS))


def pledge_behind(
    ledger: Ledger,
    record: bytes,
    senior: int,
    units: int,
    *,
    by: Member | None = None,
    to: Member | None = None,
    after: int = 0,
) -> int:
    """Pledge units that another pledge locks already, to the other financier; its number."""
    pledging = ledger.invoices.functions.pledgeBehind
    pledgee, date = to or ledger.other_financier, ledger.chain.now() + after
    return _sent(ledger, by, record, pledging(record, senior, pledgee.id, units, date, TERMS))


def pledge_of(ledger: Ledger, record: bytes, number: int) -> Pledge:
    """A pledge."""
    return Pledge(*ledger.invoices.functions.pledgeOf(record, number).call())


def standing(ledger: Ledger, record: bytes) -> list[tuple[int, int, int]]:
    """Rank, units and state of every pledge of a record."""
    count = ledger.invoices.functions.pledgeCount(record).call()
    found = (pledge_of(ledger, record, number) for number in range(count))
    return [(pledge.rank, pledge.units, pledge.state) for pledge in found]


def pledged_of(ledger: Ledger, record: bytes) -> int:
    """Units of a record under pledge, of all positions together."""
    entry: Any = ledger.invoices.functions.record(record).call()
    pledged: int = entry[5]
    return pledged


def _sent(ledger: Ledger, by: Member | None, record: bytes, call: ContractFunction) -> int:
    number: int = ledger.invoices.functions.pledgeCount(record).call()
    ledger.act(by or ledger.supplier, call)
    return number
