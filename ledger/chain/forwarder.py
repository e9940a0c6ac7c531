"""The contract Forwarder: makes calls that an operator key signed, whoever brings them."""

from dataclasses import dataclass

from ledger.chain.artifacts import load_artifact
from ledger.chain.contract import Contract, ContractCall
from ledger.chain.port import Chain, Reverted
from ledger.chain.reverts import refusal_of
from ledger.codec import ForwardRequest
from ledger.errors import Refusal
from ledger.types import Address, BlockRef

_NO_ETHER = 0


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request, and what vouches for it.

    signature: 65 bytes (r, s, v) by the sender's key; a contract wallet's in its own form.
    """

    request: ForwardRequest
    signature: bytes


class Forwarder(Contract):
    """Verifies signed requests, and makes their calls in the name of who signed."""

    def __init__(self, chain: Chain, address: Address) -> None:
        super().__init__(chain, address, load_artifact("Forwarder").abi)

    def execute(self, signed: SignedRequest) -> ContractCall:
        """Carry a request out. Anybody may send this."""
        return self._call("execute", _form(signed))

    def nonce_of(self, sender: Address, *, at: BlockRef) -> int:
        """The nonce of a sender's next request."""
        (nonce,) = self._read(at, "nonces", sender)
        return int(nonce)

    def verify(self, signed: SignedRequest, *, at: BlockRef) -> bool:
        """Whether the forwarder would make the call, whatever becomes of that.

        The request must be signed for the sender's next nonce, in time, and for a contract that
        takes calls from this forwarder.
        """
        (valid,) = self._read(at, "verify", _form(signed))
        return bool(valid)

    def explain(self, signed: SignedRequest, *, at: BlockRef) -> Refusal | None:
        """Why a request would be refused after a block; None if it would be carried out.

        The forwarder does not pass on why the contract refused: the call is asked of it as the
        forwarder makes it, with the sender's address behind the data.
        """
        try:
            self._chain.call(self.address, self.execute(signed).data, at=at)
        except Reverted as refused:
            reason = refused.data
        else:
            return None
        decoded = self.abi.decode_error(reason)
        if decoded is not None and decoded.name == "FailedCall":
            reason = self._reason_of_target(signed.request, at) or reason
        return refusal_of(reason)

    def _reason_of_target(self, request: ForwardRequest, at: BlockRef) -> bytes:
        """Revert data of the contract itself; empty if it gives none or does not refuse."""
        data = request.data + bytes.fromhex(request.sender[2:])
        try:
            self._chain.call(request.to, data, at=at, sender=self.address)
        except Reverted as refused:
            return refused.data
        return b""


def _form(signed: SignedRequest) -> tuple[Address, Address, int, int, int, bytes, bytes]:
    """As the ABI has it. The nonce is not said: the forwarder takes the sender's next."""
    request = signed.request
    return (
        request.sender,
        request.to,
        _NO_ETHER,
        request.gas,
        request.deadline,
        request.data,
        signed.signature,
    )
