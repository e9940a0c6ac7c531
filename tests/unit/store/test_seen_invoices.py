import random
import threading
from datetime import date

from sqlalchemy import insert

from ledger.invoices import InvoiceClass
from ledger.invoices.identifiers import Identifier
from ledger.invoices.normalise import fold
from ledger.store import seen_invoices
from ledger.store.engine import Store, open_store
from ledger.store.portable import insert_new
from ledger.store.schema import idempotency_keys
from ledger.store.seen_forms import How, SeenFields, SeenIdentity, SeenLinks
from ledger.types import Digest, MemberId, RecordId, UnixTime
from tests.support.postgres import Databases

MEMBER = MemberId("org:bank")
FILE = Digest(b"\x01" * 32)
RECORD = RecordId(b"\x02" * 32)
SELLER, BUYER = Identifier("vat", "DE1"), Identifier("vat", "DE2")
LINKS = SeenLinks(seller=(SELLER,), buyer=(BUYER,), preceding=("R7",))


def fields(number: str = "R-8") -> SeenFields:
    return SeenFields(
        file=FILE,
        number=number,
        folded_number=fold(number),
        issue_date=date(2025, 3, 1),
        type_code="380",
        invoice_class=InvoiceClass.INVOICE,
        self_billed=False,
        currency="EUR",
        minor_units=2**80,
    )


def see(store: Store, what: SeenFields, links: SeenLinks = LINKS, how: How = How.SCREENED) -> None:
    with store.writing() as connection:
        record = RECORD if how is How.REGISTERED else None
        now = UnixTime(5)
        seen_invoices.note(connection, MEMBER, what, links, how=how, record=record, now=now)


def test_a_sighting_is_kept_once_and_a_registration_takes_its_place(store: Store) -> None:
    see(store, fields())
    see(store, fields())
    see(store, fields(), how=How.REGISTERED)
    see(store, fields())
    with store.reading() as connection:
        found = seen_invoices.find_file(connection, MEMBER, FILE)
        assert found is not None
        assert (found.fields, found.how, found.record) == (fields(), How.REGISTERED, RECORD)
        assert type(found.fields.file) is bytes
        other = seen_invoices.find_file(connection, MemberId("org:other"), FILE)
        assert other is None


def found_numbers(store: Store, links: SeenLinks, number: str) -> list[list[str]]:
    with store.reading() as connection:
        searches = (
            seen_invoices.of_pair(connection, MEMBER, links.seller, links.buyer, limit=5),
            seen_invoices.with_numbers(connection, MEMBER, links.seller, {fold(number)}),
            seen_invoices.referring_to(
                connection, MEMBER, links.seller, *(links.preceding or ("none",))
            ),
        )
        return [[item.fields.number for item in found] for found in searches]


def test_sightings_are_found_by_what_they_share_and_by_nothing_else(store: Store) -> None:
    see(store, fields())
    assert found_numbers(store, LINKS, "r 8") == [["R-8"]] * 3
    nobody = SeenLinks(seller=(), buyer=(), preceding=())
    assert found_numbers(store, nobody, "r 8") == [[]] * 3
    assert found_numbers(store, SeenLinks((BUYER,), (SELLER,), ("R7",)), "r 8") == [[]] * 3


def test_texts_that_no_index_could_hold_are_found_all_the_same(store: Store) -> None:
    source = random.Random(1)  # noqa: S311 - no secret, and nothing that compresses

    def long() -> str:
        return "".join(chr(source.randrange(0x4E00, 0x9FFF)) for _ in range(1000))

    number, name, before = long(), Identifier("vat", long()), fold(long())
    links = SeenLinks(seller=(name,), buyer=(BUYER,), preceding=(before,))
    see(store, fields(number), links)
    assert found_numbers(store, links, number) == [[number]] * 3
    with store.reading() as connection:
        found = seen_invoices.find_file(connection, MEMBER, FILE)
        assert found is not None
        assert found.fields == fields(number)
    with store.writing() as connection:
        identity = SeenIdentity((name,), fold(number), date(2025, 3, 1))
        seen_invoices.forget(connection, MEMBER, Digest(b"\x09" * 32), None, identity)
    assert found_numbers(store, links, number) == [[]] * 3


def test_of_two_that_insert_the_same_at_once_one_does(databases: Databases) -> None:
    first, second = (open_store(url) for url in [databases.new()] * 2)
    row = {"member": MEMBER, "key": "k", "fingerprint": FILE, "resource_id": None, "created_at": 1}
    row["resource_id"] = "00000000000000000000000000000001"
    inserted: list[bool] = []

    def add_second() -> None:
        with second.writing() as connection:
            inserted.append(insert_new(connection, idempotency_keys, row))

    with first.writing() as connection:
        connection.execute(insert(idempotency_keys), row)
        waiting = threading.Thread(target=add_second)
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive(), "the other's row may still be taken back"
    waiting.join()
    assert inserted == [False]
    with second.writing() as connection:
        assert insert_new(connection, idempotency_keys, {**row, "key": "another"})
    first.close()
    second.close()
