"""What stands between the service and the node: loses, delays and alters what they say."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from scripts.processes import NO_AUTHORITIES

_BAD_GATEWAY = 502
_SEND = "eth_sendRawTransaction"


class Fate(Enum):
    """What becomes of one HTTP exchange."""

    PASS = auto()
    DROP = auto()
    """The connection is closed before the node hears anything."""
    LOSE = auto()
    """The node acts, and the connection is closed without its answer."""
    FAIL = auto()
    """An HTTP error of a gateway, before the node hears anything."""


Rule = Callable[[frozenset[str]], Fate]
"""Decides by the JSON-RPC methods of an exchange: one, or those of a batch."""


class Proxy:
    """An HTTP server that hands calls to a node, unless a rule says otherwise.

    target: the node's URL, which may be changed at any time. methods: how often each was asked
    for. raw: what was to be sent to the chain, whatever became of it.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.methods: Counter[str] = Counter()
        self.raw: list[str] = []
        self._rule: Rule = lambda _methods: Fate.PASS
        self._after: Callable[[frozenset[str]], None] = lambda _methods: None
        self._closing = threading.Event()
        proxy = self

        class Handler(_Handler):
            def do_POST(self) -> None:
                proxy._serve(self)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def ruled(self, rule: Rule) -> Iterator[None]:
        """Let a rule decide meanwhile."""
        before, self._rule = self._rule, rule
        try:
            yield
        finally:
            self._rule = before

    @contextmanager
    def after_the_node(self, action: Callable[[frozenset[str]], None]) -> Iterator[None]:
        """Do something each time the node has acted and its answer is not handed on yet."""
        self._after = action
        try:
            yield
        finally:
            self._after = lambda _methods: None

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, handler: "_Handler") -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        calls = _calls(body)
        methods = frozenset(str(call["method"]) for call in calls)
        self.methods.update(str(call["method"]) for call in calls)
        self.raw += [str(call["params"][0]) for call in calls if call["method"] == _SEND]
        match self._rule(methods):
            case Fate.DROP:
                handler.close_connection = True
            case Fate.FAIL:
                handler.answer(_BAD_GATEWAY, b"bad gateway")
            case Fate.LOSE:
                self._forward(body)
                self._after(methods)
                handler.close_connection = True
            case Fate.PASS:
                status, answer = self._forward(body)
                self._after(methods)
                handler.answer(status, answer)

    def _forward(self, body: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"}
        try:
            # A node that hangs is met by the service's own patience, and not by the proxy's.
            answer = httpx.post(
                self.target, content=body, headers=headers, timeout=120, verify=NO_AUTHORITIES
            )
        except httpx.TransportError:
            return _BAD_GATEWAY, b"the node is gone"
        return answer.status_code, answer.content


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the service was killed, or waits no longer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Nothing: the service's log tells what it met."""


def _calls(body: bytes) -> list[dict[str, Any]]:
    form = json.loads(body)
    return form if isinstance(form, list) else [form]


def first_times(count: int, method: str, fate: Fate) -> Rule:
    """The first calls of one method meet a fate, and all others pass."""
    left = [count]
    lock = threading.Lock()

    def rule(methods: frozenset[str]) -> Fate:
        with lock:
            if method in methods and left[0]:
                left[0] -= 1
                return fate
        return Fate.PASS

    return rule


def at_random(share: float, seed: int) -> Rule:
    """A share of all calls fails: before the node hears of it, after it acted, or in a gateway."""
    chance = random.Random(seed)  # noqa: S311 - repeatable trouble, no secret
    lock = threading.Lock()

    def rule(_methods: frozenset[str]) -> Fate:
        with lock:
            if chance.random() >= share:
                return Fate.PASS
            return chance.choice((Fate.DROP, Fate.LOSE, Fate.FAIL))

    return rule


def slowly(seconds: float) -> Rule:
    """Every call takes longer."""

    def rule(_methods: frozenset[str]) -> Fate:
        time.sleep(seconds)
        return Fate.PASS

    return rule
