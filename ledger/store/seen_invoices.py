"""Invoices that a member registered or screened, for the history of a pair of parties.

Parties stand here by their normalised identifiers in clear, not as keyed fingerprints: so any one
that two documents share is enough to find them again, whatever became of the consortium's key in
the meantime. The numbers and amounts beside them are clear too, as edit distance and comparison
need them. Nothing of this leaves the member's own database, and every query is for one member.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from ledger.invoices import InvoiceClass
from ledger.invoices.identifiers import Identifier
from ledger.invoices.normalise import fold
from ledger.store.ids import new_id
from ledger.store.portable import indexed, insert_new
from ledger.store.schema import seen_invoices, seen_parties, seen_references
from ledger.store.seen_forms import How, SeenFields, SeenIdentity, SeenInvoice, SeenLinks, Side
from ledger.types import Digest, MemberId, RecordId, UnixTime


def note(
    connection: Connection,
    member: MemberId,
    fields: SeenFields,
    links: SeenLinks,
    *,
    how: How,
    record: RecordId | None,
    now: UnixTime,
) -> None:
    """Keep that a member saw an invoice. The same file again is the same sighting.

    A registration takes the place of a screening, and the time of the first sighting stays.
    """
    if _add(connection, member, fields, links, how=how, record=record, now=now):
        return
    if how is How.REGISTERED:
        known = and_(seen_invoices.c.member == member, seen_invoices.c.file == fields.file)
        connection.execute(update(seen_invoices).where(known).values(how=how, record=record))


def forget(
    connection: Connection,
    member: MemberId,
    file: Digest,
    record: RecordId | None,
    identity: SeenIdentity | None,
) -> None:
    """Drop the sightings of a file, of the record that it was registered as, and of the invoice.

    identity: by which other renderings of the invoice are found; None if the file is not known to
    be one.
    """
    same = [seen_invoices.c.file == file]
    if record is not None:
        same.append(seen_invoices.c.record == record)
    if identity is not None:
        same.append(_is(identity))
    found = select(seen_invoices.c.id).where(seen_invoices.c.member == member, or_(*same))
    for gone in connection.execute(found).scalars().all():
        for table in (seen_parties, seen_references):
            connection.execute(delete(table).where(table.c.seen_id == gone))
        connection.execute(delete(seen_invoices).where(seen_invoices.c.id == gone))


def find_file(connection: Connection, member: MemberId, file: Digest) -> SeenInvoice | None:
    """The sighting of a file; None if the member did not see it."""
    query = select(seen_invoices).where(
        seen_invoices.c.member == member, seen_invoices.c.file == file
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _read(row)


def of_pair(
    connection: Connection,
    member: MemberId,
    seller: Sequence[Identifier],
    buyer: Sequence[Identifier],
    *,
    limit: int,
) -> list[SeenInvoice]:
    """The newest that a member saw of these two parties, which any shared identifier names."""
    query = (
        select(seen_invoices)
        .where(
            seen_invoices.c.member == member,
            seen_invoices.c.id.in_(_named(Side.SELLER, seller)),
            seen_invoices.c.id.in_(_named(Side.BUYER, buyer)),
        )
        .order_by(seen_invoices.c.id.desc())
        .limit(limit)
    )
    return [_read(row) for row in connection.execute(query)]


def with_numbers(
    connection: Connection,
    member: MemberId,
    issuer: Sequence[Identifier],
    folded_numbers: Collection[str],
) -> list[SeenInvoice]:
    """Those that a member saw with one of these numbers of this issuer's series."""
    query = select(seen_invoices).where(
        seen_invoices.c.member == member,
        seen_invoices.c.folded_number.in_([*map(indexed, folded_numbers)]),
        _of_issuer(issuer),
    )
    return [_read(row) for row in connection.execute(query.order_by(seen_invoices.c.id))]


def referring_to(
    connection: Connection, member: MemberId, seller: Sequence[Identifier], folded_number: str
) -> list[SeenInvoice]:
    """Those that a member saw of a seller and that refer to a number (BT-25)."""
    referring = select(seen_references.c.seen_id).where(
        seen_references.c.folded_number == indexed(folded_number)
    )
    query = select(seen_invoices).where(
        seen_invoices.c.member == member,
        seen_invoices.c.id.in_(referring),
        seen_invoices.c.id.in_(_named(Side.SELLER, seller)),
    )
    return [_read(row) for row in connection.execute(query.order_by(seen_invoices.c.id))]


def _is(identity: SeenIdentity) -> ColumnElement[bool]:
    return and_(
        seen_invoices.c.folded_number == indexed(identity.folded_number),
        seen_invoices.c.issue_date == identity.issue_date.isoformat(),
        _of_issuer(identity.issuer),
    )


def _of_issuer(issuer: Sequence[Identifier]) -> ColumnElement[bool]:
    """Whether a sighting's number is of this issuer's series."""
    return or_(
        *(
            and_(
                seen_invoices.c.self_billed.is_(self_billed),
                seen_invoices.c.id.in_(_named(side, issuer)),
            )
            for side, self_billed in ((Side.SELLER, False), (Side.BUYER, True))
        )
    )


def _named(side: Side, names: Iterable[Identifier]) -> Select[Any]:
    return select(seen_parties.c.seen_id).where(
        seen_parties.c.side == side,
        tuple_(seen_parties.c.scheme, seen_parties.c.value).in_(
            [(one.scheme, indexed(one.value)) for one in names]
        ),
    )


def _add(
    connection: Connection,
    member: MemberId,
    fields: SeenFields,
    links: SeenLinks,
    *,
    how: How,
    record: RecordId | None,
    now: UnixTime,
) -> bool:
    """Keep a sighting unless the file was seen before; whether it is new."""
    identifier = new_id()
    row = {
        "id": identifier,
        "member": member,
        "file": fields.file,
        "number": fields.number,
        "folded_number": indexed(fields.folded_number),
        "issue_date": fields.issue_date.isoformat(),
        "type_code": fields.type_code,
        "invoice_class": fields.invoice_class,
        "self_billed": fields.self_billed,
        "currency": fields.currency,
        "minor_units": str(fields.minor_units),
        "seen_at": now,
        "how": how,
        "record": record,
    }
    if not insert_new(connection, seen_invoices, row):
        return False
    _link(connection, identifier, links)
    return True


def _link(connection: Connection, identifier: UUID, links: SeenLinks) -> None:
    parties = [
        {"seen_id": identifier, "side": side, "scheme": one.scheme, "value": indexed(one.value)}
        for side, names in ((Side.SELLER, links.seller), (Side.BUYER, links.buyer))
        for one in dict.fromkeys(names)
    ]
    references = [
        {"seen_id": identifier, "folded_number": indexed(number)}
        for number in dict.fromkeys(links.preceding)
    ]
    for table, rows in ((seen_parties, parties), (seen_references, references)):
        if rows:
            connection.execute(insert(table), rows)


def _read(row: Row[Any]) -> SeenInvoice:
    return SeenInvoice(
        fields=SeenFields(
            file=Digest(row.file),
            number=row.number,
            folded_number=fold(row.number),
            issue_date=date.fromisoformat(row.issue_date),
            type_code=row.type_code,
            invoice_class=InvoiceClass(row.invoice_class),
            self_billed=row.self_billed,
            currency=row.currency,
            minor_units=int(row.minor_units),
        ),
        seen_at=UnixTime(row.seen_at),
        how=How(row.how),
        record=None if row.record is None else RecordId(row.record),
    )
