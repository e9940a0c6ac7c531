"""A member's program: what a supplier's, buyer's or bank's system would send to the API."""

import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_TIMEOUT_SECONDS = 30
_POLL_SECONDS = 0.1


class RefusedError(Exception):
    """The service refused, with an RFC 9457 problem; the message is its detail."""


@dataclass(frozen=True)
class Done:
    """An act that the chain has carried out. document: the id of the invoice's document, if any."""

    record: str
    document: str | None


class MemberClient:
    """Acts for one member, and waits for what comes of it."""

    def __init__(self, api_url: str, api_key: str) -> None:
        self._http = httpx.Client(
            base_url=api_url,
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=_TIMEOUT_SECONDS,
        )

    def register(self, invoice: Path, *, buyer: str, units: int) -> Done:
        """Register an invoice."""
        return self._act(
            "/v1/invoices",
            params={"buyer": buyer, "units": units},
            content=invoice.read_bytes(),
            headers={"Content-Type": "application/xml"},
        )

    def accept(self, record: str) -> Done:
        """Accept an invoice as its buyer."""
        return self._act(f"/v1/records/{record}/acceptance")

    def offer(self, record: str, to: str, units: int, expires_in_seconds: int) -> int:
        """Offer units, and return the offer's number."""
        body = {"to": to, "units": units, "expires_in_seconds": expires_in_seconds}
        self._act(f"/v1/records/{record}/offers", json=body)
        offers = self._get(f"/v1/records/{record}")["offers"]
        return int(offers[-1]["id"])

    def accept_offer(self, record: str, offer: int) -> Done:
        """Take what was offered."""
        return self._act(f"/v1/records/{record}/offers/{offer}/acceptance")

    def evidence(self, document: str) -> bytes:
        """A document's evidence, as soon as its anchor is final."""
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while True:
            response = self._http.get(f"/v1/documents/{document}/evidence")
            if response.status_code != httpx.codes.CONFLICT or time.monotonic() > deadline:
                return _accepted(response).content
            time.sleep(_POLL_SECONDS)

    def _act(self, path: str, headers: dict[str, str] | None = None, **request: Any) -> Done:
        sent = {"Idempotency-Key": str(uuid.uuid4()), **(headers or {})}
        response = _accepted(self._http.post(path, headers=sent, **request))
        where = response.headers["Location"]
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while (status := self._get(where))["state"] == "pending":
            if time.monotonic() > deadline:
                raise RefusedError(f"{where} is still pending")
            time.sleep(_POLL_SECONDS)
        if status["state"] == "refused":
            raise RefusedError(status["problem"]["detail"])
        return Done(status["record"], status.get("document"))

    def _get(self, path: str) -> Any:
        return _accepted(self._http.get(path)).json()


def _accepted(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    problem = response.json()
    raise RefusedError(f"{response.status_code} {problem['title']}: {problem['detail']}")
