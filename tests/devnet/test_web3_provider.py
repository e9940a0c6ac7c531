"""web3.py as the client: what it makes of the devnet's answers, in the same process."""

import threading
from typing import Any

import pytest
from eth_account import Account as Signer
from web3 import Web3
from web3.exceptions import BlockNotFound, ContractLogicError, TransactionNotFound, Web3RPCError

from devnet.chain import Devnet
from devnet.provider import DevnetProvider
from tests.devnet.bytecode import ECHO_REVERT, STORE, creation, logger, words


@pytest.fixture
def web3(devnet: Devnet) -> Any:  # web3's annotations refuse much of what its methods take
    return Web3(DevnetProvider(devnet))


def create(web3: Any, runtime: bytes) -> str:
    sender = web3.eth.accounts[0]
    created = web3.eth.send_transaction({"from": sender, "data": creation(runtime)})
    address: str = web3.eth.wait_for_transaction_receipt(created)["contractAddress"]
    return address


def test_web3_is_connected(web3: Any, devnet: Devnet) -> None:
    assert web3.is_connected()
    assert web3.client_version.startswith("sealbook-devnet/eth-tester-")
    assert web3.net.version == str(devnet.chain_id) == str(web3.eth.chain_id)
    assert web3.net.listening
    assert web3.net.peer_count == 0
    assert web3.eth.syncing is False
    assert list(web3.eth.accounts) == [account.address for account in devnet.accounts]


def test_web3_reads_what_it_sent(web3: Any, devnet: Devnet) -> None:
    sender, receiver, *_ = devnet.accounts
    signed = Signer.from_key(sender.private_key).sign_transaction(
        {
            "chainId": devnet.chain_id,
            "nonce": 0,
            "gas": 21_000,
            "to": receiver.address,
            "value": 3,
            "maxFeePerGas": 10**10,
            "maxPriorityFeePerGas": 10**9,
        }
    )
    sent = web3.eth.send_raw_transaction(signed.raw_transaction)
    receipt = web3.eth.wait_for_transaction_receipt(sent)
    block = web3.eth.get_block("latest", full_transactions=True)
    assert receipt["blockHash"] == block["hash"]
    assert block["transactions"] == [web3.eth.get_transaction(sent)]
    assert web3.eth.get_transaction_by_block(block["number"], 0)["hash"] == sent
    assert web3.eth.get_block_receipts("latest") == [receipt]
    assert web3.eth.get_transaction_count(sender.address) == 1
    assert web3.eth.get_balance(receiver.address) == 10**24 + 3
    assert web3.eth.get_balance(receiver.address, block["parentHash"]) == 10**24
    assert web3.eth.fee_history(2, "latest", [50])["reward"] == [[0], [10**9]]


def test_web3_reads_a_pending_block(web3: Any) -> None:
    block = web3.eth.get_block("pending")
    assert (block["number"], block["transactions"]) == (1, [])


def test_web3_filters_logs(web3: Any) -> None:
    sender = web3.eth.accounts[0]
    emitter = create(web3, logger(2))
    waiting = web3.eth.filter({"address": emitter, "topics": [words(7)]})
    sent = web3.eth.send_transaction({"from": sender, "to": emitter, "data": words(1, 7, 8)})
    receipt = web3.eth.wait_for_transaction_receipt(sent)
    found = web3.eth.get_logs({"fromBlock": 0, "address": emitter, "topics": [None, words(8)]})
    assert found == receipt["logs"]
    assert waiting.get_new_entries() == receipt["logs"]
    assert [bytes(each) for each in found[0]["topics"]] == [words(7), words(8)]


def test_web3_proves_storage(web3: Any) -> None:
    sender = web3.eth.accounts[0]
    store = create(web3, STORE)
    web3.eth.send_transaction({"from": sender, "to": store, "data": words(1, 2)})
    proof = web3.eth.get_proof(store, [1])
    assert [each["value"] for each in proof["storageProof"]] == [b"\x02"]
    assert web3.eth.get_storage_at(store, 1) == words(2)


def test_web3_raises_its_own_errors(web3: Any) -> None:
    sender = web3.eth.accounts[0]
    reverter = create(web3, ECHO_REVERT)
    with pytest.raises(ContractLogicError) as caught:
        web3.eth.call({"to": reverter, "data": b"\x01\x02\x03\x04"})
    assert caught.value.data == "0x01020304"
    with pytest.raises(ContractLogicError):
        web3.eth.estimate_gas({"from": sender, "to": reverter})
    with pytest.raises(TransactionNotFound):
        web3.eth.get_transaction(words(1))
    with pytest.raises(BlockNotFound):
        web3.eth.get_block(99)
    with pytest.raises(Web3RPCError, match="malformed transaction"):
        web3.eth.send_raw_transaction(b"\xc0")


def test_web3_sends_batches(web3: Any) -> None:
    account = web3.eth.accounts[0]
    with web3.batch_requests() as batch:
        batch.add(web3.eth.get_block("latest"))
        batch.add(web3.eth.get_balance(account))
        block, balance = batch.execute()
    assert block["number"] == 0
    assert balance == 10**24


def test_many_threads_may_ask_at_once(web3: Any) -> None:
    accounts = web3.eth.accounts

    def send(sender: Any) -> None:
        for _ in range(5):
            sent = web3.eth.send_transaction({"from": sender, "to": accounts[0], "value": 1})
            assert web3.eth.get_transaction_receipt(sent)["status"] == 1

    threads = [threading.Thread(target=send, args=(sender,)) for sender in accounts[1:5]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert web3.eth.block_number == 20
    assert web3.eth.get_balance(accounts[0]) == 10**24 + 20
