"""Deriving every anchor anew: from openings to leaves to roots, and from the chain's events back.

Nothing is taken from what the service concluded before: leaves are made from what opens them, roots
from leaves, proofs are verified, and every event of the notary since the deployment is read. What
differs is listed, and nothing is changed.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import rlp

from ledger.chain.notary import Notary
from ledger.chain.port import Block, Chain, Log
from ledger.codec import member_from_word, member_to_word, statement_leaves
from ledger.documents import DocumentDigests
from ledger.documents.many import plain_statements
from ledger.errors import VerificationError
from ledger.evidence.headers import decode_header
from ledger.evidence.receipt_trie import verify_receipt
from ledger.evidence.receipts import decode_anchored, decode_receipt
from ledger.merkle import MerkleTree
from ledger.services.differences import Derived, Difference, Found, Progress
from ledger.services.openings import read_opening
from ledger.store import anchored
from ledger.store.anchored import KeptBatch, KeptBundle
from ledger.store.batches import StoredAnchor
from ledger.store.engine import Store
from ledger.store.outbox import State
from ledger.types import DIGEST_BYTES, to_hex

BLOCKS_OF_A_PAGE = 1000
"""Blocks whose events are asked for at once."""

_ON_CHAIN = (State.MINED, State.FINAL)


_Key = tuple[bytes, bytes]
_Events = dict[_Key, list[Log]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A batch as it was before the chain was read."""

    id: UUID
    state: State
    block_hash: bytes | None


def rederive(
    store: Store,
    chain: Chain,
    notary: Notary,
    *,
    first_block: int,
    progress: Progress | None = None,
) -> Derived:
    """Derive all anchors anew. Whole differences are listed; the database may be in use meanwhile.

    Raises TransportError if the node or the database does not answer.
    """
    told = progress or Progress()
    with store.reading() as connection:
        batches = anchored.count(connection)
    # Batches first: an anchor that is made meanwhile is then found among the events.
    told.begin(batches + _pages(chain, first_block))
    try:
        return _Derivation(store, chain, notary, told).run(first_block)
    finally:
        told.end()


class _Derivation:
    def __init__(self, store: Store, chain: Chain, notary: Notary, progress: Progress) -> None:
        self._store = store
        self._chain = chain
        self._notary = notary
        self._progress = progress
        self._found: list[Found] = []
        self._documents = 0
        self._seen: dict[_Key, _Seen] = {}

    def run(self, first_block: int) -> Derived:
        batches = 0
        for name in self._names():
            batches += 1
            self._read(name)
            self._progress.step(1)
        members = {member for member, _ in self._seen}
        events = self._events(first_block, members)
        self._compare(events)
        return Derived(batches, self._documents, sum(map(len, events.values())), tuple(self._found))

    def _names(self) -> Iterator[UUID]:
        after: UUID | None = None
        while True:
            with self._store.reading() as connection:
                page = anchored.batch_names(connection, after=after)
            if not page:
                return
            yield from page
            after = page[-1]

    def _read(self, name: UUID) -> None:
        """Derive a batch from what opens it, and keep what is compared with the chain."""
        with self._store.reading() as connection:
            kept = anchored.get(connection, name)
            batch = kept.batch
            places = [0] * (len(batch.leaves) // DIGEST_BYTES)
            for document in anchored.documents_in(connection, name):
                self._take(name, places, document.leaf_index, 1)
                leaf = _leaf_at(batch.leaves, document.leaf_index)
                opened = document.leaf_hash
                if document.opening is not None:
                    opened = read_opening(document.opening).opening.leaf_hash
                if not leaf == document.leaf_hash == opened:
                    self._tell(Difference.LEAF, name, f"document {document.id}")
            for bundle in anchored.bundles_in(connection, name):
                self._take(name, places, bundle.first_leaf, bundle.size)
                self._compare_bundle(kept, bundle)
        self._documents += len(places)
        if any(taken != 1 for taken in places):
            self._tell(Difference.PLACES, name, "a leaf belongs to no document, or to several")
        tree = MerkleTree(batch.leaves) if places else None
        if tree is None or (tree.root, tree.size) != (batch.root, batch.size):
            self._tell(Difference.ROOT, name, "its leaves do not lead to its root and size")
        self._keep(kept)

    def _take(self, batch: UUID, places: list[int], first: int, size: int) -> None:
        if first < 0 or first + size > len(places):
            self._tell(Difference.PLACES, batch, f"there is no leaf {first + size - 1}")
            return
        for index in range(first, first + size):
            places[index] += 1

    def _compare_bundle(self, kept: KeptBatch, bundle: KeptBundle) -> None:
        start = bundle.first_leaf * DIGEST_BYTES
        placed = kept.batch.leaves[start : start + bundle.size * DIGEST_BYTES]
        for index in _wrong_leaves(bundle, placed):
            detail = f"document {index} of bundle {bundle.id}"
            self._tell(Difference.LEAF, kept.batch.id, detail)

    def _keep(self, kept: KeptBatch) -> None:
        key = member_to_word(kept.batch.member), bytes(kept.batch.root)
        seen = _Seen(kept.batch.id, kept.state, kept.block_hash)
        other = self._seen.setdefault(key, seen)
        if other is not seen:
            self._tell(Difference.DOUBLE, seen.id, f"batch {other.id} has the same root")

    def _events(self, first_block: int, members: set[bytes]) -> _Events:
        topic = self._notary.abi.topic("Anchored")
        events: _Events = defaultdict(list)
        head = self._chain.head().ref.number
        for first in range(first_block, head + 1, BLOCKS_OF_A_PAGE):
            last = min(head, first + BLOCKS_OF_A_PAGE - 1)
            for log in self._chain.logs_with(self._notary.address, (topic,), first, last):
                if log.topics[1] in members:
                    events[log.topics[1], log.topics[2]].append(log)
            self._progress.step(1)
        return events

    def _compare(self, events: _Events) -> None:
        blocks: dict[int, Block | None] = {}
        for key, seen in self._seen.items():
            logs = events.get(key, [])
            if len(logs) > 1:
                self._tell(Difference.DOUBLE, seen.id, f"{len(logs)} events anchor it")
            if seen.state in _ON_CHAIN:
                self._compare_with_chain(seen, logs, blocks)
        for key in events.keys() - self._seen.keys():
            self._meet_unknown(key, events[key][0])

    def _meet_unknown(self, key: _Key, log: Log) -> None:
        with self._store.reading() as connection:
            # It may have been made, and anchored, since the batches were read.
            if not anchored.has_root(connection, member_from_word(key[0]), key[1]):
                place = f"transaction {to_hex(log.transaction_hash)} of block {log.block.number}"
                what = f"{place} anchored the root {to_hex(key[1])} for {member_from_word(key[0])}"
                self._tell(Difference.UNKNOWN, None, f"{what}, which no batch here has")

    def _compare_with_chain(
        self, seen: _Seen, logs: list[Log], blocks: dict[int, Block | None]
    ) -> None:
        name = seen.id
        with self._store.reading() as connection:
            kept = anchored.get(connection, name)
        if kept.state not in _ON_CHAIN or kept.block_hash != seen.block_hash:
            return  # it moved while the chain was read, and is the service's business
        if not logs:
            self._tell(Difference.MISSING, name, f"it counts as {kept.state}")
            return
        log = logs[0]
        size = int.from_bytes(log.data[:DIGEST_BYTES], "big")
        if size != kept.batch.size:
            self._tell(Difference.SIZE, name, f"{size} on the chain, {kept.batch.size} here")
        if (log.transaction_hash, log.block.hash) != (kept.transaction_hash, kept.block_hash):
            place = f"it is in transaction {to_hex(log.transaction_hash)} of block"
            self._tell(Difference.PLACE, name, f"{place} {log.block.number}")
        if kept.state is State.FINAL:
            self._verify(kept, log, blocks)

    def _verify(self, kept: KeptBatch, log: Log, blocks: dict[int, Block | None]) -> None:
        if kept.anchor is None:
            self._tell(Difference.PROOF, kept.batch.id, "it is final and has none")
            return
        try:
            header = decode_header(kept.anchor.header)
            _prove(kept, kept.anchor, self._notary, header.receipts_root)
        except (VerificationError, ValueError, IndexError, rlp.exceptions.RLPException) as error:
            self._tell(Difference.PROOF, kept.batch.id, str(error))
            return
        number = header.ref.number
        if number not in blocks:
            blocks[number] = self._chain.block(number)
        block = blocks[number]
        if block is None or block.ref != header.ref:
            self._tell(Difference.NOT_CANONICAL, kept.batch.id, f"block {number}")
        elif header.ref != log.block:
            self._tell(Difference.PLACE, kept.batch.id, f"its proof is of block {number}")

    def _tell(self, what: Difference, batch: UUID | None, detail: str) -> None:
        self._found.append(Found(what, batch, detail))


def _pages(chain: Chain, first_block: int) -> int:
    blocks = chain.head().ref.number - first_block + 1
    return -(-blocks // BLOCKS_OF_A_PAGE)


def _leaf_at(leaves: bytes, index: int) -> bytes:
    return leaves[index * DIGEST_BYTES : (index + 1) * DIGEST_BYTES]


def _wrong_leaves(bundle: KeptBundle, placed: bytes) -> Iterator[int]:
    """Documents of a bundle whose openings do not lead to their leaves. Erased ones have none."""
    digests = DocumentDigests(bundle.openings.digests, bundle.openings.sizes)
    statements = plain_statements(digests, media_type=bundle.media_type, member=bundle.member)
    derived = statement_leaves(statements, bundle.openings.secrets)
    if derived == placed:
        return
    for index, (_digest, size) in enumerate(digests):
        if size and _leaf_at(derived, index) != _leaf_at(placed, index):
            yield index


def _prove(kept: KeptBatch, anchor: StoredAnchor, notary: Notary, receipts_root: bytes) -> None:
    """Raises VerificationError unless the stored nodes prove the event of the batch."""
    receipt = verify_receipt(
        receipts_root, anchor.transaction_index, tuple(rlp.decode(anchor.nodes))
    )
    event = decode_anchored(decode_receipt(receipt)[anchor.log_index])
    claimed = notary.address, kept.batch.member, kept.batch.root, kept.batch.size
    if (event.notary, event.member, event.root, event.size) != claimed:
        raise VerificationError("the proved event is not that of the batch")
