import http.client
import math
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from eth_account import Account as Signer
from web3 import HTTPProvider, Web3

from devnet.errors import DevnetError
from devnet.opening import DEFAULT_CHAIN_ID
from devnet.rpc.values import Json
from devnet.server import run
from tests.devnet.process import Running, command, running

JSON_TYPE = {"content-type": "application/json"}
CHAIN_ID_REQUEST = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("devnet") / "chain") as process:
        yield process


def exchange(
    server: Running,
    body: bytes = CHAIN_ID_REQUEST,
    *,
    method: str = "POST",
    path: str = "/",
    headers: dict[str, str] = JSON_TYPE,
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlparse(server.url).netloc, timeout=20)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def test_web3_works_over_http(server: Running) -> None:
    web3 = Web3(HTTPProvider(server.url))
    assert web3.is_connected()
    assert web3.eth.chain_id == DEFAULT_CHAIN_ID
    key = (server.data_dir / "keys" / "account-0.key").read_text().strip()
    sender = Signer.from_key(key)
    accounts = list(web3.eth.accounts)
    assert accounts[0] == sender.address
    signed = sender.sign_transaction(
        {
            "chainId": web3.eth.chain_id,
            "nonce": web3.eth.get_transaction_count(sender.address),
            "to": accounts[1],
            "value": 1,
            "gas": 21_000,
            "maxFeePerGas": 2 * web3.eth.gas_price,
            "maxPriorityFeePerGas": web3.eth.max_priority_fee,
        }
    )
    receipt = web3.eth.wait_for_transaction_receipt(
        web3.eth.send_raw_transaction(signed.raw_transaction)
    )
    assert receipt["status"] == 1
    assert web3.eth.get_block(receipt["blockHash"])["transactions"] == [signed.hash]


def test_a_batch_is_answered(server: Running) -> None:
    batch: list[Json] = [{"jsonrpc": "2.0", "id": n, "method": "eth_chainId"} for n in range(100)]
    assert [answer["id"] for answer in server.post(list(batch))] == list(range(100))


def test_a_notification_gets_no_content(server: Running) -> None:
    status, _, body = exchange(server, b'{"jsonrpc":"2.0","method":"eth_chainId"}')
    assert (status, body) == (204, b"")


def test_errors_are_answers_like_others(server: Running) -> None:
    status, headers, body = exchange(server, b"{")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert b'"code":-32700' in body


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/", {"content-type": "application/json; charset=utf-8"}, 200),
        ("POST", "/", {"content-type": "text/plain"}, 415),
        ("POST", "/", {}, 415),
        ("GET", "/", JSON_TYPE, 405),
        ("POST", "/other", JSON_TYPE, 404),
        ("POST", "/", {**JSON_TYPE, "host": "localhost:1"}, 200),
        ("POST", "/", {**JSON_TYPE, "host": "[::1]:1"}, 200),
        ("POST", "/", {**JSON_TYPE, "host": "evil.example"}, 400),
    ],
)
def test_only_json_posted_to_this_machine_is_answered(
    server: Running, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    assert exchange(server, method=method, path=path, headers=headers)[0] == status


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:3000", True),
        ("http://127.0.0.1:8000", True),
        ("https://evil.example", False),
        ("http://localhost.evil.example", False),
    ],
)
def test_pages_of_this_machine_may_call(server: Running, origin: str, allowed: bool) -> None:  # noqa: FBT001  # a parameter
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    _, headers, _ = exchange(server, b"", method="OPTIONS", headers=asked)
    assert (headers.get("access-control-allow-origin") == origin) is allowed


def test_a_body_of_eight_mebibytes_is_read_and_a_longer_one_is_not(server: Running) -> None:
    longest = CHAIN_ID_REQUEST.ljust(8 * 1024 * 1024)
    assert exchange(server, longest)[0] == 200
    assert exchange(server, longest + b" ")[0] == 413


def test_an_upload_that_stops_half_way_harms_nobody(server: Running) -> None:
    address = urlparse(server.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    assert exchange(server)[0] == 200


def test_a_second_process_on_the_same_chain_is_refused(server: Running) -> None:
    second = subprocess.run(
        command(server.data_dir), capture_output=True, text=True, timeout=30, check=False
    )
    assert second.returncode == 2
    assert second.stderr == (
        f"devnet: another process runs the chain in {server.data_dir}: stop it, or use another"
        " data directory\n"
    )
    assert server.ask("eth_chainId") == hex(DEFAULT_CHAIN_ID)


def test_a_port_that_is_taken_is_named(server: Running, tmp_path: Path) -> None:
    port = urlparse(server.url).port or 0
    with pytest.raises(DevnetError) as caught:
        run(tmp_path / "chain", port=port)
    assert str(caught.value) == (
        f"cannot listen on 127.0.0.1 port {port} (Address already in use): choose another port, or"
        " 0 for a free one"
    )


@pytest.mark.parametrize("seconds", [0, -1, math.nan])
def test_a_block_time_that_is_no_time_is_refused(tmp_path: Path, seconds: float) -> None:
    with pytest.raises(DevnetError, match="the block time is a number of seconds above zero"):
        run(tmp_path / "chain", block_time_seconds=seconds)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly_and_it_said_what_it_is(
    tmp_path: Path, number: signal.Signals
) -> None:
    with running(tmp_path / "chain", "--chain-id", "4242", "--accounts", "2") as server:
        assert server.ask("eth_chainId") == hex(4242)
        server.ask("evm_mine")
        code, _, errors = server.stop(number)
        assert code == 0
        assert "THIS IS A DEVELOPMENT CHAIN" in errors
        for fact in (server.url, "4242", str(tmp_path / "chain"), "(2 accounts)"):
            assert fact in errors
        assert "block 1 sealed: 0 transactions, 0 gas, 0x" in errors
        assert "Traceback" not in errors
        assert not (tmp_path / "chain.url").exists()


def test_at_an_interval_many_transactions_share_a_block(tmp_path: Path) -> None:
    with running(tmp_path / "chain", "--block-time", "0.5") as server:
        sender, receiver, *_ = server.ask("eth_accounts")
        request: Json = {"from": sender, "to": receiver, "gas": hex(21_000)}
        hashes = [server.ask("eth_sendTransaction", request) for _ in range(5)]
        deadline = time.monotonic() + 20
        while server.ask("eth_getTransactionReceipt", hashes[-1]) is None:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        receipts = [server.ask("eth_getTransactionReceipt", each) for each in hashes]
        assert len({receipt["blockNumber"] for receipt in receipts}) < len(hashes)
        time.sleep(1.2)
        assert server.ask("eth_blockNumber") == receipts[-1]["blockNumber"]  # no empty blocks


def test_what_waits_is_sealed_when_the_process_is_told_to_stop(tmp_path: Path) -> None:
    with running(tmp_path / "chain", "--block-time", "3600") as server:
        sender, receiver, *_ = server.ask("eth_accounts")
        request: Json = {"from": sender, "to": receiver, "value": "0x1"}
        transaction_hash = server.ask("eth_sendTransaction", request)
        assert server.ask("eth_blockNumber") == "0x0"
        assert server.stop()[0] == 0
    with running(tmp_path / "chain") as server:
        assert server.ask("eth_getTransactionReceipt", transaction_hash)["status"] == "0x1"
