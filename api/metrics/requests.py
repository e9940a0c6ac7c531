"""Counts HTTP requests and names them, in an ASGI layer that is as thin as it can be.

All of it runs on the event loop's thread, so that it needs no lock; only the scrape reads from
another thread, and a figure that is a request behind is no harm.
"""

import itertools
import os
import re
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledger.services.watching.event_log import REQUEST

PROBLEM = "sealbook.problem"
"""Where the scope has the code of the problem that a request was answered with."""

BUCKETS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER = "other"
_UNMATCHED = "unmatched"
_GIVEN_NAME = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_HEADER = b"x-request-id"
_Series = tuple[str, str, int]


class _Tally:
    """Requests of one method, route and status."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BUCKETS_SECONDS) + 1)
        self.seconds = 0.0


class Requests:
    """The tallies of one process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._tallies: dict[_Series, _Tally] = {}
        self._refusals: dict[str, int] = {}
        registry.register(self)

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Count an answered request."""
        route = scope.get("route")
        method = scope["method"]
        series = (
            method if method in _METHODS else _OTHER,
            _UNMATCHED if route is None else route.path,
            status,
        )
        tally = self._tallies.get(series)
        if tally is None:
            tally = self._tallies[series] = _Tally()
        tally.buckets[bisect_left(BUCKETS_SECONDS, seconds)] += 1
        tally.seconds += seconds
        if status >= 400:  # noqa: PLR2004 - where HTTP's errors begin
            code = scope.get(PROBLEM)
            if code is not None:
                self._refusals[code] = self._refusals.get(code, 0) + 1

    def collect(self) -> Iterator[Metric]:
        """The tallies as Prometheus has them."""
        family = HistogramMetricFamily(
            "sealbook_http_request_seconds",
            "Time from the request's head to the answer's last byte.",
            labels=["method", "route", "status"],
        )
        for (method, route, status), tally in list(self._tallies.items()):
            family.add_metric(
                [method, route, str(status)], list(_cumulated(tally.buckets)), tally.seconds
            )
        yield family
        refusals = CounterMetricFamily(
            "sealbook_problems", "Requests answered with a problem, by its code.", labels=["code"]
        )
        for code, count in list(self._refusals.items()):
            refusals.add_metric([code], count)
        yield refusals


class Watched:
    """The outermost ASGI layer: names each request, and counts it when it was answered."""

    def __init__(self, app: ASGIApp, requests: Requests) -> None:
        self._app = app
        self._requests = requests
        self._prefix = os.urandom(6).hex()
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.perf_counter()
        name = _given_name(scope["headers"]) or f"{self._prefix}-{next(self._numbers)}"
        REQUEST.set(name)
        status = 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (_HEADER, name.encode())]
            await send(message)

        try:
            await self._app(scope, receive, named)
        finally:
            if status:  # not if the client left before there was an answer
                self._requests.count(scope, status, time.perf_counter() - start)


def _given_name(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    for header, value in headers:
        if header == _HEADER:
            return value.decode() if _GIVEN_NAME.fullmatch(value) else None
    return None


def _cumulated(buckets: Iterable[int]) -> Iterator[tuple[str, float]]:
    bounds = [*map(str, BUCKETS_SECONDS), "+Inf"]
    yield from zip(bounds, itertools.accumulate(buckets), strict=True)
