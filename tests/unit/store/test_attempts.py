from uuid import UUID

import pytest

from ledger.chain.port import Fees
from ledger.store import attempts, outbox
from ledger.store.attempts import Attempt, AttemptKind, Outcome
from ledger.store.engine import Store
from ledger.store.outbox import Mined, Overtaken, Purpose
from ledger.types import Address, BlockRef, MemberId, UnixTime

KEY = Address("0x" + "11" * 20)
TRANSFER = Attempt(b"h" * 32, KEY, 7, Fees(0, None), b"raw")


def promise(store: Store) -> UUID:
    with store.writing() as connection:
        return outbox.enqueue(
            connection,
            member=MemberId("lei:A"),
            purpose=Purpose.FILLER,
            recipient=KEY,
            data=b"",
            now=UnixTime(1),
        )


def add(store: Store, transaction: UUID, attempt: Attempt) -> None:
    with store.writing() as connection:
        attempts.add(connection, transaction, attempt)


def open_of(store: Store, *transactions: UUID) -> list[list[Attempt]]:
    with store.reading() as connection:
        return list(attempts.open_of(connection, transactions).values())


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("kind", AttemptKind)
def test_bytes_of_which_nothing_was_to_be_expected_may_serve_another_transaction(
    store: Store, outcome: Outcome, kind: AttemptKind
) -> None:
    first, second = promise(store), promise(store)
    add(store, first, TRANSFER)
    with store.writing() as connection:
        attempts.close(connection, first, outcome)
    again = Attempt(TRANSFER.hash, KEY, 7, TRANSFER.fees, TRANSFER.raw, kind)
    add(store, second, again)
    assert open_of(store, first, second) == [[], [again]]


def test_bytes_that_the_chain_may_still_take_stay_with_their_transaction(store: Store) -> None:
    first, second = promise(store), promise(store)
    add(store, first, TRANSFER)
    with pytest.raises(Overtaken):
        add(store, second, TRANSFER)
    assert open_of(store, first, second) == [[TRANSFER], []]


def test_the_same_bytes_signed_again_for_one_transaction_are_its_newest(store: Store) -> None:
    transaction = promise(store)
    other = Attempt(b"i" * 32, KEY, 7, Fees(1, None), b"other")
    for attempt in (TRANSFER, other, TRANSFER):
        add(store, transaction, attempt)
    assert open_of(store, transaction) == [[TRANSFER, other]]


@pytest.mark.parametrize(
    ("outcome", "in_block", "held"),
    [
        (None, False, True),
        (Outcome.FAILED, True, True),
        (Outcome.CANCELLED, True, True),
        (Outcome.FAILED, False, False),
        (Outcome.LOST, True, False),
    ],
)
def test_a_nonce_is_held_while_its_attempt_is_open_or_would_be_opened_again(
    store: Store, outcome: Outcome | None, *, in_block: bool, held: bool
) -> None:
    transaction = promise(store)
    add(store, transaction, TRANSFER)
    with store.writing() as connection:
        item = outbox.get(connection, transaction)
        if in_block:
            mined = Mined(TRANSFER.hash, BlockRef(3, bytes(32)))
            outbox.mark_mined(connection, item, mined)
            item = outbox.get(connection, transaction)
        if outcome is not None:
            attempts.close(connection, transaction, outcome)
            outbox.mark_refused(connection, item, "no")
    with store.reading() as connection:
        assert attempts.held_nonces(connection, KEY, 7, 8) == ({7} if held else set())
        assert attempts.held_nonces(connection, KEY, 8, 9) == set()
