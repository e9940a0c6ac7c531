"""The contract InvoiceBook: invoices as transferable records."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from ledger.chain.artifacts import load_artifact
from ledger.chain.contract import ContractCall, known, member_of
from ledger.chain.invoice_forms import (
    Clearance,
    Dispute,
    InvoiceRecord,
    InvoiceState,
    Payment,
    PaymentState,
    Reduction,
    Registration,
)
from ledger.chain.port import Chain
from ledger.chain.record_book import RecordBook, newest
from ledger.chain.record_forms import Freeze, ItemKind, freezes_of
from ledger.codec import member_to_word
from ledger.types import (
    DIGEST_BYTES,
    Address,
    BlockRef,
    Digest,
    MemberId,
    RecordId,
    Units,
    UnixTime,
)


class InvoiceBook(RecordBook):
    """Invoices: from registration over acceptance, dispute and payment to settlement."""

    named_by: ClassVar[Mapping[str, ItemKind]] = {
        **RecordBook.named_by,
        "acceptOfferIfClear": ItemKind.OFFER,
        "confirmPayment": ItemKind.PAYMENT,
        "denyPayment": ItemKind.PAYMENT,
        "withdrawPayment": ItemKind.PAYMENT,
    }

    def __init__(self, chain: Chain, address: Address) -> None:
        super().__init__(chain, address, load_artifact("InvoiceBook").abi)

    def register(self, registration: Registration) -> ContractCall:
        """Register an invoice for the signing supplier."""
        return self._call(
            "register",
            (
                registration.commitment,
                member_to_word(registration.buyer),
                registration.units,
                registration.due_date or 0,
                registration.strict_keys,
                registration.alert_keys,
            ),
        )

    def accept(self, record: RecordId) -> ContractCall:
        """Accept an invoice for the signing buyer."""
        return self._call("accept", record)

    def accept_part(self, record: RecordId, units: Units, reason: bytes) -> ContractCall:
        """Accept a part of an invoice for the signing buyer; reason is 32 bytes of text."""
        return self._call("acceptPart", record, units, reason)

    def undertake(self, record: RecordId) -> ContractCall:
        """Undertake irrevocably, for the signing buyer, to pay whoever holds an invoice."""
        return self._call("undertake", record)

    def reject(self, record: RecordId, reason: bytes) -> ContractCall:
        """Reject an invoice for the signing buyer; reason is 32 bytes of left-aligned text."""
        return self._call("reject", record, reason)

    def cancel(self, record: RecordId) -> ContractCall:
        """Cancel an invoice of the signing supplier."""
        return self._call("cancel", record)

    def credit(self, record: RecordId, units: Units, commitment: Digest) -> ContractCall:
        """Retire free units of the signing supplier; commitment is the credit note's."""
        return self._call("credit", record, units, commitment)

    def free_settled_keys(self, record: RecordId, reason: bytes) -> ContractCall:
        """Free the strict keys of a settled invoice; only the council may decide it.

        reason is 32 bytes of left-aligned text.
        """
        return self._call("freeSettledKeys", record, reason)

    def accept_offer_if_clear(
        self, record: RecordId, offer: int, clearance: Clearance
    ) -> ContractCall:
        """Accept an offer to the signing member if it and the record are what was verified."""
        return self._call("acceptOfferIfClear", record, offer, _words(clearance))

    def dispute(self, record: RecordId, units: Units, reason: bytes) -> ContractCall:
        """Dispute units for the signing buyer; reason is 32 bytes of left-aligned text."""
        return self._call("dispute", record, units, reason)

    def withdraw_dispute(self, record: RecordId, dispute: int) -> ContractCall:
        """End the dispute with this number, of the signing buyer, in favour of the holders."""
        return self._call("withdrawDispute", record, dispute)

    def concede_dispute(self, record: RecordId, dispute: int) -> ContractCall:
        """End the dispute with this number in favour of the buyer.

        What was disputed retires from the units of the signing supplier.
        """
        return self._call("concedeDispute", record, dispute)

    def decide_dispute(
        self, record: RecordId, dispute: int, reductions: Sequence[Reduction], reason: bytes
    ) -> ContractCall:
        """End the dispute with this number; only the council may decide it.

        No reduction dismisses it. reason is 32 bytes of left-aligned text.
        """
        words = [(member_to_word(item.holder), item.units) for item in reductions]
        return self._call("decideDispute", record, dispute, words, reason)

    def declare_payment(
        self, record: RecordId, holder: MemberId, units: Units, advice: Digest
    ) -> ContractCall:
        """Say for the signing buyer that it paid a holder.

        For a suspended buyer the council decides it.
        """
        return self._call("declarePayment", record, member_to_word(holder), units, advice)

    def confirm_payment(self, record: RecordId, payment: int) -> ContractCall:
        """Confirm a payment to the signing holder; for a suspended one the council decides it."""
        return self._call("confirmPayment", record, payment)

    def deny_payment(self, record: RecordId, payment: int, reason: bytes) -> ContractCall:
        """Deny that a payment reached the signing holder; reason is 32 bytes of text."""
        return self._call("denyPayment", record, payment, reason)

    def withdraw_payment(self, record: RecordId, payment: int) -> ContractCall:
        """Take back what the signing buyer declared."""
        return self._call("withdrawPayment", record, payment)

    def record(self, record: RecordId, *, at: BlockRef) -> InvoiceRecord:
        """A record. Raises `Reverted` if there is none."""
        ((issuer, obligor, commitment, total, retired, pledged, bits),) = self._read(
            at, "record", record
        )
        ((state, registered_at, accepted_at, due_date, undertaken_at, declared),) = self._read(
            at, "invoice", record
        )
        freezes = freezes_of(bits)
        return InvoiceRecord(
            id=record,
            supplier=member_of(issuer),
            buyer=member_of(obligor),
            commitment=Digest(commitment),
            total=Units(total),
            retired=Units(retired),
            pledged=Units(pledged),
            freezes=freezes,
            dispute=self._dispute(record, at) if Freeze.DISPUTE in freezes else None,
            state=known(InvoiceState, state),
            registered_at=UnixTime(registered_at),
            accepted_at=_time(accepted_at),
            due_date=_time(due_date),
            undertaken_at=_time(undertaken_at),
            payment_declared=bool(declared),
            overdue=bool(due_date) and self._overdue(record, at),
        )

    def payment_count(self, record: RecordId, *, at: BlockRef) -> int:
        """Number of payments that were ever declared for a record."""
        (count,) = self._read(at, "paymentCount", record)
        return int(count)

    def newest_payments(self, record: RecordId, total: int, *, at: BlockRef) -> tuple[Payment, ...]:
        """The newest of `total` payments, NEWEST_SHOWN at most, oldest first."""
        return tuple(self._payment(record, payment, at) for payment in newest(total))

    def require_clear(
        self, record: RecordId, offer: int, clearance: Clearance, *, at: BlockRef
    ) -> None:
        """Raise `Reverted` with the reason if a record or its offer is not what is relied on."""
        self._read(at, "requireClear", record, offer, _words(clearance))

    def _dispute(self, record: RecordId, at: BlockRef) -> Dispute:
        ((units, number),) = self._read(at, "disputeOf", record)
        return Dispute(int(number), Units(units))

    def _overdue(self, record: RecordId, at: BlockRef) -> bool:
        (overdue,) = self._read(at, "isOverdue", record)
        return bool(overdue)

    def _payment(self, record: RecordId, payment: int, at: BlockRef) -> Payment:
        ((holder, advice, units, declared_at, state),) = self._read(
            at, "paymentOf", record, payment
        )
        return Payment(
            id=payment,
            holder=member_of(holder),
            units=Units(units),
            advice=Digest(advice),
            declared_at=UnixTime(declared_at),
            state=known(PaymentState, state),
        )


def _words(clearance: Clearance) -> tuple[object, ...]:
    """A clearance as the contract's argument has it."""
    return (
        clearance.commitment,
        clearance.units,
        clearance.terms,
        clearance.strict_keys,
        clearance.alert_keys,
        clearance.undertaken,
        clearance.pledged_at_most,
        clearance.repeats_at_most,
        clearance.history or bytes(DIGEST_BYTES),
    )


def _time(seconds: int) -> UnixTime | None:
    return UnixTime(seconds) if seconds else None
