"""That each request led to one thing, and each operation to one act on the chain or to a reason."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from eth_utils.crypto import keccak
from sqlalchemy import Connection, text

from scripts.anvil import rpc
from tests.faults.service import Service
from tests.faults.trading import Traded

EVENTS: Mapping[str, str] = {
    "register": "InvoiceRegistered(bytes32,bytes32,bytes32,bytes32,uint80,uint48)",
    "accept": "InvoiceAccepted(bytes32,bytes32)",
    "offer": "Offered(bytes32,uint256,bytes32,bytes32,uint80,uint48,bytes32)",
    "accept-offer": "OfferAccepted(bytes32,uint256,bytes32,bytes32,uint80)",
}
"""The event that tells of each kind of operation that a trader asks for."""

_KINDS = {"0x" + keccak(text=event).hex(): kind for kind, event in EVENTS.items()}
_OPERATIONS = text(
    "SELECT o.id, o.kind, o.record, t.state, t.hash, t.problem"
    " FROM operations o JOIN transactions t ON t.id = o.transaction_id"
)


@dataclass(frozen=True)
class Done:
    """One act as the chain tells it."""

    kind: str
    record: bytes
    transaction: bytes


def check_operations(database: Connection, node_url: str, book: str) -> None:
    """Hold the database's operations and the canonical chain's events together, both ways."""
    kept = database.execute(_OPERATIONS).all()
    final = Counter(
        Done(row.kind, bytes(row.record), bytes(row.hash)) for row in kept if row.state == "final"
    )
    told = Counter(_told(node_url, book))
    assert set(told.values()) <= {1}, "one transaction acted twice"
    assert told == final, f"only in the database: {final - told}; only on the chain: {told - final}"
    for row in kept:
        if row.state == "refused":
            problem = json.loads(row.problem)
            assert problem["code"], problem
            assert problem["message"], problem


def check_requests(database: Connection) -> None:
    """Every request led to one thing, and nothing was kept that no request led to.

    All who send here name their requests, and an invoice's document comes with its operation.
    """
    requested = Counter(
        database.execute(text("SELECT resource_id FROM idempotency_keys")).scalars()
    )
    kept = Counter(
        database.execute(
            text(
                "SELECT id FROM documents WHERE id NOT IN"
                " (SELECT document_id FROM operations WHERE document_id IS NOT NULL)"
                " UNION ALL SELECT id FROM bundles UNION ALL SELECT id FROM operations"
            )
        ).scalars()
    )
    assert kept == requested, f"kept twice: {kept - requested}; lost: {requested - kept}"


def check_traded(service: Service, traded: Traded) -> None:
    """What was accepted is known under the id that was answered, and is done or refused."""
    for identifier, api_key in traded.accepted.items():
        answer = service.get(f"/v1/operations/{identifier}", api_key)
        assert answer.is_success, answer.text
        operation = answer.json()
        assert operation["state"] in ("done", "refused"), operation
        if operation["state"] == "refused":
            assert operation["problem"]["detail"], operation
    for status, problem in traded.refused:
        assert status >= httpx.codes.BAD_REQUEST
        assert problem["title"], problem
        assert problem["detail"], problem


def _told(node_url: str, book: str) -> list[Done]:
    query = {"address": book, "topics": [list(_KINDS)], "fromBlock": "0x0", "toBlock": "latest"}
    logs: list[dict[str, Any]] = rpc(node_url, "eth_getLogs", query)
    return [
        Done(
            _KINDS[log["topics"][0]],
            bytes.fromhex(log["topics"][1][2:]),
            bytes.fromhex(log["transactionHash"][2:]),
        )
        for log in logs
    ]
