"""Sending one transaction and waiting for its receipt.

For commands that a person runs and watches. The service keeps what it sends in its database
instead (`ledger.anchoring`), since it must not forget anything that it accepted.
"""

import time

from ledger.chain.port import Chain, Receipt, Reverted, SendFailure, SendRefused
from ledger.chain.reverts import refusal_of
from ledger.chain.signer import Signer, UnsignedTransaction
from ledger.errors import Refusal, TransportError
from ledger.types import Address, BlockRef, to_hex

GAS_MARGIN = 1.25
"""What a transaction may use more than was estimated: the state may change until its block."""

_POLL_SECONDS = 0.05


def send_and_wait(
    chain: Chain,
    signer: Signer,
    to: Address | None,
    data: bytes,
    *,
    nonce: int,
    timeout_seconds: float,
) -> Receipt:
    """Send a call, or a contract's bytecode if `to` is None, and wait until a block holds it.

    Whether it succeeded stands in the receipt. Raises the contract's refusal before anything is
    sent, SendRefused if the node does not take it, and TransportError if no block holds it within
    the timeout.
    """
    try:
        gas = chain.estimate_gas(signer.address, to, data)
    except Reverted as error:
        raise refusal_of(error.data) from error
    limit = int(gas * GAS_MARGIN)
    signed = signer.sign(
        UnsignedTransaction(chain.chain_id(), nonce, to, data, limit, chain.fees())
    )
    try:
        chain.send(signed.raw)
    except SendRefused as error:
        if error.failure is not SendFailure.KNOWN:
            raise
    return _wait(chain, signed.hash, timeout_seconds)


def reason_of_failure(
    chain: Chain, sender: Address | None, to: Address, data: bytes, *, at: BlockRef
) -> Refusal:
    """Why a transaction failed in a block, though its estimate went well: the state had changed.

    at: the block that holds it, on whose state the call is made again. Raises TransportError.
    """
    try:
        chain.call(to, data, at=at, sender=sender)
    except Reverted as error:
        return refusal_of(error.data)
    return Refusal(
        "the contract refused, and would not do so now; try again", code="contract-refused"
    )


def _wait(chain: Chain, transaction_hash: bytes, timeout_seconds: float) -> Receipt:
    deadline = time.monotonic() + timeout_seconds
    while (receipt := chain.receipt(transaction_hash)) is None:
        if time.monotonic() > deadline:
            raise TransportError(
                f"transaction {to_hex(transaction_hash)} was sent, and no block held it within"
                f" {timeout_seconds:g} seconds; look what stands, and run the command again"
            )
        time.sleep(_POLL_SECONDS)
    return receipt
