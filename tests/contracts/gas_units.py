"""Gas of what both books do with units: offers, pledges, freezes, batches."""

from collections.abc import Callable, Iterator

from web3.contract import Contract

from tests.contracts import certificates
from tests.contracts.cast import Ledger
from tests.contracts.gas_invoices import accepted, introduce
from tests.contracts.gas_meter import FAR, Meter, words
from tests.contracts.receivables import NO_TERMS

_UNITS = 100
_COUNCIL = 0
"""The council's cause of a freeze."""


def measure_units(ledger: Ledger) -> dict[str, int]:
    """Offers, pledges, freezes and batches, of an invoice and of a negotiable deposit."""
    fresh = words(0xE0)
    introduce(ledger, fresh)
    invoice = _measure(
        ledger, "InvoiceBook", ledger.invoices, lambda: accepted(ledger, fresh), fresh
    )

    def deposit() -> bytes:
        number, commitment = next(fresh), next(fresh)
        return certificates.issue_confirmed(ledger, number=number, commitment=commitment)

    book = "DepositCertificateBook"
    return {**invoice, **_measure(ledger, book, ledger.certificates, deposit, fresh)}


def _measure(
    ledger: Ledger,
    name: str,
    book: Contract,
    make: Callable[[], bytes],
    fresh: Iterator[bytes],
) -> dict[str, int]:
    meter, record = Meter(ledger, name, book), make()
    _introduce(ledger, book, make())
    _offers(ledger, meter, book, record, fresh)
    _pledges(ledger, meter, record, fresh)
    meter.decide("freeze", record, next(fresh))
    meter.decide("unfreeze", record, _COUNCIL)
    _batches(ledger, meter, book, record)
    meter.decide("voidRecord", record, next(fresh), note="1 strict key, executed")
    return meter.gas


def _introduce(ledger: Ledger, book: Contract, record: bytes) -> None:
    for member in (ledger.financier, ledger.other_financier):
        number = book.functions.offerCount(record).call()
        _offer(ledger, book, record, to=member.id)
        ledger.act(member, book.functions.acceptOffer(record, number))


def _offers(
    ledger: Ledger, meter: Meter, book: Contract, record: bytes, fresh: Iterator[bytes]
) -> None:
    supplier, financier = ledger.supplier, ledger.financier
    meter.act(supplier, "offer", record, financier.id, _UNITS, FAR, next(fresh), note="the first")
    meter.act(supplier, "offer", record, financier.id, _UNITS, FAR, next(fresh))
    meter.act(financier, "acceptOffer", record, 0, note="the first units")
    meter.act(financier, "acceptOffer", record, 1)
    for number, (function, member) in enumerate(
        [("rejectOffer", financier), ("withdrawOffer", supplier)], start=2
    ):
        _offer(ledger, book, record, to=financier.id)
        meter.act(member, function, record, number)
    _offer(ledger, book, record, to=financier.id, until=ledger.chain.now() + 60)
    ledger.chain.pass_time(60)
    meter.act(supplier, "expireOffer", record, 4)


def _pledges(ledger: Ledger, meter: Meter, record: bytes, fresh: Iterator[bytes]) -> None:
    supplier, first, second = ledger.supplier, ledger.financier, ledger.other_financier
    meter.act(supplier, "pledge", record, first.id, _UNITS, 1, next(fresh))
    meter.act(supplier, "pledgeBehind", record, 0, second.id, _UNITS, 1, next(fresh))
    meter.act(first, "enforcePledge", record, 0, 1, note="in part, another behind")
    meter.act(first, "releasePledge", record, 0, _UNITS - 1, note="another behind")
    meter.act(second, "releasePledge", record, 1, 1, note="in part")
    meter.act(second, "enforcePledge", record, 1, _UNITS - 2)


def _batches(ledger: Ledger, meter: Meter, book: Contract, record: bytes) -> None:
    offering = [record, ledger.financier.id, 1, FAR, NO_TERMS]
    calls = [book.encode_abi("offer", offering) for _ in range(2)]
    for batch in ("multicall", "tryMulticall"):
        meter.act(ledger.supplier, batch, calls, note="2 offers")


def _offer(ledger: Ledger, book: Contract, record: bytes, *, to: bytes, until: int = FAR) -> None:
    ledger.act(ledger.supplier, book.functions.offer(record, to, _UNITS, until, NO_TERMS))
