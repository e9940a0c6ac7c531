import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from ledger.errors import TransportError
from ledger.store.engine import Store, open_store
from ledger.store.turns import lock_key
from tests.support.postgres import Databases, PostgresServer
from tests.support.processes import started


@pytest.fixture
def url(databases: Databases) -> str:
    return databases.new(migrated=False)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    yield store
    store.close()


def holder(url: str, name: str) -> AbstractContextManager["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "tests.support.turn_holder", url, name]
    return started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def answer(process: "subprocess.Popen[str]") -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == "True\n"


def has(store: Store, name: str) -> bool:
    with store.turn(name) as mine:
        return mine


def soon_has(store: Store, name: str) -> bool:
    """The server sees the end of a process within moments, and not in the same one."""
    waited = threading.Event()
    return any(has(store, name) or waited.wait(0.05) for _ in range(100))


def test_of_two_processes_one_has_the_turn(url: str) -> None:
    with opened(url) as store, holder(url, "batch:lei:A") as other:
        assert answer(other)
        assert not has(store, "batch:lei:A")
        assert has(store, "batch:lei:B"), "other names are other turns"
        other.communicate()
        assert soon_has(store, "batch:lei:A")


def test_the_turn_of_a_killed_process_is_free_at_once(url: str) -> None:
    with opened(url) as store, holder(url, "follow") as other:
        assert answer(other)
        other.kill()
        other.wait()
        assert soon_has(store, "follow")


def test_a_turn_ends_with_its_block_also_by_an_exception(url: str) -> None:
    with opened(url) as store, opened(url) as other:

        def fail_in_turn() -> None:
            with store.turn("submit") as mine:
                assert mine
                assert not has(other, "submit")
                assert not has(store, "submit"), "nor does this process have it twice"
                raise KeyError

        with pytest.raises(KeyError):
            fail_in_turn()
        assert has(other, "submit")


def test_on_sqlite_the_turn_is_always_had(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/ledger.db") as store, store.turn("a") as mine:
        assert mine
        assert has(store, "a")


def test_names_are_locked_by_64_bits_of_their_hash() -> None:
    # printf 'sealbook:turn:batch:lei:A' | sha256sum
    assert lock_key("batch:lei:A") == 0x301E72C9D34BD74F
    assert lock_key("a") == 0xE03C4E6ED65C8EE1 - 2**64


def test_a_server_that_restarts_ends_turns_and_hides_no_error(server: PostgresServer) -> None:
    url = Databases(server.url).new(migrated=False)
    with opened(url) as store:

        def fail_in_turn() -> None:
            with store.turn("settle") as mine:
                assert mine
                server.restart()
                raise KeyError

        with pytest.raises(KeyError):
            fail_in_turn()
        assert has(store, "settle")
        with store.turn("settle"):
            server.stop()
        with pytest.raises(TransportError, match="cannot be used now"):
            has(store, "settle")
        server.start()
        assert has(store, "settle")
