"""Steps for offers and pledges."""

from tests.contracts.model import FINANCIERS, Invoice, Offer, Pledge, transfers
from tests.contracts.walk.comparison import Comparison

_TERMS = bytes(32)

_ANSWERS = {
    "acceptOffer": transfers.accept_offer,
    "rejectOffer": transfers.reject_offer,
    "withdrawOffer": transfers.withdraw_offer,
    "expireOffer": transfers.expire_offer,
}


def has_free_units(invoice: Invoice) -> bool:
    """Whether anybody may offer or pledge."""
    return invoice.moving and invoice.free(_richest(invoice)) > 0


class Transfers(Comparison):
    """Offers and pledges, and the time that passes between them."""

    def pass_time(self) -> None:
        """Let some seconds pass."""
        self.ledger.chain.pass_time(self.one(range(3, 26), "seconds"))

    def offer(self) -> None:
        """Offer units."""
        record, invoice = self.record(has_free_units)
        sender, receiver = self.somebody(self._holder(invoice)), self.taker()
        units = self.units(invoice.free(sender))
        offered = Offer(sender, receiver, units, self._soon())
        to = self.members[receiver].id
        call = self.book.offer(record, to, offered.units, offered.expires_at, _TERMS)
        self.attempt(record, sender, call, lambda draft: transfers.offer(draft, offered))

    def accept_offer(self) -> None:
        """Accept an offer."""
        self._answer_offer("acceptOffer")

    def end_offer(self) -> None:
        """Reject, withdraw or expire an offer."""
        answers = ("rejectOffer", "withdrawOffer", "expireOffer")
        self._answer_offer(self.one(answers, "answer"))

    def pledge(self) -> None:
        """Pledge units as a new lot."""
        record, invoice = self.record(has_free_units)
        pledgor, pledgee = self.somebody(self._holder(invoice)), self.taker()
        units, date = self.units(invoice.free(pledgor)), self._soon()
        self.attempt(
            record,
            pledgor,
            self.book.pledge(record, self.members[pledgee].id, units, date, _TERMS),
            lambda draft: transfers.pledge(draft, pledgor, pledgee, units, date),
        )

    def pledge_to_begin(self, record: bytes, pledgor: str) -> None:
        """Pledge some units that may be enforced at once."""
        pledgee, units = FINANCIERS[0], 4
        self.attempt(
            record,
            pledgor,
            self.book.pledge(record, self.members[pledgee].id, units, 0, _TERMS),
            lambda draft: transfers.pledge(draft, pledgor, pledgee, units, 0),
        )

    def pledge_behind(self) -> None:
        """Pledge units of a lot once more."""
        record, senior = self.item(
            lambda invoice: invoice.pledges, lambda invoice, _: invoice.moving
        )
        lot = self.model.invoices[record].pledges[senior].lot
        pledgor, pledgee = self.somebody(lot.pledgor), self.taker()
        units, date = self.units(lot.units), self._soon()
        to = self.members[pledgee].id
        self.attempt(
            record,
            pledgor,
            self.book.pledgeBehind(record, senior, to, units, date, _TERMS),
            lambda draft: transfers.pledge_behind(draft, pledgor, senior, pledgee, units, date),
        )

    def release_pledge(self) -> None:
        """Give up a pledge or a part of it."""
        self._take("releasePledge")

    def enforce_pledge(self) -> None:
        """Take pledged units."""
        self._take("enforcePledge")

    def _answer_offer(self, answer: str) -> None:
        now, suspended = self.now(), self.model.suspended

        def fits(invoice: Invoice, offered: Offer) -> bool:
            past = now >= offered.expires_at
            if answer == "expireOffer":
                return past or offered.sender in suspended
            return answer != "acceptOffer" or (invoice.moving and not past)

        record, number = self.item(lambda invoice: invoice.offers, fits)
        offered = self.model.invoices[record].offers[number]
        member = self.somebody(offered.sender if answer == "withdrawOffer" else offered.receiver)
        self.attempt(
            record,
            member,
            self.book[answer](record, number),
            lambda draft: _ANSWERS[answer](draft, member, number, self.now()),
        )

    def _take(self, function: str) -> None:
        now, releasing = self.now(), function == "releasePledge"

        def fits(invoice: Invoice, pledge: Pledge) -> bool:
            ripe = invoice.moving and pledge.rank == 1 and now >= pledge.enforceable_from
            return releasing or ripe

        record, number = self.item(lambda invoice: invoice.pledges, fits)
        pledge = self.model.invoices[record].pledges[number]
        member, units = self.somebody(pledge.pledgee), self.units(pledge.units)
        operation = transfers.release_pledge if releasing else transfers.enforce_pledge
        self.attempt(
            record,
            member,
            self.book[function](record, number, units),
            lambda draft: operation(draft, member, number, units, self.now()),
        )

    def _holder(self, invoice: Invoice) -> str:
        """One that has something to dispose of, if there is one."""
        holders = [member for member in invoice.title if invoice.free(member) > 0]
        return self.one(holders or [invoice.supplier], "holder")

    def _soon(self) -> int:
        return self.now() + self.one(range(2, 26), "seconds")


def _richest(invoice: Invoice) -> str:
    return max(invoice.title, key=invoice.free)
