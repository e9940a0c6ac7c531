"""Transactions that are signed beforehand, and the ways to send them."""

import http.client
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson
from eth_utils.crypto import keccak
from web3 import HTTPProvider, Web3
from web3.types import TxParams

from ledger.chain.contract import ContractCall
from ledger.chain.notary import Notary
from ledger.chain.port import Fees
from ledger.chain.signer import KeySigner, UnsignedTransaction
from ledger.chain.web3_adapter import Web3Chain
from ledger.types import Digest
from scripts.bench.consortium import Founding
from scripts.founding import SUPPLIER

GROUP = 100
"""Requests in one JSON-RPC batch."""

_GAS_FACTOR = 1.3
_WAIT_SECONDS = 30
_SECONDS_BETWEEN_BLOCKS = 0.02
_GWEI = 10**9
_FEES = Fees(max_fee_per_gas=10 * _GWEI, priority_fee_per_gas=_GWEI)


class Presigner:
    """Signs with the supplier's key, each time with the next nonce that the node has not seen."""

    def __init__(self, founded: Founding, chain: Web3Chain) -> None:
        self._chain = chain
        self._signer: KeySigner = founded.founded.signer(SUPPLIER)
        self._chain_id = chain.chain_id()
        self._notary = Notary(chain, founded.founded.deployment.notary)

    def anchors(self, count: int) -> list[bytes]:
        """Anchors of random roots."""
        return self.calls([self._notary.anchor(Digest(os.urandom(32)), 1) for _ in range(count)])

    def calls(self, calls: Sequence[ContractCall]) -> list[bytes]:
        """Calls that take as much gas as the first one, or somewhat more."""
        first = calls[0]
        gas = self._chain.estimate_gas(self._signer.address, first.to, first.data)
        nonce = self._chain.transaction_count(self._signer.address)
        limit = int(gas * _GAS_FACTOR)
        return [
            self._signer.sign(
                UnsignedTransaction(self._chain_id, nonce + place, call.to, call.data, limit, _FEES)
            ).raw
            for place, call in enumerate(calls)
        ]


class RawNode:
    """JSON-RPC over one connection that stays open, and nothing else."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def ask_all(self, questions: Sequence[tuple[str, list[object]]]) -> list[Any]:
        """The results of questions, in one request. Raises RuntimeError for an error object."""
        body = orjson.dumps(
            [
                {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
                for number, (method, parameters) in enumerate(questions)
            ]
        )
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", "/", body, headers)
        answers = orjson.loads(self._connection.getresponse().read())
        if failed := [answer["error"] for answer in answers if "error" in answer]:
            raise RuntimeError(f"the node refused: {failed[0]}")
        return [answer["result"] for answer in sorted(answers, key=lambda answer: answer["id"])]

    def ask(self, method: str, *parameters: object) -> Any:
        """The result of one question."""
        return self.ask_all([(method, list(parameters))])[0]


def send_raw(url: str, raws: Sequence[bytes]) -> None:
    """Send as fast as the node takes them, in JSON-RPC batches, and wait until blocks hold them."""
    with sealing_afterwards(url), closing(RawNode(url)) as node:
        for group in groups(raws):
            node.ask_all([("eth_sendRawTransaction", [f"0x{raw.hex()}"]) for raw in group])
        wait_for(url, raws[-1])


@contextmanager
def sealing_afterwards(url: str) -> Iterator[None]:
    """Let what is sent meanwhile wait in the node's pool, and seal it at the end.

    anvil runs the requests of a batch at the same time. If it sealed each at once, one that comes
    before its predecessor could stay in the pool for good, though that one is sealed meanwhile.
    """
    with closing(RawNode(url)) as node:
        if not _set_automine(node, on=False):
            yield
            return
        # Each full block asks more of the next: what was signed beforehand would pay too little.
        node.ask("anvil_setNextBlockBaseFeePerGas", hex(_GWEI))
        try:
            yield
        finally:
            _set_automine(node, on=True)


@contextmanager
def sealing_often(url: str) -> Iterator[None]:
    """Let anvil seal what there is every few milliseconds, for the same reason."""
    with closing(RawNode(url)) as node, closing(RawNode(url)) as other:
        if not _set_automine(node, on=False):
            yield
            return
        ending = threading.Event()

        def seal() -> None:
            while not ending.wait(_SECONDS_BETWEEN_BLOCKS):
                other.ask("evm_mine")

        thread = threading.Thread(target=seal)
        thread.start()
        try:
            yield
        finally:
            ending.set()
            thread.join()
            _set_automine(node, on=True)


def _set_automine(node: RawNode, *, on: bool) -> bool:
    """Let a node seal each transaction at once, or not; whether it can do otherwise.

    The devnet takes one after the other and knows no such choice.
    """
    try:
        node.ask("evm_setAutomine", on)
    except RuntimeError:
        return False
    return True


def wait_for(url: str, raw: bytes) -> None:
    """Seal blocks until one holds a transaction. Raises RuntimeError if none ever does."""
    name = f"0x{keccak(raw).hex()}"
    deadline = time.monotonic() + _WAIT_SECONDS
    with closing(RawNode(url)) as node:
        while node.ask("eth_getTransactionReceipt", name) is None:
            if time.monotonic() > deadline:
                raise RuntimeError("the node took a transaction and seals it in no block")
            node.ask("evm_mine")


def send_by_web3(url: str, raws: Sequence[bytes]) -> None:
    """Send one after the other, and wait until blocks hold them."""
    web3 = Web3(HTTPProvider(url))
    with sealing_afterwards(url):
        for raw in raws:
            web3.eth.send_raw_transaction(raw)
        wait_for(url, raws[-1])


def send_with_receipt_by_web3(url: str, key: bytes, to: str, data: bytes) -> None:
    """Build, sign, send and wait for one transaction, as web3's documentation does it."""
    web3 = Web3(HTTPProvider(url))
    account = web3.eth.account.from_key(key)
    asked: TxParams = {
        "from": account.address,
        "to": Web3.to_checksum_address(to),
        "data": data,
        "nonce": web3.eth.get_transaction_count(account.address),
        "gas": 200_000,
        "maxFeePerGas": Web3.to_wei(_FEES.max_fee_per_gas, "wei"),
        "maxPriorityFeePerGas": Web3.to_wei(_GWEI, "wei"),
        "chainId": web3.eth.chain_id,
    }
    name = web3.eth.send_raw_transaction(account.sign_transaction(asked).raw_transaction)
    web3.eth.wait_for_transaction_receipt(name)


def groups(raws: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Parts of as many as are sent at once."""
    return (raws[start : start + GROUP] for start in range(0, len(raws), GROUP))
