"""Offers of a record's units over the API, and what they lead to."""

from typing import Any

import httpx

from ledger.types import RecordId
from tests.api.clients import Api, Caller
from tests.support.consortium import FINANCIER

TOTAL = 10**9
SHARE = 600_000_000
NOWHERE = "/v1/records/0x" + "ab" * 32


def terms(**changes: object) -> dict[str, object]:
    return {"to": FINANCIER, "units": SHARE, "expires_in_seconds": 3600, **changes}


def offer(caller: Caller, record: str, **changes: object) -> httpx.Response:
    return caller.post(f"{record}/offers", json=terms(**changes))


def holdings(api: Api, record: str) -> dict[str, tuple[int, int, int]]:
    return {
        position["member"]: (position["free"], position["reserved"], position["pledged"])
        for position in api.buyer.get(record).json()["positions"]
    }


def offers(api: Api, record: str) -> Any:
    return api.buyer.get(record).json()["offers"]


def name_of(record: str) -> RecordId:
    """The name of a record, of which this is the path."""
    return RecordId(bytes.fromhex(record.rsplit("0x", 1)[1]))
