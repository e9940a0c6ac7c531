"""Steps for disputes, for what the council decides, and for keys."""

from dataclasses import replace

from tests.contracts.model import BUYER, interventions
from tests.contracts.walk.comparison import ANYBODY
from tests.contracts.walk.settlement import REASON, Settlement


class Walk(Settlement):
    """Disputes, freezes, voiding and the rotation of keys: with these, every step there is."""

    def dispute(self) -> None:
        """Dispute units."""
        record, _ = self.record()
        member, units = self.somebody(BUYER), self.units()
        call = self.book.dispute(record, units, REASON)
        self.attempt(
            record, member, call, lambda draft: interventions.dispute(draft, member, units)
        )

    def end_dispute(self) -> None:
        """Withdraw or concede a dispute."""
        record = self.some(lambda invoice: bool(invoice.disputed))
        if record is None:
            return
        supplier = self.model.invoices[record].supplier
        party, call, operation = self.random.choice(
            (
                (BUYER, self.book.withdrawDispute(record), interventions.withdraw_dispute),
                (supplier, self.book.concedeDispute(record), interventions.concede_dispute),
            )
        )
        member = self.somebody(party)
        self.attempt(record, member, call, lambda draft: operation(draft, member))

    def decide_dispute(self) -> None:
        """Let the council decide a dispute, for nobody or for some holders."""
        record = self.some(lambda invoice: bool(invoice.disputed))
        if record is None:
            return
        holders = list(self.model.invoices[record].title)
        reductions = [
            (self.random.choice(holders), self.random.randint(1, 3))
            for _ in range(self.random.randint(0, 2))
        ]
        listed = [(self.members[name].id, units) for name, units in reductions]
        call = self.book.decideDispute(record, listed, REASON)
        self.decide(record, call, lambda draft: interventions.decide_dispute(draft, reductions))

    def freeze(self) -> None:
        """Let the council freeze a record."""
        record, _ = self.record()
        self.decide(record, self.book.freeze(record, REASON), interventions.freeze)

    def unfreeze(self) -> None:
        """Let the council lift a freeze, mostly one that is its own."""
        record = self.some(lambda invoice: bool(invoice.freezes))
        if record is not None:
            self.decide(record, self.book.unfreeze(record), interventions.unfreeze)

    def void(self) -> None:
        """Let the council void a record."""
        record, _ = self.record()
        self.decide(record, self.book.voidRecord(record, REASON), interventions.void)

    def rotate_key(self) -> None:
        """Let a member replace its operator key by a spare one: no title moves."""
        if not self.spare_keys:
            return
        name, key = self.random.choice(ANYBODY), self.spare_keys.pop()
        before = {record: self.observe(record) for record in self.model.invoices}
        member, membership = self.members[name], self.ledger.membership.functions
        self.ledger.act(member, membership.addKey(member.id, key))
        self.members[name] = replace(member, key=key)
        self.ledger.act(self.members[name], membership.revokeKey(member.id, member.key))
        self.look_at(self.model.invoices)
        assert self.touched == before
