"""Clients of an API over an in-process chain, one API key each."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient

from api.app import create_app
from ledger.chain.membership import Role
from ledger.services.context import system_clock
from ledger.services.principals import issue_key
from ledger.types import MemberId
from tests.support.consortium import BUYER, FINANCIER, OTHER_FINANCIER, SUPPLIER, Consortium
from tests.support.service import Service

VECTORS = Path(__file__).parent.parent / "vectors"
UBL = (VECTORS / "good" / "kosit__01.01a-INVOICE_ubl.xml").read_bytes()
CII_TWIN = (VECTORS / "good" / "kosit__01.01a-INVOICE_uncefact.xml").read_bytes()
PDF = (VECTORS / "good" / "delivery-note.pdf").read_bytes()

XML = {"Content-Type": "application/xml"}
AS_PDF = {"Content-Type": "application/pdf"}

FORM: dict[str, Any] = {
    "format": "sealbook-invoice/1",
    "number": "17/2025",
    "issue_date": "2025-10-09",
    "currency": "EUR",
    "gross_amount": "238.00",
    "seller": {"name": "Seller GmbH", "ids": ["vat:DE123456788"]},
    "buyer": {"name": "Buyer SA"},
}
DECLARED = {
    "digest": "0x" + sha256(PDF).hexdigest(),
    "size": len(PDF),
    "media_type": "application/pdf",
    "fields": FORM,
}


@dataclass(frozen=True)
class Caller:
    """Somebody with an API key, or without one."""

    http: TestClient
    secret: str | None

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.send("POST", path, **options)

    def send(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx.Response:
        sent = dict(headers or {})
        if self.secret is not None:
            sent["Authorization"] = f"Bearer {self.secret}"
        response: httpx.Response = self.http.request(method, path, headers=sent, **options)
        return response

    def notarise(self, content: bytes = PDF, key: str | None = None) -> httpx.Response:
        headers = AS_PDF if key is None else {**AS_PDF, "Idempotency-Key": key}
        return self.post("/v1/documents", content=content, headers=headers)

    def register(self, content: bytes = UBL, buyer: str = BUYER) -> httpx.Response:
        return self.post("/v1/invoices", params={"buyer": buyer}, content=content, headers=XML)


@dataclass(frozen=True)
class Api:
    """An API whose worker steps when it is told to."""

    consortium: Consortium
    service: Service
    http: TestClient

    @classmethod
    def over(cls, consortium: Consortium, service: Service) -> "Api":
        # Without the context manager there is no lifespan, so that the worker stays ours.
        return cls(consortium, service, TestClient(create_app(service.ledger, service.worker)))

    @property
    def stranger(self) -> Caller:
        return Caller(self.http, None)

    @property
    def supplier(self) -> Caller:
        return self.caller(SUPPLIER, Role.SUPPLIER)

    @property
    def buyer(self) -> Caller:
        return self.caller(BUYER, Role.BUYER)

    @property
    def financier(self) -> Caller:
        return self.caller(FINANCIER, Role.FINANCIER)

    @property
    def other_financier(self) -> Caller:
        return self.caller(OTHER_FINANCIER, Role.FINANCIER)

    def caller(self, member: MemberId, role: Role) -> Caller:
        """Somebody with a new key."""
        _, secret = issue_key(self.service.ledger.store, member, role, system_clock())
        return Caller(self.http, secret)

    def settle(self) -> None:
        self.service.settle()

    def registered(self) -> str:
        """An invoice's record, registered; its path."""
        record: str = self.done(self.supplier, self.supplier.register())["links"]["record"]
        return record

    def accepted(self) -> str:
        """An invoice's record, accepted by its buyer; its path."""
        record = self.registered()
        self.done(self.buyer, self.buyer.post(f"{record}/acceptance"))
        return record

    def done(self, caller: Caller, response: httpx.Response) -> Any:
        """An operation that was taken in, after the chain has carried it out."""
        assert response.status_code == 202, response.text
        self.settle()
        operation = caller.get(response.headers["Location"]).json()
        assert operation["state"] == "done", operation
        return operation


def problem(response: httpx.Response, status: int, code: str) -> Any:
    """The body of a response, which must be this problem."""
    assert (response.status_code, response.headers["Content-Type"]) == (
        status,
        "application/problem+json",
    ), response.text
    body = response.json()
    assert body["status"] == status
    assert body["code"] == code, body
    assert body["type"] == f"urn:sealbook:problem:{code}"
    assert body["title"]
    assert body["detail"]
    return body
