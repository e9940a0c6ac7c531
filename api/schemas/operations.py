"""What members asked to be done to records, and what became of it."""

from collections.abc import Mapping
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.problems import public_reason
from api.schemas.base import Resource, Time, Word
from api.schemas.records import record_path
from ledger.anchoring.problems import read_problem
from ledger.chain.record_forms import Item, ItemKind
from ledger.store.operations import Operation, OperationKind
from ledger.store.outbox import State
from ledger.types import to_hex, utc_text

OperationState = Literal["pending", "done", "refused"]

_STATES: Mapping[State, OperationState] = {State.FINAL: "done", State.REFUSED: "refused"}


class OperationProblem(BaseModel):
    """Why an operation was refused. Further members are the refusal's details."""

    model_config = ConfigDict(extra="allow")

    code: str
    detail: str


class OperationLinks(Resource):
    """Where to go on."""

    self: str
    record: str


class OperationResource(Resource):
    """An operation. Once it is done or refused, it changes no more."""

    id: UUID
    kind: OperationKind
    state: OperationState = Field(
        description="pending: kept, and on its way to the chain. done: the chain holds it for good."
        " refused: the contract said no, and problem says why."
    )
    record: Word
    document: UUID | None = Field(default=None, description="the invoice's document")
    offer: int | None = Field(
        default=None,
        description="number of the offer that it makes or answers in its record. One that is made"
        " gets its number from the chain: it stands here soon after the operation is done",
    )
    pledge: int | None = Field(
        default=None, description="number of the pledge that it makes or ends, like `offer`"
    )
    payment: int | None = Field(
        default=None, description="number of the payment that it declares or answers, like `offer`"
    )
    transaction: Word | None = Field(default=None, description="hash of its transaction")
    problem: OperationProblem | None = None
    waiting_because: str | None = None
    created_at: Time
    links: OperationLinks

    @classmethod
    def of(cls, operation: Operation, item: Item | None) -> Self:
        """Show an operation, with the number of what it is about, if any."""
        state = _STATES.get(operation.state, "pending")
        refusal = None if operation.problem is None else read_problem(operation.problem)
        problem = waiting = None
        if refusal is not None and state == "refused":
            problem = OperationProblem.model_validate(
                {**refusal.details, "code": refusal.rule, "detail": str(refusal)}
            )
        elif refusal is not None and state == "pending":
            waiting = public_reason(refusal.rule, str(refusal))
        return cls(
            id=operation.id,
            kind=operation.kind,
            state=state,
            record=to_hex(operation.record),
            document=operation.document_id,
            offer=_number(item, ItemKind.OFFER),
            pledge=_number(item, ItemKind.PLEDGE),
            payment=_number(item, ItemKind.PAYMENT),
            transaction=_hash(operation.transaction_hash),
            problem=problem,
            waiting_because=waiting,
            created_at=utc_text(operation.created_at),
            links=OperationLinks(
                self=operation_path(operation.id), record=record_path(operation.record)
            ),
        )


def operation_path(identifier: UUID) -> str:
    """Where an operation is."""
    return f"/v1/operations/{identifier}"


def _hash(value: bytes | None) -> str | None:
    return None if value is None else to_hex(value)


def _number(item: Item | None, kind: ItemKind) -> int | None:
    return None if item is None or item.kind is not kind else item.number
