"""Payment of invoices: undertaken, declared by the buyer, confirmed by the holder, disputed."""

from typing import Annotated

from fastapi import APIRouter

from api.deps import JsonBody
from api.openapi import RECORDS
from api.routes.acts import Answer, TheCaller, acts, item_number
from api.schemas.base import RecordParameter
from api.schemas.operations import OperationResource
from api.schemas.requests import PaymentTerms, Rejection, read_json
from ledger.services.paying import (
    confirm_payment,
    declare_payment,
    deny_payment,
    undertake_payment,
    withdraw_payment,
)
from ledger.types import Units

PaymentParameter = Annotated[int, item_number("payment")]

router = APIRouter(prefix="/v1/records/{record}", tags=[RECORDS])


@router.post("/undertaking", **acts("undertakePayment"))
def undertake(record: RecordParameter, caller: TheCaller, answer: Answer) -> OperationResource:
    """Undertake irrevocably to pay whoever holds the invoice. For buyers.

    It cannot be taken back, and the invoice cannot be disputed after it.
    """
    return answer(undertake_payment(caller, record))


@router.post("/payments", **acts("declarePayment", PaymentTerms))
def declare(
    record: RecordParameter, body: JsonBody, caller: TheCaller, answer: Answer
) -> OperationResource:
    """Say that a holder was paid for some of its units. For buyers."""
    terms = read_json(PaymentTerms, body)
    operation = declare_payment(caller, record, holder=terms.holder, units=Units(terms.units))
    return answer(operation)


@router.post("/payments/{payment}/confirmation", **acts("confirmPayment"))
def confirm(
    record: RecordParameter, payment: PaymentParameter, caller: TheCaller, answer: Answer
) -> OperationResource:
    """Confirm a payment to the member: as many of its units retire. For suppliers and financiers.

    When no unit is left, the invoice is settled.
    """
    return answer(confirm_payment(caller, record, payment))


@router.post("/payments/{payment}/denial", **acts("denyPayment", Rejection))
def deny(
    record: RecordParameter,
    payment: PaymentParameter,
    body: JsonBody,
    caller: TheCaller,
    answer: Answer,
) -> OperationResource:
    """Say that a payment to the member did not arrive. For suppliers and financiers."""
    reason = read_json(Rejection, body).reason
    return answer(deny_payment(caller, record, payment, reason))


@router.post("/payments/{payment}/withdrawal", **acts("withdrawPayment"))
def withdraw(
    record: RecordParameter, payment: PaymentParameter, caller: TheCaller, answer: Answer
) -> OperationResource:
    """Take back what the member declared to have paid. For buyers."""
    return answer(withdraw_payment(caller, record, payment))
