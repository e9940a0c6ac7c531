"""A member's program: what a supplier's, buyer's or bank's system would send to the API."""

import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ledger.errors import Refusal, TransportError

_TIMEOUT_SECONDS = 30
_POLL_SECONDS = 0.1
_MEDIA_TYPES = {".xml": "application/xml", ".pdf": "application/pdf"}


@dataclass(frozen=True)
class Done:
    """An act that the chain has carried out. document: the id of the invoice's document, if any."""

    record: str
    document: str | None


class MemberClient:
    """Acts for one member, and waits for what comes of it.

    Its methods raise Refusal if the service refuses, with the detail of its RFC 9457 problem, and
    TransportError if it does not answer, or not as it should.
    """

    def __init__(self, api_url: str, api_key: str) -> None:
        self._http = httpx.Client(
            base_url=api_url,
            headers={"Authorization": f"Bearer {api_key}"},
            timeout=_TIMEOUT_SECONDS,
        )

    def register(self, invoice: Path, *, buyer: str, units: int) -> Done:
        """Register an invoice, XML or PDF by its name."""
        return self._act(
            "/v1/invoices",
            params={"buyer": buyer, "units": units},
            content=invoice.read_bytes(),
            headers={"Content-Type": _MEDIA_TYPES[invoice.suffix]},
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
            response = self._request("GET", f"/v1/documents/{document}/evidence")
            if response.status_code != httpx.codes.CONFLICT or time.monotonic() > deadline:
                return _accepted(response).content
            time.sleep(_POLL_SECONDS)

    def _act(self, path: str, headers: dict[str, str] | None = None, **request: Any) -> Done:
        sent = {"Idempotency-Key": str(uuid.uuid4()), **(headers or {})}
        response = _accepted(self._request("POST", path, headers=sent, **request))
        where = response.headers["Location"]
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while (status := self._get(where))["state"] == "pending":
            if time.monotonic() > deadline:
                raise TransportError(f"{where} is still pending after {_TIMEOUT_SECONDS} s")
            time.sleep(_POLL_SECONDS)
        if status["state"] == "refused":
            raise Refusal(status["problem"]["detail"])
        return Done(status["record"], status.get("document"))

    def _get(self, path: str) -> Any:
        return _json(_accepted(self._request("GET", path)))

    def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **request)
        except httpx.TransportError as error:
            raise TransportError(f"the API did not answer {method} {path}: {error}") from error


def _accepted(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    problem = _json(response)
    raise Refusal(f"{response.status_code} {problem['title']}: {problem['detail']}")


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise TransportError(
            f"{response.url} answered {response.status_code} with something that is not JSON; "
            "is this the API?"
        ) from error
