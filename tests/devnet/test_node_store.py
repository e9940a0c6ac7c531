"""The key/value store under py-evm behaves as a dictionary that can be flushed or discarded."""

from contextlib import suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from devnet.database import Database
from devnet.nodes import NodeStore

keys = st.binary(min_size=1, max_size=2)
values = st.binary(max_size=5)


class StoreModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.database = Database.open(None)
        self.store = NodeStore(self.database)
        self.current: dict[bytes, bytes] = {}
        self.flushed: dict[bytes, bytes] = {}

    @rule(key=keys, value=values)
    def put(self, key: bytes, value: bytes) -> None:
        self.store[key] = value
        self.current[key] = value

    @rule(key=keys)
    def delete(self, key: bytes) -> None:
        if key in self.current:
            del self.store[key]
            del self.current[key]
        else:
            with pytest.raises(KeyError):
                del self.store[key]

    @rule(key=keys, value=values)
    def put_in_a_batch(self, key: bytes, value: bytes) -> None:
        with self.store.atomic_batch() as batch:
            batch[key] = value
            assert batch[key] == value
        self.current[key] = value

    @rule()
    def flush(self) -> None:
        with self.database.transaction():
            self.store.flush()
        self.flushed = dict(self.current)

    @rule()
    def discard(self) -> None:
        self.store.discard()
        self.current = dict(self.flushed)

    @rule()
    def fail_to_commit(self) -> None:
        with suppress(InterruptedError), self.database.transaction():
            self.store.flush()
            raise InterruptedError
        self.store.discard()
        self.current = dict(self.flushed)

    @rule(key=keys)
    def look_up(self, key: bytes) -> None:
        assert (key in self.store) == (key in self.current)
        if key in self.current:
            assert self.store[key] == self.current[key]
        else:
            with pytest.raises(KeyError):
                self.store[key]

    @invariant()
    def the_file_holds_what_was_flushed(self) -> None:
        assert dict(self.database.execute("SELECT key, value FROM nodes")) == self.flushed

    def teardown(self) -> None:
        self.database.close()


TestNodeStore = StoreModel.TestCase
TestNodeStore.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
