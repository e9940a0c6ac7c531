import time
from pathlib import Path
from typing import Any, cast

import pytest

from ledger.chain.membership import Role
from ledger.chain.port import Chain, Log
from ledger.chain.record_forms import Security
from ledger.chain.view import NodeView
from ledger.errors import NodeError
from ledger.services.finance import NO_TERMS
from ledger.services.principals import Principal
from ledger.services.records import read_record
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.services.trace import trace_record
from ledger.types import MemberId, RecordId, Units, UnixTime
from tests.support.consortium import (
    BUYER,
    FINANCIER,
    OTHER_FINANCIER,
    SUPPLIER,
    Consortium,
    send,
)
from tests.support.service import running_service

UBL = Path(__file__).parent.parent / "vectors" / "good" / "kosit__01.01a-INVOICE_ubl.xml"
SHOWN = 2
THIRD = MemberId("lei:FINANCIERTHREE00007")


class Watched:
    """The chain, with its questions counted, and if it is told to, without its logs."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self.asked: list[str] = []
        self.withholds = False

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self._chain, name)

    def logs_with(self, *query: Any) -> tuple[Log, ...]:
        self.asked.append("logs_with")
        return () if self.withholds else self._chain.logs_with(*query)


@pytest.fixture(scope="module")
def record(consortium: Consortium, tmp_path_factory: pytest.TempPathFactory) -> RecordId:
    """One unit was taken by each financier; then more was offered to one, and never taken."""
    with running_service(consortium, tmp_path_factory.mktemp("service")) as service:
        upload = InvoiceUpload(UBL.read_bytes(), "application/xml", BUYER)
        principal = Principal(SUPPLIER, Role.SUPPLIER)
        registered = register_invoice(service.ledger, principal, upload, None).record
        service.settle()
    consortium.act(BUYER, consortium.book.accept(registered))
    takers = (FINANCIER, OTHER_FINANCIER)
    for number, financier in enumerate((*takers, *[FINANCIER] * 3)):
        offer(consortium, registered, financier)
        if number < len(takers):
            consortium.act(financier, consortium.book.accept_offer(registered, number))
    return registered


def offer(consortium: Consortium, record: RecordId, to: MemberId) -> None:
    expires = UnixTime(int(time.time()) + 3600)
    consortium.act(SUPPLIER, consortium.book.offer(record, to, Units(1), expires, NO_TERMS))


@pytest.fixture
def watched(consortium: Consortium) -> Watched:
    return Watched(consortium.chain)


def as_chain(watched: Watched) -> Chain:
    return cast("Chain", watched)


def test_only_the_newest_offers_are_read_and_no_holder_is_missing(
    consortium: Consortium, record: RecordId, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.chain.record_book.NEWEST_SHOWN", SHOWN)
    state = read_record(as_chain(watched), consortium.deployment, record)
    assert [item.id for item in state.holdings.offers] == [3, 4]
    assert state.holdings.offer_count == 5
    held = {member: position.total for member, position in state.holdings.positions.items()}
    assert held == {SUPPLIER: 10**9 - 2, FINANCIER: 1, OTHER_FINANCIER: 1}
    assert next(iter(held)) == SUPPLIER
    view = NodeView(as_chain(watched), consortium.deployment)
    found = view.receivable(record, at=state.block.ref)
    assert found is not None
    assert {holding.member: holding.total for holding in found.holdings} == held


def test_events_are_asked_for_only_where_a_holder_is_missing(
    consortium: Consortium, record: RecordId, watched: Watched
) -> None:
    state = read_record(as_chain(watched), consortium.deployment, record)
    assert list(state.holdings.positions) == [SUPPLIER, FINANCIER, OTHER_FINANCIER]
    assert "logs_with" not in watched.asked


def test_a_node_that_withholds_how_a_holder_came_to_its_units_is_not_believed(
    consortium: Consortium, record: RecordId, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.chain.record_book.NEWEST_SHOWN", SHOWN)
    watched.withholds = True
    with pytest.raises(NodeError, match="who holds all units"):
        read_record(as_chain(watched), consortium.deployment, record)


def test_who_enforced_a_pledge_is_found_like_who_took_an_offer(
    consortium: Consortium, record: RecordId, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = consortium.devnet.request("evm_snapshot", [])
    try:
        book, key = consortium.book, consortium.spare[0]
        consortium.decide(consortium.membership.admit(THIRD, Role.FINANCIER, key.address))
        now = Security(THIRD, Units(4), UnixTime(0), NO_TERMS)
        later = Security(FINANCIER, Units(1), UnixTime(1_900_000_000), NO_TERMS)
        for security in (now, later):
            consortium.act(SUPPLIER, book.pledge(record, security))
        send(consortium.chain, key, book.enforce_pledge(record, 0, Units(4)))

        by_pledges = read_record(as_chain(watched), consortium.deployment, record)
        assert "logs_with" not in watched.asked
        monkeypatch.setattr("ledger.chain.record_book.NEWEST_SHOWN", 1)
        by_events = read_record(as_chain(watched), consortium.deployment, record)
    finally:
        consortium.devnet.request("evm_revert", [snapshot])

    assert by_pledges.holdings.positions[THIRD].total == 4
    assert by_events.holdings.positions[THIRD].total == 4
    assert [item.id for item in by_events.holdings.pledges] == [1]
    assert by_events.holdings.pledge_count == 2
    assert by_events.holdings.pledges[0].security == later


def test_a_history_is_read_by_its_record_and_each_block_once(
    consortium: Consortium, record: RecordId, watched: Watched
) -> None:
    provenance = trace_record(as_chain(watched), consortium.deployment, record)
    assert provenance.complete
    blocks = {event.block_number for event in provenance.events}
    assert len(blocks) < len(provenance.events)
    assert watched.asked.count("block") == len(blocks)
    assert "logs" not in watched.asked


def test_a_history_is_read_in_parts_and_not_complete_without_its_logs(
    consortium: Consortium, record: RecordId, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = trace_record(as_chain(watched), consortium.deployment, record)
    monkeypatch.setattr("ledger.services.trace.BLOCKS_AT_ONCE", 3)
    assert trace_record(as_chain(watched), consortium.deployment, record) == whole
    watched.withholds = True
    assert not trace_record(as_chain(watched), consortium.deployment, record).complete
