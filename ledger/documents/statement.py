"""Statements: what a member says of a document, and what a commitment commits to."""

from dataclasses import dataclass
from enum import StrEnum

from ledger.codec import Fields, JsonValue, canonical_json
from ledger.codec.canonical import MAX_INTEGER
from ledger.documents.hashing import DocumentDigest
from ledger.documents.media_types import is_media_type
from ledger.errors import DocumentError, VerificationError
from ledger.types import DIGEST_BYTES, Digest, MemberId, UnixTime, parse_member_id, to_hex

FORMAT = "statement/1"
MAX_LINKS = 32


class StatementKind(StrEnum):
    """What sort of thing the document is."""

    DOCUMENT = "document"
    INVOICE = "invoice"


class FieldOrigin(StrEnum):
    """Where the fields come from, by the word of the member that makes the statement."""

    READ = "read"
    """The document itself says them: reading it again gives the same."""

    DECLARED = "declared"
    """The member says them of the document, which does not prove them."""


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
class FieldsRoot:
    """Fields that are committed to one by one (`fields.Disclosure`), and where they come from."""

    root: Digest
    origin: FieldOrigin


@dataclass(frozen=True, slots=True)
class Statement:
    """What a member says of one document. Immutable, and always fit to be committed to.

    kind: what sort of thing the document is.
    content: SHA-256 and size of the document's bytes; or the root of its fields, among which these
        two stand then, so that nobody can test guesses of hidden fields against the digest of a
        document that is easily rebuilt. An invoice has fields that were read from it.
    media_type: `type/subtype` in lower case (RFC 9110), without parameters.
    member: the member that makes the statement, and that anchors it.
    issued_at: when the document was issued, if the member says so; a claim, and never proof.
    links: relations to earlier statements, in the member's order, without repetition.

    Raises DocumentError if a value is not what it must be.
    """

    kind: StatementKind
    content: DocumentDigest | FieldsRoot
    media_type: str
    member: MemberId
    issued_at: UnixTime | None = None
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be read back."""
        digests = [_digest_of(self.content), *(link.commitment for link in self.links)]
        if any(len(digest) != DIGEST_BYTES for digest in digests):
            raise DocumentError(f"a digest in a statement must have {DIGEST_BYTES} bytes")
        if isinstance(self.content, DocumentDigest):
            _require_size(self.content.size)
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
        if self.kind is StatementKind.INVOICE and self.origin is not FieldOrigin.READ:
            raise DocumentError("the statement of an invoice has fields that were read from it")

    @property
    def origin(self) -> FieldOrigin | None:
        """Where the fields come from; None if there are none."""
        return self.content.origin if isinstance(self.content, FieldsRoot) else None

    def to_json(self) -> dict[str, JsonValue]:
        """The statement as a JSON object; what is not said is left out."""
        value: dict[str, JsonValue] = {
            "sealbook": FORMAT,
            "kind": self.kind.value,
            "media_type": self.media_type,
            "member": self.member,
            "links": [
                {"rel": link.relation.value, "commitment": to_hex(link.commitment)}
                for link in self.links
            ],
        }
        if isinstance(self.content, DocumentDigest):
            value["digest"] = to_hex(self.content.digest)
            value["size"] = self.content.size
        else:
            value["fields"] = {
                "root": to_hex(self.content.root),
                "origin": self.content.origin.value,
            }
        if self.issued_at is not None:
            value["issued_at"] = self.issued_at
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
    has_fields = isinstance(value, dict) and "fields" in value
    fields = Fields.read(
        value,
        path,
        required=(
            *("sealbook", "kind", "media_type", "member", "links"),
            *(("fields",) if has_fields else ("digest", "size")),
        ),
        optional=("issued_at",),
    )
    if fields.text("sealbook") != FORMAT:
        raise VerificationError(f"{fields.path('sealbook')} is not {FORMAT}")
    try:
        return Statement(
            kind=fields.choice("kind", StatementKind),
            content=_parse_fields_root(fields)
            if has_fields
            else DocumentDigest(fields.digest("digest"), fields.integer("size")),
            media_type=fields.text("media_type"),
            member=fields.parsed("member", parse_member_id),
            issued_at=UnixTime(fields.integer("issued_at")) if fields.has("issued_at") else None,
            links=tuple(_parse_link(*item) for item in fields.items("links", MAX_LINKS)),
        )
    except DocumentError as error:
        raise VerificationError(f"{path}: {error}") from error


def _parse_fields_root(statement: Fields) -> FieldsRoot:
    fields = Fields.read(
        statement.value("fields"), statement.path("fields"), required=("root", "origin")
    )
    return FieldsRoot(fields.digest("root"), fields.choice("origin", FieldOrigin))


def _parse_link(value: object, path: str) -> Link:
    fields = Fields.read(value, path, required=("rel", "commitment"))
    return Link(fields.choice("rel", Relation), fields.digest("commitment"))


def _digest_of(content: DocumentDigest | FieldsRoot) -> Digest:
    return content.digest if isinstance(content, DocumentDigest) else content.root


def _require_size(size: int) -> None:
    if not 1 <= size <= MAX_INTEGER:
        raise DocumentError(f"a document has 1 to {MAX_INTEGER} bytes, not {size}")
