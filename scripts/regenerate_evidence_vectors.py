"""Write the golden evidence files under tests/vectors/evidence.

They are made from the hand-made chain of the unit tests, without randomness: running this twice
changes nothing. `manifest.json` says which verdict each file gives under which policy, and which
step decides, so that other implementations of ledger/evidence/SPEC.md can be held to them.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ledger.codec import JsonValue, canonical_json
from ledger.evidence import Evidence
from ledger.types import ChainId, to_hex
from scripts.generated import ROOT, write_or_check
from tests.unit.evidence.ledger_world import (
    BOOK,
    CHAIN,
    DOCUMENT,
    DOCUMENT_EVIDENCE,
    FINANCIER,
    INVOICE,
    INVOICE_EVIDENCE,
    NOTARY,
    header,
)

FOLDER = ROOT / "tests" / "vectors" / "evidence"

Edit = Callable[[Any], object]


def put(*path: str, value: object) -> Edit:
    """Set one value."""

    def edit(evidence: Any) -> None:
        *parents, key = path
        for parent in parents:
            evidence = evidence[parent]
        evidence[key] = value

    return edit


def flip(*path: str) -> Edit:
    """Change the first byte of a value in hex."""

    def edit(evidence: Any) -> None:
        *parents, key = path
        for parent in parents:
            evidence = evidence[parent]
        octets = bytearray.fromhex(evidence[key][2:])
        octets[0] ^= 1
        evidence[key] = to_hex(bytes(octets))

    return edit


def on_chain_one() -> Evidence:
    """Evidence that is right in itself, and names another chain than the policy."""
    notary = replace(INVOICE_EVIDENCE.anchor.notary, chain=ChainId(1))
    return replace(INVOICE_EVIDENCE, anchor=replace(INVOICE_EVIDENCE.anchor, notary=notary))


def in_another_block() -> Evidence:
    """Evidence that is right in itself, in a block that is not pinned."""
    root = INVOICE_EVIDENCE.block.receipts_root
    return replace(INVOICE_EVIDENCE, header=header(root, later=(8,)))


FILE = INVOICE_EVIDENCE.serialise()

# Name: the step that decides, and what is done to the invoice's evidence.
EDITS: dict[str, tuple[int, Edit]] = {
    "format-of-the-future": (0, put("format", value="sealbook-evidence/2")),
    "field-unknown": (0, put("note", value="x")),
    "field-missing": (0, lambda evidence: evidence.pop("salt")),
    "seals-unknown": (0, put("seals", value=[])),
    "hex-in-capitals": (0, put("salt", value="0x" + "AB" * 32)),
    "address-without-checksum": (0, put("anchor", "notary", value=f"{CHAIN}:{NOTARY.lower()}")),
    "chains-differ": (0, put("anchor", "chain", value="eip155:1")),
    "number-as-text": (0, put("inclusion", "index", value="3")),
    "header-cut": (0, lambda evidence: evidence.update(header=evidence["header"][:-2])),
    "header-and-a-byte": (0, lambda evidence: evidence.update(header=evidence["header"] + "00")),
    "proof-without-leaf": (0, lambda evidence: evidence["event"]["proof"].pop()),
    "digest-changed": (1, flip("statement", "digest")),
    "size-changed": (1, put("statement", "size", value=len(INVOICE) + 1)),
    "media-type-changed": (3, put("statement", "media_type", value="text/xml")),
    "salt-changed": (3, flip("salt")),
    "index-changed": (3, put("inclusion", "index", value=2)),
    "path-reversed": (3, lambda evidence: evidence["inclusion"]["path"].reverse()),
    "path-cut": (3, lambda evidence: evidence["inclusion"]["path"].pop()),
    "root-changed": (3, flip("anchor", "root")),
    "tree-size-changed": (4, put("inclusion", "size", value=6)),
    "notary-changed": (4, put("anchor", "notary", value=f"{CHAIN}:{BOOK}")),
    "member-changed": (4, put("anchor", "member", value=FINANCIER)),
    "log-index-changed": (4, put("event", "log_index", value=0)),
    "transaction-index-changed": (5, put("event", "transaction_index", value=16)),
    "proof-without-root": (5, lambda evidence: evidence["event"]["proof"].pop(0)),
    "proof-with-stray-node": (
        5,
        lambda evidence: evidence["event"]["proof"].insert(0, evidence["event"]["proof"][-1]),
    ),
    "record-changed": (8, flip("record", "id")),
}

# Name: the step that decides, and the file.
FILES: dict[str, tuple[int, bytes]] = {
    "empty": (0, b""),
    "reformatted": (0, json.dumps(json.loads(FILE), indent=2).encode()),
    "line-feed-at-the-end": (0, FILE + b"\n"),
    "byte-order-mark": (0, b"\xef\xbb\xbf" + FILE),
    "cut": (0, FILE[: len(FILE) // 2]),
    "key-repeated": (0, FILE.replace(b'"seals"', b'"seals":null,"seals"')),
    "chain-unexpected": (4, on_chain_one().serialise()),
}

GOOD: dict[str, tuple[str, Evidence]] = {
    "document": ("document.pdf", DOCUMENT_EVIDENCE),
    "invoice": ("invoice.xml", INVOICE_EVIDENCE),
    "invoice-not-registered": ("invoice.xml", replace(INVOICE_EVIDENCE, record=None)),
}


def edited(edit: Edit) -> bytes:
    """The invoice's evidence with one change, in canonical JSON."""
    evidence = json.loads(FILE)
    edit(evidence)
    return canonical_json(evidence)


def make_vectors() -> dict[str, bytes]:
    """All files, by their path in the folder."""
    files = {"document.pdf": DOCUMENT, "invoice.xml": INVOICE}
    cases: list[JsonValue] = []

    def add(path: str, evidence: bytes, document: str, verdict: str, step: int | None) -> None:
        files[path] = evidence
        case: JsonValue = {
            "evidence": path,
            "document": document,
            "verdict": verdict,
            "decided_by": step,
        }
        cases.append(case)

    for name, (document, evidence) in GOOD.items():
        add(f"good/{name}.json", evidence.serialise(), document, "verified", None)
    bad = FILES | {name: (step, edited(edit)) for name, (step, edit) in EDITS.items()}
    for name, (step, data) in sorted(bad.items()):
        add(f"bad/{name}.json", data, "invoice.xml", "refuted", step)
    unpinned = in_another_block().serialise()
    add("bad/block-not-pinned.json", unpinned, "invoice.xml", "undetermined", 6)
    policy: JsonValue = {
        "chain": str(CHAIN),
        "notaries": [NOTARY],
        "pinned_block_hashes": [
            to_hex(evidence.block.ref.hash) for evidence in (DOCUMENT_EVIDENCE, INVOICE_EVIDENCE)
        ],
        "require_standing": False,
        "scope": "document",
    }
    manifest = {"policy": policy, "cases": cases}
    files["manifest.json"] = json.dumps(manifest, indent=2).encode() + b"\n"
    return files


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 the committed vectors differ."""
    return write_or_check("Make the golden evidence files.", _files, arguments)


def _files() -> dict[Path, bytes]:
    return {FOLDER / path: data for path, data in make_vectors().items()}


if __name__ == "__main__":
    sys.exit(main())
