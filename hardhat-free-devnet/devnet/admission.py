"""Which transactions a chain takes: the checks before a transaction enters the pool.

The messages begin as go-ethereum's do, because clients recognise errors by them.
"""

from typing import Final

import rlp
from eth.abc import BlockHeaderAPI, SignedTransactionAPI, StateAPI
from eth.exceptions import UnrecognizedTransactionType
from eth_keys.exceptions import BadSignature
from eth_typing import Address
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from devnet.errors import ServerError
from devnet.evm import Backend, base_fee_wei
from devnet.pool import PendingTransaction, Pool

_REPLACEMENT_PERCENT: Final = 110


def decode(backend: Backend, encoded: bytes) -> PendingTransaction:
    """Read a signed transaction and recover its sender.

    Raises ServerError when the bytes are no transaction or the signature is not valid.
    """
    try:
        transaction = backend.decode_transaction(encoded)
        _check_gas_limit(transaction)
        transaction.validate()
        transaction.check_signature_validity()
        sender = transaction.sender
    except UnrecognizedTransactionType as exc:
        raise ServerError("transaction type not supported: send type 0, 1 or 2") from exc
    except (rlp.RLPException, ValidationError, BadSignature) as exc:
        raise ServerError("malformed transaction: send one that is signed and encoded") from exc
    return PendingTransaction(transaction, sender, encoded, keccak(encoded))


def admit(
    pending: PendingTransaction,
    pool: Pool,
    *,
    chain_id: int,
    state: StateAPI,
    next_header: BlockHeaderAPI,
) -> None:
    """Put a transaction into the pool if it can be executed next; ServerError when it cannot.

    state: after the head. next_header: of the block that would take it.
    """
    _check_chain(pending.transaction, chain_id)
    _check_fees(pending.transaction, next_header)
    _check_nonce(pending, pool, state.get_nonce(Address(pending.sender)))
    _check_funds(pending, pool, state)
    pool.put(pending)


def _check_gas_limit(transaction: SignedTransactionAPI) -> None:
    needed = transaction.intrinsic_gas
    if transaction.gas < needed:
        raise ServerError(f"intrinsic gas too low: gas {transaction.gas}, minimum needed {needed}")


def _check_chain(transaction: SignedTransactionAPI, chain_id: int) -> None:
    signed_for = transaction.chain_id
    if signed_for not in (None, chain_id):  # None: signed before EIP-155, valid on every chain
        raise ServerError(f"invalid chain id for signer: have {signed_for} want {chain_id}")


def _check_fees(transaction: SignedTransactionAPI, next_header: BlockHeaderAPI) -> None:
    if transaction.gas > next_header.gas_limit:
        raise ServerError(f"exceeds block gas limit: {transaction.gas} > {next_header.gas_limit}")
    highest, tip = transaction.max_fee_per_gas, transaction.max_priority_fee_per_gas
    if tip > highest:
        raise ServerError(
            f"max priority fee per gas higher than max fee per gas: {tip} > {highest}"
        )
    base_fee = base_fee_wei(next_header)
    if highest < base_fee:
        raise ServerError(f"max fee per gas less than block base fee: {highest} < {base_fee}")


def _check_nonce(pending: PendingTransaction, pool: Pool, sealed_nonce: int) -> None:
    nonce = pending.transaction.nonce
    if nonce < sealed_nonce:
        raise ServerError(f"nonce too low: next nonce {sealed_nonce}, tx nonce {nonce}")
    waiting = pool.from_sender(pending.sender, sealed_nonce)
    if nonce > sealed_nonce + len(waiting):
        raise ServerError(
            f"nonce too high: next nonce {sealed_nonce + len(waiting)}, tx nonce {nonce};"
            " this chain keeps no transactions for later"
        )
    if nonce < sealed_nonce + len(waiting):
        _check_replacement(pending, waiting[nonce - sealed_nonce])


def _check_replacement(pending: PendingTransaction, waiting: PendingTransaction) -> None:
    if pending.hash == waiting.hash:
        raise ServerError("already known")
    new, old = pending.transaction, waiting.transaction
    for offered, standing in (
        (new.max_fee_per_gas, old.max_fee_per_gas),
        (new.max_priority_fee_per_gas, old.max_priority_fee_per_gas),
    ):
        if offered * 100 < standing * _REPLACEMENT_PERCENT:
            raise ServerError("replacement transaction underpriced: raise both fees by a tenth")


def _check_funds(pending: PendingTransaction, pool: Pool, state: StateAPI) -> None:
    sender = Address(pending.sender)
    balance = state.get_balance(sender)
    others = pool.from_sender(pending.sender, state.get_nonce(sender))
    cost = pending.greatest_cost_wei + sum(
        other.greatest_cost_wei
        for other in others
        if other.transaction.nonce != pending.transaction.nonce
    )
    if balance < cost:
        raise ServerError(
            "insufficient funds for gas * price + value:"
            f" balance {balance}, cost of this and the pending ones {cost}"
        )
