"""From documents to the evidence of each: seal, batch, prove, write the files."""

import json
import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ledger.documents import (
    DocumentDigests,
    Field,
    FieldOrigin,
    SealedDocument,
    StatementKind,
    hash_document,
    seal_documents,
)
from ledger.evidence import Evidence, EvidenceTemplate, Inclusion, parse_evidence
from ledger.invoices import read_invoice
from ledger.invoices.disclosed import invoice_fields
from ledger.merkle import MerkleTree
from scripts.bench.contest import Peer, Run, contest, rate, seconds
from scripts.bench.peers import node, package
from scripts.bench.rows import Growth, Result, at_least
from scripts.bench.stage import Bench

_VECTORS = Path(__file__).parents[2] / "tests" / "vectors"
_INVOICE = _VECTORS / "good" / "kosit__01.01a-INVOICE_ubl.xml"
_EVIDENCE = _VECTORS / "evidence" / "good" / "document.json"
_MAX_BYTES = 2**20
_XML = "application/xml"
_SIZE = 20_480
_SALTED = (
    "ours is limited by calls from Python: a field costs about three hashes in the RFC 6962 tree of"
    " commitments, an HMAC for its salt and its canonical text; salts are made once for the seal"
    " and once for the evidence"
)
_PEERS = {
    "open-attestation wrap": "@govtechsg/open-attestation",
    "tradetrust wrap": "@tradetrust-tt/tradetrust",
}


def documents(bench: Bench) -> Iterator[Result]:
    """Documents as a whole, and documents whose fields can be shown one by one.

    The anchor and its proof are those of one transaction, whatever the number of documents, and
    are taken as given.
    """
    sample = write_fields(bench.folder)
    wrapped = bench.of(20, 1_000, 2_000)
    wrapping = {name: _wrapping(module, wrapped, sample) for name, module in _PEERS.items()}
    yield from _salted(bench, wrapping)
    yield from _whole(bench, wrapping)
    costs = {
        size: seconds(partial(whole_to_evidence, size)) * 1e6 / size for size in bench.growing()
    }
    note = "a proof has one hash more each time that documents double"
    yield Growth("documents", "seal, batch and prove a whole document", "µs", costs, note)


def _salted(bench: Bench, wrapping: Mapping[str, Run]) -> Iterator[Result]:
    count, fields = bench.of(50, 1_000, 5_000), _fields()
    yield from contest(
        "documents",
        f"{count:,} documents of {len(fields)} salted fields",
        "documents/s",
        lambda: rate(count, lambda: salted_to_evidence(count, fields)),
        [
            Peer(name, run, bench.goal(at_least(15)), _SALTED, most_rounds=3)
            for name, run in wrapping.items()
        ],
        rounds=bench.rounds,
    )


def _whole(bench: Bench, wrapping: Mapping[str, Run]) -> Iterator[Result]:
    count, stamped = bench.of(500, 20_000, 200_000), bench.of(20, 2_000, 10_000)
    more = salted_by_peers()
    stamps = Peer("OpenTimestamps", lambda: _stamp(stamped), bench.goal(at_least(8)), most_rounds=3)
    yield from contest(
        "documents",
        f"{count:,} whole documents, by digest",
        "documents/s",
        lambda: rate(count, lambda: whole_to_evidence(count)),
        [
            *(
                Peer(name, run, bench.goal(at_least(50)), more, most_rounds=3)
                for name, run in wrapping.items()
            ),
            stamps,
        ],
        rounds=bench.rounds,
    )


def whole_to_evidence(count: int) -> None:
    """Make the evidence file of each of so many documents, of which digest and size are given."""
    given = _evidence()
    digests = DocumentDigests(os.urandom(32 * count), _SIZE.to_bytes(8, "big") * count)
    sealed = seal_documents(digests, media_type=_XML, member=given.anchor.member)
    tree = MerkleTree(sealed.leaves)
    template = EvidenceTemplate(
        media_type=_XML,
        tree_size=tree.size,
        anchor=given.anchor,
        event=given.event,
        header=given.header,
    )
    for index, ((digest, size), path) in enumerate(zip(digests, tree.all_paths(), strict=True)):
        salt = sealed.secrets[32 * index : 32 * index + 32]
        template.fill(digest, size, salt, index=index, path=path)


def salted_to_evidence(count: int, fields: tuple[Field, ...]) -> None:
    """Make the evidence file of each of so many invoices, with all of its fields."""
    given = _evidence()
    sealed = [
        SealedDocument.with_fields(
            fields,
            FieldOrigin.READ,
            kind=StatementKind.INVOICE,
            media_type=_XML,
            member=given.anchor.member,
        )
        for _ in range(count)
    ]
    tree = MerkleTree(b"".join(each.opening.leaf_hash for each in sealed))
    for index, each in enumerate(sealed):
        Evidence(
            each.opening,
            Inclusion(index, tree.size, tree.path(index)),
            given.anchor,
            given.event,
            given.header,
            fields=each.disclosure,
        ).serialise()


def salted_by_peers() -> str:
    """What those that wrap do and ours does not, of a document that is given by its digest."""
    return (
        f"they salt and hash each of {len(_fields())} fields, and their issuer's; ours takes the"
        " digest of the whole document"
    )


def write_fields(folder: Path) -> Path:
    """Write the fields of an invoice as a JSON object, for peers.

    Without points in names, which the peers take for places inside of objects.
    """
    path = folder / "fields.json"
    values = {field.name.replace(".", "_"): field.value for field in _fields()}
    path.write_text(json.dumps(values), "utf-8")
    return path


def _fields() -> tuple[Field, ...]:
    content = _INVOICE.read_bytes()
    invoice = read_invoice(content, max_bytes=_MAX_BYTES)
    return invoice_fields(invoice, hash_document(content, max_bytes=_MAX_BYTES))


def _evidence() -> Evidence:
    return parse_evidence(_EVIDENCE.read_bytes(), max_bytes=_MAX_BYTES)


def _wrapping(module: str, count: int, sample: Path) -> Run:
    return lambda: node("wrap", module, count, sample)["rate"]


def _stamp(count: int) -> float:
    """Timestamp given digests under one tree, and write what belongs to each (.ots), a second."""
    timestamps: Any = package("opentimestamps.core.timestamp")
    operations: Any = package("opentimestamps.core.op")
    notary: Any = package("opentimestamps.core.notary")
    serialize: Any = package("opentimestamps.core.serialize")
    digests = [os.urandom(32) for _ in range(count)]

    def run() -> None:
        files = [
            timestamps.DetachedTimestampFile(operations.OpSHA256(), timestamps.Timestamp(digest))
            for digest in digests
        ]
        salted = [
            each.timestamp.ops.add(operations.OpAppend(os.urandom(16))).ops.add(
                operations.OpSHA256()
            )
            for each in files
        ]
        tip = timestamps.make_merkle_tree(salted)
        tip.attestations.add(notary.PendingAttestation("https://calendar.example"))
        for each in files:
            each.serialize(serialize.BytesSerializationContext())

    return rate(count, run)
