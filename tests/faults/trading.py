"""Members that trade: invoices are registered, accepted, offered in parts, and these taken."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from scripts.founding import OTHER_SUPPLIER
from scripts.processes import NO_AUTHORITIES
from tests.faults.service import DEATH_SECONDS, Service

UNITS = 1000
OFFERS = 2
"""Offers of each invoice, alike in all: the contract takes every one that it is sent."""

_RETRY_SECONDS = 0.05
_PATIENCE_SECONDS = 15
_DAY_SECONDS = 86_400
_PAUSE_SECONDS = 0.25


@dataclass(frozen=True)
class ApiKeys:
    """The API keys of who trades, by role."""

    supplier: str
    buyer: str
    financier: str


@dataclass
class Traded:
    """What a trader was told.

    accepted: the API keys of the operations' members, by the operations' ids. refused: the problems
    of answers that are not 2xx. complete: how many invoices went all the way.
    """

    accepted: dict[str, str] = field(default_factory=dict)
    refused: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    complete: int = 0


class Trader(threading.Thread):
    """Takes one invoice after the other through its trade.

    Each act is asked for until it is accepted: a retry has the Idempotency-Key of the first try. An
    act that stays refused, since what it builds on was, ends its invoice.
    """

    def __init__(self, service: Service, keys: ApiKeys, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._service = service
        self._keys = keys
        self._expires_at = _utc(time.time() + _DAY_SECONDS)
        self._stopping = threading.Event()
        self.traded = Traded()

    def run(self) -> None:
        number = 0
        with httpx.Client(timeout=30, verify=NO_AUTHORITIES) as http:
            while not self._stopping.is_set():
                number += 1
                self.traded.complete += self._trade(http, f"{self.name}-{number}")
                self._stopping.wait(_PAUSE_SECONDS)

    def stop(self) -> Traded:
        """End after the act that is under way."""
        self._stopping.set()
        self.join(DEATH_SECONDS)
        assert not self.is_alive(), "the trader did not end"
        return self.traded

    def stop_after(self, more: int) -> Traded:
        """End after so many more invoices went all the way."""
        self.wait_for(more)
        return self.stop()

    def wait_for(self, more: int) -> None:
        """Wait until so many more invoices went all the way."""
        wanted = self.traded.complete + more
        deadline = time.monotonic() + DEATH_SECONDS
        while self.traded.complete < wanted:
            assert self.is_alive(), "the trader met what it did not expect"
            assert time.monotonic() < deadline, self.traded.refused[-3:]
            time.sleep(0.02)

    def _trade(self, http: httpx.Client, name: str) -> bool:
        """Whether all acts of one invoice were accepted."""
        query = {"buyer": OTHER_SUPPLIER, "units": str(UNITS)}
        registered = self._act(
            http, self._keys.supplier, "/v1/invoices", name, params=query, json=_invoice(name)
        )
        if registered is None:
            return False
        record = f"/v1/records/{registered['record']}"
        if self._act(http, self._keys.buyer, f"{record}/acceptance", f"{name}-accept") is None:
            return False
        terms = {"to": OTHER_SUPPLIER, "units": 1, "expires_at": self._expires_at}
        for offer in range(OFFERS):
            path, key = f"{record}/offers", f"{name}-offer-{offer}"
            if self._act(http, self._keys.supplier, path, key, json=terms) is None:
                return False
        return all(
            self._act(
                http,
                self._keys.financier,
                f"{record}/offers/{offer}/acceptance",
                f"{name}-take-{offer}",
            )
            for offer in range(OFFERS)
        )

    def _act(
        self, http: httpx.Client, api_key: str, path: str, key: str, **request: Any
    ) -> Mapping[str, Any] | None:
        """The operation, once it is accepted; None if it is not in time."""
        headers = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": key}
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._stopping.is_set() and time.monotonic() < deadline:
            try:
                answer = http.post(f"{self._service.url}{path}", headers=headers, **request)
            except (httpx.TransportError, httpx.UnsupportedProtocol):
                # Patience is for refusals: a service that is away is waited for.
                deadline = time.monotonic() + _PATIENCE_SECONDS
                time.sleep(_RETRY_SECONDS)
                continue
            if answer.is_success:
                operation: dict[str, Any] = answer.json()
                self.traded.accepted[operation["id"]] = api_key
                return operation
            self.traded.refused.append((answer.status_code, answer.json()))
            time.sleep(_RETRY_SECONDS)
        return None


def _invoice(number: str) -> dict[str, Any]:
    return {
        "format": "sealbook-invoice/1",
        "number": number,
        "issue_date": "2025-10-09",
        "currency": "EUR",
        "gross_amount": "238.00",
        "seller": {"name": "Lieferant GmbH", "ids": ["vat:DE123456788"]},
        "buyer": {"name": "Zulieferer GmbH"},
    }


def _utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
