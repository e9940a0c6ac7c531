"""Registering an invoice: one receivable gets one record, and its document is notarised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Connection

from ledger.anchoring.observer import Kind
from ledger.chain.invoice_forms import Registration
from ledger.chain.membership import Role
from ledger.codec import record_id
from ledger.documents import DocumentDigest, FieldOrigin, SealedDocument, StatementKind
from ledger.errors import InvalidRequest
from ledger.invoices import Eligibility, Invoice, Party, eligibility, identity_keys, read_invoice
from ledger.invoices.disclosed import invoice_fields
from ledger.services.acceptance import Submission, accept_once, accepting
from ledger.services.context import Ledger
from ledger.services.inputs import require_units
from ledger.services.notarise import new_document
from ledger.services.party_names import Agreement, agreement
from ledger.services.principals import Principal
from ledger.services.sightings import note_registered
from ledger.services.submissions import Act, check_act, get_operation, keep_act
from ledger.store import documents
from ledger.store.documents import NewDocument
from ledger.store.idempotency import IdempotencyKey
from ledger.store.ids import new_id
from ledger.store.operations import Operation, OperationKind
from ledger.types import AccountName, Digest, MemberId, Units, UnixTime

DEFAULT_UNITS = Units(10**9)
"""Shares that an invoice is divided into when its supplier does not let members see amounts."""


@dataclass(frozen=True, slots=True)
class InvoiceUpload:
    """An invoice as its supplier hands it in.

    buyer: the member that is to accept it.
    units: how many parts it is divided into.
    """

    content: bytes
    media_type: str
    buyer: MemberId
    units: Units = DEFAULT_UNITS


def register_invoice(
    ledger: Ledger, principal: Principal, upload: InvoiceUpload, key: IdempotencyKey | None
) -> Operation:
    """Read an invoice, notarise it and register it as a record that its supplier holds.

    Raises DocumentError if it cannot be read, InvalidRequest if it is not a receivable, another's
    by the member's own name, or due before 1970-01-02, and Conflict with the record that stands if
    it is registered already.
    """
    principal.require(Role.SUPPLIER)
    require_units(upload.units)
    invoice = read_invoice(upload.content, max_bytes=ledger.max_invoice_bytes)
    _require_financeable(eligibility(invoice))
    _require_seller(principal.member, invoice.seller)
    sealed = _seal(principal.member, upload, invoice)
    act = _registration(ledger, principal, upload, invoice, sealed.opening.commitment)
    now = ledger.clock()
    document = new_document(sealed, now, record=act.record)
    registering = _Registering(act, document, invoice)
    submission = Submission(principal.member, key, now, registering, kind=Kind.OPERATION)
    accepted = accept_once(
        ledger,
        _ACCEPT_REGISTRATIONS,
        submission,
        check=lambda: check_act(ledger, principal.member, act.call),
    )
    operation = get_operation(ledger, principal, accepted.id)
    if accepted.is_new and operation.document_id is not None:
        ledger.observer.accepted(Kind.DOCUMENT, operation.document_id, principal.member)
    return operation


def _seal(member: MemberId, upload: InvoiceUpload, invoice: Invoice) -> SealedDocument:
    return SealedDocument.with_fields(
        invoice_fields(invoice, DocumentDigest(invoice.files[0], len(upload.content))),
        FieldOrigin.READ,
        kind=StatementKind.INVOICE,
        media_type=upload.media_type,
        member=member,
    )


@dataclass(frozen=True, slots=True)
class _Registering:
    """What is kept of a registration: the act, the invoice's document, and that it was seen."""

    act: Act
    document: NewDocument
    invoice: Invoice


def _keep_registrations(
    connection: Connection, new: Sequence[tuple[UUID, Submission[_Registering]]]
) -> None:
    kept = [(new_id(), identifier, one) for identifier, one in new]
    documents.add(connection, [(document, one.item.document) for document, _, one in kept])
    for document, identifier, one in kept:
        item = one.item
        note_registered(connection, one.member, item.invoice, item.act.record, one.now)
        keep_act(connection, identifier, one.member, item.act, document_id=document, now=one.now)


_ACCEPT_REGISTRATIONS = accepting(_keep_registrations)


def _registration(
    ledger: Ledger,
    principal: Principal,
    upload: InvoiceUpload,
    invoice: Invoice,
    commitment: Digest,
) -> Act:
    keys = identity_keys(invoice, ledger.fingerprints)
    registration = Registration(
        commitment=commitment,
        buyer=upload.buyer,
        units=upload.units,
        due_date=_midnight(invoice.due_date),
        strict_keys=keys.strict,
        alert_keys=tuple((int(alert.kind), alert.key) for alert in keys.alert),
    )
    book = AccountName(ledger.deployment.chain, ledger.deployment.invoice_book)
    return Act(
        kind=OperationKind.REGISTER,
        record=record_id(book, principal.member, commitment),
        call=ledger.book.register(registration),
    )


def _require_financeable(judged: Eligibility) -> None:
    if not judged.financeable:
        reasons = "; ".join(obstacle.value for obstacle in judged.reasons)
        raise InvalidRequest(
            f"this document cannot be registered as a receivable: {reasons}."
            " It can be notarised as a document",
            code="not-financeable",
        )


def _require_seller(member: MemberId, seller: Party) -> None:
    # Of a self-billed invoice too: its buyer writes it, and its seller is owed.
    if agreement(member, seller) is Agreement.OTHER:
        raise InvalidRequest(
            f"the seller of this invoice has another identifier than {member}: only a member that"
            " is owed the invoice can register it",
            code="not-the-seller",
        )


def _midnight(day: date | None) -> UnixTime | None:
    """The contract's form of a due date, in which zero means that there is none."""
    if day is None:
        return None
    time = UnixTime(int(datetime.combine(day, datetime.min.time(), UTC).timestamp()))
    if time <= 0:
        raise InvalidRequest(
            f"the due date {day} cannot be registered: it must be after 1970-01-01",
            code="invalid-due-date",
        )
    return time
