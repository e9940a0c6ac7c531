"""The process is killed in the middle of a stream of transactions, again and again."""

import random
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import rlp
from eth_utils.crypto import keccak

from tests.devnet.bytecode import creation, logger, words
from tests.devnet.client import hexed, number
from tests.devnet.process import Running, running

ROUNDS = 4
VALUE = 1000
FUNDS = 10**24


class Stream:
    """Sends transfers and log calls without pause, and keeps the receipts that it was shown."""

    def __init__(self, server: Running, emitter: str) -> None:
        self._server = server
        self._emitter = emitter
        self.acknowledged: list[dict[str, Any]] = []
        self._thread = threading.Thread(target=self._send)

    def _send(self) -> None:
        sender, receiver, *_ = self._server.ask("eth_accounts")
        position = 0
        try:
            while True:
                position += 1
                call = {"to": self._emitter, "data": hexed(words(position, 7))}
                transfer = {"to": receiver, "value": hex(VALUE)}
                request = {
                    "from": sender,
                    "gas": hex(60_000),
                    **(call if position % 2 else transfer),
                }
                transaction_hash = self._server.ask("eth_sendTransaction", request)
                receipt = self._server.ask("eth_getTransactionReceipt", transaction_hash)
                self.acknowledged.append(receipt)
        except httpx.TransportError:  # the process is gone
            return

    def __enter__(self) -> "Stream":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def check_whole_chain(server: Running) -> list[dict[str, Any]]:
    """Every block links to the one before and is complete; returns all receipts."""
    receipts = []
    parent = None
    for height in range(number(server.ask("eth_blockNumber")) + 1):
        block = server.ask("eth_getBlockByNumber", hex(height), True)
        assert parent is None or block["parentHash"] == parent
        assert server.ask("eth_getBlockByHash", block["hash"], True) == block
        sealed = server.ask("eth_getBlockReceipts", block["hash"])
        assert [each["hash"] for each in block["transactions"]] == [
            each["transactionHash"] for each in sealed
        ]
        for receipt in sealed:
            found = server.ask("eth_getTransactionReceipt", receipt["transactionHash"])
            assert found == receipt
        receipts += sealed
        parent = block["hash"]
    return receipts


def check_state(server: Running, receipts: list[dict[str, Any]]) -> None:
    """The state is the sum of the sealed transactions, at the head and proved by its root."""
    sender, receiver, *_ = server.ask("eth_accounts")
    sent = [server.ask("eth_getTransactionByHash", each["transactionHash"]) for each in receipts]
    moved = sum(number(each["value"]) for each in sent)
    paid = sum(number(each["gasUsed"]) * number(each["effectiveGasPrice"]) for each in receipts)
    assert number(server.ask("eth_getBalance", receiver)) == FUNDS + moved
    assert number(server.ask("eth_getBalance", sender)) == FUNDS - moved - paid
    assert number(server.ask("eth_getTransactionCount", sender)) == len(receipts)
    root = server.ask("eth_getBlockByNumber", "latest")["stateRoot"]
    proof = server.ask("eth_getProof", sender, [], "latest")["accountProof"]
    assert hexed(keccak(bytes.fromhex(proof[0][2:]))) == root
    logs = server.ask("eth_getLogs", {"fromBlock": "0x0"})
    assert logs == [log for receipt in receipts for log in receipt["logs"]]


def check_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        headers = connection.execute("SELECT hash, header FROM blocks").fetchall()
        assert all(keccak(header) == block_hash for block_hash, header in headers)
        roots = [rlp.decode(header)[3] for _, header in headers]
        for root in roots:
            found = connection.execute("SELECT 1 FROM nodes WHERE key = ?", (root,)).fetchone()
            assert found is not None
    finally:
        connection.close()


def test_a_kill_at_any_moment_leaves_exactly_the_sealed_blocks(tmp_path: Path) -> None:
    data_dir = tmp_path / "chain"
    moments = random.Random(2026)  # noqa: S311  # when to kill, repeatably
    with running(data_dir) as server:
        sender = server.ask("eth_accounts")[0]
        created = server.ask(
            "eth_sendTransaction", {"from": sender, "data": hexed(creation(logger(1)))}
        )
        receipt = server.ask("eth_getTransactionReceipt", created)
    acknowledged = [receipt]
    for _ in range(ROUNDS):
        with running(data_dir) as server:
            receipts = check_whole_chain(server)
            assert receipts[: len(acknowledged)] == acknowledged
            assert len(receipts) <= len(acknowledged) + 1  # sealed, and the answer was lost
            acknowledged = receipts
            check_state(server, receipts)
            with Stream(server, receipt["contractAddress"]) as stream:
                time.sleep(moments.uniform(0.1, 0.6))
                server.kill()
            assert stream.acknowledged
            acknowledged += stream.acknowledged
        check_database(data_dir / "chain.sqlite3")
