"""What waits for a batch: documents and bundles, in the one order in which they were accepted.

Found by indexes that hold nothing else, so that looking costs the same however many documents were
ever anchored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    func,
    literal,
    null,
    select,
    text,
    union_all,
)

from ledger.errors import SealbookError
from ledger.store.outbox import Overtaken
from ledger.store.portable import update_free
from ledger.store.schema import bundles, documents
from ledger.types import DIGEST_BYTES, MemberId, UnixTime

_MOST_NAMED = 1000  # in one query: databases bound its parameters


@dataclass(frozen=True, slots=True)
class Entry:
    """What gets its place in a batch as a whole.

    size: number of its leaves.
    leaf_hash: of a document, which has one leaf; None for a bundle, whose leaves are read apart.
    """

    id: UUID
    size: int
    leaf_hash: bytes | None
    accepted_at: UnixTime

    @property
    def is_bundle(self) -> bool:
        """Whether it is a bundle."""
        return self.leaf_hash is None


class BrokenEntry(SealbookError):
    """What an entry has in the database is no leaf hashes: it can be in no tree."""

    code = "broken-entry"

    def __init__(self, entry: UUID) -> None:
        super().__init__(f"{entry} waits with leaf hashes that are not of 32 bytes each")
        self.entry = entry


def members(connection: Connection) -> list[MemberId]:
    """Members that wait for a batch, each looked for behind the one before."""
    # SQLite would take the index on batch_id, and read all that waits to find the first of them.
    by_member = "INDEXED BY ix_{}_waiting" if connection.dialect.name == "sqlite" else ""
    found: set[str] = set()
    for table in (documents.name, bundles.name):
        query = text(
            f"SELECT min(member) FROM {table} {by_member.format(table)}"  # noqa: S608 - our names
            " WHERE batch_id IS NULL AND member > :after"
        )
        after: str | None = ""
        while (after := connection.execute(query, {"after": after}).scalar_one()) is not None:
            found.add(after)
    return [MemberId(name) for name in sorted(found)]


def entries(connection: Connection, member: MemberId, limit: int) -> Iterator[Entry]:
    """What a member waits for, oldest first; read on as it is asked for."""
    of_documents = select(
        documents.c.id, literal(1).label("size"), documents.c.leaf_hash, documents.c.accepted_at
    )
    of_bundles = select(
        bundles.c.id, bundles.c.size, null().label("leaf_hash"), bundles.c.accepted_at
    )
    queries = [
        query.where(table.c.member == member, table.c.batch_id.is_(None))
        for query, table in ((of_documents, documents), (of_bundles, bundles))
    ]
    for row in connection.execute(union_all(*queries).order_by("id").limit(limit)):
        yield Entry(row.id, row.size, row.leaf_hash, UnixTime(row.accepted_at))


def is_due(
    connection: Connection,
    member: MemberId,
    *,
    leaves: int,
    accepted_by: UnixTime,
    now: UnixTime,
) -> bool:
    """Whether a member waits for so many leaves, or for something as old as that.

    What was accepted after now, by a clock that was wrong, is of unknown age and counts as old.

    Cheap beside reading what waits, as it is asked far more often than a batch is closed.
    """
    size = 0
    for table, size_of in ((documents, literal(1)), (bundles, bundles.c.size)):
        of_member = (table.c.member == member, table.c.batch_id.is_(None))
        oldest = select(table.c.accepted_at).where(*of_member).order_by(table.c.id).limit(1)
        found = connection.execute(oldest).scalar_one_or_none()
        if found is not None and not accepted_by < found <= now:
            return True
        # No more than tell the answer: each has one leaf or more.
        some = select(size_of.label("size")).select_from(table).where(*of_member).limit(leaves)
        size += connection.execute(select(func.sum(some.subquery().c.size))).scalar_one() or 0
    return size >= leaves


def leaves(connection: Connection, chosen: Sequence[Entry]) -> bytes:
    """The leaf hashes of entries in their order, 32 bytes each.

    Raises Overtaken if one of them got its place elsewhere since it was read, BrokenEntry if the
    leaf hashes of one are not whole.
    """
    of_bundles = _bundle_leaves(connection, [entry.id for entry in chosen if entry.is_bundle])
    found = [
        of_bundles[entry.id] if entry.leaf_hash is None else entry.leaf_hash for entry in chosen
    ]
    for entry, hashes in zip(chosen, found, strict=True):
        if len(hashes) != DIGEST_BYTES * entry.size:
            raise BrokenEntry(entry.id)
    return b"".join(found)


def place(connection: Connection, batch: UUID, chosen: Sequence[Entry]) -> None:
    """Put entries into a batch, in the order of its leaves, which the batch keeps from now on.

    Raises Overtaken if one of them got its place elsewhere since it was read: then nothing may be
    kept of the transaction.
    """
    placed: dict[bool, dict[UUID, int]] = {True: {}, False: {}}
    first = 0
    for entry in chosen:
        placed[entry.is_bundle][entry.id] = first
        first += entry.size
    _place(connection, documents.c.leaf_index, placed[False], batch_id=batch)
    _place(connection, bundles.c.first_leaf, placed[True], batch_id=batch, leaves=b"")


def _bundle_leaves(connection: Connection, identifiers: Sequence[UUID]) -> dict[UUID, bytes]:
    found: dict[UUID, bytes] = {}
    columns = (bundles.c.id, bundles.c.leaves, bundles.c.batch_id)
    for start in range(0, len(identifiers), _MOST_NAMED):
        named = bundles.c.id.in_(identifiers[start : start + _MOST_NAMED])
        for row in connection.execute(select(*columns).where(named)):
            if row.batch_id is not None:  # which keeps the leaves now
                raise _overtaken()
            found[row.id] = row.leaves
    return found


def _place(
    connection: Connection, numbered: Column[int], places: Mapping[UUID, int], **values: object
) -> None:
    if not places:
        return
    free = numbered.table.c.batch_id
    if update_free(connection, free, places, numbered, **values) != len(places):
        raise _overtaken()


def _overtaken() -> Overtaken:
    return Overtaken("another worker put into a batch what was to be put into this one")
