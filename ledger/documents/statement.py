"""Statements: what a member says of a document, and what a commitment commits to."""

from dataclasses import dataclass
from enum import StrEnum

from ledger.codec import Fields, JsonValue, canonical_json
from ledger.codec.canonical import MAX_INTEGER
from ledger.documents.media_types import is_media_type
from ledger.errors import DocumentError, VerificationError
from ledger.types import DIGEST_BYTES, Digest, MemberId, UnixTime, parse_member_id, to_hex

FORMAT = "statement/1"
MAX_LINKS = 32


class StatementKind(StrEnum):
    """What sort of thing the document is."""

    DOCUMENT = "document"
    INVOICE = "invoice"


class Relation(StrEnum):
    """How a statement stands to an earlier one."""

    CORRECTS = "corrects"
    SUPERSEDES = "supersedes"
    SUPPORTS = "supports"


@dataclass(frozen=True, slots=True)
class Link:
    """A statement's relation to an earlier statement, named by its commitment."""

    relation: Relation
    commitment: Digest


@dataclass(frozen=True, slots=True)
class Statement:
    """What a member says of one document. Immutable, and always fit to be committed to.

    kind: what sort of thing the document is.
    digest: SHA-256 of the document's bytes.
    size: number of the document's bytes, at least one.
    media_type: `type/subtype` in lower case (RFC 9110), without parameters.
    member: the member that makes the statement, and that anchors it.
    issued_at: when the document was issued, if the member says so; a claim, and never proof.
    links: relations to earlier statements, in the member's order, without repetition.
    fields_root: root of the tree over the salted fields of an invoice, if fields are disclosed.

    Raises DocumentError if a value is not what it must be.
    """

    kind: StatementKind
    digest: Digest
    size: int
    media_type: str
    member: MemberId
    issued_at: UnixTime | None = None
    links: tuple[Link, ...] = ()
    fields_root: Digest | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        digests = [self.digest, *(link.commitment for link in self.links)]
        if self.fields_root is not None:
            digests.append(self.fields_root)
        if any(len(digest) != DIGEST_BYTES for digest in digests):
            raise DocumentError(f"a digest in a statement must have {DIGEST_BYTES} bytes")
        if not 1 <= self.size <= MAX_INTEGER:
            raise DocumentError(f"a document has 1 to {MAX_INTEGER} bytes, not {self.size}")
        if not is_media_type(self.media_type):
            raise DocumentError(
                f"{self.media_type[:60]!r} is not a media type: write type/subtype in lower case,"
                " for example application/pdf"
            )
        if self.issued_at is not None and not 0 <= self.issued_at <= MAX_INTEGER:
            raise DocumentError("issued_at must be Unix time in seconds, not negative")
        if len(self.links) > MAX_LINKS:
            raise DocumentError(f"a statement has at most {MAX_LINKS} links")
        if len(set(self.links)) != len(self.links):
            raise DocumentError("a statement links twice in the same way to the same statement")
        if self.fields_root is not None and self.kind is not StatementKind.INVOICE:
            raise DocumentError("only an invoice has disclosed fields")

    def to_json(self) -> dict[str, JsonValue]:
        """The statement as a JSON object; what is not said is left out."""
        value: dict[str, JsonValue] = {
            "sealbook": FORMAT,
            "kind": self.kind.value,
            "digest": to_hex(self.digest),
            "size": self.size,
            "media_type": self.media_type,
            "member": self.member,
            "links": [
                {"rel": link.relation.value, "commitment": to_hex(link.commitment)}
                for link in self.links
            ],
        }
        if self.issued_at is not None:
            value["issued_at"] = self.issued_at
        if self.fields_root is not None:
            value["fields_root"] = to_hex(self.fields_root)
        return value

    @property
    def canonical(self) -> bytes:
        """The bytes that a commitment commits to (RFC 8785)."""
        return canonical_json(self.to_json())


def parse_statement(value: object, path: str = "statement") -> Statement:
    """Read a statement from parsed JSON that is not trusted.

    path: how messages call the value.

    Raises VerificationError if it is not exactly what `Statement.to_json` writes.
    """
    fields = Fields.read(
        value,
        path,
        required=("sealbook", "kind", "digest", "size", "media_type", "member", "links"),
        optional=("issued_at", "fields_root"),
    )
    if fields.text("sealbook") != FORMAT:
        raise VerificationError(f"{fields.path('sealbook')} is not {FORMAT}")
    try:
        return Statement(
            kind=fields.choice("kind", StatementKind),
            digest=fields.digest("digest"),
            size=fields.integer("size"),
            media_type=fields.text("media_type"),
            member=fields.parsed("member", parse_member_id),
            issued_at=UnixTime(fields.integer("issued_at")) if fields.has("issued_at") else None,
            links=tuple(_parse_link(*item) for item in fields.items("links", MAX_LINKS)),
            fields_root=fields.digest("fields_root") if fields.has("fields_root") else None,
        )
    except DocumentError as error:
        raise VerificationError(f"{path}: {error}") from error


def _parse_link(value: object, path: str) -> Link:
    fields = Fields.read(value, path, required=("rel", "commitment"))
    return Link(fields.choice("rel", Relation), fields.digest("commitment"))
