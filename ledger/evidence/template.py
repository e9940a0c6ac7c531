"""Evidence files of many documents that differ in little: written once, then filled in.

For plain documents of one media type in one batch. What is alike in all files is written by
`Evidence.serialise`, and what is filled in between is written as it writes it.
"""

from ledger.codec import SALT_BYTES
from ledger.documents import DocumentDigest, Opening, plain_statement
from ledger.evidence.model import Anchor, EventProof, Evidence, Inclusion
from ledger.types import DIGEST_BYTES, Digest

_SAMPLE = DocumentDigest(Digest(bytes(DIGEST_BYTES)), 1)
_ZEROS = bytes(DIGEST_BYTES).hex().encode()
# What stands before each blank of the sample's file, and what the sample has there. No string in
# the file can hold a quotation mark, so the first place where it stands is the one that is meant.
_BLANKS = (
    (b'"inclusion":{"index":', b"0"),
    (b',"path":[', b""),
    (b'"salt":"0x', _ZEROS),
    (b'"digest":"0x', _ZEROS),
    (b'"size":', b"1"),
)


class EvidenceTemplate:
    """What the evidence files of a batch's plain documents of one media type share.

    media_type: of the documents. tree_size: number of the tree's leaves.

    Raises DocumentError and VerificationError for parts that no evidence can have.
    """

    __slots__ = ("_pieces",)

    def __init__(
        self, *, media_type: str, tree_size: int, anchor: Anchor, event: EventProof, header: bytes
    ) -> None:
        statement = plain_statement(_SAMPLE, media_type=media_type, member=anchor.member)
        opening = Opening(statement, bytes(SALT_BYTES))
        sample = Evidence(opening, Inclusion(0, tree_size, ()), anchor, event, header)
        self._pieces = _split(sample.serialise())

    def fill(self, digest: bytes, size: int, salt: bytes, *, index: int, path: bytes) -> bytes:
        """The evidence file of one document: the leaf at the index, with its audit path.

        digest, size: of the document. salt: of its statement, 32 bytes. path: its hashes of 32
        bytes each, one after the other.
        """
        before_index, before_path, before_salt, before_digest, before_size, end = self._pieces
        hashes = path.hex("-", DIGEST_BYTES).replace("-", '","0x')
        return b"%b%d%b%b%b%b%b%b%b%d%b" % (
            before_index,
            index,
            before_path,
            f'"0x{hashes}"'.encode() if path else b"",
            before_salt,
            salt.hex().encode(),
            before_digest,
            digest.hex().encode(),
            before_size,
            size,
            end,
        )


def _split(written: bytes) -> tuple[bytes, ...]:
    pieces = []
    for before, blank in _BLANKS:
        head, _, written = written.partition(before + blank)
        pieces.append(head + before)
    return (*pieces, written)
