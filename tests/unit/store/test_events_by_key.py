import json

from sqlalchemy import text

from ledger.store import events
from ledger.store.engine import Store
from ledger.store.events import ChainEvent
from ledger.store.migrations import downgrade, upgrade
from ledger.types import MemberId, RecordId, UnixTime, to_hex

KEY, OTHER_KEY = b"\x0b" * 32, b"\x0c" * 32
RECORD, OTHER_RECORD = RecordId(b"\x01" * 32), RecordId(b"\x02" * 32)
ALICE, BOB, CAROL = MemberId("org:alice"), MemberId("org:bob"), MemberId("org:carol")


def event(
    place: int,
    name: str,
    record: RecordId | None = RECORD,
    contract: str = "InvoiceBook",
    **arguments: object,
) -> ChainEvent:
    return ChainEvent(
        block_number=place,
        log_index=0,
        transaction_hash=bytes(32),
        timestamp=UnixTime(place),
        contract=contract,
        name=name,
        record=record,
        arguments=arguments,
    )


def keep(store: Store, *found: ChainEvent) -> None:
    with store.writing() as connection:
        events.add(connection, [], found)


def test_records_are_found_by_the_keys_that_they_carry(store: Store) -> None:
    key, other = to_hex(KEY), to_hex(OTHER_KEY)
    keep(
        store,
        event(1, "AlertKeyNoted", key=key, kind=2),
        event(2, "AlertKeySeen", OTHER_RECORD, key=key, kind=2),
        event(3, "StrictKeyHeld", key=key),
        event(4, "StrictKeyFreed", key=key),
        event(5, "AlertKeyNoted", key=other, kind=2),
        event(6, "AlertKeyNoted", contract="DepositCertificateBook", key=key, kind=2),
        event(7, "KeyAdded", None, key="0x" + "ab" * 20),
    )
    with store.reading() as connection:
        found = events.carrying(connection, "InvoiceBook", [KEY])
        assert [item.block_number for item in found] == [1, 2, 3]
        assert events.carrying(connection, "InvoiceBook", []) == []


def test_events_that_were_followed_before_have_their_keys_after_the_migration(
    store: Store,
) -> None:
    downgrade(store, "0001")
    row = text(
        "INSERT INTO events (block_number, log_index, transaction_hash, timestamp, contract, name,"
        " record, arguments) VALUES (:block, 0, :hash, 1, 'InvoiceBook', :name, :record, :said)"
    )
    with store.writing() as connection:
        for block, name, said in (
            (1, "AlertKeyNoted", {"key": to_hex(KEY), "kind": 2}),
            (2, "KeyAdded", {"key": "0x" + "ab" * 20}),
        ):
            values = {
                "hash": bytes(32),
                "block": block,
                "name": name,
                "record": RECORD,
                "said": json.dumps(said),
            }
            connection.execute(row, values)
    upgrade(store)
    with store.reading() as connection:
        (found,) = events.carrying(connection, "InvoiceBook", [KEY])
        assert (found.block_number, found.record) == (1, RECORD)


def registered(place: int, record: RecordId, supplier: MemberId, buyer: MemberId) -> ChainEvent:
    return event(place, "InvoiceRegistered", record, supplier=supplier, buyer=buyer, units=5)


def test_registrations_are_those_that_stand_and_that_the_member_may_see(store: Store) -> None:
    third, fourth = RecordId(b"\x03" * 32), RecordId(b"\x04" * 32)
    keep(
        store,
        registered(1, RECORD, ALICE, BOB),
        registered(2, OTHER_RECORD, BOB, ALICE),
        registered(3, third, BOB, ALICE),
        registered(4, fourth, BOB, ALICE),
        event(5, "Offered", OTHER_RECORD, to=CAROL),
        event(6, "Pledged", third, pledgee=CAROL),
        event(7, "InvoiceCancelled", fourth, supplier=BOB),
    )

    def seen_by(member: MemberId | None, limit: int = 10) -> list[int]:
        with store.reading() as connection:
            found = events.registrations(connection, visible_to=member, limit=limit)
        return [item.block_number for item in found]

    assert seen_by(None) == [3, 2, 1]
    assert seen_by(ALICE) == [3, 2, 1]
    assert seen_by(CAROL) == [3, 2]
    assert seen_by(MemberId("org:nobody")) == []
    assert seen_by(None, limit=1) == [3]
