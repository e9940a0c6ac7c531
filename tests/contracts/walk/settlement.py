"""Steps from the registration of an invoice to its last payment."""

from tests.contracts.harness import word
from tests.contracts.model import BUYER, SUPPLIERS, settlement
from tests.contracts.walk.comparison import ANYBODY, KEYS
from tests.contracts.walk.transfers import Transfers

REASON = word("reason")
_NOTE = word("credit note")
_ADVICE = bytes(32)


class Settlement(Transfers):
    """Registration, the buyer's answer, credit notes and payments."""

    def begin(self) -> None:
        """Register an invoice, perhaps with keys that are taken."""
        keys = self.random.sample(KEYS, self.random.randint(1, 2))
        self.register(self.random.choice(SUPPLIERS), self.random.randint(1, 9), frozenset(keys))

    def accept(self) -> None:
        """Accept an invoice, in full or in part."""
        record = self.some(lambda invoice: invoice.state == "registered")
        if record is None:
            return
        member, units = self.somebody(BUYER), self.units()
        if self.random.random() < 0.5:
            call = self.book.accept(record)
            self.attempt(record, member, call, lambda draft: settlement.accept(draft, member))
        else:
            self.attempt(
                record,
                member,
                self.book.acceptPart(record, units, REASON),
                lambda draft: settlement.accept_part(draft, member, units),
            )

    def reject(self) -> None:
        """Reject an invoice."""
        record = self.some(lambda invoice: invoice.state == "registered")
        if record is None:
            return
        member, call = self.somebody(BUYER), self.book.reject(record, REASON)
        self.attempt(record, member, call, lambda draft: settlement.reject(draft, member))

    def cancel(self) -> None:
        """Cancel an invoice."""
        record, invoice = self.record()
        member, call = self.somebody(invoice.supplier), self.book.cancel(record)
        self.attempt(record, member, call, lambda draft: settlement.cancel(draft, member))

    def undertake(self) -> None:
        """Undertake to pay an invoice."""
        record, _ = self.record()
        member, call = self.somebody(BUYER), self.book.undertake(record)
        self.attempt(record, member, call, lambda draft: settlement.undertake(draft, member))

    def credit(self) -> None:
        """Enter a credit note."""
        record, invoice = self.record()
        member, units = self.somebody(invoice.supplier), self.units()
        call = self.book.credit(record, units, _NOTE)
        self.attempt(record, member, call, lambda draft: settlement.credit(draft, member, units))

    def declare_payment(self) -> None:
        """Declare a payment to somebody that mostly holds units."""
        record, invoice = self.record()
        member, units = self.somebody(BUYER), self.units()
        holder = self.random.choice((*ANYBODY, *(list(invoice.title) * 6)))
        self.attempt(
            record,
            member,
            self.book.declarePayment(record, self.members[holder].id, units, _ADVICE),
            lambda draft: settlement.declare_payment(draft, member, holder, units),
        )

    def confirm_payment(self) -> None:
        """Confirm a payment."""
        self._answer_payment("confirm")

    def end_payment(self) -> None:
        """Deny or withdraw a payment."""
        self._answer_payment(self.random.choice(("deny", "withdraw")))

    def _answer_payment(self, answer: str) -> None:
        found = self.some_item(lambda invoice: invoice.payments)
        if found is None:
            return
        record, number = found
        holder = self.model.invoices[record].payments[number].holder
        member = self.somebody(BUYER if answer == "withdraw" else holder)
        call, operation = {
            "confirm": (self.book.confirmPayment(record, number), settlement.confirm_payment),
            "deny": (self.book.denyPayment(record, number, REASON), settlement.deny_payment),
            "withdraw": (
                self.book.withdrawPayment(record, number),
                settlement.withdraw_payment,
            ),
        }[answer]
        self.attempt(record, member, call, lambda draft: operation(draft, member, number))
