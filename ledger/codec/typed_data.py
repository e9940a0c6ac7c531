"""EIP-712: what an operator key signs, so that anybody may bring its call (ERC-2771)."""

from dataclasses import dataclass

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from ledger.types import AccountName, Address, UnixTime

FORWARDER_NAME = "Sealbook"
FORWARDER_VERSION = "1"

_DOMAIN_TYPE = keccak(
    text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_REQUEST_TYPE = keccak(
    text="ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,"
    "uint48 deadline,bytes data)"
)
_NO_ETHER = 0


@dataclass(frozen=True, slots=True)
class ForwardRequest:
    """A call that a forwarder shall make in the name of the key that signs it. It carries no ether.

    sender: the operator key, or contract wallet, that the call is made for (`from`).
    gas: what the call itself may use.
    nonce: how many requests of the sender the forwarder carried out before.
    deadline: the last block time at which it may be carried out.
    """

    sender: Address
    to: Address
    gas: int
    nonce: int
    deadline: UnixTime
    data: bytes


def domain_separator(forwarder: AccountName) -> bytes:
    """Ties a signature to one forwarder on one chain (EIP-712, `domainSeparator`)."""
    words = (
        _DOMAIN_TYPE,
        keccak(text=FORWARDER_NAME),
        keccak(text=FORWARDER_VERSION),
        forwarder.chain.reference,
        forwarder.address,
    )
    return keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], words))


def signing_hash(request: ForwardRequest, forwarder: AccountName) -> bytes:
    """The 32 bytes that are signed for a request to a forwarder (EIP-712, `encode`)."""
    types = ["bytes32", "address", "address", "uint256", "uint256", "uint256", "uint48", "bytes32"]
    words = (
        _REQUEST_TYPE,
        request.sender,
        request.to,
        _NO_ETHER,
        request.gas,
        request.nonce,
        request.deadline,
        keccak(request.data),
    )
    return keccak(b"\x19\x01" + domain_separator(forwarder) + keccak(encode(types, words)))
