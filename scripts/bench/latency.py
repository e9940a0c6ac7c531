"""From a document that is handed in to the block that holds its anchor."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from statistics import median

from api.wiring import Service
from ledger.chain.notary import Notary
from ledger.services.principals import Principal
from ledger.types import Digest, to_hex
from scripts.bench.anchoring import Link, hand_in, linked, settle
from scripts.bench.chain_traffic import RawNode, send_with_receipt_by_web3
from scripts.bench.consortium import ANVIL, opened
from scripts.bench.contest import Peer, contest, seconds
from scripts.bench.rows import Result, at_most
from scripts.bench.stage import Bench
from scripts.founding import SUPPLIER

_MILLISECONDS = 1000
_POLL_SECONDS = 0.001
_OURS = (
    "ours accepts, batches, asks the contract, signs, and keeps each of these steps before it takes"
    " it; its batches close at once, without HTTP; the default waits up to 1 s for company"
)
_WEB3 = "web3 asks once before it waits: where the node has sealed by then, it waits for nothing"


def latency(bench: Bench) -> Iterator[Result]:
    """Of one document at a time, alone on the node, which seals each transaction at once."""
    with (
        linked(bench, ANVIL, "latency") as link,
        opened(link.founded, "latency") as (service, supplier),
        closing(RawNode(link.founded.node.url)) as node,
    ):
        ways = _Ways(link, service, supplier, node, times=bench.of(2, 10, 30))
        yield from contest(
            "chain-latency",
            "accepted to mined, one document, batches close at once, without HTTP, anvil",
            "ms",
            ways.ours,
            [
                Peer(
                    "eth_sendRawTransactionSync, signed beforehand",
                    ways.synchronous,
                    at_most(1.5),
                    _OURS,
                ),
                Peer(
                    "web3: build, sign, send, ask for the receipt every 0.1 s (its default)",
                    ways.web3,
                    at_most(0.05),
                    f"{_OURS}. {_WEB3}",
                ),
            ],
            rounds=bench.rounds,
        )


@dataclass(frozen=True, slots=True)
class _Ways:
    """Ways to anchor one document, each in milliseconds: the median of a run.

    times: the documents of one run.
    """

    link: Link
    service: Service
    supplier: Principal
    node: RawNode
    times: int

    def ours(self) -> float:
        """By the service, from what its API calls to the block."""
        return _MILLISECONDS * median(self._until_mined() for _ in range(self.times))

    def synchronous(self) -> float:
        """By the node's own waiting."""
        signed = [to_hex(raw) for raw in self.link.presigner.anchors(self.times)]
        return _MILLISECONDS * median(
            seconds(partial(self.node.ask, "eth_sendRawTransactionSync", raw)) for raw in signed
        )

    def web3(self) -> float:
        """As its documentation does it."""
        founded = self.link.founded.founded
        key = bytes.fromhex(founded.account(SUPPLIER).read_text("utf-8").strip()[-64:])
        notary = Notary(self.link.chain, founded.deployment.notary)
        calls = [notary.anchor(Digest(os.urandom(32)), 1) for _ in range(self.times)]
        send = partial(send_with_receipt_by_web3, self.link.founded.node.url, key)
        return _MILLISECONDS * median(seconds(partial(send, call.to, call.data)) for call in calls)

    def _until_mined(self) -> float:
        """Hand one document in; the seconds until a block holds its anchor."""
        height = self.node.ask("eth_blockNumber")

        def accept_and_step() -> None:
            hand_in(self.service, self.supplier, 1)
            settle(self.service)

        thread = threading.Thread(target=accept_and_step)
        start = time.perf_counter()
        thread.start()
        while thread.is_alive() and self.node.ask("eth_blockNumber") == height:
            time.sleep(_POLL_SECONDS)
        elapsed = time.perf_counter() - start
        thread.join()
        return elapsed
