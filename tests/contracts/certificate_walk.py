"""A walk through the book of deposit certificates: any step by anybody, and what is then seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak
from web3.contract.contract import ContractFunction

from tests.contracts.cast import Ledger
from tests.contracts.certificate_steps import (
    BY_HOLDERS,
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
    Certificate,
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


@dataclass(frozen=True, slots=True)
class Sight:
    """What the book says of a record: by member free, reserved and pledged units."""

    certificate: Certificate
    total: int
    retired: int
    pledged: int
    freezes: int
    positions: Mapping[str, tuple[int, int, int]]
    terms: bytes

    @property
    def holdings(self) -> dict[str, int]:
        """All units of each member."""
        return {name: sum(units) for name, units in self.positions.items()}


@dataclass(frozen=True, slots=True)
class Claim:
    """A certificate number that a record took."""

    issuer: str
    number: bytes
    record: bytes


class Walk:
    """The records of a walk, which numbers they took, and which of these were lost."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.book = ledger.certificates.functions
        self.records: list[bytes] = []
        self.claims: list[Claim] = []
        self.lost: list[Claim] = []
        self._issuers: dict[bytes, str] = {}
        self._made: dict[str, list[tuple[bytes, int]]] = {}
        self._commitments = 0
        anchor(ledger, ledger.supplier)
        for choice, receiver in enumerate(("buyer", "financier", "depositary")):
            self.take(Step("issue", 0, choice, None, "supplier", 20))
            for action in ("confirm", "offer", "consent", "pledge", "surrender"):
                self.take(Step(action, choice, choice, None, receiver, 5))
        self.take(Step("certify", 0, len(KINDS), None, "supplier", 0))

    def target(self, step: Step) -> tuple[bytes, int]:
        """The record that a step is about, and the number of the promise if it is about one.

        The latest promises come first.
        """
        made = self._made.get(SUBJECTS.get(step.action, ""), [])
        if made:
            return made[-1 - step.target % len(made)]
        return self.records[step.target % len(self.records)], 0

    def take(self, step: Step) -> bool:
        """Do one step; whether the book let it."""
        if step.action == "pass_time":
            self.ledger.chain.pass_time(TERM // 2)
            return True
        if step.action in ("issue", "certify"):
            return self._begin(step)
        record, number = self.target(step)
        if step.action == "void":
            return _done(self.ledger.decide, self.book.voidRecord(record, REASON))
        made = self._made.setdefault(step.action, [])
        who = step.who or self._entitled(step.action, record, number)
        call = self._call(step, who, record, number)
        done = self._sent(who, call)
        if done:
            made.append((record, len([each for each, _ in made if each == record])))
            self._note(step.action, record, call.args)
        return done

    def see(self, record: bytes) -> Sight:
        """What the book says of a record."""
        *_, total, retired, pledged, freezes = self.book.record(record).call()
        return Sight(
            certificate(self.ledger, record),
            total,
            retired,
            pledged,
            freezes,
            {name: position(self.ledger, record, self._member(name)) for name in HOLDERS},
            self.book.termsOf(record).call(),
        )

    def holder_of(self, issuer: str, number: bytes) -> bytes:
        """The record that holds a number; zero if none does."""
        return number_holder(self.ledger, self._member(issuer), number)

    def _begin(self, step: Step) -> bool:
        issuer = step.who or ISSUERS[step.target % 2]
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
        done = self._sent(issuer, call)
        if done:
            self._begun(issuer, number, commitment)
        return done

    def _call(self, step: Step, who: str, record: bytes, number: int) -> ContractFunction:
        new = Novelty(
            actor=self._member(who).id,
            receiver=self._member(step.receiver).id,
            maturity=self.ledger.chain.now() + TERM,
            number=NUMBERS[step.choice % len(NUMBERS)],
            commitment=self._commitment(),
            parts=self._parts(step, record, number) if step.action == "replace" else (),
        )
        function, arguments = calls(step, number, new)[step.action]
        call: ContractFunction = self.book[function](record, *arguments)
        return call

    def _parts(self, step: Step, record: bytes, number: int) -> list[Part]:
        """One part, or two if there are units for two."""
        if number >= self.book.surrenderCount(record).call():
            return []
        units = self.book.surrenderOf(record, number).call()[1]
        shares = [1, units - 1] if units > 1 else [units]
        names = [NUMBERS[(step.choice + index) % len(NUMBERS)] for index in range(len(shares))]
        return [
            Part(0, share, name, self._commitment())
            for share, name in zip(shares, names, strict=True)
        ]

    def _note(self, action: str, record: bytes, arguments: Sequence[Any]) -> None:
        """Keep in mind which numbers a step took."""
        issuer = self._issuers[record]
        if action == "reissue":
            self.lost += [claim for claim in self.claims if claim.record == record]
            self.claims.append(Claim(issuer, arguments[1], record))
        if action == "replace":
            for part in arguments[2]:
                self._begun(issuer, part.number, part.commitment)

    def _begun(self, issuer: str, number: bytes, commitment: bytes) -> None:
        record = record_of(self.ledger, self._member(issuer), commitment)
        self.records.append(record)
        self._issuers[record] = issuer
        self.claims.append(Claim(issuer, number, record))

    def _entitled(self, action: str, record: bytes, number: int) -> str:
        """Who may take a step: the party that a promise names, who holds most, or the issuer."""
        if action in PARTIES:
            view, place = PARTIES[action]
            names = {self._member(name).id: name for name in HOLDERS}
            try:
                promise: Any = self.ledger.chain.simulate(
                    self.ledger.auditor.key, self.book[view](record, number)
                )
            except Reverted:
                return HOLDERS[0]
            return names[promise[place]]
        if action in BY_HOLDERS:
            free = {name: position(self.ledger, record, self._member(name))[0] for name in HOLDERS}
            return max(free, key=lambda name: free[name])
        return self._issuers[record]

    def _sent(self, who: str, call: ContractFunction) -> bool:
        return _done(self.ledger.act, self._member(who), call)

    def _commitment(self) -> bytes:
        self._commitments += 1
        return keccak(self._commitments.to_bytes(32, "big"))

    def _member(self, name: str) -> Member:
        member: Member = getattr(self.ledger, name)
        return member


def _done(operation: Callable[..., Any], *arguments: Any) -> bool:
    """Whether the book let an operation happen."""
    try:
        operation(*arguments)
    except Reverted:
        return False
    return True
