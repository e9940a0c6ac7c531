"""What the service's own machinery brings onto a chain in a second, beside the engine's limit."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

from sqlalchemy import select

from ledger.chain.contract import ContractCall
from ledger.chain.membership import Role
from ledger.chain.web3_adapter import connect
from ledger.services.context import Ledger
from ledger.services.principals import Principal
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.store.schema import transactions
from ledger.types import MemberId, parse_address
from scripts.bench.anchoring import Link, hand_in, linked, settle
from scripts.bench.chain_traffic import sealing_often, send_raw
from scripts.bench.consortium import ANVIL, DEVNET, opened
from scripts.bench.contest import Absent, Peer, contest, rate, seconds
from scripts.bench.rows import Growth, Missing, Result
from scripts.bench.stage import Bench
from scripts.founding import SUCCESSOR, Governing

_STAGE = "chain-throughput"
_INVOICE = (
    Path(__file__).parents[2] / "tests" / "vectors" / "good" / "kosit__01.01a-INVOICE_ubl.xml"
)
_NUMBER = b"123456XX"
_LIMIT = "engine's limit: signed beforehand"
_ALONE = (
    "batches of one document, which close at once, without HTTP;"
    " each is kept at every step, and its receipt proved in its block"
)
_BUYER = MemberId("org:kunde")


def throughput(bench: Bench) -> Iterator[Result]:
    """Batches, and invoices registered, from what is kept in the database to what is final."""
    for chain in bench.of((DEVNET,), (ANVIL,), (ANVIL, DEVNET)):
        try:
            with linked(bench, chain, chain) as link:
                yield from _batches(bench, link, chain)
                yield from _invoices(bench, link, chain)
        except Absent as reason:
            yield Missing(_STAGE, str(reason))


def _batches(bench: Bench, link: Link, chain: str) -> Iterator[Result]:
    number = bench.of(3, 50, 200 if chain == ANVIL else 100)
    url = link.founded.node.url
    with opened(link.founded, "batches") as (service, supplier):

        def anchor(batches: int) -> None:
            hand_in(service, supplier, batches)
            with sealing_often(url):
                settle(service)

        yield from contest(
            _STAGE,
            f"{number:,} batches, accepted to final, {chain}",
            "batches/s",
            lambda: rate(number, lambda: anchor(number)),
            [Peer(_LIMIT, lambda: _limit(url, link.presigner.anchors(number)), note=_ALONE)],
            rounds=bench.of(1, 1, 3),
        )
        sizes = [10**power for power in range(1, bench.of(1, 2, 3 if chain == ANVIL else 2) + 1)]
        costs = {size: seconds(partial(anchor, size)) * 1e3 / size for size in sizes}
        yield Growth(_STAGE, f"a batch, accepted to final, {chain}", "ms", costs)


def _invoices(bench: Bench, link: Link, chain: str) -> Iterator[Result]:
    number = bench.of(3, 25, 100 if chain == ANVIL else 50)
    url, numbers = link.founded.node.url, count()
    _admit_buyer(link)
    with (
        opened(link.founded, "invoices") as (service, supplier),
        opened(link.founded, "copied") as (copied, other),
    ):

        def ours() -> float:
            _register(service.ledger, supplier, number, numbers)
            with sealing_often(url):
                return rate(number, lambda: settle(service))

        def limit() -> float:
            _register(copied.ledger, other, number, numbers)
            return _limit(url, link.presigner.calls(_newest_calls(copied.ledger, number)))

        yield from contest(
            _STAGE,
            f"{number:,} invoices registered, kept to final, {chain}",
            "invoices/s",
            ours,
            [Peer(_LIMIT, limit)],
            rounds=bench.of(1, 1, 3),
        )


def _register(ledger: Ledger, supplier: Principal, number: int, numbers: Iterator[int]) -> None:
    for _ in range(number):
        content = _INVOICE.read_bytes().replace(_NUMBER, b"BENCH-%d" % next(numbers))
        register_invoice(ledger, supplier, InvoiceUpload(content, "application/xml", _BUYER), None)


def _newest_calls(ledger: Ledger, number: int) -> list[ContractCall]:
    """What the ledger would send for what it has accepted last."""
    chosen = select(transactions.c.recipient, transactions.c.data).order_by(transactions.c.id)
    with ledger.store.reading() as connection:
        rows = connection.execute(chosen).all()[-number:]
    return [ContractCall(parse_address(to), data) for to, data in rows]


def _limit(url: str, raws: list[bytes]) -> float:
    return rate(len(raws), lambda: send_raw(url, raws))


def _admit_buyer(link: Link) -> None:
    with closing(connect(link.founded.node.url)) as chain:
        council = Governing(link.founded.founded, chain)
        operator = link.founded.founded.signer(SUCCESSOR).address
        council.decide(council.membership.admit(_BUYER, Role.BUYER, operator))
