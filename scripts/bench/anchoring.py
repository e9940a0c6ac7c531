"""What anchors on a chain are measured with: a node, the service within this process, its steps."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select

from api.wiring import Service
from ledger.chain.web3_adapter import Web3Chain, connect
from ledger.documents import DocumentDigests
from ledger.services.bundle import notarise_bundle
from ledger.services.principals import Principal
from ledger.store.outbox import State
from ledger.store.schema import bundles, transactions
from scripts.bench.chain_traffic import Presigner
from scripts.bench.consortium import Founding, founding
from scripts.bench.stage import Bench

_BYTES_BEFORE_SIZE = b"\0" * 7
_PATIENCE_SECONDS = 60
_PAUSE_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Link:
    """A node with the contracts, and our client of it."""

    founded: Founding
    chain: Web3Chain
    presigner: Presigner


@contextmanager
def linked(bench: Bench, chain: str, name: str) -> Iterator[Link]:
    """A consortium on a node of its own. Raises Absent without anvil."""
    with ExitStack() as ending:
        founded = ending.enter_context(founding(bench.folder / name, chain))
        client = connect(founded.node.url)
        ending.callback(client.close)
        yield Link(founded, client, Presigner(founded, client))


def hand_in(service: Service, supplier: Principal, batches: int) -> None:
    """Hand in so many documents, of which each makes a batch of its own."""
    for _ in range(batches):
        documents = DocumentDigests(os.urandom(32), _BYTES_BEFORE_SIZE + b"\1")
        notarise_bundle(service.ledger, supplier, documents, "application/pdf", None)


def settle(service: Service) -> None:
    """Take the worker's steps until all transactions are final.

    Raises RuntimeError if nothing becomes final for long.
    """
    left, since = _left(service), time.monotonic()
    while left:
        if not service.worker.step():
            time.sleep(_PAUSE_SECONDS)  # until the next block
        now = _left(service)
        if now != left:
            left, since = now, time.monotonic()
        elif time.monotonic() - since > _PATIENCE_SECONDS:
            raise RuntimeError(f"of all that was accepted, {left} do not become final")


def _left(service: Service) -> int:
    """What waits for a batch, and the transactions that are not final."""
    with service.ledger.store.reading() as connection:
        waiting = select(func.count()).where(bundles.c.batch_id.is_(None))
        under_way = select(func.count()).where(transactions.c.state != State.FINAL)
        return (connection.scalar(waiting) or 0) + (connection.scalar(under_way) or 0)
