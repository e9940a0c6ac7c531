"""What financiers rely on as they take units of invoices, and whether it holds."""

from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts
from tests.contracts.receivables import COMMITMENT, OFFER_ACCEPTED, STRICT_KEY, offer_state

KEYS = (STRICT_KEY, b"\x52" * 32)
"""Strict keys."""

TERMS = b"\x7e" * 32


class Clearance(NamedTuple):
    """The argument of `acceptOfferIfClear`, field by field as in the ABI: by default, what a
    financier that knows of nothing would ask for."""

    commitment: bytes = COMMITMENT
    units: int = 600
    terms: bytes = TERMS
    strict_keys: tuple[bytes, ...] = KEYS
    alert_keys: tuple[bytes, ...] = ()
    undertaken: bool = False
    pledged_at_most: int = 0
    repeats_at_most: int = 0
    history: bytes = bytes(32)


def take(ledger: Ledger, record: bytes, clearance: Clearance) -> None:
    """Ask, then take, without lasting effect: both give the same answer."""
    book = ledger.invoices.functions
    ledger.chain.simulate(ledger.auditor.key, book.requireClear(record, 0, clearance))
    snapshot = ledger.chain.snapshot()
    ledger.act(ledger.financier, book.acceptOfferIfClear(record, 0, clearance))
    assert offer_state(ledger, record, 0) == OFFER_ACCEPTED
    ledger.chain.restore(snapshot)


def refuse(
    ledger: Ledger, record: bytes, clearance: Clearance, error: str, *arguments: Any
) -> None:
    """Ask, then try to take: both fail with this error."""

    def expected() -> AbstractContextManager[None]:
        return reverts(error, *arguments)

    book = ledger.invoices.functions
    with expected():
        ledger.chain.simulate(ledger.auditor.key, book.requireClear(record, 0, clearance))
    with expected():
        ledger.act(ledger.financier, book.acceptOfferIfClear(record, 0, clearance))
