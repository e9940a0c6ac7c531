"""Steps for offers and pledges."""

from tests.contracts.model import Invoice, Offer, transfers
from tests.contracts.walk.comparison import Comparison

_TERMS = bytes(32)

_ANSWERS = {
    "acceptOffer": transfers.accept_offer,
    "rejectOffer": transfers.reject_offer,
    "withdrawOffer": transfers.withdraw_offer,
    "expireOffer": transfers.expire_offer,
}


class Transfers(Comparison):
    """Offers and pledges, and the time that passes between them."""

    def pass_time(self) -> None:
        """Let some seconds pass."""
        self.ledger.chain.pass_time(self.random.randint(3, 25))

    def offer(self) -> None:
        """Offer units."""
        record, invoice = self.record()
        sender, receiver = self.somebody(_richest(invoice)), self.taker()
        offered = Offer(sender, receiver, self.units(), self._soon())
        to = self.members[receiver].id
        call = self.book.offer(record, to, offered.units, offered.expires_at, _TERMS)
        self.attempt(record, sender, call, lambda draft: transfers.offer(draft, offered))

    def accept_offer(self) -> None:
        """Accept an offer."""
        self._answer_offer("acceptOffer")

    def end_offer(self) -> None:
        """Reject, withdraw or expire an offer."""
        self._answer_offer(self.random.choice(("rejectOffer", "withdrawOffer", "expireOffer")))

    def pledge(self) -> None:
        """Pledge units as a new lot."""
        record, invoice = self.record()
        pledgor, pledgee = self.somebody(_richest(invoice)), self.taker()
        units, date = self.units(), self._soon()
        self.attempt(
            record,
            pledgor,
            self.book.pledge(record, self.members[pledgee].id, units, date, _TERMS),
            lambda draft: transfers.pledge(draft, pledgor, pledgee, units, date),
        )

    def pledge_behind(self) -> None:
        """Pledge units of a lot once more."""
        found = self.some_item(lambda invoice: invoice.pledges)
        if found is None:
            return
        record, senior = found
        lot = self.model.invoices[record].pledges[senior].lot
        pledgor, pledgee = self.somebody(lot.pledgor), self.taker()
        units, date = self.random.randint(0, lot.units + 1), self._soon()
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
        found = self.some_item(lambda invoice: invoice.offers)
        if found is None:
            return
        record, number = found
        offered = self.model.invoices[record].offers[number]
        member = self.somebody(offered.sender if answer == "withdrawOffer" else offered.receiver)
        self.attempt(
            record,
            member,
            self.book[answer](record, number),
            lambda draft: _ANSWERS[answer](draft, member, number, self.now()),
        )

    def _take(self, function: str) -> None:
        found = self.some_item(lambda invoice: invoice.pledges)
        if found is None:
            return
        record, number = found
        pledge = self.model.invoices[record].pledges[number]
        member = self.somebody(pledge.pledgee)
        units = self.random.choice((0, 1, 2, pledge.units, pledge.units, pledge.units + 1))
        releasing = function == "releasePledge"
        operation = transfers.release_pledge if releasing else transfers.enforce_pledge
        self.attempt(
            record,
            member,
            self.book[function](record, number, units),
            lambda draft: operation(draft, member, number, units, self.now()),
        )

    def _soon(self) -> int:
        return self.now() + self.random.randint(2, 25)


def _richest(invoice: Invoice) -> str:
    """Who has most to dispose of."""
    return max(invoice.title, key=invoice.free)
