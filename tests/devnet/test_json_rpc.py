import json
import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devnet.chain import Devnet
from devnet.errors import RpcError
from devnet.rpc.dispatch import all_methods, respond
from devnet.rpc.values import Json
from tests.devnet.client import Client, hexed

REQUEST: dict[str, Json] = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"}
CHAIN_ID = "0x146966"


def ask(devnet: Devnet, document: Json) -> Any:
    """What comes back for a document; None when nothing does."""
    answer = respond(devnet, json.dumps(document).encode())
    return None if answer is None else json.loads(answer)


def error_code(answer: Any) -> int:
    assert set(answer) == {"jsonrpc", "id", "error"}
    assert answer["jsonrpc"] == "2.0"
    code: int = answer["error"]["code"]
    return code


@pytest.mark.parametrize("request_id", [1, "a", None, 1.5, 0, ""])
def test_an_answer_carries_the_id_of_its_request(devnet: Devnet, request_id: Json) -> None:
    answer = ask(devnet, {**REQUEST, "id": request_id})
    assert answer == {"jsonrpc": "2.0", "id": request_id, "result": CHAIN_ID}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"{'a': 1}", b"[1,", b"[" * 5000, b'{"id": NaN}']
)
def test_what_is_not_json_is_a_parse_error(devnet: Devnet, body: bytes) -> None:
    answer = respond(devnet, body)
    assert answer is not None
    document = json.loads(answer)
    assert (error_code(document), document["id"]) == (-32700, None)


@pytest.mark.parametrize(
    ("document", "request_id"),
    [
        ("eth_chainId", None),
        (1, None),
        (None, None),
        ({}, None),
        ({**REQUEST, "jsonrpc": "1.0"}, 1),
        ({"id": 1, "method": "eth_chainId"}, 1),
        ({"jsonrpc": "2.0", "id": 1}, 1),
        ({**REQUEST, "method": 1}, 1),
        ({**REQUEST, "id": []}, None),
        ({**REQUEST, "id": True}, None),
        ([], None),
        ([REQUEST] * 1001, None),
    ],
)
def test_what_is_no_request_is_an_invalid_request(
    devnet: Devnet, document: Json, request_id: Json
) -> None:
    answer = ask(devnet, document)
    assert (error_code(answer), answer["id"]) == (-32600, request_id)


@pytest.mark.parametrize("name", ["eth_foo", "", "eth_chainid", "request", "__class__", "x" * 9999])
def test_an_unknown_method_is_not_found(devnet: Devnet, name: str) -> None:
    answer = ask(devnet, {**REQUEST, "method": name})
    assert error_code(answer) == -32601
    assert len(answer["error"]["message"]) < 200


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("eth_chainId", [1], "too many parameters: 1, want at most 0"),
        ("eth_getBalance", [], "missing value for required parameter 0"),
        ("eth_getBalance", [None], "None is not an address, 0x and 40 hex digits"),
        ("eth_getBalance", ["0x01"], "'0x01' is not an address, 0x and 40 hex digits"),
        ("eth_getBalance", [hexed(bytes(20)), "0x01"], "is not a quantity"),
        ("eth_getBalance", [hexed(bytes(20)), {}], "either blockNumber or blockHash"),
        (
            "eth_getBalance",
            [hexed(bytes(20)), {"blockNumber": "0x0", "blockHash": hexed(bytes(32))}],
            "either blockNumber or blockHash",
        ),
        ("eth_getBlockByNumber", [hex(2**63), False], "is more than 0x7fffffffffffffff"),
        ("eth_getBlockByNumber", ["latest", "yes"], "'yes' is not true or false"),
        ("eth_getBlockByHash", ["latest", False], "is not a hash"),
        ("eth_sendRawTransaction", ["0x1"], "even number of hex digits"),
        ("eth_sendRawTransaction", ["02"], "even number of hex digits"),
        ("eth_call", ["0x"], "is not an object"),
        ("eth_getStorageAt", [hexed(bytes(20)), "0x"], "is not a storage slot"),
        ("eth_getStorageAt", [hexed(bytes(20)), f"0x{'0' * 65}"], "is not a storage slot"),
        ("eth_chainId", {}, "params must be an array"),
        ("eth_chainId", "a", "params must be an array"),
        ("evm_increaseTime", [-1], "-1 is not a quantity"),
        ("evm_increaseTime", [True], "True is not a quantity"),
    ],
)
def test_bad_parameters_are_named(devnet: Devnet, method: str, params: Json, message: str) -> None:
    answer = ask(devnet, {**REQUEST, "method": method, "params": params})
    assert error_code(answer) == -32602
    assert message in answer["error"]["message"]


def test_an_error_with_data_carries_it(client: Client) -> None:
    error = ask(
        client.devnet, {**REQUEST, "method": "eth_call", "params": [{"data": "0x60006000fd"}]}
    )
    assert error["error"] == {"code": 3, "message": "execution reverted", "data": "0x"}


def test_a_batch_is_answered_in_order_and_without_its_notifications(devnet: Devnet) -> None:
    notification: Json = {"jsonrpc": "2.0", "method": "evm_mine"}
    batch: Json = [
        {**REQUEST, "id": 7},
        notification,
        {**REQUEST, "id": 8, "method": "eth_foo"},
        1,
        {**REQUEST, "id": 9, "method": "eth_blockNumber"},
    ]
    first, unknown, invalid, last = ask(devnet, batch)
    assert first == {"jsonrpc": "2.0", "id": 7, "result": CHAIN_ID}
    assert (unknown["id"], error_code(unknown)) == (8, -32601)
    assert (invalid["id"], error_code(invalid)) == (None, -32600)
    assert last == {"jsonrpc": "2.0", "id": 9, "result": "0x1"}


@pytest.mark.parametrize("method", ["evm_mine", "eth_foo", "eth_getBalance"])
def test_a_notification_has_no_answer(devnet: Devnet, method: str) -> None:
    notification: Json = {"jsonrpc": "2.0", "method": method}
    assert ask(devnet, notification) is None
    assert ask(devnet, [notification, notification]) is None


def test_a_fault_of_our_own_shows_nothing_of_the_inside(
    devnet: Devnet, caplog: pytest.LogCaptureFixture
) -> None:
    devnet._chain.database.execute("DROP TABLE logs")
    with caplog.at_level(logging.ERROR, "devnet"):
        answer = ask(devnet, {**REQUEST, "method": "eth_getLogs", "params": [{}]})
    assert answer["error"] == {"code": -32603, "message": "internal error: see the devnet's log"}
    assert "no such table: logs" in caplog.text


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["latest", "pending", "0x", "0x0", "0x1", hexed(bytes(20)), hexed(bytes(32))])
    | st.integers(0, 2**260).map(hex)
    | st.binary(max_size=40).map(hexed)
)
MEMBERS = (
    "from to data gas value nonce gasPrice maxFeePerGas accessList storageKeys address topics"
    " blockHash blockNumber fromBlock toBlock"
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(MEMBERS.split()), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def worn() -> Any:
    with Devnet.open(None) as devnet:
        yield devnet


@settings(max_examples=200, deadline=None)
@given(values | st.dictionaries(st.sampled_from(["jsonrpc", "id", "method", "params"]), values))
def test_any_document_gets_answers_that_are_json(worn: Devnet, document: Json) -> None:
    answer = respond(worn, json.dumps(document).encode())
    if answer is not None:
        decoded = json.loads(answer)
        for each in decoded if isinstance(decoded, list) else [decoded]:
            assert error_code(each) in {-32700, -32600, -32601, -32602}


@settings(max_examples=400, deadline=None)
@given(method=st.sampled_from(sorted(all_methods().methods)), params=st.lists(values, max_size=3))
def test_no_parameters_cause_a_fault_of_our_own(
    worn: Devnet, method: str, params: list[Json]
) -> None:
    try:
        worn.request(method, params)
    except RpcError as exc:
        assert exc.code in {-32602, -32000, 3}  # noqa: PT017  # success is fine too
