"""The chain: sending, and what a document costs there."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing

from ledger.chain.notary import Notary
from ledger.cli.digest_lists import LINES_PER_BUNDLE
from ledger.types import Digest, to_hex
from scripts.bench.anchoring import Link, linked
from scripts.bench.chain_traffic import (
    RawNode,
    groups,
    sealing_afterwards,
    send_by_web3,
    send_raw,
    wait_for,
)
from scripts.bench.consortium import ANVIL
from scripts.bench.contest import Peer, Run, contest, rate
from scripts.bench.rows import Growth, Result, Row, at_least, at_most
from scripts.bench.stage import Bench

_BATCH = 10_000
_DEFAULT_BATCH = LINES_PER_BUNDLE
_GROWTH = (10**3, 10**4, 10**5, 10**6)
_GAS_A_DOCUMENT = 5
_GAS_A_TRANSACTION = 46_000
_CALLDATA_GAS = 16 * 68  # a selector and two words, were no byte of them zero


def send(bench: Bench) -> Iterator[Result]:
    """Anchors that are signed already, until the node has taken all of them."""
    count, few = bench.of(20, 500, 3_000), bench.of(5, 50, 300)
    with linked(bench, ANVIL, "send") as link:
        url = link.founded.node.url
        yield from contest(
            "chain-send",
            f"{count:,} anchors, signed beforehand, anvil",
            "tx/s",
            _presigned(link, count, lambda raws: _send_by_adapter(link, raws)),
            [
                Peer(
                    "JSON-RPC batches, keep-alive, orjson",
                    _presigned(link, count, lambda raws: send_raw(url, raws)),
                    bench.goal(at_least(0.9)),
                ),
                Peer(
                    "web3 send_raw_transaction",
                    _presigned(link, few, lambda raws: send_by_web3(url, raws)),
                    bench.goal(at_least(15)),
                    "the node takes no more than the row of JSON-RPC batches shows",
                ),
            ],
            rounds=bench.rounds,
        )


def _send_by_adapter(link: Link, raws: list[bytes]) -> None:
    url = link.founded.node.url
    with sealing_afterwards(url):
        for group in groups(raws):
            if any(link.chain.send_many(group)):
                raise AssertionError("the node refused a transaction")
        wait_for(url, raws[-1])


def gas(bench: Bench) -> Iterator[Result]:
    """What the anchor of a batch costs."""
    with linked(bench, ANVIL, "gas") as link:
        used = {size: _gas_of(link, size) for size in {_BATCH, _DEFAULT_BATCH, *_GROWTH}}
    each = {size: f"{used[size] / size:.2g} at {size:,}" for size in (_BATCH, _DEFAULT_BATCH)}
    note = (
        "beside the anchor's slot and event, the contract asks the membership contract whose key it"
        " is and whether that member may act: a cold call and two cold slots, about 8,000 gas. A"
        f" document costs {each[_BATCH]} a batch, and {each[_DEFAULT_BATCH]}, the default"
    )
    for size, goal in ((_BATCH, at_most(1)), (_DEFAULT_BATCH, None)):
        what, cost = f"the anchor of {size:,} documents", used[size] / size
        yield Row("gas", what, "gas a document", cost, "limit", _GAS_A_DOCUMENT, goal, note)
    what, limit = f"the anchor of {_BATCH:,} documents", _GAS_A_TRANSACTION + _CALLDATA_GAS
    yield Row("gas", what, "gas", used[_BATCH], "slot, event and calldata", limit, at_most(1), note)
    costs = {size: used[size] / size for size in _GROWTH}
    yield Growth("gas", "a document of one batch", "gas", costs)


def _gas_of(link: Link, documents: int) -> int:
    """Of the anchor of a batch, by a key that has sent before."""
    calls = Notary(link.chain, link.founded.founded.deployment.notary)
    signed = link.presigner.calls(
        [calls.anchor(Digest(os.urandom(32)), documents) for _ in range(2)]
    )
    with closing(RawNode(link.founded.node.url)) as node:
        names = [node.ask("eth_sendRawTransaction", to_hex(raw)) for raw in signed]
        wait_for(link.founded.node.url, signed[-1])
        return int(node.ask("eth_getTransactionReceipt", names[-1])["gasUsed"], 16)


def _presigned(link: Link, number: int, run: Callable[[list[bytes]], None]) -> Run:
    def turn() -> float:
        raws = link.presigner.anchors(number)
        return rate(number, lambda: run(raws))

    return turn
