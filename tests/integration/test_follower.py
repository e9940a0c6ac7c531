from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from sqlalchemy import Connection, select

from ledger.chain.port import Chain
from ledger.errors import TransportError
from ledger.following.follower import Follower, FollowLimits
from ledger.following.projection import Projection
from ledger.store import events
from ledger.store.engine import Store, open_store
from ledger.store.migrations import upgrade
from ledger.store.schema import events as kept_events
from ledger.store.schema import followed_blocks
from tests.support.consortium import SUPPLIER, Consortium, running_consortium

HORIZON = 10


@pytest.fixture
def consortium() -> Iterator[Consortium]:
    with running_consortium() as running:
        yield running


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    upgrade(opened)
    yield opened
    opened.close()


class Asked:
    """The chain, with something to be done before each question."""

    def __init__(self, chain: Chain, before: Callable[[], None]) -> None:
        self._chain = chain
        self._before = before

    def __getattr__(self, name: str) -> Any:
        self._before()
        return getattr(self._chain, name)


def once_before(chain: Chain, question: str, act: Callable[[], object]) -> Chain:
    """The chain, with something done before one question is asked for the first time."""
    acts = [act]

    class Disturbed:
        def __getattr__(self, name: str) -> Any:
            if name == question and acts:
                acts.pop()()
            return getattr(chain, name)

    return cast("Chain", Disturbed())


class WatchedStore(Store):
    """The store, with how many of its transactions are running."""

    running = 0

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._counted(), super().reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._counted(), super().writing() as connection:
            yield connection

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1


def follower(consortium: Consortium, store: Store, chain: Chain | None = None) -> Follower:
    return Follower(
        store,
        chain or consortium.chain,
        Projection(consortium.deployment),
        FollowLimits(max_blocks=7, horizon_blocks=HORIZON),
        first_block=consortium.deployment.first_block,
    )


def mine(consortium: Consortium) -> None:
    consortium.devnet.request("evm_mine", [])


def settle(follower: Follower) -> None:
    while follower.step():
        pass


def blocks_with_events(store: Store) -> set[int]:
    with store.reading() as connection:
        return set(connection.execute(select(kept_events.c.block_number)).scalars())


def blocks_kept(store: Store) -> set[int]:
    with store.reading() as connection:
        return set(connection.execute(select(followed_blocks.c.number)).scalars())


def test_below_the_horizon_only_blocks_with_events_are_kept(
    consortium: Consortium, store: Store
) -> None:
    following = follower(consortium, store)
    settle(following)
    for number in range(3 * HORIZON):
        if number == HORIZON:
            consortium.decide(consortium.membership.suspend(SUPPLIER))
        mine(consortium)
        settle(following)
    head = consortium.chain.head().ref.number
    recent = set(range(head - HORIZON, head + 1))
    assert blocks_kept(store) == blocks_with_events(store) | recent
    assert min(recent) > max(blocks_with_events(store))


def test_a_reorganisation_is_followed_past_the_horizon(
    consortium: Consortium, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.following.follower._REWIND_BLOCKS", 3)
    following = follower(consortium, store)
    settle(following)
    before = blocks_with_events(store)
    fork = consortium.devnet.request("evm_snapshot", [])
    consortium.decide(consortium.membership.suspend(SUPPLIER))
    for _ in range(2 * HORIZON):
        mine(consortium)
        settle(following)
    assert blocks_with_events(store) > before

    consortium.devnet.request("evm_revert", [fork])
    mine(consortium)
    following.step()
    settle(following)

    assert blocks_with_events(store) == before
    with store.reading() as connection:
        newest = events.newest_block(connection)
    assert newest == consortium.chain.head().ref


def test_the_node_is_never_asked_while_the_database_is_held(
    consortium: Consortium, store: Store
) -> None:
    watched = WatchedStore(store.database)
    settle(follower(consortium, watched))
    fork = consortium.devnet.request("evm_snapshot", [])
    mine(consortium)
    held = []

    def look() -> None:
        held.append(watched.running)

    following = follower(consortium, watched, cast("Chain", Asked(consortium.chain, look)))
    settle(following)
    consortium.devnet.request("evm_revert", [fork])
    consortium.decide(consortium.membership.suspend(SUPPLIER))
    following.step()
    settle(following)
    assert set(held) == {0}


def test_nothing_of_a_dead_fork_stays_when_the_chain_changes_while_it_is_read(
    consortium: Consortium, store: Store
) -> None:
    settle(follower(consortium, store))
    before = blocks_with_events(store)
    fork = consortium.devnet.request("evm_snapshot", [])
    consortium.decide(consortium.membership.suspend(SUPPLIER))
    settle(follower(consortium, store))
    dead = blocks_with_events(store) - before
    assert dead
    mine(consortium)

    def reorganise() -> None:
        consortium.devnet.request("evm_revert", [fork])
        while consortium.chain.head().ref.number <= max(dead) + 2:
            mine(consortium)

    following = follower(consortium, store, once_before(consortium.chain, "head", reorganise))
    with pytest.raises(TransportError, match="reorganised"):
        following.step()
    following.step()
    settle(following)
    assert blocks_with_events(store) == before
    with store.reading() as connection:
        assert events.newest_block(connection) == consortium.chain.head().ref


def test_what_another_worker_has_read_or_taken_back_meanwhile_is_not_read_on_from(
    consortium: Consortium, store: Store
) -> None:
    settle(follower(consortium, store))
    mine(consortium)
    known = consortium.chain.head().ref.number - 1

    def take_back() -> None:
        with store.writing() as connection:
            events.forget_above(connection, known - 1)

    late = follower(consortium, store, once_before(consortium.chain, "logs", take_back))
    with pytest.raises(TransportError, match="another worker"):
        late.step()
    settle(late)
    with store.reading() as connection:
        assert events.newest_block(connection) == consortium.chain.head().ref
    assert set(range(known - 1, known + 2)) <= blocks_kept(store)
