import csv
from collections.abc import Iterable
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.errors import DocumentError
from ledger.invoices import IdSource, Invoice, Party
from tests.unit.invoices.samples import BAD, CORPUS, FOLDERS, GOOD, Sample, read, samples
from tests.vectors.make_delivery_note import delivery_note

LICENCES = {
    ("ConnectingEurope/eInvoicing-EN16931", "EUPL-1.2"): "EUPL-1.2_ConnectingEurope.txt",
    ("itplr-kosit/xrechnung-testsuite", "Apache-2.0"): "Apache-2.0_KoSIT.txt",
    ("ZUGFeRD/corpus", "Apache-2.0"): "Apache-2.0_ZUGFeRD-corpus.txt",
}
FORMATS = {
    "UBL-2.1-Invoice": "ubl-invoice",
    "UBL-2.1-CreditNote": "ubl-credit-note",
    "CII-D16B": "cii",
    "ZUGFeRD-1.0": "cii",
}
KINDS = {
    IdSource.VAT: "VAT",
    IdSource.LEGAL: "LEGAL",
    IdSource.IDENTIFIER: "ID",
    IdSource.TAX: "TAX",
    IdSource.ENDPOINT: "EP",
}

# Where the manifest says less than the document, and what the document says.
ONLY_FIRST_REFERENCE = "the manifest names the first of the two preceding invoices"
NO_BUYER_TAX_NUMBER = "the manifest leaves out tax numbers of the buyer"
DIFFERENCES = {
    ("cen__test__CreditNote-Max_content.xml", "refers_to"): (
        "Preceding invoice no.1;Preceding invoice no.2",
        ONLY_FIRST_REFERENCE,
    ),
    ("cen__test__Invoice-Max_content.xml", "refers_to"): (
        "Preceding invoice no.1;Preceding invoice no.2",
        ONLY_FIRST_REFERENCE,
    ),
    ("cen__test__ubl-tc434-test-1.xml", "buyer_id"): (
        "LEGAL=987654321|ID=0088:3456789012098|TAX=NO987654321MVA",
        NO_BUYER_TAX_NUMBER,
    ),
    ("kosit__01.21a-INVOICE_ubl.xml", "buyer_id"): (
        "VAT=DE152138634|ID=10099|EP=EM:buyer@info.de|TAX=04523249415",
        NO_BUYER_TAX_NUMBER,
    ),
    ("kosit__01.21a-INVOICE_uncefact.xml", "buyer_id"): (
        "VAT=DE152138634|ID=10099|EP=EM:buyer@info.de|TAX=04523249415",
        NO_BUYER_TAX_NUMBER,
    ),
}


def ids_of(party: Party, kinds: Iterable[IdSource]) -> frozenset[str]:
    found = (one for one in party.ids if one.source in kinds)
    return frozenset(
        f"{KINDS[one.source]}={one.scheme + ':' if one.scheme else ''}{one.value}" for one in found
    )


def ids_in(cell: str) -> frozenset[str]:
    """`VAT=a|ID=b;c` as separate entries, without the CII code before a tax number."""
    parts = (part.partition("=") for part in cell.split("|") if part)
    return frozenset(
        f"{kind}={value.removeprefix('FC:')}"
        for kind, _, cells in parts
        for value in cells.split(";")
    )


def as_manifest(invoice: Invoice) -> dict[str, object]:
    assert invoice.payable is not None
    not_endpoint = set(IdSource) - {IdSource.ENDPOINT}
    return {
        "format": invoice.format.value,
        "type_code": invoice.type_code,
        "invoice_number": invoice.number,
        "seller_name": invoice.seller.name,
        "seller_id": ids_of(invoice.seller, not_endpoint),
        "buyer_name": invoice.buyer.name,
        "buyer_id": ids_of(invoice.buyer, IdSource),
        "currency": invoice.gross.currency,
        "total_incl_tax": invoice.gross.amount,
        "payable": invoice.payable.amount,
        "issue_date": invoice.issue_date.isoformat(),
        "due_date": "" if invoice.due_date is None else invoice.due_date.isoformat(),
        "refers_to": ";".join(invoice.preceding),
    }


def format_of(cell: str) -> str:
    return "factur-x" if cell.startswith("PDF+") else FORMATS[cell]


def expected(sample: Sample) -> dict[str, object]:
    row = dict(sample.row)
    for (file, column), (value, _) in DIFFERENCES.items():
        if file == row["file"]:
            row[column] = value
    return row | {
        "format": format_of(row["format"].partition("/")[0]),
        "seller_id": ids_in(row["seller_id"]),
        "buyer_id": ids_in(row["buyer_id"]),
        "total_incl_tax": Decimal(row["total_incl_tax"]),
        "payable": Decimal(row["payable"]),
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_field_of_the_manifest_is_read(folder: Path) -> None:
    for sample in samples(folder):
        found, wanted = as_manifest(read(sample.data)), expected(sample)
        assert found == {name: wanted[name] for name in found}, sample.path.name


def test_the_committed_invoices_are_the_files_of_their_manifest() -> None:
    listed = samples(GOOD)
    assert len(listed) == 23
    committed = {path.name for suffix in ("xml", "pdf") for path in GOOD.glob(f"*.{suffix}")}
    assert {sample.path.name for sample in listed} == committed - {"delivery-note.pdf"}
    for sample in listed:
        assert sha256(sample.data).hexdigest() == sample.row["sha256"]
        assert len(sample.data) == int(sample.row["bytes"])


def test_the_committed_invoices_have_their_licences_beside_them() -> None:
    needed = {
        LICENCES[sample.row["source_repo"], sample.row["licence"]] for sample in samples(GOOD)
    }
    assert needed == {path.name for path in (GOOD / "LICENSES").iterdir()}


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not on this machine")
def test_the_corpus_is_complete_and_holds_every_difference_that_is_explained() -> None:
    names = {sample.path.name for sample in samples(CORPUS)}
    assert len(names) == 120
    assert {file for file, _ in DIFFERENCES} <= names


def test_a_delivery_note_in_pdf_is_no_invoice() -> None:
    note = (GOOD / "delivery-note.pdf").read_bytes()
    assert note == delivery_note()
    with pytest.raises(
        DocumentError, match="the PDF has no invoice in it: its fields can only be declared"
    ):
        read(note)


def refusals() -> list[tuple[str, str]]:
    with (BAD / "REASONS.tsv").open(encoding="utf-8", newline="") as lines:
        return [(row["file"], row["reason"]) for row in csv.DictReader(lines, delimiter="\t")]


@pytest.mark.parametrize(("file", "reason"), refusals())
def test_a_bad_document_is_refused_for_its_defect(file: str, reason: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        read((BAD / file).read_bytes())
    assert str(refusal.value).startswith(reason)


def test_every_bad_document_has_its_reason_written_down() -> None:
    documents = {path.name for path in BAD.iterdir()} - {"REASONS.tsv"}
    assert {file for file, _ in refusals()} == documents
