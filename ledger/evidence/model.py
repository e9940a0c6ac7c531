"""The evidence file (`sealbook-evidence/1`), as SPEC.md describes it: read, hold, write."""

from dataclasses import dataclass

from ledger.codec import Fields, JsonValue, canonical_json, parse_json_strict
from ledger.documents import Opening, parse_statement
from ledger.errors import VerificationError
from ledger.evidence.headers import BlockHeader, decode_header
from ledger.evidence.receipt_trie import receipt_in_proof
from ledger.evidence.receipts import ReceiptLog, decode_receipt
from ledger.merkle import MAX_LEAVES
from ledger.types import (
    AccountName,
    ChainId,
    Digest,
    MemberId,
    RecordId,
    parse_member_id,
    to_hex,
)

FORMAT = "sealbook-evidence/1"

MAX_PATH_HASHES = 32
MAX_PROOF_NODES = 16
MAX_NODE_BYTES = 256 * 1024
MAX_HEADER_BYTES = 64 * 1024

_MAX_INDEX = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where the leaf stands in the anchored tree (RFC 6962, section 2.1.1).

    index: position of the leaf, from zero.
    size: number of leaves of the tree.
    path: sibling hashes, from the leaf upwards.
    """

    index: int
    size: int
    path: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The anchor that the evidence claims: this member gave this root to this notary."""

    notary: AccountName
    member: MemberId
    root: Digest


@dataclass(frozen=True, slots=True)
class EventProof:
    """Where the anchor's event stands in the block, with the proof of its receipt.

    transaction_index: position of the transaction in the block, from zero.
    log_index: position of the event in the receipt, from zero.
    nodes: the nodes of the block's receipts trie from the root to the leaf that holds the receipt.
    """

    transaction_index: int
    log_index: int
    nodes: tuple[bytes, ...]

    @property
    def log(self) -> ReceiptLog:
        """The event. Whether its receipt is in the block is another question.

        Raises VerificationError if the nodes hold no receipt, or the receipt has no such event.
        """
        logs = decode_receipt(receipt_in_proof(self.nodes))
        if self.log_index >= len(logs):
            raise VerificationError(f"the receipt has no event {self.log_index}, only {len(logs)}")
        return logs[self.log_index]


@dataclass(frozen=True, slots=True)
class RecordName:
    """A record on the chain: the book that keeps it, and its name there."""

    book: AccountName
    id: RecordId


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that shows when, by whom and on which chain a document was notarised.

    opening: the statement about the document, and the salt of its commitment.
    inclusion: the way from the commitment to the anchored root.
    anchor: what the notary is said to have stored.
    event: proof that the notary emitted the anchor's event.
    header: the block's header in RLP.
    record: the receivable that the statement describes, if it is registered as one.

    Raises VerificationError if header, receipt or proof nodes are not what such bytes must be.
    Whether they say what the evidence claims is for the Verifier to find out.
    """

    opening: Opening
    inclusion: Inclusion
    anchor: Anchor
    event: EventProof
    header: bytes
    record: RecordName | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        decode_header(self.header)
        _ = self.event.log

    @property
    def block(self) -> BlockHeader:
        """The block that holds the anchor's event."""
        return decode_header(self.header)

    def serialise(self) -> bytes:
        """The evidence file: one line of canonical JSON."""
        value: dict[str, JsonValue] = {
            "format": FORMAT,
            "statement": self.opening.statement.to_json(),
            "salt": to_hex(self.opening.salt),
            "inclusion": {
                "index": self.inclusion.index,
                "size": self.inclusion.size,
                "path": [to_hex(digest) for digest in self.inclusion.path],
            },
            "anchor": {
                "chain": str(self.anchor.notary.chain),
                "notary": str(self.anchor.notary),
                "member": self.anchor.member,
                "root": to_hex(self.anchor.root),
            },
            "event": {
                "transaction_index": self.event.transaction_index,
                "log_index": self.event.log_index,
                "proof": [to_hex(node) for node in self.event.nodes],
            },
            "header": to_hex(self.header),
            "seals": None,
        }
        if self.record is not None:
            value["record"] = {"book": str(self.record.book), "id": to_hex(self.record.id)}
        return canonical_json(value)


def parse_evidence(data: bytes, *, max_bytes: int) -> Evidence:
    """Read an evidence file that is not trusted.

    Raises VerificationError unless the bytes are exactly what `serialise` writes for some
    evidence, in at most max_bytes.
    """
    value = parse_json_strict(data, max_bytes=max_bytes)
    evidence = _read(value)
    if evidence.serialise() != data:
        raise VerificationError(
            "the evidence file is not in its canonical form; it was reformatted or edited:"
            " take the file as it was issued"
        )
    return evidence


def _read(value: JsonValue) -> Evidence:
    if isinstance(value, dict) and value.get("format") != FORMAT:
        raise VerificationError(f"the file is not evidence in the format {FORMAT}")
    fields = Fields.read(
        value,
        "evidence",
        required=(
            "format",
            "statement",
            "salt",
            "inclusion",
            "anchor",
            "event",
            "header",
            "seals",
        ),
        optional=("record",),
    )
    if fields.value("seals") is not None:
        raise VerificationError("evidence.seals is not null, and no scheme of seals is known")
    return Evidence(
        opening=Opening(
            parse_statement(fields.value("statement"), fields.path("statement")),
            fields.digest("salt"),
        ),
        inclusion=_read_inclusion(fields.value("inclusion"), fields.path("inclusion")),
        anchor=_read_anchor(fields.value("anchor"), fields.path("anchor")),
        event=_read_event(fields.value("event"), fields.path("event")),
        header=fields.octets("header", max_bytes=MAX_HEADER_BYTES),
        record=(
            _read_record(fields.value("record"), fields.path("record"))
            if fields.has("record")
            else None
        ),
    )


def _read_inclusion(value: object, path: str) -> Inclusion:
    fields = Fields.read(value, path, required=("index", "size", "path"))
    return Inclusion(
        index=fields.integer("index", maximum=MAX_LEAVES - 1),
        size=fields.integer("size", minimum=1, maximum=MAX_LEAVES),
        path=fields.digests("path", max_items=MAX_PATH_HASHES),
    )


def _read_anchor(value: object, path: str) -> Anchor:
    fields = Fields.read(value, path, required=("chain", "notary", "member", "root"))
    chain = fields.parsed("chain", ChainId.parse)
    notary = fields.parsed("notary", AccountName.parse)
    if notary.chain != chain:
        raise VerificationError(f"{fields.path('notary')} is not on {chain}")
    return Anchor(notary, fields.parsed("member", parse_member_id), fields.digest("root"))


def _read_event(value: object, path: str) -> EventProof:
    fields = Fields.read(value, path, required=("transaction_index", "log_index", "proof"))
    return EventProof(
        transaction_index=fields.integer("transaction_index", maximum=_MAX_INDEX),
        log_index=fields.integer("log_index", maximum=_MAX_INDEX),
        nodes=fields.octet_strings("proof", max_items=MAX_PROOF_NODES, max_bytes=MAX_NODE_BYTES),
    )


def _read_record(value: object, path: str) -> RecordName:
    fields = Fields.read(value, path, required=("book", "id"))
    return RecordName(fields.parsed("book", AccountName.parse), RecordId(fields.digest("id")))
