import json
import time
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, update

from ledger.chain.port import Fees
from ledger.services.doctor import database
from ledger.services.doctor.findings import Status
from ledger.store import anchored, api_keys, attempts, batches, contents, documents, outbox, stages
from ledger.store.api_keys import ApiKey
from ledger.store.attempts import Attempt
from ledger.store.batches import Batch
from ledger.store.contents import Contents
from ledger.store.documents import NewDocument, StoredOpening
from ledger.store.engine import Store, open_store
from ledger.store.ids import made_at, new_id
from ledger.store.outbox import SET_ASIDE_TRIES, Purpose, State
from ledger.store.schema import documents as document_rows
from ledger.store.schema import transactions
from ledger.store.stages import NOTHING, Nonces
from ledger.types import Address, Digest, MemberId, UnixTime

MEMBER = MemberId("lei:X")
NOTARY = Address("0x" + "11" * 20)
SIGNER = Address("0x" + "22" * 20)
NOW = UnixTime(1_800_000_000)
PROBLEM = json.dumps({"code": "underpriced", "message": "too cheap", "details": {}})


def add_document(store: Store) -> UUID:
    name = new_id()
    opening = StoredOpening(b"{}", bytes(32), None)
    document = NewDocument(MEMBER, opening, Digest(bytes(32)), None, NOW)
    with store.writing() as connection:
        documents.add(connection, [(name, document)])
    return name


def add_transaction(store: Store) -> UUID:
    with store.writing() as connection:
        return outbox.enqueue(
            connection,
            member=MEMBER,
            purpose=Purpose.ANCHOR,
            recipient=NOTARY,
            data=b"",
            now=NOW,
        )


def add_batch(store: Store, document: UUID, transaction: UUID) -> UUID:
    batch = Batch(new_id(), MEMBER, Digest(b"\1" * 32), 1, bytes(32))
    with store.writing() as connection:
        batches.add(connection, batch, transaction, NOW)
        connection.execute(
            update(document_rows)
            .where(document_rows.c.id == document)
            .values(batch_id=batch.id, leaf_index=0)
        )
    return batch.id


def set_all(store: Store, **values: object) -> None:
    with store.writing() as connection:
        connection.execute(update(transactions).values(**values))


def test_nothing_waits_in_an_empty_store(store: Store) -> None:
    with store.reading() as connection:
        assert stages.unbatched(connection) == NOTHING
        assert set(stages.under_way(connection).values()) == {NOTHING}
        assert stages.set_aside(connection) == NOTHING
        assert (stages.unsealed_nonces(connection), stages.troubled(connection)) == ({}, [])


def test_what_waits_is_counted_since_the_oldest(store: Store) -> None:
    first = add_document(store)
    add_document(store)
    with store.reading() as connection:
        depth = stages.unbatched(connection)
    assert (depth.items, depth.since) == (2, made_at(first))
    assert abs(made_at(first) - time.time()) < 60


def test_a_transaction_is_in_the_stage_of_its_state_or_set_aside(store: Store) -> None:
    name = add_transaction(store)
    for state in outbox.UNDER_WAY:
        set_all(store, state=state)
        with store.reading() as connection:
            found = stages.under_way(connection)
        assert {where: depth.items for where, depth in found.items() if depth.items} == {state: 1}
        assert found[state].since == made_at(name)
    set_all(store, tries=SET_ASIDE_TRIES, problem=PROBLEM)
    with store.reading() as connection:
        assert set(stages.under_way(connection).values()) == {NOTHING}
        assert stages.set_aside(connection).items == 1
        [item] = stages.troubled(connection)
    assert (item.id, item.is_set_aside, item.problem) == (name, True, PROBLEM)
    set_all(store, state=State.FINAL)
    with store.reading() as connection:
        assert (stages.set_aside(connection), stages.troubled(connection)) == (NOTHING, [])


@pytest.mark.parametrize(("ahead", "due"), [(0, 1), (1, 0), (600, 0), (601, 1)])
def test_a_step_waits_for_no_time_that_only_a_wrong_clock_can_have_set(
    store: Store, ahead: int, due: int
) -> None:
    add_transaction(store)
    set_all(store, due_at=NOW + ahead)
    found = outbox.in_state(store, State.QUEUED, due_by=NOW)
    assert sum(map(len, found)) == due


def test_a_retry_makes_due_what_failed_and_nothing_else(store: Store) -> None:
    waiting, failed = add_transaction(store), add_transaction(store)
    set_all(store, due_at=2**40)
    with store.writing() as connection:
        connection.execute(
            update(transactions)
            .where(transactions.c.id == failed)
            .values(problem=PROBLEM, tries=SET_ASIDE_TRIES)
        )
    with store.writing() as connection:
        assert stages.retry(connection, NOW) == 1
    queued = [item for page in outbox.in_state(store, State.QUEUED) for item in page]
    everything = {item.id: item for item in queued}
    due = [item.id for item in queued if item.due_at <= NOW]
    assert due == [failed]
    assert (everything[failed].tries, everything[failed].revision) == (0, 1)
    assert (everything[waiting].due_at, everything[waiting].revision) == (2**40, 0)


def test_nonces_count_once_each_until_a_block_holds_them(store: Store) -> None:
    name = add_transaction(store)
    with store.writing() as connection:
        for number in range(2):  # the second is a dearer form of the first
            attempt = Attempt(bytes([number] * 32), SIGNER, 7, Fees(number, None), b"raw")
            attempts.add(connection, name, attempt)
    set_all(store, state=State.BROADCAST)
    with store.reading() as connection:
        assert stages.unsealed_nonces(connection) == {SIGNER: Nonces(1, 7)}
    set_all(store, state=State.MINED)
    with store.reading() as connection:
        assert stages.unsealed_nonces(connection) == {}


def test_what_a_transaction_carries_is_found_by_it(store: Store) -> None:
    document, transaction = add_document(store), add_transaction(store)
    batch = add_batch(store, document, transaction)
    with store.reading() as connection:
        assert contents.of_anchor(connection, transaction) == Contents(batch, (document,))
        assert contents.of_operation(connection, transaction) == Contents()
        assert contents.of_anchor(connection, new_id()) == Contents()


def test_what_is_kept_of_a_batch_is_found_for_deriving_it(store: Store) -> None:
    document, transaction = add_document(store), add_transaction(store)
    name = add_batch(store, document, transaction)
    with store.reading() as connection:
        assert anchored.count(connection) == 1
        assert anchored.batch_names(connection, after=None) == [name]
        assert anchored.batch_names(connection, after=name) == []
        kept = anchored.get(connection, name)
        [inside] = anchored.documents_in(connection, name)
        assert list(anchored.bundles_in(connection, name)) == []
        assert anchored.has_root(connection, MEMBER, b"\1" * 32)
        assert not anchored.has_root(connection, MEMBER, b"\2" * 32)
    assert (kept.transaction, kept.state, kept.anchor) == (transaction, State.QUEUED, None)
    assert (inside.id, inside.leaf_index) == (document, 0)


def test_members_with_live_api_keys_are_found(store: Store) -> None:
    with store.writing() as connection:
        for number in range(2):
            key = ApiKey(new_id(), MEMBER, "supplier")
            api_keys.add(connection, key, bytes([number] * 32), NOW)
        assert api_keys.members(connection) == [MEMBER]
        api_keys.revoke(connection, key.id, NOW)
        assert api_keys.members(connection) == [MEMBER]


def test_a_store_as_it_is_opened_keeps_what_is_committed(store: Store) -> None:
    [schema] = database.check_schema(store)
    [durability] = database.check_durability(store)
    assert (schema.status, durability.status) == (Status.OK, Status.OK)


def test_the_clock_of_a_database_elsewhere_is_compared(store: Store) -> None:
    found = list(database.check_database_clock(store, time.time))
    late = list(database.check_database_clock(store, lambda: time.time() - 60))
    if store.engine.dialect.name == "sqlite":
        assert found + late == []
    else:
        assert [item.status for item in found + late] == [Status.OK, Status.WARNING]


def test_a_server_that_does_not_wait_for_its_disk_is_wrong(store: Store, store_url: str) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("what SQLite does is shown with the doctor")
    opened = open_store(store_url)

    @event.listens_for(opened.engine, "connect")
    def weaken(connection: Any, _record: object) -> None:
        connection.execute("SET synchronous_commit = off")
        connection.commit()

    [finding] = database.check_durability(opened)
    assert finding.status is Status.WRONG
    assert "synchronous_commit is off" in finding.says
    opened.close()
