"""Gas of payments and disputes."""

from tests.contracts.cast import Ledger
from tests.contracts.gas_invoices import accepted, introduce
from tests.contracts.gas_meter import Meter, words
from tests.contracts.receivables import UNITS, declare_payment


def measure_payments(ledger: Ledger) -> dict[str, int]:
    """Payments of the buyer to the supplier, in part and in full, and disputes about them."""
    meter, fresh = Meter(ledger, "InvoiceBook", ledger.invoices), words(0xD0)
    introduce(ledger, fresh)
    buyer, supplier = ledger.buyer, ledger.supplier
    record = accepted(ledger, fresh)
    meter.act(buyer, "declarePayment", record, supplier.id, 1, next(fresh))
    meter.act(supplier, "confirmPayment", record, 0, note="in part")
    for function, member, reason in (
        ("denyPayment", supplier, [next(fresh)]),
        ("withdrawPayment", buyer, []),
    ):
        number = declare_payment(ledger, record, 1)
        meter.act(member, function, record, number, *reason)
    number = declare_payment(ledger, record, UNITS - 1)
    meter.act(supplier, "confirmPayment", record, number, note="of the last units")

    record = accepted(ledger, fresh)
    meter.act(buyer, "dispute", record, 1, next(fresh))
    meter.act(buyer, "withdrawDispute", record, 1)
    ledger.act(buyer, ledger.invoices.functions.dispute(record, 1, next(fresh)))
    meter.act(supplier, "concedeDispute", record, 2)
    for number, count in ((3, 1), (4, 32)):
        ledger.act(buyer, ledger.invoices.functions.dispute(record, count, next(fresh)))
        reductions = [(supplier.id, 1)] * count
        note = f"{count} {'reduction' if count == 1 else 'reductions'}, executed"
        meter.decide("decideDispute", record, number, reductions, next(fresh), note=note)
    return meter.gas
