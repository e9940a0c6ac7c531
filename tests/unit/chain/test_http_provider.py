"""What a node's HTTP may do: each connection here answers with bytes that a test has written."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException

import orjson
import pytest
from web3 import Web3
from web3.types import RPCEndpoint

from ledger.chain import http_provider, rpc
from ledger.chain.http_provider import HttpProvider
from ledger.chain.web3_adapter import Web3Chain, connect
from ledger.errors import NodeError, TransportError

CHAIN_ID = RPCEndpoint("eth_chainId")
ANSWER = b'{"jsonrpc":"2.0","id":1,"result":"0x539"}'

Act = Callable[[socket.socket], bool]
"""Answers one request. Returns whether the connection stays open."""


def written(body: bytes = ANSWER, head: bytes = b"HTTP/1.1 200 OK", *lines: bytes) -> Act:
    whole = b"\r\n".join([head, b"Content-Length: %d" % len(body), *lines, b"", body])

    def act(connection: socket.socket) -> bool:
        connection.sendall(whole)
        return True

    return act


def raw(answer: bytes, *, stays: bool = False) -> Act:
    def act(connection: socket.socket) -> bool:
        connection.sendall(answer)
        return stays

    return act


def then_closed(act: Act) -> Act:
    def both(connection: socket.socket) -> bool:
        act(connection)
        return False

    return both


def slowly(answer: bytes, pause_seconds: float) -> Act:
    def act(connection: socket.socket) -> bool:
        for byte in answer:
            connection.sendall(bytes([byte]))
            time.sleep(pause_seconds)
        return True

    return act


class Node:
    """Answers requests with what is written, in turn, the last for ever; keeps what it was sent."""

    def __init__(self) -> None:
        self.acts: list[Act] = [written()]
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while request := _read_request(connection):
                self.requests.append(request)
                act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
                if not act(connection):
                    break
        except OSError:  # who asked has gone
            pass
        connection.close()


def _read_request(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(65_536)
        if not piece:
            return b""
        request += piece
    head, _, body = request.partition(b"\r\n\r\n")
    size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < size:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def node() -> Iterator[Node]:
    started = Node()
    yield started
    started.stop()


@pytest.fixture
def provider(node: Node) -> Iterator[HttpProvider]:
    opened = HttpProvider(node.url, timeout_seconds=5.0, max_answer_bytes=1000)
    yield opened
    opened.close()


@pytest.fixture
def chain(node: Node, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web3Chain]:
    monkeypatch.setattr(rpc, "_PAUSES_SECONDS", (0.0, 0.0, 0.0))
    opened = connect(node.url, timeout_seconds=5.0)
    yield opened
    opened.close()


def ask(provider: HttpProvider) -> object:
    return provider.make_request(CHAIN_ID, [])


def test_a_connection_is_used_again(node: Node, provider: HttpProvider) -> None:
    assert [ask(provider) for _ in range(3)] == [orjson.loads(ANSWER)] * 3
    assert (node.connections, len(node.requests)) == (1, 3)


def test_web3_itself_can_use_it(provider: HttpProvider) -> None:
    assert Web3(provider).eth.chain_id == 0x539


def test_a_question_is_json_rpc_and_asks_for_no_compression(
    node: Node, provider: HttpProvider
) -> None:
    ask(provider)
    head, _, body = node.requests[0].partition(b"\r\n\r\n")
    assert orjson.loads(body) == {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "eth_chainId",
        "params": [],
    }
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert b"\r\nAccept-Encoding: identity\r\n" in head
    assert b"Authorization" not in head


def test_path_query_and_password_of_the_url_are_sent(node: Node) -> None:
    url = node.url.replace("//", "//us%65r:p%40ss@") + "/v3/key?a=b"
    provider = HttpProvider(url, timeout_seconds=5.0)
    ask(provider)
    provider.close()
    assert node.requests[0].startswith(b"POST /v3/key?a=b HTTP/1.1\r\n")
    assert b"Authorization: Basic dXNlcjpwQHNz\r\n" in node.requests[0]


def test_a_proxy_of_the_environment_is_not_asked(
    provider: HttpProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert ask(provider) == orjson.loads(ANSWER)


@pytest.mark.parametrize(
    "closing", [then_closed(written()), written(ANSWER, b"HTTP/1.1 200 OK", b"Connection: close")]
)
def test_a_connection_that_the_node_closed_meanwhile_is_opened_anew(
    node: Node, provider: HttpProvider, closing: Act
) -> None:
    node.acts = [closing, written()]
    ask(provider)
    time.sleep(0.05)
    assert ask(provider) == orjson.loads(ANSWER)
    assert (node.connections, len(node.requests)) == (2, 2)


def test_a_connection_that_was_idle_for_long_is_not_used_again(
    node: Node, provider: HttpProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(provider)
    monkeypatch.setattr(http_provider, "_MOST_IDLE_SECONDS", -1.0)
    ask(provider)
    assert (node.connections, len(node.requests)) == (2, 2)


@pytest.mark.parametrize("status", [b"401 Unauthorized", b"404 Not Found", b"413 Too Large"])
def test_a_request_that_is_refused_as_such_is_not_repeated_and_the_status_is_told(
    node: Node, chain: Web3Chain, status: bytes
) -> None:
    node.acts = [written(b"no", b"HTTP/1.1 " + status)]
    with pytest.raises(NodeError, match=f"HTTP status {int(status[:3])}"):
        chain.chain_id()
    assert len(node.requests) == 1


def test_a_large_question_is_sent_whole(node: Node) -> None:
    provider = HttpProvider(node.url, timeout_seconds=5.0)
    provider.make_request(CHAIN_ID, ["0x" + "00" * 4_000_000])
    provider.close()
    assert len(node.requests[0]) > 8_000_000


def test_a_node_that_closes_every_connection_is_not_asked_for_ever(
    node: Node, provider: HttpProvider
) -> None:
    ask(provider)
    node.acts = [raw(b"")]
    with pytest.raises(ConnectionError):
        ask(provider)
    assert len(node.requests) == 3


def test_threads_have_connections_of_their_own_at_the_same_time(
    node: Node, provider: HttpProvider
) -> None:
    node.acts = [slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 0.002)]
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(ask(provider))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{}] * 4
    assert node.connections == 4


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_an_answer_in_chunks_is_joined(node: Node, provider: HttpProvider) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in ANSWER)
    node.acts = [raw(CHUNKED + chunks + b"0\r\n\r\n", stays=True)]
    assert [ask(provider), ask(provider)] == [orjson.loads(ANSWER)] * 2
    assert node.connections == 1


def test_an_answer_that_ends_with_its_connection_is_read(
    node: Node, provider: HttpProvider
) -> None:
    node.acts = [raw(b"HTTP/1.0 200 OK\r\n\r\n" + ANSWER)]
    assert [ask(provider), ask(provider)] == [orjson.loads(ANSWER)] * 2
    assert node.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n" + ANSWER,
        CHUNKED + b"29\r\n" + ANSWER[:20],
        CHUNKED + b"29\r\n" + ANSWER + b"\r\n",
        CHUNKED + b"zz\r\n" + ANSWER,
        b"HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: %s\r\n" % (b"y" * 70_000) + b"\r\n{}",
    ],
)
def test_an_answer_that_is_not_whole_or_not_one_is_asked_for_again_and_given_up(
    node: Node, provider: HttpProvider, chain: Web3Chain, answer: bytes
) -> None:
    node.acts = [raw(answer)]
    with pytest.raises((HTTPException, ConnectionError)):
        ask(provider)
    with pytest.raises(TransportError, match="does not answer"):
        chain.chain_id()
    assert len(node.requests) == 1 + 4
    assert not any(b"elsewhere" in request for request in node.requests)
    node.acts = [written()]
    assert chain.chain_id().reference == 0x539


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"result":', b'{"result":NaN}', b"\xff", gzip.compress(ANSWER, mtime=0)],
)
def test_what_is_not_json_is_no_answer(node: Node, chain: Web3Chain, body: bytes) -> None:
    node.acts = [written(body)]
    with pytest.raises(TransportError, match="does not answer"):
        chain.chain_id()


def test_deeply_nested_json_is_no_answer(node: Node, chain: Web3Chain) -> None:
    node.acts = [written(b"[" * 100_000)]
    with pytest.raises(TransportError, match="does not answer"):
        chain.chain_id()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        CHUNKED + b"%x\r\n" % 1001 + b"1" * 1001 + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"1" * 1001,
    ],
)
def test_an_answer_beyond_the_bound_is_an_error_of_the_node(
    node: Node, provider: HttpProvider, answer: bytes
) -> None:
    node.acts = [raw(answer)]
    with pytest.raises(NodeError, match="larger than 1000 bytes"):
        ask(provider)


def test_an_answer_at_the_bound_is_read(node: Node, provider: HttpProvider) -> None:
    node.acts = [written(b'"' + b"1" * 998 + b'"')]
    assert ask(provider) == "1" * 998


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 41\r\n\r\n" + ANSWER,
        b"HTTP/1.1 200 OK\r\nContent-Length: 41\r\n\r\n",
        CHUNKED + b"29\r\n" + ANSWER,
    ],
)
def test_a_node_that_drips_is_given_up_at_the_deadline(node: Node, answer: bytes) -> None:
    node.acts = [slowly(answer, 0.05)]
    chain = connect(node.url, timeout_seconds=0.3)
    began = time.monotonic()
    with pytest.raises(TransportError, match="does not answer"):
        chain.chain_id()
    chain.close()
    assert 0.3 <= time.monotonic() - began < 1.5
    assert len(node.requests) == 1


def test_answers_of_a_batch_are_put_into_the_order_of_the_questions(
    node: Node, provider: HttpProvider
) -> None:
    node.acts = [written(b'[{"id":2,"result":"second"},{"id":1,"result":"first"}]')]
    answers = provider.make_batch_request([(CHAIN_ID, []), (CHAIN_ID, [])])
    assert isinstance(answers, list)
    assert [answer["result"] for answer in answers] == ["first", "second"]


@pytest.mark.parametrize(
    "body",
    [
        b"[1,2]",
        b'[{"id":1},{"id":"2"}]',
        b"[{},{}]",
        b'[{"id":1}]',
        b'[{"id":8,"result":null},{"id":9,"result":null}]',
        b'[{"id":1,"result":null},{"id":1,"result":null}]',
        b'[{"id":1,"result":null},{"id":2,"result":null},{"id":3,"result":null}]',
    ],
)
def test_a_batch_whose_answers_are_not_those_of_its_questions_is_an_error_of_the_node(
    node: Node, chain: Web3Chain, body: bytes
) -> None:
    node.acts = [written(body)]
    with pytest.raises(NodeError):
        chain.receipts_of([bytes(32), bytes(32)])


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(node: Node) -> None:
    node.acts = [raw(b"")]
    chain = connect(node.url.replace("http:", "https:"), timeout_seconds=0.5)
    with pytest.raises(TransportError, match="does not answer"):
        chain.chain_id()
    chain.close()


def test_who_forgets_to_close_leaves_no_connection_open(node: Node) -> None:
    provider = HttpProvider(node.url, timeout_seconds=5.0)
    ask(provider)
    del provider  # a socket left open would be warned of, and warnings are errors
    assert node.connections == 1
