"""From a bundle to evidence that verifies, on a chain, alone and among single documents."""

import itertools
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from ledger.chain.membership import Role
from ledger.chain.view import NodeView
from ledger.documents import DocumentDigest, DocumentDigests
from ledger.errors import Conflict, NotFound
from ledger.evidence import TrustPolicy, Verdict, Verifier, parse_evidence
from ledger.services.bundle import erase_in_bundle, get_bundle, notarise_bundle
from ledger.services.bundle_evidence import ERASED_LINE, bundle_evidence, evidence_in_bundle
from ledger.services.evidence import make_evidence
from ledger.services.notarise import get_document, notarise
from ledger.services.openings import Erased
from ledger.services.principals import Principal
from ledger.store import batches
from ledger.store.outbox import State
from ledger.types import Digest
from tests.support.consortium import BUYER, SUPPLIER, Consortium
from tests.support.service import Service, running_service

AS_SUPPLIER = Principal(SUPPLIER, Role.SUPPLIER)
AS_BUYER = Principal(BUYER, Role.BUYER)
LIMIT = 100  # of the service's batches


@pytest.fixture
def service(consortium: Consortium, tmp_path: Path, store_url: str) -> Iterator[Service]:
    with running_service(consortium, tmp_path, database_url=store_url) as running:
        yield running


def content(number: int) -> bytes:
    return b"document %d" % number


def hand_in(service: Service, numbers: range, who: Principal = AS_SUPPLIER) -> UUID:
    documents = [
        DocumentDigest(Digest(sha256(content(number)).digest()), len(content(number)))
        for number in numbers
    ]
    return notarise_bundle(
        service.ledger, who, DocumentDigests.of(documents), "text/plain", None
    ).id


def single(service: Service, number: int, who: Principal = AS_SUPPLIER) -> UUID:
    return notarise(service.ledger, who, content(number), "text/plain", None).id


def verdict(service: Service, document: bytes, evidence: bytes) -> Verdict:
    deployment = service.ledger.deployment
    policy = TrustPolicy(
        chain=deployment.chain,
        notaries=frozenset({deployment.notary}),
        invoice_book=deployment.invoice_book,
        min_depth=0,
        is_development=True,
    )
    view = NodeView(service.ledger.chain, deployment)
    return Verifier(policy, view).verify(document, evidence).verdict


def lines(service: Service, bundle: UUID, who: Principal = AS_SUPPLIER) -> list[bytes]:
    written = b"".join(bundle_evidence(service.ledger, who, bundle))
    assert written.endswith(b"\n")
    return written[:-1].split(b"\n")


def check_evidence(service: Service, bundle: UUID, numbers: range) -> None:
    """Every line is its document's evidence; some of them are verified on the chain."""
    found = lines(service, bundle)
    assert len(found) == len(numbers)
    for index, number in enumerate(numbers):
        evidence = parse_evidence(found[index], max_bytes=100_000)
        assert evidence.document == DocumentDigest(
            Digest(sha256(content(number)).digest()), len(content(number))
        )
    for index in {0, len(numbers) // 2, len(numbers) - 1}:
        assert evidence_in_bundle(service.ledger, AS_SUPPLIER, bundle, index) == found[index]
        assert verdict(service, content(numbers[index]), found[index]) is Verdict.VERIFIED
        other = content(numbers[index] + 1)
        assert verdict(service, other, found[index]) is Verdict.REFUTED


@pytest.mark.parametrize("size", [1, 2, LIMIT, LIMIT + 1, 600])
def test_every_document_of_a_bundle_gets_evidence_that_verifies(
    service: Service, size: int
) -> None:
    bundle = hand_in(service, range(size))
    service.settle()
    assert get_bundle(service.ledger, AS_SUPPLIER, bundle).state is State.FINAL
    check_evidence(service, bundle, range(size))


def test_bundles_and_single_documents_share_a_batch(service: Service) -> None:
    before = single(service, 1)
    one, other = hand_in(service, range(2, 7)), hand_in(service, range(7, 20))
    behind = single(service, 20)
    service.settle()
    found = [get_document(service.ledger, AS_SUPPLIER, each) for each in (before, behind)]
    held = [get_bundle(service.ledger, AS_SUPPLIER, each) for each in (one, other)]
    places = [each.batch_id for each in found] + [each.batch_id for each in held]
    assert set(places) == {held[0].batch_id}
    assert [found[0].leaf_index, held[0].first_leaf, held[1].first_leaf] == [0, 1, 6]
    assert found[1].leaf_index == 19
    check_evidence(service, one, range(2, 7))
    check_evidence(service, other, range(7, 20))
    for number, document in ((1, before), (20, behind)):
        evidence = make_evidence(service.ledger, AS_SUPPLIER, document).serialise()
        assert verdict(service, content(number), evidence) is Verdict.VERIFIED


def test_a_bundle_is_never_divided_and_none_waits_behind_what_does_not_fit(
    service: Service,
) -> None:
    first = single(service, 0)
    large = hand_in(service, range(250))
    small = hand_in(service, range(60))
    next_ = hand_in(service, range(60))
    last = single(service, 0)
    service.settle()
    with service.ledger.store.reading() as connection:
        documents = [get_document(service.ledger, AS_SUPPLIER, each) for each in (first, last)]
        held = [get_bundle(service.ledger, AS_SUPPLIER, each) for each in (large, small, next_)]
        places = [each.batch_id for each in documents] + [each.batch_id for each in held]
        sizes = {
            place: len(batches.leaves(connection, place)) // 32
            for place in places
            if place is not None
        }
    # The batch of the first takes what fits beside it: the small bundle and the last document.
    assert documents[0].batch_id == held[1].batch_id == documents[1].batch_id
    assert sorted(sizes.values()) == [60, 62, 250]
    assert places[2] is not None
    assert sizes[places[2]] == 250


def test_two_members_do_not_share_a_batch_and_do_not_see_each_others(service: Service) -> None:
    mine, theirs = hand_in(service, range(3)), hand_in(service, range(4), AS_BUYER)
    service.settle()
    held = get_bundle(service.ledger, AS_SUPPLIER, mine)
    other = get_bundle(service.ledger, AS_BUYER, theirs)
    assert held.batch_id != other.batch_id
    assert len(lines(service, theirs, AS_BUYER)) == 4
    for act in (
        lambda: get_bundle(service.ledger, AS_SUPPLIER, theirs),
        lambda: bundle_evidence(service.ledger, AS_SUPPLIER, theirs),
        lambda: evidence_in_bundle(service.ledger, AS_SUPPLIER, theirs, 0),
        lambda: erase_in_bundle(service.ledger, AS_SUPPLIER, theirs, 0),
    ):
        with pytest.raises(NotFound, match="you have no bundle"):
            act()


@pytest.mark.parametrize("early", [True, False], ids=["before it is anchored", "after that"])
def test_an_erased_document_is_a_line_that_says_so_and_the_others_still_verify(
    service: Service, *, early: bool
) -> None:
    bundle = hand_in(service, range(5))
    if not early:
        service.settle()
        before = lines(service, bundle)
    for _ in range(2):
        erase_in_bundle(service.ledger, AS_SUPPLIER, bundle, 2)
    service.settle()
    found = lines(service, bundle)
    assert found[2] == ERASED_LINE == b'{"erased":true}'
    with pytest.raises(Erased):
        evidence_in_bundle(service.ledger, AS_SUPPLIER, bundle, 2)
    for index in (0, 1, 3, 4):
        assert verdict(service, content(index), found[index]) is Verdict.VERIFIED
    if not early:
        assert [*found[:2], *found[3:]] == [*before[:2], *before[3:]]
        assert verdict(service, content(2), before[2]) is Verdict.VERIFIED


def test_evidence_waits_until_the_bundle_is_final(service: Service) -> None:
    bundle = hand_in(service, range(3))
    with pytest.raises(Conflict, match="not final yet") as caught:
        bundle_evidence(service.ledger, AS_SUPPLIER, bundle)
    assert caught.value.rule == "not-final-yet"
    with pytest.raises(Conflict, match="not final yet"):
        evidence_in_bundle(service.ledger, AS_SUPPLIER, bundle, 1)


def test_many_full_batches_close_in_one_step_and_single_documents_are_among_them(
    service: Service,
) -> None:
    for _ in range(6):
        hand_in(service, range(LIMIT))
    late = single(service, 0)
    theirs = single(service, 0, AS_BUYER)
    service.worker.step()
    found = get_document(service.ledger, AS_SUPPLIER, late)
    assert found.batch_id is not None
    assert get_document(service.ledger, AS_BUYER, theirs).batch_id is not None


def test_the_commitment_of_the_same_document_is_another_one_every_time(service: Service) -> None:
    same = DocumentDigests.of([DocumentDigest(Digest(sha256(b"x").digest()), 1)] * 3)
    bundles = [
        notarise_bundle(service.ledger, AS_SUPPLIER, same, "text/plain", None).id for _ in range(2)
    ]
    service.settle()
    found = list(itertools.chain(*(lines(service, bundle) for bundle in bundles)))
    openings = [parse_evidence(line, max_bytes=100_000).opening for line in found]
    assert len({opening.commitment for opening in openings}) == 6
    assert len({opening.statement for opening in openings}) == 1
