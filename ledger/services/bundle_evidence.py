"""Evidence of the documents of a bundle, rendered from what is kept when it is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from struct import iter_unpack
from uuid import UUID

from ledger.codec import SALT_BYTES
from ledger.documents import DocumentDigests
from ledger.evidence import EvidenceTemplate
from ledger.merkle import MerkleTree
from ledger.services.anchored_batch import anchored_batch
from ledger.services.bundle import get_bundle, require_document
from ledger.services.context import Ledger
from ledger.services.openings import Erased
from ledger.services.principals import Principal
from ledger.store import bundles
from ledger.store.bundles import StoredBundle, StoredOpenings

ERASED_LINE = b'{"erased":true}'
"""What stands in place of the evidence of a document whose opening was erased."""

_LINES_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class _Anchored:
    """A bundle in its final batch."""

    bundle: StoredBundle
    first_leaf: int
    tree: MerkleTree
    template: EvidenceTemplate


def bundle_evidence(ledger: Ledger, principal: Principal, identifier: UUID) -> Iterator[bytes]:
    """The evidence files of all documents of a bundle, in their order, a line each (NDJSON).

    In pieces of many lines. Where a document's opening was erased, its line is `ERASED_LINE`.

    Raises, before the first piece, NotFound, or Conflict while the bundle's batch is not final on
    the chain.
    """
    bundle = get_bundle(ledger, principal, identifier)
    anchored = _find(ledger, bundle)
    with ledger.store.reading() as connection:
        openings = bundles.openings(connection, identifier)
    return _render(anchored, openings)


def evidence_in_bundle(ledger: Ledger, principal: Principal, identifier: UUID, index: int) -> bytes:
    """The evidence file of one document of a bundle.

    Raises NotFound, Erased, or Conflict while the bundle's batch is not final on the chain.
    """
    bundle = get_bundle(ledger, principal, identifier)
    require_document(bundle, index)
    with ledger.store.reading() as connection:
        opening = bundles.opening(connection, identifier, index)
    ((digest, size),) = DocumentDigests(opening.digests, opening.sizes)
    if not size:
        raise Erased(
            f"the opening of document {index} of bundle {identifier} was erased for its member:"
            " nothing here shows any more what was notarised, and no evidence of it can be made"
        )
    anchored = _find(ledger, bundle)
    leaf = anchored.first_leaf + index
    path = b"".join(anchored.tree.path(leaf))
    return anchored.template.fill(digest, size, opening.secrets, index=leaf, path=path)


def _find(ledger: Ledger, bundle: StoredBundle) -> _Anchored:
    batch = anchored_batch(
        ledger, bundle.member, bundle.batch_id, bundle.first_leaf, what="the bundle"
    )
    template = EvidenceTemplate(
        media_type=bundle.media_type,
        tree_size=batch.tree.size,
        anchor=batch.anchor,
        event=batch.event,
        header=batch.header,
    )
    return _Anchored(bundle, batch.leaf, batch.tree, template)


def _render(anchored: _Anchored, openings: StoredOpenings) -> Iterator[bytes]:
    first, fill = anchored.first_leaf, anchored.template.fill
    paths = islice(anchored.tree.all_paths(), first, first + anchored.bundle.size)
    documents = DocumentDigests(openings.digests, openings.sizes)
    salts = iter_unpack(f"{SALT_BYTES}s", openings.secrets)
    lines = (
        fill(digest, size, salt, index=index, path=path) if size else ERASED_LINE
        for index, ((digest, size), (salt,), path) in enumerate(
            zip(documents, salts, paths, strict=True), first
        )
    )
    while block := list(islice(lines, _LINES_AT_ONCE)):
        yield b"\n".join([*block, b""])
