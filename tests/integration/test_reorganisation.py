from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.chain.membership import Role
from ledger.following.projection import Projection
from ledger.services.evidence import make_evidence
from ledger.services.notarise import get_document, notarise
from ledger.services.principals import Principal
from ledger.store import events
from ledger.store.events import ChainEvent
from ledger.store.outbox import State
from tests.support.consortium import SUPPLIER, Consortium, running_consortium
from tests.support.service import Service, running_service

SUPPLIER_KEY = Principal(SUPPLIER, Role.SUPPLIER)
CONFIRMATIONS = 2


@pytest.fixture
def consortium() -> Iterator[Consortium]:
    with running_consortium() as running:
        yield running


@pytest.fixture
def service(consortium: Consortium, tmp_path: Path, store_url: str) -> Iterator[Service]:
    with running_service(
        consortium, tmp_path, confirmations=CONFIRMATIONS, database_url=store_url
    ) as running:
        yield running


def mine(consortium: Consortium, blocks: int) -> None:
    for _ in range(blocks):
        consortium.devnet.request("evm_mine", [])


def events_kept(service: Service, name: str) -> list[ChainEvent]:
    with service.ledger.store.reading() as connection:
        return events.named(connection, name)


def events_on_chain(consortium: Consortium, name: str) -> list[ChainEvent]:
    projection = Projection(consortium.deployment)
    head = consortium.chain.head().ref.number
    found = []
    for log in consortium.chain.logs(projection.addresses, 0, head):
        block = consortium.chain.block(log.block.number)
        assert block is not None
        event = projection.read(log, block.timestamp)
        if event is not None and event.name == name:
            found.append(event)
    return found


def test_an_anchor_is_final_only_below_the_confirmations(
    consortium: Consortium, service: Service
) -> None:
    document = notarise(service.ledger, SUPPLIER_KEY, b"a document", "text/plain", None)
    service.settle()
    for _ in range(CONFIRMATIONS):
        assert get_document(service.ledger, SUPPLIER_KEY, document.id).state is State.MINED
        mine(consortium, 1)
        service.settle()
    assert get_document(service.ledger, SUPPLIER_KEY, document.id).state is State.FINAL


def test_an_anchor_that_was_reorganised_away_is_sent_again(
    consortium: Consortium, service: Service
) -> None:
    fork = consortium.devnet.request("evm_snapshot", [])
    document = notarise(service.ledger, SUPPLIER_KEY, b"a document", "text/plain", None)
    service.settle()
    assert len(events_on_chain(consortium, "Anchored")) == 1

    consortium.devnet.request("evm_revert", [fork])
    mine(consortium, 1)
    assert events_on_chain(consortium, "Anchored") == []
    service.settle()
    mine(consortium, CONFIRMATIONS)
    service.settle()

    assert get_document(service.ledger, SUPPLIER_KEY, document.id).state is State.FINAL
    assert len(events_on_chain(consortium, "Anchored")) == 1
    proved = make_evidence(service.ledger, SUPPLIER_KEY, document.id).block.ref
    canonical = consortium.chain.block(proved.number)
    assert canonical is not None
    assert canonical.ref == proved


def test_the_projection_follows_the_chain_back_and_forth(
    consortium: Consortium, service: Service
) -> None:
    service.settle()
    members = events_kept(service, "MemberAdmitted")
    fork = consortium.devnet.request("evm_snapshot", [])
    notarise(service.ledger, SUPPLIER_KEY, b"on the branch that is left", "text/plain", None)
    mine(consortium, 3)
    service.settle()
    kept = events_kept(service, "Anchored")
    assert kept == events_on_chain(consortium, "Anchored") != []

    consortium.devnet.request("evm_revert", [fork])
    service.settle()
    mine(consortium, 1)
    service.settle()

    assert events_kept(service, "Anchored") == events_on_chain(consortium, "Anchored")
    assert events_kept(service, "MemberAdmitted") == members
    assert events_kept(service, "MemberAdmitted") == events_on_chain(consortium, "MemberAdmitted")
