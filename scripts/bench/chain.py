"""The chain: sending, waiting for a block, and what a document costs there."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from statistics import median

from sqlalchemy import select

from api.wiring import Service
from ledger.chain.notary import Notary
from ledger.chain.web3_adapter import Web3Chain, connect
from ledger.documents import DocumentDigests
from ledger.services.bundle import notarise_bundle
from ledger.services.principals import Principal
from ledger.store.outbox import State
from ledger.store.schema import bundles, transactions
from ledger.types import Digest, to_hex
from scripts.bench.chain_traffic import (
    Presigner,
    RawNode,
    groups,
    sealing_afterwards,
    send_by_web3,
    send_raw,
    send_with_receipt_by_web3,
    wait_for,
)
from scripts.bench.consortium import ANVIL, Founding, founding, opened
from scripts.bench.contest import Peer, Run, contest, rate, seconds
from scripts.bench.rows import Result, Row, at_least, at_most
from scripts.bench.stage import Bench
from scripts.founding import SUPPLIER

_BATCH = 10_000
_GAS_A_DOCUMENT = 5
_GAS_A_TRANSACTION = 46_000
_CALLDATA_GAS = 16 * 68  # a selector and two words, were no byte of them zero
_MILLISECONDS = 1000
_BYTES_BEFORE_SIZE = b"\0" * 7


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


def send(bench: Bench) -> Iterator[Result]:
    """Anchors that are signed already, until the node has taken all of them."""
    count_ = bench.of(20, 500, 3_000)
    few = bench.of(5, 50, 300)
    with linked(bench, ANVIL, "send") as link:
        url = link.founded.node.url

        def ours(raws: list[bytes]) -> None:
            with sealing_afterwards(url):
                for group in groups(raws):
                    if any(link.chain.send_many(group)):
                        raise AssertionError("the node refused a transaction")
                wait_for(url, raws[-1])

        yield from contest(
            "chain-send",
            f"{count_:,} anchors, signed beforehand, anvil",
            "tx/s",
            _presigned(link, count_, ours),
            [
                Peer(
                    "JSON-RPC batches, keep-alive, orjson",
                    _presigned(link, count_, lambda raws: send_raw(url, raws)),
                    at_least(0.9),
                ),
                Peer(
                    "web3 send_raw_transaction",
                    _presigned(link, few, lambda raws: send_by_web3(url, raws)),
                    at_least(15),
                ),
            ],
            rounds=bench.rounds,
        )


def latency(bench: Bench) -> Iterator[Result]:
    """From a document that is handed in to the block that holds its anchor, alone on the node."""
    times = bench.of(2, 10, 30)
    with (
        linked(bench, ANVIL, "latency") as link,
        opened(link.founded, "latency") as (
            service,
            supplier,
        ),
    ):
        url = link.founded.node.url
        key = link.founded.founded.account(SUPPLIER).read_text("utf-8").strip()
        calls = Notary(link.chain, link.founded.founded.deployment.notary)
        raw = RawNode(url)

        def ours() -> float:
            return _MILLISECONDS * median(
                _until_mined(service, supplier, raw) for _ in range(times)
            )

        def synchronous() -> float:
            signed = link.presigner.anchors(times)
            return (
                _MILLISECONDS
                / times
                * seconds(
                    lambda: [raw.ask("eth_sendRawTransactionSync", to_hex(each)) for each in signed]
                )
            )

        def web3() -> float:
            call = calls.anchor(Digest(os.urandom(32)), 1)
            return _MILLISECONDS * seconds(
                lambda: send_with_receipt_by_web3(url, bytes.fromhex(key[-64:]), call.to, call.data)
            )

        with closing(raw):
            yield from contest(
                "chain-latency",
                "accepted to mined, one document, anvil",
                "ms",
                ours,
                [
                    Peer(
                        "eth_sendRawTransactionSync, signed beforehand",
                        synchronous,
                        at_most(1.5),
                        note="ours accepts, batches, asks the contract, signs, and keeps each of"
                        " these steps before it takes it",
                    ),
                    Peer("web3: build, sign, send, wait", web3, at_most(0.05)),
                ],
                rounds=bench.rounds,
            )


def gas(bench: Bench) -> Iterator[Result]:
    """What the anchor of a full batch costs."""
    with linked(bench, ANVIL, "gas") as link:
        calls = Notary(link.chain, link.founded.founded.deployment.notary)
        signed = link.presigner.calls(
            [calls.anchor(Digest(os.urandom(32)), _BATCH) for _ in range(2)]
        )
        with closing(RawNode(link.founded.node.url)) as node:
            names = [node.ask("eth_sendRawTransaction", to_hex(raw)) for raw in signed]
            used = int(node.ask("eth_getTransactionReceipt", names[-1])["gasUsed"], 16)
    note = (
        "beside the anchor's slot and event, the contract asks the membership contract whose key it"
        " is and whether that member may act: a cold call and two cold slots. Bundles of 16,384, as"
        f" `sealbook anchor --digests` makes them, cost {used / 16_384:.1f} a document"
    )
    what = f"the anchor of {_BATCH:,} documents"
    limit = _GAS_A_TRANSACTION + _CALLDATA_GAS
    yield Row(
        "gas", what, "gas a document", used / _BATCH, "limit", _GAS_A_DOCUMENT, at_most(1), note
    )
    yield Row("gas", what, "gas", used, "slot, event and calldata", limit, at_most(1), note)


def _until_mined(service: Service, supplier: Principal, node: RawNode) -> float:
    """Hand one document in; the seconds until a block holds its anchor."""
    height = node.ask("eth_blockNumber")

    def accept_and_step() -> None:
        hand_in(service, supplier, 1)
        settle(service)

    thread = threading.Thread(target=accept_and_step)
    start = time.perf_counter()
    thread.start()
    while thread.is_alive() and node.ask("eth_blockNumber") == height:
        time.sleep(0.001)
    elapsed = time.perf_counter() - start
    thread.join()
    return elapsed


def hand_in(service: Service, supplier: Principal, batches: int) -> None:
    """Hand in so many documents, of which each makes a batch of its own."""
    for _ in range(batches):
        documents = DocumentDigests(os.urandom(32), _BYTES_BEFORE_SIZE + b"\1")
        notarise_bundle(service.ledger, supplier, documents, "application/pdf", None)


def settle(service: Service) -> None:
    """Take the worker's steps until all transactions are final.

    Raises AssertionError if the worker comes to rest before.
    """
    while True:
        done = service.worker.step()
        with service.ledger.store.reading() as connection:
            states = set(connection.scalars(select(transactions.c.state).distinct()))
        if states <= {State.FINAL} and not _waiting(service):
            return
        if not done:
            raise AssertionError(f"transactions stay {', '.join(states)}")


def _waiting(service: Service) -> bool:
    with service.ledger.store.reading() as connection:
        return (
            connection.scalar(select(bundles.c.id).where(bundles.c.batch_id.is_(None))) is not None
        )


def _presigned(link: Link, number: int, run: Callable[[list[bytes]], None]) -> Run:
    def turn() -> float:
        raws = link.presigner.anchors(number)
        return rate(number, lambda: run(raws))

    return turn
