"""Gas of every operation, measured on the cast's ledger."""

import json
from collections.abc import Mapping
from pathlib import Path

from tests.contracts.cast import Ledger
from tests.contracts.harness import FINANCIER
from tests.contracts.receivables import offer, register, register_accepted, registration
from tests.contracts.trees import leaf_hash, path_of, root_of

SNAPSHOT = Path(__file__).parents[2] / "contracts" / "snapshots" / "gas.json"

_WORDS = [bytes([0xE0, *number.to_bytes(2, "big")]) + b"\xee" * 29 for number in range(1024)]
"""Words that are as dear to send as digests: almost no zero bytes."""


def measure(ledger: Ledger) -> dict[str, int]:
    """Gas used by each operation, under the name of what was done.

    A member's first act in a book costs more than its later ones, as its history begins with it.
    """
    return {**_membership(ledger), **_notary(ledger), **_invoices(ledger), **_offers(ledger)}


def to_text(gas: Mapping[str, int]) -> str:
    """The snapshot as it is committed."""
    return json.dumps(gas, indent=2, sort_keys=True) + "\n"


def _membership(ledger: Ledger) -> dict[str, int]:
    council = ledger.membership.functions
    a, b, _ = ledger.council
    key = ledger.spare_keys[0]
    data = ledger.membership.encode_abi("setRoles", [ledger.auditor.id, FINANCIER])
    proposing = council.propose(ledger.membership.address, data, 3600)
    number = ledger.chain.simulate(a.key, proposing)
    calls = {
        "Membership.propose, setRoles": (a, proposing),
        "Membership.approve": (b, council.approve(number)),
        "Membership.execute, setRoles": (b, council.execute(number)),
        "Membership.addKey": (a, council.addKey(a.id, key)),
        "Membership.revokeKey": (a, council.revokeKey(a.id, key)),
    }
    return {name: ledger.act(*call)["gasUsed"] for name, call in calls.items()}


def _notary(ledger: Ledger) -> dict[str, int]:
    notary, root = ledger.notary.functions, root_of(_WORDS)
    first, second = (
        (root, leaf_hash(_WORDS[index]), index, path_of(_WORDS, index)) for index in (0, 1)
    )
    calls = {
        "Notary.anchor": notary.anchor(root, len(_WORDS)),
        "Notary.anchorMany, 10 roots": notary.anchorMany(_WORDS[:10], [1000] * 10),
        "Notary.supersede, of 1024 leaves": notary.supersede(first, second),
        "Notary.revoke, of 1024 leaves": notary.revoke(second, _WORDS[0]),
    }
    return {name: ledger.act(ledger.supplier, call)["gasUsed"] for name, call in calls.items()}


def _invoices(ledger: Ledger) -> dict[str, int]:
    book, keys = ledger.invoices.functions, _WORDS[100:]
    alerts = [(2, keys[8]), (3, keys[9])]
    register(ledger, commitment=keys[0], strict_keys=keys[1:2])
    full = registration(ledger, commitment=keys[2], strict_keys=keys[3:6], alert_keys=alerts)
    seen = registration(ledger, commitment=keys[6], strict_keys=keys[7:8], alert_keys=alerts)
    record, other = (
        book.recordId(ledger.supplier.id, commitment).call() for commitment in (keys[2], keys[6])
    )
    calls = {
        "InvoiceBook.register, 3 strict and 2 new alert keys": (
            ledger.supplier,
            book.register(full),
        ),
        "InvoiceBook.register, 1 strict and 2 seen alert keys": (
            ledger.supplier,
            book.register(seen),
        ),
        "InvoiceBook.accept, the buyer's first": (ledger.buyer, book.accept(record)),
        "InvoiceBook.reject, 1 strict key": (ledger.buyer, book.reject(other, keys[0])),
        "InvoiceBook.cancel, 3 strict keys": (ledger.supplier, book.cancel(record)),
    }
    return {name: ledger.act(*call)["gasUsed"] for name, call in calls.items()}


def _offers(ledger: Ledger) -> dict[str, int]:
    book, (commitment, key) = ledger.invoices.functions, _WORDS[200:202]
    record = register_accepted(ledger, commitment=commitment, strict_keys=[key])
    offering = book.offer(record, ledger.financier.id, 600, 4_000_000_000, _WORDS[0])
    gas = {"InvoiceBook.offer": ledger.act(ledger.supplier, offering)["gasUsed"]}
    accepting = ledger.act(ledger.financier, book.acceptOffer(record, 0))
    gas["InvoiceBook.acceptOffer, the financier's first"] = accepting["gasUsed"]
    for name, member in (("rejectOffer", ledger.financier), ("withdrawOffer", ledger.supplier)):
        number = offer(ledger, record, 100)
        gas[f"InvoiceBook.{name}"] = ledger.act(member, book[name](record, number))["gasUsed"]
    number = offer(ledger, record, 100, lasting=60)
    ledger.chain.pass_time(60)
    expiring = ledger.act(ledger.supplier, book.expireOffer(record, number))
    gas["InvoiceBook.expireOffer"] = expiring["gasUsed"]
    return gas
