"""Rules from the registration of an invoice to its last payment."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.contracts.harness import word
from tests.contracts.machine.comparison import (
    ANYBODY,
    KEYS,
    Comparison,
    amounts,
    choose,
    indices,
    some,
    whos,
)
from tests.contracts.machine.transfers import Transfers
from tests.contracts.model import BUYER, SUPPLIERS, settlement

REASON = word("reason")
NOTE = word("credit note")
ADVICE = bytes(32)


def registered(machine: Comparison) -> list[bytes]:
    return [
        record
        for record, invoice in machine.model.invoices.items()
        if invoice.state == "registered"
    ]


def declared_payments(machine: Comparison) -> list[tuple[bytes, int]]:
    return [
        (record, number)
        for record, invoice in machine.model.invoices.items()
        for number, payment in enumerate(invoice.payments)
        if payment.open
    ]


class Settlement(Transfers):
    """Registration, the buyer's answer, credit notes and payments."""

    @rule(
        supplier=st.sampled_from(SUPPLIERS),
        units=st.integers(1, 9),
        keys=st.frozensets(st.sampled_from(KEYS), min_size=1, max_size=2),
    )
    def begin(self, supplier: str, units: int, keys: frozenset[bytes]) -> None:
        self.register(supplier, units, keys)

    @precondition(some(registered))
    @rule(index=indices, who=whos, units=amounts, answer=st.sampled_from(["all", "part", "none"]))
    def answer_invoice(self, index: int, who: str | None, units: int, answer: str) -> None:
        record, who = choose(registered(self), index), who or BUYER
        if answer == "all":
            call = self.book.accept(record)
            self.attempt(record, who, call, lambda draft: settlement.accept(draft, who))
        elif answer == "part":
            call = self.book.acceptPart(record, units, REASON)
            self.attempt(record, who, call, lambda draft: settlement.accept_part(draft, who, units))
        else:
            call = self.book.reject(record, REASON)
            self.attempt(record, who, call, lambda draft: settlement.reject(draft, who))

    @rule(index=indices, who=whos)
    def cancel(self, index: int, who: str | None) -> None:
        record, invoice = self.record(index)
        who = who or invoice.supplier
        call = self.book.cancel(record)
        self.attempt(record, who, call, lambda draft: settlement.cancel(draft, who))

    @rule(index=indices, who=whos)
    def undertake(self, index: int, who: str | None) -> None:
        record, _ = self.record(index)
        who = who or BUYER
        call = self.book.undertake(record)
        self.attempt(record, who, call, lambda draft: settlement.undertake(draft, who))

    @rule(index=indices, who=whos, units=amounts)
    def credit(self, index: int, who: str | None, units: int) -> None:
        record, invoice = self.record(index)
        who = who or invoice.supplier
        call = self.book.credit(record, units, NOTE)
        self.attempt(record, who, call, lambda draft: settlement.credit(draft, who, units))

    @rule(index=indices, who=whos, holder=st.sampled_from(ANYBODY), units=amounts)
    def declare_payment(self, index: int, who: str | None, holder: str, units: int) -> None:
        record, _ = self.record(index)
        who = who or BUYER
        call = self.book.declarePayment(record, self.members[holder].id, units, ADVICE)
        self.attempt(
            record,
            who,
            call,
            lambda draft: settlement.declare_payment(draft, who, holder, units),
        )

    @precondition(some(declared_payments))
    @rule(
        index=indices,
        who=whos,
        answer=st.sampled_from(["confirm", "confirm", "deny", "withdraw"]),
    )
    def answer_payment(self, index: int, who: str | None, answer: str) -> None:
        record, number = choose(declared_payments(self), index)
        holder = self.model.invoices[record].payments[number].holder
        who = who or (BUYER if answer == "withdraw" else holder)
        call, operation = {
            "confirm": (self.book.confirmPayment(record, number), settlement.confirm_payment),
            "deny": (self.book.denyPayment(record, number, REASON), settlement.deny_payment),
            "withdraw": (
                self.book.withdrawPayment(record, number),
                settlement.withdraw_payment,
            ),
        }[answer]
        self.attempt(record, who, call, lambda draft: operation(draft, who, number))
