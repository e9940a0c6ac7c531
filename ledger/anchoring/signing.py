"""Making attempts: the right key, a nonce that nobody has, and fees that are enough.

Signatures are made before the database is locked, and all of a group are kept at once. A group
whose nonces another worker took meanwhile is not kept at all.
"""

from collections.abc import Sequence

from ledger.anchoring.observer import Move, Observer, Stage
from ledger.anchoring.operators import Operators
from ledger.anchoring.problems import write_problem
from ledger.anchoring.round import Round
from ledger.chain.port import Chain, Fees, Reverted, SendFailure, SendRefused
from ledger.chain.reverts import refusal_of
from ledger.chain.sending import GAS_MARGIN
from ledger.chain.signer import Signer, UnsignedTransaction
from ledger.errors import ConfigurationError, Refusal, SealbookError
from ledger.store import attempts, nonces, outbox
from ledger.store.attempts import Attempt, AttemptKind
from ledger.store.engine import Store
from ledger.store.outbox import Outgoing, Purpose
from ledger.types import Address, ChainId, MemberId

# What engines want at the least of a transaction that replaces another: Besu and geth 10 %.
_BUMP_NUMERATOR, _BUMP_DENOMINATOR = 9, 8


class Signing:
    """Signs for members and keeps every attempt before it can be sent.

    chain_id: what signatures bind to: a node of another chain cannot use them.
    """

    def __init__(
        self,
        store: Store,
        chain: Chain,
        operators: Operators,
        observer: Observer,
        *,
        chain_id: ChainId,
    ) -> None:
        self._store = store
        self._chain = chain
        self._operators = operators
        self._observer = observer
        self._chain_id = chain_id

    def first(self, items: Sequence[Outgoing], current: Round) -> list[tuple[Outgoing, Refusal]]:
        """Sign transactions of one member, each with a nonce that nobody has.

        Returns those that a contract would refuse now, which are left as they are. Raises the
        contract's refusal if the member's key may not act, and ConfigurationError if this service
        holds none.
        """
        signer = current.signer(items[0].member)
        calls = [(item.recipient, item.data) for item in items]
        answers = list(zip(items, self._chain.estimates(signer.address, calls), strict=True))
        callable_now = [(item, gas) for item, gas in answers if isinstance(gas, int)]
        if callable_now:
            self._sign(signer, callable_now, current)
        return [
            (item, refusal_of(answer.data))
            for item, answer in answers
            if isinstance(answer, Reverted)
        ]

    def _sign(self, signer: Signer, items: Sequence[tuple[Outgoing, int]], current: Round) -> None:
        unused, fees = self._chain.transaction_count(signer.address), current.fees(signer.address)
        with self._store.reading() as connection:
            highest = nonces.highest(connection, signer.address)
        nonce = unused if highest is None else max(unused, highest + 1)
        current.confirm_chain()  # by another chain's counts and gas, nothing may be signed
        signed = [
            (item, self._call(signer, item, nonce + offset, gas, fees))
            for offset, (item, gas) in enumerate(items)
        ]
        with self._store.writing() as connection:
            given = {attempt.nonce: item.id for item, attempt in signed}
            nonces.give(connection, signer.address, given)
            attempts.add_new(connection, {item.id: attempt for item, attempt in signed})
            for item, _ in signed:
                outbox.mark_signed(connection, item, now=current.now)
        for item, attempt in signed:
            self._signed(item, attempt)

    def dearer(self, item: Outgoing, before: Attempt, current: Round) -> None:
        """Sign again with the same nonce, for what the chain asks now, and more than before.

        A call that its contract would refuse by now is cancelled in place of that. Raises
        ConfigurationError without the key or if it owns nothing, SendRefused if no more may be
        offered.
        """
        fees = self._raised(item, before, current)
        if fees.max_fee_per_gas <= before.fees.max_fee_per_gas:
            raise _cannot_offer_more(before.signer, fees)
        if before.kind is AttemptKind.CANCEL:
            self._replace(item, before, self._idle(item, before, fees), current, item.problem)
            return
        signer = self._holder(item.member, before.signer)
        try:
            gas = self._chain.estimate_gas(signer.address, item.recipient, item.data)
        except Reverted as error:
            self.cancel(item, before, current, refusal_of(error.data))
            return
        attempt = self._call(signer, item, before.nonce, gas, fees)
        self._replace(item, before, attempt, current, None)

    def cancel(
        self, item: Outgoing, before: Attempt, current: Round, reason: SealbookError
    ) -> None:
        """Use up the nonce of what the node will never take, by a transfer of 0 to itself.

        What is cancelled may still be taken in its place, so both stay open until one is final.
        """
        attempt = self._idle(item, before, self._raised(item, before, current))
        self._replace(item, before, attempt, current, write_problem(reason))

    def filler(self, member: MemberId, key: Address, nonce: int, current: Round) -> None:
        """Promise and sign a transaction that uses up a nonce which is missing before others.

        Raises Overtaken if another worker did so, and ConfigurationError without the key.
        """
        signer = self._holder(member, key)
        fees = current.fees(signer.address)
        attempt = self._transfer(signer, nonce, fees, AttemptKind.CALL)
        with self._store.writing() as connection:
            identifier = outbox.enqueue(
                connection,
                member=member,
                purpose=Purpose.FILLER,
                recipient=signer.address,
                data=b"",
                now=current.now,
            )
            nonces.take_over(connection, signer.address, nonce, identifier)
            attempts.add(connection, identifier, attempt)
            item = outbox.get(connection, identifier)
            outbox.mark_signed(connection, item, now=current.now)
        self._signed(item, attempt, reason="nonce-gap")

    def _idle(self, item: Outgoing, before: Attempt, fees: Fees) -> Attempt:
        signer = self._holder(item.member, before.signer)
        return self._transfer(signer, before.nonce, fees, AttemptKind.CANCEL)

    def _replace(
        self,
        item: Outgoing,
        before: Attempt,
        attempt: Attempt,
        current: Round,
        problem: str | None,
    ) -> None:
        current.confirm_chain()  # what it was made of may be another chain's answers
        with self._store.writing() as connection:
            attempts.add(connection, item.id, attempt)
            outbox.mark_signed(connection, item, now=current.now, problem=problem)
        reason = "dearer" if attempt.kind is before.kind else attempt.kind.value
        self._signed(item, attempt, reason=reason)

    def _raised(self, item: Outgoing, before: Attempt, current: Round) -> Fees:
        asked = current.fees(before.signer)
        # What fills a gap must not overtake what somebody else has there by now.
        return asked if item.purpose is Purpose.FILLER else _raised(before.fees, asked)

    def _call(self, signer: Signer, item: Outgoing, nonce: int, gas: int, fees: Fees) -> Attempt:
        limit = int(gas * GAS_MARGIN)
        return self._attempt(signer, nonce, item.recipient, item.data, limit, fees)

    def _transfer(self, signer: Signer, nonce: int, fees: Fees, kind: AttemptKind) -> Attempt:
        gas = self._chain.estimate_gas(signer.address, signer.address, b"")
        return self._attempt(signer, nonce, signer.address, b"", gas, fees, kind)

    def _attempt(
        self,
        signer: Signer,
        nonce: int,
        to: Address,
        data: bytes,
        gas_limit: int,
        fees: Fees,
        kind: AttemptKind = AttemptKind.CALL,
    ) -> Attempt:
        transaction = UnsignedTransaction(self._chain_id, nonce, to, data, gas_limit, fees)
        signed = signer.sign(transaction)
        return Attempt(signed.hash, signer.address, nonce, fees, signed.raw, kind)

    def _holder(self, member: MemberId, key: Address) -> Signer:
        signer = self._operators.held(member)
        if signer.address != key:
            raise ConfigurationError(
                f"a nonce of {key} is to be used, with which {member} signed before: this service"
                " needs that key back"
            )
        return signer

    def _signed(self, item: Outgoing, attempt: Attempt, reason: str | None = None) -> None:
        self._observer.moved(Move.of_attempt(Stage.SIGNED, item, attempt, reason))


def _raised(before: Fees, asked: Fees) -> Fees:
    if before.priority_fee_per_gas is None or asked.priority_fee_per_gas is None:
        return Fees(max(asked.max_fee_per_gas, _bumped(before.max_fee_per_gas)), None)
    priority = max(asked.priority_fee_per_gas, _bumped(before.priority_fee_per_gas))
    return Fees(max(asked.max_fee_per_gas, _bumped(before.max_fee_per_gas), priority), priority)


def _cannot_offer_more(signer: Address, fees: Fees) -> SealbookError:
    if fees.max_fee_per_gas:
        return SendRefused(
            SendFailure.UNDERPRICED, "something else waits with its nonce, which pays as much"
        )
    return ConfigurationError(
        f"the operator key {signer} owns nothing, and the chain asks for a fee: transfer some of"
        " the chain's own currency to it"
    )


def _bumped(fee_wei: int) -> int:
    """More by what engines want at the least; but where nothing is asked, nothing is offered."""
    return fee_wei and fee_wei * _BUMP_NUMERATOR // _BUMP_DENOMINATOR + 1
