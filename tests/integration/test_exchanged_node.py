"""A node that becomes one of another chain, between two questions, gets and undoes nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from ledger.chain.port import Chain
from ledger.errors import ChainMismatch
from ledger.services.evidence import make_evidence
from ledger.services.finance import accept_invoice
from ledger.services.notarise import get_document, notarise
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.services.submissions import Caller, get_operation
from ledger.store.outbox import State
from ledger.types import Address, UnixTime
from tests.integration.submission import BUYER_KEY, SUPPLIER_KEY
from tests.support.consortium import BUYER, Consortium, running_consortium
from tests.support.service import Service, running_service

INVOICE = (
    Path(__file__).parents[1] / "vectors" / "good" / "kosit__01.01a-INVOICE_ubl.xml"
).read_bytes()
SENDING = "send_many"


class Exchanged:
    """A node that answers at once for another chain, from the question with a number on.

    It is not exchanged just before something is sent: nobody can tell what happens between the last
    question and that.
    """

    def __init__(self, own: Chain, other: Chain) -> None:
        self.own = own
        self.other = other
        self.questions = 0
        self.exchanged_at: int | None = None
        self.is_other = False
        self.sent_to_other = 0
        self.now = UnixTime(1_800_000_000)

    def __getattr__(self, name: str) -> Any:
        def ask(*arguments: Any, **named: Any) -> Any:
            at, self.questions = self.exchanged_at, self.questions + 1
            if at is not None and self.questions > at and name != SENDING:
                self.is_other = True
            if self.is_other and name == SENDING:
                self.sent_to_other += 1
            return getattr(self.other if self.is_other else self.own, name)(*arguments, **named)

        return ask

    def come_back(self) -> None:
        """Be the node of its own chain again, when what was postponed is due."""
        self.exchanged_at, self.is_other = None, False
        self.now = UnixTime(self.now + 600)


@pytest.fixture(scope="module")
def other() -> Iterator[Consortium]:
    """Another chain with the same chain id."""
    with running_consortium() as running:
        yield running


def numbered(number: int) -> bytes:
    """An invoice of another number."""
    return INVOICE.replace(b"<cbc:ID>123456XX</cbc:ID>", b"<cbc:ID>%d</cbc:ID>" % number)


@contextmanager
def exchangeable(
    consortium: Consortium, other: Consortium, folder: Path
) -> Iterator[tuple[Service, Exchanged]]:
    node = Exchanged(consortium.chain, other.chain)
    chain = cast("Chain", node)
    with running_service(consortium, folder, chain=chain, clock=lambda: node.now) as service:
        yield service, node


def test_a_node_of_another_chain_is_noticed_though_no_question_failed(
    consortium: Consortium, other: Consortium, tmp_path: Path
) -> None:
    with exchangeable(consortium, other, tmp_path) as (service, node):
        ledger = service.ledger
        before = notarise(ledger, SUPPLIER_KEY, b"before", "text/plain", None).id
        service.settle()
        height = other.chain.head()
        assert consortium.chain.chain_id() == other.chain.chain_id()
        node.is_other = True
        during = notarise(ledger, SUPPLIER_KEY, b"during", "text/plain", None).id
        for _ in range(3):
            service.worker.step()
            assert isinstance(service.worker.health.trouble, ChainMismatch)
        assert (node.sent_to_other, other.chain.head()) == (0, height)
        assert get_document(ledger, SUPPLIER_KEY, before).state is State.FINAL
        assert make_evidence(ledger, SUPPLIER_KEY, before).inclusion.size == 1
        node.come_back()
        service.settle()
        assert service.worker.health.trouble is None
        assert get_document(ledger, SUPPLIER_KEY, during).state is State.FINAL


@pytest.mark.parametrize("part", range(4))
def test_whenever_it_is_exchanged_nothing_is_sent_refused_or_taken_back(
    consortium: Consortium, other: Consortium, tmp_path: Path, part: int
) -> None:
    with exchangeable(consortium, other, tmp_path) as (service, node):
        ledger = service.ledger
        final = notarise(ledger, SUPPLIER_KEY, b"final before", "text/plain", None).id
        service.settle()
        height = other.chain.head()
        at = part
        while True:
            upload = InvoiceUpload(numbered(at), "application/xml", BUYER)
            record = register_invoice(ledger, SUPPLIER_KEY, upload, None).record
            service.settle()
            accepted = accept_invoice(Caller(ledger, BUYER_KEY), record).id
            node.questions, node.exchanged_at = 0, at
            for _ in range(3):
                service.worker.step()
            was_exchanged = node.is_other
            assert (node.sent_to_other, other.chain.head()) == (0, height)
            assert get_document(ledger, SUPPLIER_KEY, final).state is State.FINAL
            node.come_back()
            service.settle()
            assert get_operation(ledger, BUYER_KEY, accepted).state is State.FINAL, at
            if not was_exchanged:
                break
            at += 4
        assert at > 20


def test_nothing_is_signed_with_the_gas_that_another_chain_asks(
    consortium: Consortium, other: Consortium, tmp_path: Path
) -> None:
    with exchangeable(consortium, other, tmp_path) as (service, node):
        ledger = service.ledger
        upload = InvoiceUpload(numbered(1_000_000), "application/xml", BUYER)
        record = register_invoice(ledger, SUPPLIER_KEY, upload, None).record
        service.settle()
        accepted = accept_invoice(Caller(ledger, BUYER_KEY), record).id

        class Empty(Exchanged):
            def estimates(self, _sender: Address, calls: Sequence[object]) -> list[int]:
                """Where no contract is, a call is a transfer."""
                node.is_other = True
                return [22_000 for _ in calls]

        node.__class__ = Empty
        service.worker.step()
        assert isinstance(service.worker.health.trouble, ChainMismatch)
        assert get_operation(ledger, BUYER_KEY, accepted).state is State.QUEUED
        node.__class__ = Exchanged
        node.come_back()
        service.settle()
        assert get_operation(ledger, BUYER_KEY, accepted).state is State.FINAL
