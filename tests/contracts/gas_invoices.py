"""Gas of an invoice's way, from registration to its end."""

from collections.abc import Iterator

from tests.contracts.cast import Ledger
from tests.contracts.gas_meter import FAR, Meter, words
from tests.contracts.receivables import (
    UNITS,
    Registration,
    register,
    register_accepted,
    registration,
    transfer,
)

_ALERTS = 3


def introduce(ledger: Ledger, fresh: Iterator[bytes]) -> None:
    """Let everybody act once in the invoice book, so that its history has begun."""
    record = register_accepted(ledger, commitment=next(fresh), strict_keys=[next(fresh)])
    for member in (ledger.financier, ledger.other_financier):
        transfer(ledger, record, UNITS // 4, to=member)


def fresh_registration(
    ledger: Ledger, fresh: Iterator[bytes], *, strict: int = 1, alerts: int = 0
) -> Registration:
    """A registration with as many keys, all new."""
    return registration(
        ledger,
        commitment=next(fresh),
        strict_keys=[next(fresh) for _ in range(strict)],
        alert_keys=[(number + 2, next(fresh)) for number in range(alerts)],
    )


def accepted(ledger: Ledger, fresh: Iterator[bytes]) -> bytes:
    """An accepted invoice with one strict key."""
    return register_accepted(ledger, commitment=next(fresh), strict_keys=[next(fresh)])


def measure_invoices(ledger: Ledger) -> dict[str, int]:
    """Registrations, answers, credit notes, and offers that are taken if clear."""
    meter, fresh = Meter(ledger, "InvoiceBook", ledger.invoices), words(0xC0)
    supplier = ledger.supplier
    first = fresh_registration(ledger, fresh)
    meter.act(supplier, "register", first, note="1 strict key, the supplier's first act")
    introduce(ledger, fresh)
    meter.act(supplier, "register", fresh_registration(ledger, fresh), note="1 strict key")
    full = fresh_registration(ledger, fresh, alerts=_ALERTS)
    meter.act(supplier, "register", full, note="1 strict and 3 new alert keys")
    seen = fresh_registration(ledger, fresh)._replace(alert_keys=full.alert_keys)
    meter.act(supplier, "register", seen, note="1 strict and 3 seen alert keys")
    most = fresh_registration(ledger, fresh, strict=16, alerts=32)
    meter.act(supplier, "register", most, note="16 strict and 32 new alert keys")
    _answers(ledger, meter, fresh)
    _endings(ledger, meter, fresh)
    _clearance(ledger, meter, fresh)
    return meter.gas


def _answers(ledger: Ledger, meter: Meter, fresh: Iterator[bytes]) -> None:
    buyer = ledger.buyer
    whole, part, refused = (
        register(ledger, commitment=next(fresh), strict_keys=[next(fresh)]) for _ in range(3)
    )
    meter.act(buyer, "accept", whole)
    meter.act(buyer, "acceptPart", part, UNITS - 1, next(fresh))
    meter.act(buyer, "reject", refused, next(fresh), note="1 strict key")
    meter.act(buyer, "undertake", whole)


def _endings(ledger: Ledger, meter: Meter, fresh: Iterator[bytes]) -> None:
    supplier = ledger.supplier
    credited = accepted(ledger, fresh)
    meter.act(supplier, "credit", credited, 1, next(fresh))
    meter.act(supplier, "cancel", credited, note="1 strict key")
    spent = accepted(ledger, fresh)
    meter.act(supplier, "credit", spent, UNITS, next(fresh), note="of everything")
    meter.decide("freeSettledKeys", spent, next(fresh), note="1 strict key, executed")


def _clearance(ledger: Ledger, meter: Meter, fresh: Iterator[bytes]) -> None:
    book = ledger.invoices.functions
    content, terms = fresh_registration(ledger, fresh, alerts=_ALERTS), next(fresh)
    record = register_accepted(ledger, **content._asdict())
    offering = book.offer(record, ledger.financier.id, UNITS // 2, FAR, terms)
    ledger.act(ledger.supplier, offering)
    ledger.act(ledger.buyer, book.undertake(record))
    history = book.recordHistory(record).call()[1]
    alert_keys = [key for _, key in content.alert_keys]
    keys = (content.strict_keys, alert_keys)
    clearance = (content.commitment, UNITS // 2, terms, *keys, True, 0, 0, history)
    note = "1 strict and 3 alert keys, undertaking and history"
    meter.act(ledger.financier, "acceptOfferIfClear", record, 0, clearance, note=note)
