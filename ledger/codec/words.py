"""Words of 32 bytes as the contracts read them, and the names that contracts derive."""

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from ledger.errors import VerificationError
from ledger.types import AccountName, Digest, MemberId, RecordId, parse_member_id

WORD_BYTES = 32


def member_to_word(member: MemberId) -> bytes:
    """A member's name as a `bytes32`: ASCII, left-aligned, padded with zeros."""
    return member.encode("ascii").ljust(WORD_BYTES, b"\x00")


def member_from_word(word: bytes) -> MemberId:
    """Read a member's name from a `bytes32`, in the one form that `member_to_word` writes.

    Raises VerificationError for any other word.
    """
    if len(word) != WORD_BYTES:
        raise VerificationError(f"a member's word has {WORD_BYTES} bytes, not {len(word)}")
    try:
        return parse_member_id(word.rstrip(b"\x00").decode("ascii"))
    except ValueError as error:
        raise VerificationError(f"0x{word.hex()} does not name a member") from error


def record_id(book: AccountName, issuer: MemberId, commitment: Digest) -> RecordId:
    """The name that a record book gives to a record (IInvoiceBook.recordId).

    keccak256(abi.encode(chain id, book, issuer, commitment)).
    """
    arguments = encode(
        ["uint256", "address", "bytes32", "bytes32"],
        [book.chain.reference, book.address, member_to_word(issuer), commitment],
    )
    return RecordId(keccak(arguments))
