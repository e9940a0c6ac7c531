"""Steps for disputes, for what the council decides, and for keys."""

from dataclasses import replace

from tests.contracts.model import BUYER, Invoice, interventions
from tests.contracts.model.invoice import LIVE
from tests.contracts.walk.choices import ANYBODY
from tests.contracts.walk.settlement import REASON, Settlement

_CAUSES = ("council", "keeper", "dispute", "loss")
"""Causes of a freeze, in the contract's order."""


class Council(Settlement):
    """Disputes, freezes, voiding, suspensions and the rotation of keys."""

    def dispute(self) -> None:
        """Dispute units."""
        record, invoice = self.record(lambda invoice: invoice.moving and not invoice.undertaken)
        member, units = self.somebody(BUYER), self.units(invoice.outstanding)
        call = self.book.dispute(record, units, REASON)
        self.attempt(
            record, member, call, lambda draft: interventions.dispute(draft, member, units)
        )

    def end_dispute(self) -> None:
        """Withdraw or concede a dispute."""
        record, invoice = self.record(lambda invoice: invoice.in_dispute)
        number = self._dispute_number(invoice)
        party, call, operation = self.one(
            (
                (BUYER, self.book.withdrawDispute(record, number), interventions.withdraw_dispute),
                (
                    invoice.supplier,
                    self.book.concedeDispute(record, number),
                    interventions.concede_dispute,
                ),
            ),
            "answer",
        )
        member = self.somebody(party)
        self.attempt(record, member, call, lambda draft: operation(draft, member, number))

    def decide_dispute(self) -> None:
        """Let the council decide a dispute, for nobody or for some holders."""
        record, invoice = self.record(lambda invoice: invoice.in_dispute)
        number = self._dispute_number(invoice)
        holders = list(invoice.title)
        reductions = [
            (self.one(holders, "holder"), self.one((1, 2, 3), "units"))
            for _ in range(self.one((1, 0, 2), "reductions"))
        ]
        listed = [(self.members[name].id, units) for name, units in reductions]
        self.decide(
            record,
            self.book.decideDispute(record, number, listed, REASON),
            lambda draft: interventions.decide_dispute(draft, number, reductions),
        )

    def freeze(self) -> None:
        """Let the council freeze a record."""
        record, _ = self.record(
            lambda invoice: invoice.state in LIVE and "council" not in invoice.freezes
        )
        self.decide(record, self.book.freeze(record, REASON), interventions.freeze)

    def unfreeze(self) -> None:
        """Let the council lift a freeze, mostly one that is its own."""
        record, _ = self.record(lambda invoice: invoice.stopped)
        cause = "council" if self.mostly() else self.one(_CAUSES, "cause")
        self.decide(
            record,
            self.book.unfreeze(record, _CAUSES.index(cause)),
            lambda draft: interventions.unfreeze(draft, cause),
        )

    def void(self) -> None:
        """Let the council void a record."""
        record, _ = self.record(lambda invoice: invoice.state in LIVE)
        self.decide(record, self.book.voidRecord(record, REASON), interventions.void)

    def free_settled_keys(self) -> None:
        """Let the council free the keys of a settled invoice."""
        record, _ = self.record(lambda invoice: invoice.state == "settled")
        call = self.book.freeSettledKeys(record, REASON)
        self.decide(record, call, interventions.free_settled_keys)

    def suspend(self) -> None:
        """Let the council suspend a member."""
        name = self.one(ANYBODY, "who")
        self.ledger.suspend(self.members[name])
        self.model.suspended.add(name)
        self.look_at(self.model.invoices)

    def reinstate(self) -> None:
        """Let the council reinstate a member."""
        name = self.one(sorted(self.model.suspended), "who")
        call = self.ledger.membership.functions.reinstate(self.members[name].id)
        self.ledger.decide(call)
        self.model.suspended.remove(name)
        self.look_at(self.model.invoices)

    def rotate_key(self) -> None:
        """Let a member revoke its operator key and go on with a new one."""
        name = self.one([each for each in ANYBODY if each not in self.model.suspended], "who")
        key, membership = self.spare_keys.pop(), self.ledger.membership.functions
        member = self.members[name]
        self.ledger.act(member, membership.addKey(member.id, key))
        self.members[name] = replace(member, key=key)
        self.ledger.act(self.members[name], membership.revokeKey(member.id, member.key))
        self.look_at(self.model.invoices)

    def _dispute_number(self, invoice: Invoice) -> int:
        """Mostly the last dispute's."""
        return invoice.disputes if self.mostly() else self.one((0, 1, 2), "number")
