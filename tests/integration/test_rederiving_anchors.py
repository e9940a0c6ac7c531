from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from ledger.chain.contract import ContractCall
from ledger.documents import DocumentDigest, DocumentDigests, hash_document
from ledger.services.bundle import erase_in_bundle, notarise_bundle
from ledger.services.differences import Derived, Difference, Progress
from ledger.services.notarise import notarise
from ledger.services.rederive import rederive
from ledger.store.schema import anchors, batches, bundles, documents, transactions
from ledger.types import Digest
from tests.integration.submission import FINANCIER_KEY, SUPPLIER_KEY
from tests.support.consortium import SUPPLIER, Consortium
from tests.support.service import Service, running_service


@pytest.fixture
def service(consortium: Consortium, tmp_path: Path) -> Iterator[Service]:
    """Three documents and a bundle of three, all final, on a chain that is as it was founded."""
    snapshot = consortium.devnet.request("evm_snapshot", [])
    with running_service(consortium, tmp_path) as running:
        for number in range(3):
            notarise(running.ledger, SUPPLIER_KEY, b"document %d" % number, "text/plain", None)
        notarise_bundle(running.ledger, SUPPLIER_KEY, some_digests(3), "text/plain", None)
        running.settle()
        yield running
    consortium.devnet.request("evm_revert", [snapshot])


def some_digests(count: int) -> DocumentDigests:
    hashed = [hash_document(b"in a bundle %d" % number, max_bytes=100) for number in range(count)]
    return DocumentDigests.of(DocumentDigest(item.digest, item.size) for item in hashed)


def derive(service: Service, progress: Progress | None = None) -> Derived:
    ledger = service.ledger
    first = ledger.deployment.first_block
    return rederive(ledger.store, ledger.chain, ledger.notary, first_block=first, progress=progress)


def differences(service: Service) -> set[Difference]:
    return {found.what for found in derive(service).differences}


@contextmanager
def altered(service: Service, statement: Any) -> Iterator[None]:
    with service.ledger.store.writing() as connection:
        assert connection.execute(statement).rowcount
    yield


def test_what_the_service_did_is_derived_anew_without_a_difference(service: Service) -> None:
    found = derive(service)
    assert (found.documents, found.differences) == (6, ())
    assert found.batches == found.events >= 1


def test_what_was_erased_leaves_no_difference(service: Service) -> None:
    with service.ledger.store.reading() as connection:
        bundle = connection.execute(select(bundles.c.id)).scalar_one()
    erase_in_bundle(service.ledger, SUPPLIER_KEY, bundle, 1)
    assert differences(service) == set()


def test_the_steps_that_are_announced_are_the_steps_that_are_taken(service: Service) -> None:
    class Steps(Progress):
        announced = taken = 0

        def begin(self, steps: int) -> None:
            self.announced += steps

        def step(self, steps: int) -> None:
            self.taken += steps

    steps = Steps()
    derive(service, steps)
    assert steps.announced == steps.taken > 1


def test_anchors_of_members_without_batches_here_are_none_of_its_business(
    service: Service, consortium: Consortium, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with running_service(consortium, other) as elsewhere:
        notarise(elsewhere.ledger, FINANCIER_KEY, b"of another", "text/plain", None)
        elsewhere.settle()
    assert differences(service) == set()


@pytest.mark.parametrize(
    ("statement", "difference"),
    [
        (update(documents).values(secret=bytes(32)), Difference.LEAF),
        (update(documents).values(leaf_hash=bytes(32)), Difference.LEAF),
        (update(bundles).values(secrets=bytes(96)), Difference.LEAF),
        (update(bundles).values(media_type="text/html"), Difference.LEAF),
        (update(bundles).values(first_leaf=1), Difference.PLACES),
        (update(documents).values(leaf_index=0), Difference.PLACES),
        (update(documents).values(leaf_index=99), Difference.PLACES),
        (update(batches).values(leaves=bytes(192)), Difference.ROOT),
        (update(batches).values(size=7), Difference.SIZE),
        (update(batches).values(root=bytes(32)), Difference.MISSING),
        (update(batches).values(root=bytes(32)), Difference.UNKNOWN),
        (update(transactions).values(block_hash=bytes(32)), Difference.PLACE),
        (update(transactions).values(hash=bytes(32)), Difference.PLACE),
        (delete(anchors), Difference.PROOF),
        (update(anchors).values(nodes=b"\xc0"), Difference.PROOF),
        (update(anchors).values(nodes=b"\xff"), Difference.PROOF),
        (update(anchors).values(header=b""), Difference.PROOF),
        (update(anchors).values(log_index=7), Difference.PROOF),
        (update(anchors).values(transaction_index=1), Difference.PROOF),
    ],
    ids=str,
)
def test_what_was_changed_in_the_database_is_a_difference(
    service: Service, statement: Any, difference: Difference
) -> None:
    with altered(service, statement):
        assert difference in differences(service)


def test_a_final_batch_whose_block_is_gone_is_a_difference(
    consortium: Consortium, tmp_path: Path
) -> None:
    snapshot = consortium.devnet.request("evm_snapshot", [])
    with running_service(consortium, tmp_path) as service:
        notarise(service.ledger, SUPPLIER_KEY, b"reorganised", "text/plain", None)
        service.settle()
        consortium.devnet.request("evm_revert", [snapshot])
        assert differences(service) == {Difference.MISSING}


def test_an_anchor_that_no_batch_asked_for_is_a_difference(
    service: Service, consortium: Consortium
) -> None:
    call: ContractCall = consortium.notary.anchor(Digest(b"\x07" * 32), 1)
    consortium.act(SUPPLIER, call)
    [found] = derive(service).differences
    assert found.what is Difference.UNKNOWN
    block = consortium.chain.head().ref.number
    for part in (str(SUPPLIER), "0x" + "07" * 32, f"of block {block} "):
        assert part in found.detail


def test_a_batch_that_is_not_on_the_chain_yet_is_no_difference(service: Service) -> None:
    notarise(service.ledger, SUPPLIER_KEY, b"waiting", "text/plain", None)
    assert differences(service) == set()
