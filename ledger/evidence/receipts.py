"""Transaction receipts (EIP-2718) and the event that an anchor leaves in them."""

from dataclasses import dataclass
from functools import lru_cache

from eth_utils.crypto import keccak

from ledger.codec import (
    RlpItem,
    member_from_word,
    parse_rlp_strict,
    rlp_bytes,
    rlp_integer,
    rlp_list,
)
from ledger.errors import VerificationError
from ledger.types import Address, Digest, MemberId, parse_address, to_hex

ANCHORED_TOPIC = keccak(text="Anchored(bytes32,bytes32,uint32,address)")
"""First topic of the event that INotary declares; member and root are the others."""

_ADDRESS_BYTES = 20
_WORD_BYTES = 32
_BLOOM_BYTES = 256
_LAST_TRANSACTION_TYPE = 0x7F
_MAX_TOPICS = 4
_SUCCEEDED = b"\x01"


@dataclass(frozen=True, slots=True)
class ReceiptLog:
    """One event in a receipt: the contract that emitted it, 32-byte topics, ABI-encoded data."""

    address: Address
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class AnchoredEvent:
    """What `Anchored` says.

    notary: the contract that says it.
    size: number of leaves of the tree.
    submitter: the operator key that anchored.
    """

    notary: Address
    member: MemberId
    root: Digest
    size: int
    submitter: Address


@lru_cache(maxsize=8)  # documents that were anchored together have it in common
def decode_receipt(encoded: bytes) -> tuple[ReceiptLog, ...]:
    """The events of a succeeded transaction, from its receipt as it stands in the receipts trie.

    Raises VerificationError if the bytes are not a receipt with a status (EIP-658), canonically
    encoded, legacy or of any type (EIP-2718), or if the transaction failed.
    """
    typed = encoded[:1] != b"" and 0 < encoded[0] <= _LAST_TRANSACTION_TYPE
    fields = rlp_list(parse_rlp_strict(encoded[typed:], "the receipt"), "the receipt")
    if len(fields) != 4:  # noqa: PLR2004 - status, cumulative gas, bloom, logs
        raise VerificationError(f"the receipt has {len(fields)} fields instead of 4")
    status, gas, bloom, logs = fields
    if rlp_bytes(status, "the receipt's status") != _SUCCEEDED:
        raise VerificationError("the receipt is not that of a transaction that succeeded")
    rlp_integer(gas, "the receipt's cumulative gas")
    rlp_bytes(bloom, "the receipt's bloom", length=_BLOOM_BYTES)
    return tuple(_decode_log(log) for log in rlp_list(logs, "the receipt's logs"))


def _decode_log(item: RlpItem) -> ReceiptLog:
    fields = rlp_list(item, "a log")
    if len(fields) != 3:  # noqa: PLR2004 - address, topics, data
        raise VerificationError(f"a log has {len(fields)} fields instead of 3")
    address = rlp_bytes(fields[0], "a log's address", length=_ADDRESS_BYTES)
    topics = rlp_list(fields[1], "a log's topics")
    if len(topics) > _MAX_TOPICS:
        raise VerificationError(f"a log has {len(topics)} topics, more than {_MAX_TOPICS}")
    return ReceiptLog(
        address=parse_address(to_hex(address)),
        topics=tuple(rlp_bytes(topic, "a log's topic", length=_WORD_BYTES) for topic in topics),
        data=rlp_bytes(fields[2], "a log's data"),
    )


def decode_anchored(log: ReceiptLog) -> AnchoredEvent:
    """Read the event that a notary emits when it anchors a root.

    Who emitted it is for the caller to judge.

    Raises VerificationError if it is another event, or not encoded as the ABI prescribes.
    """
    if len(log.topics) != 3 or log.topics[0] != ANCHORED_TOPIC:  # noqa: PLR2004 - two indexed
        raise VerificationError("the event is not Anchored(bytes32,bytes32,uint32,address)")
    size, submitter = log.data[:_WORD_BYTES], log.data[_WORD_BYTES:]
    padded = (
        len(log.data) == 2 * _WORD_BYTES
        and not any(size[:-4])
        and not any(submitter[:-_ADDRESS_BYTES])
    )
    if not padded:
        raise VerificationError("the data of the event Anchored is not a uint32 and an address")
    return AnchoredEvent(
        notary=log.address,
        member=member_from_word(log.topics[1]),
        root=Digest(log.topics[2]),
        size=int.from_bytes(size, "big"),
        submitter=parse_address(to_hex(submitter[-_ADDRESS_BYTES:])),
    )
