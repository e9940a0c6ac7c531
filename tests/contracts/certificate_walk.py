"""A walk through the book of deposit certificates: any step by anybody, and what is then seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from eth_utils.crypto import keccak
from hypothesis import note
from web3.contract.contract import ContractFunction

from tests.contracts.cast import Ledger
from tests.contracts.certificate_choices import Sight, fits
from tests.contracts.certificate_steps import (
    ANYBODY,
    BY_HOLDERS,
    COUNTS,
    ENDS,
    HOLDERS,
    ISSUERS,
    KINDS,
    NOTICE,
    NUMBERS,
    PARTIES,
    SUBJECTS,
    TERM,
    Novelty,
    Step,
    calls,
)
from tests.contracts.certificates import (
    REASON,
    Part,
    anchor,
    certificate,
    certifying,
    issuance,
    number_holder,
    position,
    record_of,
)
from tests.contracts.harness import Member, Reverted
from tests.contracts.histories import CERTIFICATE_EVENTS, Histories

"""The history of who did nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A certificate number that a record took."""

    issuer: str
    number: bytes
    record: bytes


class Walk:
    """The records of a walk, which numbers they took, and which of these were lost.

    seen: what the book said of each record when it was last touched.
    touched: the records of the last step.
    made: what operations made and is still open, as record and number, by the operation.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.book = ledger.certificates.functions
        self.members: dict[str, Member] = {name: getattr(ledger, name) for name in ANYBODY}
        self.spare_keys = list(ledger.spare_keys)
        self.claims: list[Claim] = []
        self.lost: list[Claim] = []
        self.seen: dict[bytes, Sight] = {}
        self.touched: set[bytes] = set()
        self.made: dict[str, list[tuple[bytes, int]]] = {}
        names = [member.id for member in self.members.values()]
        self.histories = Histories(ledger.certificates, CERTIFICATE_EVENTS, names)
        self._issuers: dict[bytes, str] = {}
        self._commitments = 0

    def begin(self) -> None:
        """Anchor what evidence is about, and issue a certificate of each kind."""
        anchor(self.ledger, self.ledger.supplier)
        for choice in range(len(KINDS)):
            self.take(Step("issue", b"", 0, choice, None, "supplier", 9))
            record = [*self.seen][-1]
            if fits("confirm", self.seen[record]):
                self.take(Step("confirm", record, 0, choice, None, "supplier", 0))

    def take(self, step: Step) -> None:
        """Do one step, and see what became of the records that it touched."""
        self.touched = {step.record} & set(self.seen)
        if step.action == "pass_time":
            self.ledger.chain.pass_time(TERM // 2)
        elif step.action == "rotate_key":
            self._rotate_key(step.receiver)
        elif step.action in ("issue", "certify"):
            self._begin(step)
        elif step.action == "void":
            self._sent(None, self.book.voidRecord(step.record, REASON))
        else:
            self._operate(step)
        for record in self.touched:
            self.seen[record] = self.see(record)

    def see(self, record: bytes) -> Sight:
        """What the book says of a record."""
        *_, total, retired, pledged, freezes = self.book.record(record).call()
        return Sight(
            certificate(self.ledger, record),
            total,
            retired,
            pledged,
            freezes,
            {name: position(self.ledger, record, self.members[name]) for name in HOLDERS},
            self.book.termsOf(record).call(),
            tuple(self.book.recordHistory(record).call()),
        )

    def holder_of(self, issuer: str, number: bytes) -> bytes:
        """The record that holds a number; zero if none does."""
        return number_holder(self.ledger, self.members[issuer], number)

    def _begin(self, step: Step) -> None:
        issuer = step.who or ISSUERS[step.number % 2]
        number, commitment = NUMBERS[step.choice % len(NUMBERS)], self._commitment()
        kind, endorsement, renews = KINDS[step.choice % len(KINDS)]
        content = issuance(
            self.ledger,
            kind=kind,
            endorsement=endorsement,
            auto_renew=renews,
            loss_notice=NOTICE,
            matures_at=self.ledger.chain.now() + TERM,
            units=step.units + 1,
            number=number,
            commitment=commitment,
        )
        call = self.book.issue(content)
        if step.action == "certify":
            call = certifying(self.ledger, number=number, commitment=commitment)
        if self._sent(issuer, call):
            self._begun(issuer, number, commitment)

    def _operate(self, step: Step) -> None:
        """Do a step on a record, and keep in mind what it made and ended."""
        action, record, subject = step.action, step.record, SUBJECTS.get(step.action, "")
        entitled = self._entitled(step)
        call = self._call(step, entitled)
        if not self._sent(step.who or entitled, call):
            return
        number = self.book[COUNTS[action]](record).call() - 1 if action in COUNTS else 0
        self.made.setdefault(action, []).append((record, number))
        promise = (record, step.number)
        if action in ENDS and promise in self.made.get(subject, ()):
            self.made[subject].remove(promise)
        self._note_numbers(action, record, call.args)

    def _call(self, step: Step, entitled: str) -> ContractFunction:
        new = Novelty(
            receiver=self.members[step.receiver].id,
            holder=self.members[entitled].id,
            maturity=self.ledger.chain.now() + TERM,
            number=NUMBERS[step.choice % len(NUMBERS)],
            commitment=self._commitment(),
            parts=self._parts(step) if step.action == "replace" else (),
        )
        function, arguments = calls(step, new)[step.action]
        call: ContractFunction = self.book[function](step.record, *arguments)
        return call

    def _parts(self, step: Step) -> list[Part]:
        """One part, or two if there are units for two."""
        if step.number >= self.book.surrenderCount(step.record).call():
            return []
        units = self.book.surrenderOf(step.record, step.number).call()[1]
        shares = [1, units - 1] if units > 1 else [units]
        names = [NUMBERS[(step.choice + index) % len(NUMBERS)] for index in range(len(shares))]
        return [
            Part(0, share, name, self._commitment())
            for share, name in zip(shares, names, strict=True)
        ]

    def _note_numbers(self, action: str, record: bytes, arguments: Sequence[Any]) -> None:
        """Keep in mind which numbers a step took."""
        issuer = self._issuers[record]
        if action == "reissue":
            self.lost += [claim for claim in self.claims if claim.record == record]
            self.claims.append(Claim(issuer, arguments[1], record))
        if action == "replace":
            for part in arguments[2]:
                self._begun(issuer, part.number, part.commitment)

    def _begun(self, issuer: str, number: bytes, commitment: bytes) -> None:
        record = record_of(self.ledger, self.members[issuer], commitment)
        self.touched.add(record)
        self.seen[record] = self.see(record)
        self._issuers[record] = issuer
        self.claims.append(Claim(issuer, number, record))

    def _rotate_key(self, name: str) -> None:
        """Let a member revoke its operator key and go on with a new one."""
        member, key = self.members[name], self.spare_keys.pop()
        membership = self.ledger.membership.functions
        self.ledger.act(member, membership.addKey(member.id, key))
        self.members[name] = replace(member, key=key)
        self.ledger.act(self.members[name], membership.revokeKey(member.id, member.key))
        self.touched = set(self.seen)

    def _entitled(self, step: Step) -> str:
        """Who may take a step: the party that a promise names, who holds most, or the issuer."""
        if step.action in PARTIES:
            view, place = PARTIES[step.action]
            names = {self.members[name].id: name for name in HOLDERS}
            try:
                promise: Any = self.ledger.chain.simulate(
                    self.ledger.auditor.key, self.book[view](step.record, step.number)
                )
            except Reverted:
                return HOLDERS[0]
            return names[promise[place]]
        if step.action in BY_HOLDERS:
            return self.seen[step.record].richest()
        return self._issuers[step.record]

    def _sent(self, who: str | None, call: ContractFunction) -> bool:
        """Whether the book let a member, or the council (None), make a call."""
        error = None
        try:
            if who is None:
                self.histories.extend(self.ledger.decide(call), None)
            else:
                member = self.members[who]
                self.histories.extend(self.ledger.act(member, call), member.id)
        except Reverted as reverted:
            error = reverted.name
        note(f"{who or 'council'}: {call.fn_name}: {error or 'done'}")
        return error is None

    def _commitment(self) -> bytes:
        self._commitments += 1
        return keccak(self._commitments.to_bytes(32, "big"))
