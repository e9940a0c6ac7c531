"""Making attempts: the right key, a nonce that nobody has, and fees that are enough."""

from ledger.anchoring.observer import SILENT, Observer, Stage
from ledger.chain.keyring import Keyring
from ledger.chain.membership import Membership
from ledger.chain.port import Chain, Fees, Reverted
from ledger.chain.reverts import refusal_of
from ledger.chain.sending import GAS_MARGIN
from ledger.chain.signer import Signer, UnsignedTransaction
from ledger.errors import ConfigurationError
from ledger.store import attempts, nonces, outbox
from ledger.store.attempts import Attempt
from ledger.store.engine import Store
from ledger.store.outbox import Outgoing
from ledger.types import UnixTime

# What engines want at the least of a transaction that replaces another: Besu and geth 10 %.
_BUMP_NUMERATOR, _BUMP_DENOMINATOR = 9, 8


class Signing:
    """Signs for members and keeps every attempt before it can be sent."""

    def __init__(
        self,
        store: Store,
        chain: Chain,
        membership: Membership,
        keyring: Keyring,
        observer: Observer = SILENT,
    ) -> None:
        self._store = store
        self._chain = chain
        self._membership = membership
        self._keyring = keyring
        self._observer = observer

    def first(self, item: Outgoing, now: UnixTime) -> None:
        """Sign with a nonce that nobody has.

        Raises the contract's refusal if the call would fail now, and ConfigurationError if this
        service holds no key of the member.
        """
        signer = self._signer(item)
        try:
            gas = self._chain.estimate_gas(signer.address, item.recipient, item.data)
        except Reverted as error:
            raise refusal_of(error.data) from error
        # All that the chain must say is asked first: a slow node must not hold the database.
        chain_id, fees = self._chain.chain_id(), self._chain.fees()
        unused = self._chain.transaction_count(signer.address)
        with self._store.writing() as connection:
            given = nonces.highest(connection, signer.address)
            nonce = unused if given is None else max(unused, given + 1)
            nonces.give(connection, signer.address, nonce, item.id)
            transaction = UnsignedTransaction(
                chain_id, nonce, item.recipient, item.data, int(gas * GAS_MARGIN), fees
            )
            attempt = _attempt(signer, transaction)
            attempts.add(connection, item.id, attempt)
            outbox.mark_signed(connection, item, now=now)
        self._signed(item, attempt)

    def dearer(self, item: Outgoing, before: Attempt, now: UnixTime) -> None:
        """Sign again with the same nonce, for what the chain asks now, and more than before."""
        signer = self._signer(item)
        if signer.address != before.signer:
            raise ConfigurationError(
                f"transaction {item.id} was signed with the key {before.signer}, which this"
                " service needs back to replace it"
            )
        try:
            gas = self._chain.estimate_gas(signer.address, item.recipient, item.data)
        except Reverted as error:
            raise refusal_of(error.data) from error
        fees = _raised(before.fees, self._chain.fees())
        transaction = UnsignedTransaction(
            self._chain.chain_id(),
            before.nonce,
            item.recipient,
            item.data,
            int(gas * GAS_MARGIN),
            fees,
        )
        with self._store.writing() as connection:
            attempt = _attempt(signer, transaction)
            attempts.add(connection, item.id, attempt)
            outbox.mark_signed(connection, item, now=now)
        self._signed(item, attempt, reason="dearer")

    def _signed(self, item: Outgoing, attempt: Attempt, reason: str | None = None) -> None:
        self._observer.moved(
            Stage.SIGNED,
            item,
            transaction_hash=attempt.hash,
            signer=attempt.signer,
            nonce=attempt.nonce,
            reason=reason,
        )

    def _signer(self, item: Outgoing) -> Signer:
        signer = self._keyring.signer(item.member)
        if signer is None:
            raise ConfigurationError(
                f"this service holds no operator key of {item.member}; put one into its keys folder"
            )
        try:
            actor = self._membership.actor_of(signer.address, at=self._chain.head().ref)
        except Reverted as error:
            raise refusal_of(error.data) from error
        if actor != item.member:
            raise ConfigurationError(
                f"the operator key that this service holds for {item.member} acts for {actor}"
            )
        return signer


def _attempt(signer: Signer, transaction: UnsignedTransaction) -> Attempt:
    signed = signer.sign(transaction)
    return Attempt(signed.hash, signer.address, transaction.nonce, transaction.fees, signed.raw)


def _raised(before: Fees, asked: Fees) -> Fees:
    if before.priority_fee_per_gas is None or asked.priority_fee_per_gas is None:
        return Fees(max(asked.max_fee_per_gas, _bumped(before.max_fee_per_gas)), None)
    priority = max(asked.priority_fee_per_gas, _bumped(before.priority_fee_per_gas))
    return Fees(max(asked.max_fee_per_gas, _bumped(before.max_fee_per_gas), priority), priority)


def _bumped(fee_wei: int) -> int:
    return fee_wei * _BUMP_NUMERATOR // _BUMP_DENOMINATOR + 1
