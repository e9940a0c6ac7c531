"""eth-tester's own front end reads the same chain."""

import pytest
from eth_tester import EthereumTester

from tests.devnet.bytecode import STORE, words
from tests.devnet.client import Client, hexed, number


@pytest.fixture
def tester(client: Client) -> EthereumTester:
    return EthereumTester(client.devnet._node.backend, auto_mine_transactions=False)


def test_eth_tester_sees_what_the_devnet_sealed(client: Client, tester: EthereumTester) -> None:
    sender = client.devnet.accounts[0]
    store = client.create(sender, STORE)
    receipt = client.sent(sender, to=store, data=words(1, 2))
    block = tester.get_block_by_number("latest")
    assert (block["number"], block["hash"]) == (2, receipt["blockHash"])
    assert tester.get_transaction_receipt(receipt["transactionHash"])["gas_used"] == number(
        receipt["gasUsed"]
    )
    assert tester.get_balance(sender.address) == number(
        client.ask("eth_getBalance", sender.address)
    )
    assert tester.get_nonce(sender.address) == 2
    assert tester.get_storage_at(store, "0x1") == hexed(words(2))
    assert set(tester.get_accounts()) == {account.address for account in client.devnet.accounts}


def test_eth_tester_cannot_make_blocks_past_the_index(tester: EthereumTester) -> None:
    with pytest.raises(NotImplementedError, match="blocks are made by seal"):
        tester.mine_block()
