"""The evidence file (`sealbook-evidence/1`), as SPEC.md describes it: held and written."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from ledger.codec import JsonValue, canonical_json
from ledger.documents import Disclosure, DocumentDigest, FieldsRoot, Opening
from ledger.errors import InvalidRequest, VerificationError
from ledger.evidence.headers import BlockHeader, decode_header
from ledger.evidence.receipt_trie import receipt_in_proof
from ledger.evidence.receipts import ReceiptLog, decode_receipt
from ledger.invoices.disclosed import require_forms, shown_document
from ledger.types import (
    AccountName,
    Digest,
    MemberId,
    RecordId,
    to_hex,
)

FORMAT = "sealbook-evidence/1"


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
    fields: those of the statement's fields that are shown; None if the statement has none.

    Raises VerificationError if header, receipt, proof nodes or fields are not what such things must
    be. Whether they say what the evidence claims is for the Verifier to find out.
    """

    opening: Opening
    inclusion: Inclusion
    anchor: Anchor
    event: EventProof
    header: bytes
    record: RecordName | None = None
    fields: Disclosure | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        decode_header(self.header)
        _ = self.event.log
        if (self.fields is not None) != isinstance(self.opening.statement.content, FieldsRoot):
            raise VerificationError("fields are shown exactly where the statement has fields")
        if self.fields is not None:
            require_forms(self.fields)

    @property
    def block(self) -> BlockHeader:
        """The block that holds the anchor's event."""
        return decode_header(self.header)

    @property
    def document(self) -> DocumentDigest | None:
        """Digest and size of the document, as stated or shown; None if either is hidden."""
        content = self.opening.statement.content
        if isinstance(content, DocumentDigest):
            return content
        return None if self.fields is None else shown_document(self.fields)

    def showing(self, names: Collection[str]) -> "Evidence":
        """The same evidence with these of the shown fields only.

        Raises InvalidRequest if there are no fields, or if one of these is not shown.
        """
        if self.fields is None:
            raise InvalidRequest(
                "the evidence is of a document without fields: all that it says stands in its"
                " statement",
                code="no-fields",
            )
        if hidden := [name for name in self.fields.hidden_names if name in names]:
            raise InvalidRequest(
                f"the evidence hides {', '.join(hidden)}: ask for evidence that shows it",
                code="hidden-field",
            )
        return replace(self, fields=self.fields.showing(names))

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
        if self.fields is not None:
            value["fields"] = {
                "shown": {
                    name: {"value": field.value, "salt": to_hex(field.salt)}
                    for name, field in self.fields.shown.items()
                },
                "hidden": [to_hex(digest) for digest in self.fields.hidden],
            }
        return canonical_json(value)
