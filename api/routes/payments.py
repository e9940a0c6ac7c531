"""Payment of invoices: undertaken, declared by the buyer, confirmed by the holder, disputed."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.deps import JsonBody, NoBody, SmallKey, TheLedger, ThePrincipal
from api.openapi import RECORDS, json_body, takes_in
from api.routes.accepted import ACT_PROBLEMS, accepted
from api.schemas.base import GREATEST_NUMBER, RecordParameter
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

PaymentParameter = Annotated[
    int, Path(ge=0, le=GREATEST_NUMBER, description="the payment's `id` in its record")
]

router = APIRouter(prefix="/v1/records/{record}", tags=[RECORDS])


@router.post("/undertaking", dependencies=[NoBody], **takes_in("undertakePayment", *ACT_PROBLEMS))
def undertake(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Undertake irrevocably to pay whoever holds the invoice. For buyers.

    It cannot be taken back, and the invoice cannot be disputed after it.
    """
    return accepted(ledger, undertake_payment(ledger, principal, record, key), response)


@router.post(
    "/payments", **takes_in("declarePayment", *ACT_PROBLEMS, 415, body=json_body(PaymentTerms))
)
def declare(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Say that a holder was paid for some of its units. For buyers."""
    terms = read_json(PaymentTerms, body)
    operation = declare_payment(
        ledger, principal, record, holder=terms.holder, units=Units(terms.units), key=key
    )
    return accepted(ledger, operation, response)


@router.post(
    "/payments/{payment}/confirmation",
    dependencies=[NoBody],
    **takes_in("confirmPayment", *ACT_PROBLEMS),
)
def confirm(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    payment: PaymentParameter,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Confirm a payment to the member: as many of its units retire. For suppliers and financiers.

    When no unit is left, the invoice is settled.
    """
    return accepted(ledger, confirm_payment(ledger, principal, record, payment, key), response)


@router.post(
    "/payments/{payment}/denial",
    **takes_in("denyPayment", *ACT_PROBLEMS, 415, body=json_body(Rejection)),
)
def deny(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    payment: PaymentParameter,
    body: JsonBody,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Say that a payment to the member did not arrive. For suppliers and financiers."""
    reason = read_json(Rejection, body).reason
    operation = deny_payment(ledger, principal, record, payment, reason, key)
    return accepted(ledger, operation, response)


@router.post(
    "/payments/{payment}/withdrawal",
    dependencies=[NoBody],
    **takes_in("withdrawPayment", *ACT_PROBLEMS),
)
def withdraw(
    ledger: TheLedger,
    principal: ThePrincipal,
    record: RecordParameter,
    payment: PaymentParameter,
    key: SmallKey,
    response: Response,
) -> OperationResource:
    """Take back what the member declared to have paid. For buyers."""
    return accepted(ledger, withdraw_payment(ledger, principal, record, payment, key), response)
