from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devnet.chain import Devnet
from devnet.errors import RpcError
from devnet.rpc.values import Json
from tests.devnet.bytecode import creation, logger, words
from tests.devnet.client import Client, JsonObject, hexed, number

TOPIC_VALUES = (1, 2, 3)


@pytest.fixture(scope="module")
def emitted() -> Iterator[tuple[Client, list[str], list[JsonObject]]]:
    """A chain with logs of every number of topics, its contracts, and all logs by its receipts."""
    with Devnet.open(None, auto_seal=False) as devnet:
        client = Client(devnet)
        sender = devnet.accounts[0]
        creations = [client.send(sender, data=creation(logger(topics))) for topics in range(5)]
        devnet.seal()
        contracts = [
            client.ask("eth_getTransactionReceipt", each)["contractAddress"] for each in creations
        ]
        calls = product(range(5), TOPIC_VALUES, TOPIC_VALUES)
        for position, (topics, first, second) in enumerate(calls):
            data = words(position, first, second, first, second)
            client.send(sender, to=contracts[topics], data=data)
            if position % 7 == 0:
                devnet.seal()
                client.ask("evm_mine")  # blocks without logs lie between
        devnet.seal()
        yield client, contracts, _all_logs(client)


def _all_logs(client: Client) -> list[JsonObject]:
    head = number(client.ask("eth_blockNumber"))
    receipts = [
        receipt
        for height in range(head + 1)
        for receipt in client.ask("eth_getBlockReceipts", hex(height))
    ]
    return [log for receipt in receipts for log in receipt["logs"]]


def matches(log: JsonObject, wanted: dict[str, Any]) -> bool:
    """The rules of eth_getLogs, read from the specification and without an index."""
    if "blockHash" in wanted and log["blockHash"] != wanted["blockHash"]:
        return False
    height = number(log["blockNumber"])
    if (
        not number(wanted.get("fromBlock", "0x0"))
        <= height
        <= number(wanted.get("toBlock", "0xff"))
    ):
        return False
    addresses = wanted.get("address", [])
    if addresses and log["address"] not in (
        [addresses] if isinstance(addresses, str) else addresses
    ):
        return False
    topics = wanted.get("topics", [])
    if len(topics) > len(log["topics"]):
        return False
    return all(
        not choice or topic in ([choice] if isinstance(choice, str) else choice)
        for choice, topic in zip(topics, log["topics"], strict=False)
    )


heights = st.integers(0, 20).map(hex)
topic = st.sampled_from([hexed(words(value)) for value in (*TOPIC_VALUES, 99)])
choices = st.none() | topic | st.lists(topic, max_size=3)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_logs_found_are_those_that_match(
    emitted: tuple[Client, list[str], list[JsonObject]], data: st.DataObject
) -> None:
    client, contracts, logs = emitted
    address = st.sampled_from([*contracts, hexed(bytes(20))])
    wanted: dict[str, Any] = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "address": address | st.lists(address, max_size=3),
                "topics": st.lists(choices, max_size=4),
            },
        )
    )
    if data.draw(st.booleans()):
        first, last = sorted((data.draw(heights), data.draw(heights)), key=number)
        place = {"fromBlock": first, "toBlock": last}
    else:
        height = data.draw(st.integers(0, number(client.ask("eth_blockNumber"))))
        place = {"blockHash": client.ask("eth_getBlockByNumber", hex(height))["hash"]}
    wanted.update(place)
    assert client.ask("eth_getLogs", wanted) == [log for log in logs if matches(log, wanted)]


def test_without_a_range_the_latest_block_is_searched(
    emitted: tuple[Client, list[str], list[JsonObject]],
) -> None:
    client, _, logs = emitted
    head = client.ask("eth_blockNumber")
    latest = [log for log in logs if log["blockNumber"] == head]
    assert latest
    assert client.ask("eth_getLogs", {}) == latest


@pytest.mark.parametrize(
    ("wanted", "code", "message"),
    [
        ({"blockHash": hexed(words(1))}, -32000, "unknown block"),
        ({"blockHash": hexed(words(1)), "toBlock": "0x1"}, -32602, "blockHash excludes"),
        ({"fromBlock": "0x2", "toBlock": "0x1"}, -32602, "fromBlock 2 is after toBlock 1"),
        ({"topics": [None] * 5}, -32602, "not an array of at most 4"),
        ({"topics": ["0x01"]}, -32602, "not a hash"),
        ({"topics": [[["0x01"]]]}, -32602, "not a hash"),
        ({"address": "0x01"}, -32602, "not an address"),
        ({"address": [hexed(bytes(20))] * 1001}, -32602, "not an array of at most 1000"),
        ({"fromBlock": "newest"}, -32602, "not a quantity"),
        ({"fromBlock": "0x01"}, -32602, "not a quantity"),
        ([], -32602, "not an object"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(
    client: Client, wanted: Json, code: int, message: str
) -> None:
    with pytest.raises(RpcError, match=message) as caught:
        client.ask("eth_getLogs", wanted)
    assert caught.value.code == code


def test_a_filter_gives_each_new_log_once(client: Client) -> None:
    sender = client.devnet.accounts[0]
    emitter, other = client.create(sender, logger(1)), client.create(sender, logger(1))
    client.send(sender, to=emitter, data=words(1, 7))
    wanted: Json = {"address": emitter, "topics": [hexed(words(7))]}
    number_of_filter = client.ask("eth_newFilter", wanted)
    assert client.ask("eth_getFilterChanges", number_of_filter) == []
    expected = [client.sent(sender, to=emitter, data=words(2, 7))["logs"][0]]
    client.send(sender, to=other, data=words(3, 7))
    client.send(sender, to=emitter, data=words(4, 8))
    expected.append(client.sent(sender, to=emitter, data=words(5, 7))["logs"][0])
    assert client.ask("eth_getFilterChanges", number_of_filter) == expected
    assert client.ask("eth_getFilterChanges", number_of_filter) == []
    assert client.ask("eth_getFilterLogs", number_of_filter) == expected


def test_a_filter_does_not_wait_for_a_block_that_is_there(client: Client) -> None:
    block_hash = client.ask("eth_getBlockByNumber", "0x0")["hash"]
    with pytest.raises(RpcError, match="give no blockHash"):
        client.ask("eth_newFilter", {"blockHash": block_hash})


def test_a_filter_may_begin_in_the_past_and_end(client: Client) -> None:
    sender = client.devnet.accounts[0]
    emitter = client.create(sender, logger(0))
    past = client.sent(sender, to=emitter, data=words(1))["logs"]
    wanted: Json = {"fromBlock": "0x1", "toBlock": "0x3"}
    number_of_filter = client.ask("eth_newFilter", wanted)
    within, beyond = (client.sent(sender, to=emitter, data=words(n))["logs"] for n in (2, 3))
    assert client.ask("eth_getFilterChanges", number_of_filter) == within
    assert client.ask("eth_getFilterLogs", number_of_filter) == past + within
    assert beyond[0]["blockNumber"] == "0x4"


def test_a_filter_for_blocks_gives_each_new_hash_once(client: Client) -> None:
    client.ask("evm_mine")
    number_of_filter = client.ask("eth_newBlockFilter")
    for _ in range(2):
        client.ask("evm_mine")
    hashes = [client.ask("eth_getBlockByNumber", height)["hash"] for height in ("0x2", "0x3")]
    assert client.ask("eth_getFilterChanges", number_of_filter) == hashes
    assert client.ask("eth_getFilterChanges", number_of_filter) == []
    with pytest.raises(RpcError, match="has no logs"):
        client.ask("eth_getFilterLogs", number_of_filter)


def test_a_filter_that_was_uninstalled_is_gone(client: Client) -> None:
    number_of_filter = client.ask("eth_newBlockFilter")
    assert client.ask("eth_uninstallFilter", number_of_filter) is True
    assert client.ask("eth_uninstallFilter", number_of_filter) is False
    with pytest.raises(RpcError, match="filter not found"):
        client.ask("eth_getFilterChanges", number_of_filter)


def test_too_many_filters_push_out_the_one_polled_longest_ago(client: Client) -> None:
    first, second = (client.ask("eth_newBlockFilter") for _ in range(2))
    client.ask("eth_getFilterChanges", first)
    for _ in range(999):
        client.ask("eth_newBlockFilter")
    assert client.ask("eth_getFilterChanges", first) == []
    with pytest.raises(RpcError, match="filter not found"):
        client.ask("eth_getFilterChanges", second)
