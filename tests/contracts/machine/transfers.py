"""Rules for offers and pledges."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.contracts.machine.comparison import (
    Comparison,
    amounts,
    choose,
    indices,
    some,
    takers,
    whos,
)
from tests.contracts.model import Invoice, Offer, transfers

seconds = st.integers(0, 20)
"""From now to an expiry or an enforcement date."""

TERMS = bytes(32)


def open_offers(machine: Comparison) -> list[tuple[bytes, int]]:
    return [
        (record, number)
        for record, invoice in machine.model.invoices.items()
        for number, offer in enumerate(invoice.offers)
        if offer.open
    ]


def open_pledges(machine: Comparison) -> list[tuple[bytes, int]]:
    return [
        (record, number)
        for record, invoice in machine.model.invoices.items()
        for number, pledge in enumerate(invoice.pledges)
        if pledge.open
    ]


def richest(invoice: Invoice) -> str:
    """Who has most to dispose of."""
    return max(invoice.title, key=invoice.free)


class Transfers(Comparison):
    """Offers and pledges, and the time that passes between them."""

    @rule(seconds=st.integers(3, 25))
    def time_passes(self, seconds: int) -> None:
        self.ledger.chain.pass_time(seconds)

    @rule(index=indices, who=whos, receiver=takers, units=amounts, seconds=seconds)
    def offer(self, index: int, who: str | None, receiver: str, units: int, seconds: int) -> None:
        record, invoice = self.record(index)
        offered = Offer(who or richest(invoice), receiver, units, self.now() + 3 + seconds)
        to = self.members[receiver].id
        call = self.book.offer(record, to, units, offered.expires_at, TERMS)
        self.attempt(record, offered.sender, call, lambda draft: transfers.offer(draft, offered))

    @precondition(some(open_offers))
    @rule(
        index=indices,
        who=whos,
        answer=st.sampled_from(
            ["acceptOffer", "acceptOffer", "rejectOffer", "withdrawOffer", "expireOffer"]
        ),
    )
    def answer_offer(self, index: int, who: str | None, answer: str) -> None:
        record, number = choose(open_offers(self), index)
        offered = self.model.invoices[record].offers[number]
        who = who or (offered.sender if answer == "withdrawOffer" else offered.receiver)
        operation = {
            "acceptOffer": transfers.accept_offer,
            "rejectOffer": transfers.reject_offer,
            "withdrawOffer": transfers.withdraw_offer,
            "expireOffer": transfers.expire_offer,
        }[answer]
        self.attempt(
            record,
            who,
            self.book[answer](record, number),
            lambda draft: operation(draft, who, number, self.now()),
        )

    @rule(index=indices, who=whos, receiver=takers, units=amounts, seconds=seconds)
    def pledge(self, index: int, who: str | None, receiver: str, units: int, seconds: int) -> None:
        record, invoice = self.record(index)
        who, date = who or richest(invoice), self.now() + seconds
        call = self.book.pledge(record, self.members[receiver].id, units, date, TERMS)
        self.attempt(
            record, who, call, lambda draft: transfers.pledge(draft, who, receiver, units, date)
        )

    @precondition(some(open_pledges))
    @rule(index=indices, who=whos, receiver=takers, units=amounts, seconds=seconds)
    def pledge_behind(
        self, index: int, who: str | None, receiver: str, units: int, seconds: int
    ) -> None:
        record, senior = choose(open_pledges(self), index)
        who = who or self.model.invoices[record].pledges[senior].lot.pledgor
        date, pledgee = self.now() + seconds, self.members[receiver].id
        self.attempt(
            record,
            who,
            self.book.pledgeBehind(record, senior, pledgee, units, date, TERMS),
            lambda draft: transfers.pledge_behind(draft, who, senior, receiver, units, date),
        )

    @precondition(some(open_pledges))
    @rule(
        index=indices,
        who=whos,
        units=amounts,
        answer=st.sampled_from(["releasePledge", "enforcePledge", "enforcePledge"]),
    )
    def answer_pledge(self, index: int, who: str | None, units: int, answer: str) -> None:
        record, number = choose(open_pledges(self), index)
        pledge = self.model.invoices[record].pledges[number]
        who, units = who or pledge.pledgee, min(units, pledge.units + 1)
        releasing = answer == "releasePledge"
        operation = transfers.release_pledge if releasing else transfers.enforce_pledge
        self.attempt(
            record,
            who,
            self.book[answer](record, number, units),
            lambda draft: operation(draft, who, number, units, self.now()),
        )
