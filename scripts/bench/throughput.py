"""What the service's own machinery brings onto a chain in a second, beside the engine's limit."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from sqlalchemy import select

from ledger.chain.contract import ContractCall
from ledger.chain.membership import Role
from ledger.chain.web3_adapter import connect
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.store.schema import transactions
from ledger.types import MemberId, parse_address
from scripts.bench.chain import Link, hand_in, linked, settle
from scripts.bench.chain_traffic import send_raw
from scripts.bench.consortium import ANVIL, DEVNET, opened
from scripts.bench.contest import Absent, Peer, contest, rate
from scripts.bench.rows import Missing, Result
from scripts.bench.stage import Bench
from scripts.founding import SUCCESSOR, Governing

_STAGE = "chain-throughput"
_INVOICE = (
    Path(__file__).parents[2] / "tests" / "vectors" / "good" / "kosit__01.01a-INVOICE_ubl.xml"
)
_NUMBER = b"123456XX"
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
    number = bench.of(3, 50, 500 if chain == ANVIL else 200)
    url = link.founded.node.url
    with opened(link.founded, "batches") as (service, supplier):

        def anchor(batches: int) -> None:
            hand_in(service, supplier, batches)
            settle(service)

        yield from contest(
            _STAGE,
            f"{number:,} batches, accepted to final, {chain}",
            "batches/s",
            lambda: rate(number, lambda: anchor(number)),
            [
                Peer(
                    "engine's limit: signed beforehand",
                    lambda: _limit(url, link.presigner.anchors(number)),
                )
            ],
            rounds=bench.of(1, 1, 3),
        )


def _invoices(bench: Bench, link: Link, chain: str) -> Iterator[Result]:
    number = bench.of(3, 25, 200 if chain == ANVIL else 100)
    url, numbers = link.founded.node.url, count()
    _admit_buyer(link)
    with (
        opened(link.founded, "invoices") as (service, supplier),
        opened(link.founded, "copied") as (copied, other),
    ):

        def accept(of: object) -> None:
            ledger, principal = (
                (service.ledger, supplier) if of is service else (copied.ledger, other)
            )
            for _ in range(number):
                content = _INVOICE.read_bytes().replace(_NUMBER, b"BENCH-%d" % next(numbers))
                upload = InvoiceUpload(content, "application/xml", _BUYER)
                register_invoice(ledger, principal, upload, None)

        def ours() -> float:
            accept(service)
            return rate(number, lambda: settle(service))

        def limit() -> float:
            accept(copied)
            with copied.ledger.store.writing() as connection:
                rows = connection.execute(
                    select(transactions.c.recipient, transactions.c.data).order_by(
                        transactions.c.id
                    )
                ).all()
            calls = [ContractCall(parse_address(to), data) for to, data in rows[-number:]]
            return _limit(url, link.presigner.calls(calls))

        yield from contest(
            _STAGE,
            f"{number:,} invoices registered, kept to final, {chain}",
            "invoices/s",
            ours,
            [Peer("engine's limit: signed beforehand", limit)],
            rounds=bench.of(1, 1, 3),
        )


def _limit(url: str, raws: list[bytes]) -> float:
    return rate(len(raws), lambda: send_raw(url, raws))


def _admit_buyer(link: Link) -> None:
    with closing(connect(link.founded.node.url)) as chain:
        council = Governing(link.founded.founded, chain)
        operator = link.founded.founded.signer(SUCCESSOR).address
        council.decide(council.membership.admit(_BUYER, Role.BUYER, operator))
