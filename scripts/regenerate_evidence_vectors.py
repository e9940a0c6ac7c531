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
from ledger.invoices import read_invoice
from ledger.invoices.disclosed import select_names
from ledger.types import ChainId, to_hex
from scripts.generated import ROOT, write_or_check
from tests.unit.evidence.ledger_world import (
    BOOK,
    CHAIN,
    DECLARED_EVIDENCE,
    DOCUMENT,
    DOCUMENT_EVIDENCE,
    FINANCIER,
    INVOICE,
    INVOICE_EVIDENCE,
    NOTARY,
    SCAN,
    header,
    make_evidence,
    with_fields,
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


def swap(shown: dict[str, object]) -> None:
    """Let one field take the place of another of the same form."""
    shown["purchase_order"] = shown.pop("number")


def on_chain_one() -> Evidence:
    """Evidence that is right in itself, and names another chain than the policy."""
    notary = replace(INVOICE_EVIDENCE.anchor.notary, chain=ChainId(1))
    return replace(INVOICE_EVIDENCE, anchor=replace(INVOICE_EVIDENCE.anchor, notary=notary))


def in_another_block() -> Evidence:
    """Evidence that is right in itself, in a block that is not pinned."""
    root = INVOICE_EVIDENCE.block.receipts_root
    return replace(INVOICE_EVIDENCE, header=header(root, later=(8,)))


def of_another_invoice() -> Evidence:
    """Evidence that is right in itself, with fields that the document does not say."""
    other = replace(read_invoice(INVOICE, max_bytes=len(INVOICE)), number="RE-2025-0043")
    return make_evidence(with_fields(INVOICE, "application/xml", other), registered=True)


def showing(*words: str) -> Evidence:
    """The invoice's evidence with these fields only."""
    return INVOICE_EVIDENCE.showing(select_names(words))


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
    "digest-beside-fields": (0, put("statement", "digest", value="0x" + "11" * 32)),
    "origin-declared": (0, put("statement", "fields", "origin", value="declared")),
    "fields-missing": (0, lambda evidence: evidence.pop("fields")),
    "hidden-too-many": (0, put("fields", "hidden", value=["0x" + "11" * 32])),
    "digest-changed": (1, flip("fields", "shown", "document.digest", "value")),
    "size-changed": (1, put("fields", "shown", "document.size", "value", value=len(INVOICE) + 1)),
    "number-changed": (1, put("fields", "shown", "number", "value", value="RE-2025-0043")),
    "field-salt-changed": (2, flip("fields", "shown", "due_date", "salt")),
    "fields-root-changed": (2, flip("statement", "fields", "root")),
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

# Name: the step that decides, and what is done to evidence that shows the number and the gross
# amount only. It is verified without the document.
CUT_EDITS: dict[str, tuple[int, Edit]] = {
    "cut-field-unknown": (0, put("fields", "shown", "price", value=None)),
    "cut-field-of-another-form": (0, put("fields", "shown", "gross_amount", "value", value=1190)),
    "cut-hidden-too-few": (0, lambda evidence: evidence["fields"]["hidden"].pop()),
    "cut-field-left-out": (0, lambda evidence: evidence["fields"]["shown"].pop("number")),
    "cut-value-changed": (2, put("fields", "shown", "gross_amount", "value", value="11900.00")),
    "cut-salt-changed": (2, flip("fields", "shown", "gross_amount", "salt")),
    "cut-hidden-reversed": (2, lambda evidence: evidence["fields"]["hidden"].reverse()),
    "cut-fields-swapped": (2, lambda evidence: swap(evidence["fields"]["shown"])),
}

# Name: the step that decides, and the file.
FILES: dict[str, tuple[int, bytes]] = {
    "empty": (0, b""),
    "reformatted": (0, json.dumps(json.loads(FILE), indent=2).encode()),
    "line-feed-at-the-end": (0, FILE + b"\n"),
    "byte-order-mark": (0, b"\xef\xbb\xbf" + FILE),
    "cut": (0, FILE[: len(FILE) // 2]),
    "key-repeated": (0, FILE.replace(b'"seals"', b'"seals":null,"seals"')),
    "fields-of-another-invoice": (1, of_another_invoice().serialise()),
    "chain-unexpected": (4, on_chain_one().serialise()),
}

# Name: the document that is at hand, if any, and the evidence.
GOOD: dict[str, tuple[str | None, Evidence]] = {
    "document": ("document.pdf", DOCUMENT_EVIDENCE),
    "document-not-at-hand": (None, DOCUMENT_EVIDENCE),
    "declared": ("scan.tiff", DECLARED_EVIDENCE),
    "declared-not-at-hand": (None, DECLARED_EVIDENCE),
    "invoice": ("invoice.xml", INVOICE_EVIDENCE),
    "invoice-not-at-hand": (None, INVOICE_EVIDENCE),
    "invoice-not-registered": ("invoice.xml", replace(INVOICE_EVIDENCE, record=None)),
    "cut-to-document": ("invoice.xml", showing("document")),
    "cut-to-document-and-due-date": ("invoice.xml", showing("document", "due_date")),
    "cut-to-due-date": (None, showing("due_date")),
    "cut-to-parties": (None, showing("seller", "buyer")),
    "cut-to-nothing": (None, showing()),
}


def edited(edit: Edit, file: bytes = FILE) -> bytes:
    """The invoice's evidence with one change, in canonical JSON."""
    evidence = json.loads(file)
    edit(evidence)
    return canonical_json(evidence)


def make_vectors() -> dict[str, bytes]:
    """All files, by their path in the folder."""
    files = {"document.pdf": DOCUMENT, "invoice.xml": INVOICE, "scan.tiff": SCAN}
    cases: list[JsonValue] = []

    def add(
        path: str, evidence: bytes, document: str | None, verdict: str, step: int | None
    ) -> None:
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
    cut = showing("number", "gross_amount").serialise()
    for name, (step, edit) in sorted(CUT_EDITS.items()):
        add(f"bad/{name}.json", edited(edit, cut), None, "refuted", step)
    add("bad/cut-without-digest.json", cut, "invoice.xml", "undetermined", 1)
    unpinned = in_another_block().serialise()
    add("bad/block-not-pinned.json", unpinned, "invoice.xml", "undetermined", 6)
    policy: JsonValue = {
        "chain": str(CHAIN),
        "notaries": [NOTARY],
        "pinned_block_hashes": [
            to_hex(evidence.block.ref.hash)
            for evidence in (
                DOCUMENT_EVIDENCE,
                DECLARED_EVIDENCE,
                INVOICE_EVIDENCE,
                of_another_invoice(),
            )
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
