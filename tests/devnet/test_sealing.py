import itertools
import sqlite3
import time
from pathlib import Path

import pytest

from devnet.chain import Devnet
from devnet.clock import Clock
from devnet.errors import RpcError
from tests.devnet.bytecode import CONTEXT, STORE, words
from tests.devnet.client import Client, hexed, number


def test_pending_transactions_are_sealed_together_in_their_order(pooled: Client) -> None:
    first, second, receiver, *_ = pooled.devnet.accounts
    hashes = [
        pooled.send(sender, to=receiver.address, value=1)
        for sender in (first, second, first, first, second)
    ]
    assert pooled.ask("eth_blockNumber") == "0x0"
    pooled.devnet.seal()
    assert pooled.ask("eth_blockNumber") == "0x1"
    assert pooled.ask("eth_getBlockByNumber", "latest")["transactions"] == hashes
    assert pooled.ask("eth_getBlockTransactionCountByNumber", "0x1") == "0x5"
    assert pooled.ask("eth_getBlockTransactionCountByNumber", "pending") == "0x0"


def test_nothing_is_sealed_when_nothing_waits(pooled: Client) -> None:
    pooled.devnet.seal()
    assert pooled.ask("eth_blockNumber") == "0x0"


def test_a_pending_transaction_is_seen_and_has_no_receipt(pooled: Client) -> None:
    sender, receiver, *_ = pooled.devnet.accounts
    transaction_hash = pooled.send(sender, to=receiver.address, value=3)
    pending = pooled.ask("eth_getTransactionByHash", transaction_hash)
    assert (pending["value"], pending["from"]) == ("0x3", sender.address)
    assert (pending["blockHash"], pending["blockNumber"], pending["transactionIndex"]) == (
        None,
    ) * 3
    assert pooled.ask("eth_getTransactionReceipt", transaction_hash) is None
    assert pooled.ask("eth_getTransactionCount", sender.address, "pending") == "0x1"
    assert pooled.ask("eth_getTransactionCount", sender.address, "latest") == "0x0"
    block = pooled.ask("eth_getBlockByNumber", "pending", True)
    assert (block["number"], block["hash"], block["transactions"]) == ("0x1", None, [pending])
    assert pooled.ask("eth_getBlockTransactionCountByNumber", "pending") == "0x1"


def test_the_same_transaction_twice_is_already_known(pooled: Client) -> None:
    sender, receiver, *_ = pooled.devnet.accounts
    encoded = hexed(pooled.sign(sender, to=receiver.address))
    pooled.ask("eth_sendRawTransaction", encoded)
    with pytest.raises(RpcError, match=r"^already known$"):
        pooled.ask("eth_sendRawTransaction", encoded)
    pooled.devnet.seal()
    with pytest.raises(RpcError, match=r"^nonce too low: next nonce 1, tx nonce 0$"):
        pooled.ask("eth_sendRawTransaction", encoded)


def test_a_pending_transaction_is_replaced_for_a_tenth_more(pooled: Client) -> None:
    sender, receiver, *_ = pooled.devnet.accounts
    fees = {"maxFeePerGas": 10**10, "maxPriorityFeePerGas": 10**9}
    stuck = pooled.send(sender, to=receiver.address, value=1, **fees)
    follower = pooled.send(sender, to=receiver.address, value=2, **fees)
    enough = {"maxFeePerGas": 11 * 10**9, "maxPriorityFeePerGas": 11 * 10**8}
    for name, fee in enough.items():
        raised = {**enough, name: fee - 1}
        with pytest.raises(RpcError, match=r"^replacement transaction underpriced"):
            pooled.send(sender, to=receiver.address, value=3, nonce=0, **raised)
    replacement = pooled.send(sender, to=receiver.address, value=3, nonce=0, **enough)
    assert pooled.ask("eth_getTransactionByHash", stuck) is None
    pooled.devnet.seal()
    assert pooled.ask("eth_getBlockByNumber", "latest")["transactions"] == [replacement, follower]


def test_what_waits_counts_against_the_balance(pooled: Client) -> None:
    sender, receiver, *_ = pooled.devnet.accounts
    most = number(pooled.ask("eth_getBalance", sender.address)) * 6 // 10
    pooled.send(sender, to=receiver.address, value=most)
    with pytest.raises(RpcError, match=r"^insufficient funds"):
        pooled.send(sender, to=receiver.address, value=most, nonce=1)
    pooled.send(sender, to=receiver.address, value=1, nonce=1)


def test_a_full_block_is_sealed_early(pooled: Client) -> None:
    sender, receiver, *_ = pooled.devnet.accounts
    for _ in range(3):
        pooled.send(sender, to=receiver.address, gas=10_000_000)
    assert pooled.ask("eth_blockNumber") == "0x0"
    pooled.send(sender, to=receiver.address, gas=21_000)
    assert pooled.ask("eth_blockNumber") == "0x1"
    assert pooled.ask("eth_getBlockTransactionCountByNumber", "0x1") == "0x3"
    pooled.devnet.seal()
    assert pooled.ask("eth_getBlockTransactionCountByNumber", "0x2") == "0x1"


def test_the_base_fee_rises_after_a_full_block(pooled: Client) -> None:
    sender, receiver, *_ = pooled.devnet.accounts
    pooled.send(sender, data=b"\xfe", gas=30_000_000)  # INVALID takes all its gas
    pooled.devnet.seal()
    first, second = (pooled.ask("eth_getBlockByNumber", hex(height)) for height in (0, 1))
    assert second["gasUsed"] == hex(30_000_000)
    fees = [number(block["baseFeePerGas"]) for block in (first, second)]
    pending = number(pooled.ask("eth_getBlockByNumber", "pending")["baseFeePerGas"])
    assert (fees, pending) == ([1_000_000_000, 875_000_000], 984_375_000)
    with pytest.raises(RpcError, match="less than block base fee: 984374999 < 984375000"):
        pooled.send(sender, to=receiver.address, maxFeePerGas=984_374_999, maxPriorityFeePerGas=0)


def test_a_block_that_cannot_be_written_leaves_the_chain_as_it_was(tmp_path: Path) -> None:
    with Devnet.open(tmp_path, auto_seal=False) as devnet:
        client = Client(devnet)
        sender, receiver, *_ = devnet.accounts
        head = client.ask("eth_getBlockByNumber", "latest")
        database = devnet._chain.database
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count = {pages}")  # the disk is full
        transaction_hash = client.send(sender, to=receiver.address, data=bytes(10_000), gas=10**6)
        with pytest.raises(sqlite3.OperationalError, match="full"):
            devnet.seal()
        assert client.ask("eth_getBlockByNumber", "latest") == head
        assert client.ask("eth_getBlockByNumber", "0x1") is None
        database.execute(f"PRAGMA max_page_count = {pages + 1000}")  # and is cleared
        devnet.seal()
        receipt = client.ask("eth_getTransactionReceipt", transaction_hash)
        assert (receipt["status"], receipt["blockNumber"]) == ("0x1", "0x1")


def test_a_transaction_that_could_not_be_written_can_be_sent_again(tmp_path: Path) -> None:
    with Devnet.open(tmp_path) as devnet:
        client = Client(devnet)
        sender, receiver, *_ = devnet.accounts
        encoded = hexed(client.sign(sender, to=receiver.address, data=bytes(10_000), gas=10**6))
        database = devnet._chain.database
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            client.ask("eth_sendRawTransaction", encoded)
        database.execute(f"PRAGMA max_page_count = {pages + 1000}")
        transaction_hash = client.ask("eth_sendRawTransaction", encoded)
        assert client.ask("eth_getTransactionReceipt", transaction_hash)["status"] == "0x1"


def test_timestamps_never_fall_and_never_run_ahead_of_the_world(client: Client) -> None:
    started = int(time.time())
    for _ in range(60):
        client.ask("evm_mine")
    timestamps = [
        number(client.ask("eth_getBlockByNumber", hex(height))["timestamp"]) for height in range(61)
    ]
    assert all(earlier <= later for earlier, later in itertools.pairwise(timestamps))
    assert started - 1 <= timestamps[0]
    assert timestamps[-1] <= time.time()


def test_the_clock_can_be_moved(client: Client) -> None:
    now = int(time.time())
    assert client.ask("evm_increaseTime", 3600) == 3600
    client.ask("evm_mine")
    head = number(client.ask("eth_getBlockByNumber", "latest")["timestamp"])
    assert now + 3600 <= head <= time.time() + 3600
    assert client.ask("evm_setNextBlockTimestamp", head + 100) is None
    client.ask("evm_mine")
    assert number(client.ask("eth_getBlockByNumber", "latest")["timestamp"]) == head + 100
    client.ask("evm_mine", head + 500)
    assert number(client.ask("eth_getBlockByNumber", "latest")["timestamp"]) == head + 500
    client.ask("evm_mine")
    later = number(client.ask("eth_getBlockByNumber", "latest")["timestamp"])
    assert head + 500 <= later <= head + 502


def test_the_clock_cannot_be_set_before_the_last_block(client: Client) -> None:
    head = number(client.ask("eth_getBlockByNumber", "latest")["timestamp"])
    with pytest.raises(RpcError, match=f"timestamp {head - 1} is before the last block's, {head}"):
        client.ask("evm_setNextBlockTimestamp", head - 1)
    client.ask("evm_mine", head)
    assert number(client.ask("eth_getBlockByNumber", "latest")["timestamp"]) == head


def test_a_clock_behind_its_parent_waits_at_the_parents_time() -> None:
    clock = Clock(offset_seconds=-1000)
    parent = int(time.time())
    assert clock.timestamp_after(parent) == parent


def test_execution_sees_the_blocks_own_timestamp(client: Client) -> None:
    sender = client.devnet.accounts[0]
    recorder = client.create(sender, bytes.fromhex("4260005500"))  # SSTORE(0, TIMESTAMP)
    client.ask("evm_setNextBlockTimestamp", 2_000_000_000)
    receipt = client.sent(sender, to=recorder)
    assert number(client.ask("eth_getStorageAt", recorder, "0x0")) == 2_000_000_000
    block = client.ask("eth_getBlockByHash", receipt["blockHash"])
    assert number(block["timestamp"]) == 2_000_000_000


def test_a_snapshot_brings_back_state_blocks_and_clock(client: Client) -> None:
    sender, receiver, *_ = client.devnet.accounts
    store = client.create(sender, STORE)
    snapshot = client.ask("evm_snapshot")
    before = client.ask("eth_getBlockByNumber", "latest")
    client.ask("evm_increaseTime", 10**6)
    changed = client.send(sender, to=store, data=words(1, 1))
    assert client.ask("evm_revert", snapshot) is True
    assert client.ask("eth_getBlockByNumber", "latest") == before
    assert client.ask("eth_getTransactionByHash", changed) is None
    assert client.ask("eth_getStorageAt", store, "0x1") == hexed(words(0))
    receipt = client.sent(sender, to=receiver.address, nonce=1)
    assert receipt["blockNumber"] == "0x2"
    timestamp = number(client.ask("eth_getBlockByNumber", "0x2")["timestamp"])
    assert timestamp <= time.time()
    assert client.ask("evm_revert", snapshot) is False


def test_a_revert_drops_later_snapshots_and_keeps_earlier_ones(client: Client) -> None:
    first = client.ask("evm_snapshot")
    client.ask("evm_mine")
    second = client.ask("evm_snapshot")
    client.ask("evm_mine")
    third = client.ask("evm_snapshot")
    assert client.ask("evm_revert", second) is True
    assert client.ask("eth_blockNumber") == "0x1"
    assert client.ask("evm_revert", third) is False
    assert client.ask("evm_revert", first) is True
    assert client.ask("eth_blockNumber") == "0x0"
    assert client.ask("evm_revert", "0x0") is False


def test_a_chain_on_disk_takes_no_snapshots(tmp_path: Path) -> None:
    with (
        Devnet.open(tmp_path) as devnet,
        pytest.raises(RpcError, match="snapshots need a chain in memory"),
    ):
        devnet.request("evm_snapshot", [])


def test_a_call_sees_the_context_of_its_block(client: Client) -> None:
    context = client.create(client.devnet.accounts[0], CONTEXT)
    client.ask("evm_mine", 2_000_000_000)
    client.ask("evm_setNextBlockTimestamp", 2_000_000_100)
    assert client.ask("eth_call", {"to": context}) == hexed(words(2, 2_000_000_000))
    assert client.ask("eth_call", {"to": context}, "pending") == hexed(words(3, 2_000_000_100))
