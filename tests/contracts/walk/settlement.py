"""Steps from the registration of an invoice to its last payment."""

from collections.abc import Callable

from web3.contract.contract import ContractFunction

from tests.contracts.harness import word
from tests.contracts.model import BUYER, SUPPLIERS, Invoice, settlement
from tests.contracts.model.invoice import LIVE
from tests.contracts.walk.choices import ANYBODY, KEYS
from tests.contracts.walk.transfers import Transfers

REASON = word("reason")
_NOTE = word("credit note")
_ADVICE = bytes(32)


def is_answerable(invoice: Invoice) -> bool:
    """Whether the buyer may accept or reject it."""
    return invoice.state == "registered" and not invoice.freezes


def is_cancellable(invoice: Invoice) -> bool:
    """Whether its supplier may cancel it."""
    whole = invoice.free(invoice.supplier) == invoice.outstanding
    return invoice.state in LIVE and not invoice.freezes and not invoice.payment_declared and whole


class Settlement(Transfers):
    """Registration, the buyer's answer, credit notes and payments."""

    def begin(self) -> None:
        """Register an invoice, with keys that are mostly still to have."""
        free = [key for key in KEYS if self.model.holder(key) is None]
        key = self.one(free if free and self.mostly() else KEYS, "key")
        keys = frozenset({key, self.one(KEYS, "key")} if not self.mostly() else {key})
        self.register(self.one(SUPPLIERS, "supplier"), self.one(range(1, 10), "units"), keys)

    def accept(self) -> None:
        """Accept an invoice, in full or in part."""
        record, invoice = self.record(is_answerable)
        member = self.somebody(BUYER)
        if self.one((True, False), "in full"):
            call = self.book.accept(record)
            self.attempt(record, member, call, lambda draft: settlement.accept(draft, member))
        else:
            units = self.units(invoice.outstanding - 1)
            self.attempt(
                record,
                member,
                self.book.acceptPart(record, units, REASON),
                lambda draft: settlement.accept_part(draft, member, units),
            )

    def reject(self) -> None:
        """Reject an invoice."""
        record, _ = self.record(is_answerable)
        member, call = self.somebody(BUYER), self.book.reject(record, REASON)
        self.attempt(record, member, call, lambda draft: settlement.reject(draft, member))

    def cancel(self) -> None:
        """Cancel an invoice."""
        record, invoice = self.record(is_cancellable)
        member, call = self.somebody(invoice.supplier), self.book.cancel(record)
        self.attempt(record, member, call, lambda draft: settlement.cancel(draft, member))

    def undertake(self) -> None:
        """Undertake to pay an invoice."""
        record, _ = self.record(lambda invoice: invoice.moving and not invoice.undertaken)
        member, call = self.somebody(BUYER), self.book.undertake(record)
        self.attempt(record, member, call, lambda draft: settlement.undertake(draft, member))

    def credit(self) -> None:
        """Enter a credit note."""
        record, invoice = self.record(
            lambda invoice: invoice.moving and invoice.free(invoice.supplier) > 0
        )
        member, units = self.somebody(invoice.supplier), self.units(invoice.free(invoice.supplier))
        call = self.book.credit(record, units, _NOTE)
        self.attempt(record, member, call, lambda draft: settlement.credit(draft, member, units))

    def declare_payment(self) -> None:
        """Declare a payment to somebody that mostly holds units."""
        record, invoice = self.record(lambda invoice: invoice.state == "accepted")
        holders = [name for name in invoice.title if invoice.held(name)]
        holder = self.one(holders if holders and self.mostly() else ANYBODY, "holder")
        units = self.units(invoice.held(holder))
        call = self.book.declarePayment(record, self.members[holder].id, units, _ADVICE)
        by = self._party(BUYER)
        self._settle(
            record, by, call, lambda draft: settlement.declare_payment(draft, by, holder, units)
        )

    def confirm_payment(self) -> None:
        """Confirm a payment."""
        record, number = self.item(
            lambda invoice: invoice.payments,
            lambda invoice, payment: invoice.moving and invoice.free(payment.holder) > 0,
        )
        by = self._party(self.model.invoices[record].payments[number].holder)
        call = self.book.confirmPayment(record, number)
        self._settle(record, by, call, lambda draft: settlement.confirm_payment(draft, by, number))

    def end_payment(self) -> None:
        """Deny or withdraw a payment."""
        record, number = self.item(lambda invoice: invoice.payments)
        holder = self.model.invoices[record].payments[number].holder
        party, call, operation = self.one(
            (
                (holder, self.book.denyPayment(record, number, REASON), settlement.deny_payment),
                (BUYER, self.book.withdrawPayment(record, number), settlement.withdraw_payment),
            ),
            "answer",
        )
        member = self.somebody(party)
        self.attempt(record, member, call, lambda draft: operation(draft, member, number))

    def _party(self, member: str) -> str | None:
        """Who speaks for a member: mostly itself, or the council (None) if it is suspended."""
        return None if (member in self.model.suspended) == self.mostly() else self.somebody(member)

    def _settle(
        self,
        record: bytes,
        by: str | None,
        call: ContractFunction,
        operation: Callable[[Invoice], None],
    ) -> None:
        if by is None:
            self.decide(record, call, operation)
        else:
            self.attempt(record, by, call, operation)
