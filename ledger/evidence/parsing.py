"""Reading an evidence file that is not trusted, as strictly as SPEC.md asks."""

from typing import cast

from ledger.codec import Fields, JsonValue, parse_json_strict
from ledger.documents import Disclosure, Opening, ShownField, parse_statement
from ledger.errors import VerificationError
from ledger.evidence.model import FORMAT, Anchor, EventProof, Evidence, Inclusion, RecordName
from ledger.invoices.disclosed import FIELD_NAMES
from ledger.merkle import MAX_LEAVES
from ledger.types import AccountName, ChainId, RecordId, parse_member_id

MAX_PATH_HASHES = 32
MAX_PROOF_NODES = 16
MAX_NODE_BYTES = 256 * 1024
MAX_HEADER_BYTES = 64 * 1024

_MAX_INDEX = 2**32 - 1


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
        optional=("record", "fields"),
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
        fields=(
            _read_fields(fields.value("fields"), fields.path("fields"))
            if fields.has("fields")
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


def _read_fields(value: object, path: str) -> Disclosure:
    fields = Fields.read(value, path, required=("shown", "hidden"))
    place = fields.path("shown")
    shown = Fields.read(fields.value("shown"), place, required=(), optional=FIELD_NAMES)
    return Disclosure(
        FIELD_NAMES,
        {
            name: _read_field(name, shown.value(name), shown.path(name))
            for name in FIELD_NAMES
            if shown.has(name)
        },
        fields.digests("hidden", max_items=len(FIELD_NAMES)),
    )


def _read_field(name: str, value: object, path: str) -> ShownField:
    fields = Fields.read(value, path, required=("value", "salt"))
    # What the strict parser returned is JSON; which form it must have is asked of all together.
    return ShownField(name, cast("JsonValue", fields.value("value")), fields.digest("salt"))
