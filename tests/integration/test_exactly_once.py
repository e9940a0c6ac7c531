"""Every call to the chain and every commit is broken once, before and after it takes effect."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.chain.membership import Role
from ledger.codec import member_to_word
from ledger.errors import TransportError
from ledger.merkle import MerkleTree
from ledger.services.evidence import make_evidence
from ledger.services.notarise import list_documents, notarise
from ledger.services.principals import Principal
from ledger.store import batches, outbox
from ledger.store.outbox import State
from ledger.types import Digest, UnixTime
from tests.support.consortium import SUPPLIER, Consortium
from tests.support.service import Service, running_service
from tests.support.trouble import (
    Fault,
    Killed,
    killed,
    troubled_chain,
    troubled_store,
    unreachable,
)

SUPPLIER_KEY = Principal(SUPPLIER, Role.SUPPLIER)


def ticking_clock() -> Callable[[], UnixTime]:
    """A clock that lets a minute pass at every look, so that nothing waits for its time."""
    minutes = itertools.count(1_700_000_000, 60)
    return lambda: UnixTime(next(minutes))


def work(service: Service, documents: int) -> None:
    """Bring the number of accepted documents up, one batch each, and settle."""
    for number in range(len(accepted(service)), documents):
        notarise(service.ledger, SUPPLIER_KEY, b"document %d" % number, "text/plain", None)
        service.settle()
    service.settle()


def accepted(service: Service) -> list[bytes]:
    documents = list_documents(service.ledger, SUPPLIER_KEY, after=None, limit=10)
    return [document.leaf_hash for document in documents]


def roots_on_chain(consortium: Consortium) -> list[bytes]:
    topics = (consortium.notary.abi.topic("Anchored"), member_to_word(SUPPLIER))
    first = consortium.deployment.first_block
    logs = consortium.chain.logs_with(consortium.notary.address, topics, first)
    return [log.topics[2] for log in logs]


def check_exactly_once(consortium: Consortium, service: Service, before: list[bytes]) -> None:
    documents = list_documents(service.ledger, SUPPLIER_KEY, after=None, limit=10)
    anchored = roots_on_chain(consortium)[len(before) :]
    roots = set()
    for document in documents:
        assert document.state is State.FINAL
        assert document.batch_id is not None
        evidence = make_evidence(service.ledger, SUPPLIER_KEY, document.id)
        assert evidence.opening.leaf_hash == document.leaf_hash
        with service.ledger.store.reading() as connection:
            roots.add(MerkleTree(batches.leaves(connection, document.batch_id)).root)
    assert sorted(anchored) == sorted(roots), "each batch is on the chain once, and nothing else"
    unfinished = [state for state in State if state is not State.FINAL]
    assert not any(list(outbox.in_state(service.ledger.store, state)) for state in unfinished)


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    return (tmp_path / str(number) for number in itertools.count())


def run_with(
    consortium: Consortium,
    folder: Path,
    fault: Fault,
    *,
    on_chain: bool,
    documents: int,
    database_url: str | None = None,
) -> None:
    folder.mkdir()
    # What other runs left on the chain is not followed: it would add calls to every next one.
    here = consortium.chain.head().ref.number
    consortium = replace(consortium, deployment=replace(consortium.deployment, first_block=here))
    before = roots_on_chain(consortium)
    chain = troubled_chain(consortium.chain, fault) if on_chain else consortium.chain
    never = Fault(at=-1, after=False)
    store = troubled_store(never if on_chain else fault)
    clock = ticking_clock()
    for _ in range(2):
        try:
            with running_service(
                consortium,
                folder,
                chain=chain,
                clock=clock,
                database_url=database_url,
                make_store=store,
            ) as service:
                work(service, documents)
                assert len(accepted(service)) == documents
                check_exactly_once(consortium, service, before)
                return
        except (Killed, TransportError):
            # What kills the thread that keeps requests is told to them as a database that is gone.
            continue
    raise AssertionError("the fault struck twice")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("make", [killed, unreachable], ids=["killed", "unreachable"])
def test_a_broken_call_to_the_chain_loses_nothing_and_doubles_nothing(
    consortium: Consortium,
    folders: Iterator[Path],
    make: Callable[[], BaseException],
    after: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    for at in itertools.count():
        fault = Fault(at=at, after=after, make=make)
        run_with(consortium, next(folders), fault, on_chain=True, documents=1)
        if not fault.fired:
            break
    assert at > 25, "the faults reached every call on a document's way"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the kill
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_broken_commit_loses_nothing_and_doubles_nothing(
    consortium: Consortium,
    folders: Iterator[Path],
    store_urls: Callable[[], str],
    after: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    for at in itertools.count():
        fault = Fault(at=at, after=after)
        run_with(
            consortium,
            next(folders),
            fault,
            on_chain=False,
            documents=2,
            database_url=store_urls(),
        )
        if not fault.fired:
            break
    assert at > 12, "the faults reached every commit on two documents' way"


def test_the_check_itself_sees_a_batch_that_is_anchored_by_nobody_here(
    consortium: Consortium, tmp_path: Path
) -> None:
    with running_service(consortium, tmp_path) as service:
        before = roots_on_chain(consortium)
        work(service, documents=1)
        consortium.act(SUPPLIER, consortium.notary.anchor(Digest(b"x" * 32), 1))
        with pytest.raises(AssertionError, match="nothing else"):
            check_exactly_once(consortium, service, before)
