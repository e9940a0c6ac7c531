from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.codec import JsonValue
from ledger.documents import Disclosure, DocumentDigest, Field
from ledger.errors import DocumentError, InvalidRequest, VerificationError
from ledger.invoices import DocumentFormat, IdSource, Invoice, Money, Party, PartyId
from ledger.invoices.disclosed import (
    FIELD_NAMES,
    invoice_fields,
    require_forms,
    select_names,
    shown_document,
)
from ledger.types import Digest
from tests.unit.invoices.samples import FOLDERS, read, samples

DOCUMENT = DocumentDigest(Digest(b"\x11" * 32), 4321)
FULL = Invoice(
    format=DocumentFormat.CII,
    number="RE-17",
    issue_date=date(2025, 10, 9),
    type_code="380",
    due_date=date(2025, 11, 8),
    purchase_order="PO-3",
    profile="urn:cen.eu:en16931:2017",
    preceding=("RE-11", "RE-12"),
    seller=Party(
        "Seller GmbH",
        (PartyId(IdSource.VAT, "", "DE123456788"), PartyId(IdSource.LEGAL, "0088", "4000001")),
        "DE",
    ),
    buyer=Party("Buyer SA", (PartyId(IdSource.ENDPOINT, "0225", "303265045"),), "FR"),
    payee=Party("Factor AG", (PartyId(IdSource.IDENTIFIER, "", "9"),), ""),
    payee_accounts=("DE02120300000000202051",),
    gross=Money(Decimal("1190.00"), "EUR"),
    payable=Money(Decimal("-0.5"), "EUR"),
    files=(Digest(b"\x11" * 32),),
)
SPARSE = replace(
    FULL,
    type_code="",
    due_date=None,
    purchase_order="",
    profile="",
    preceding=(),
    seller=Party("", (), ""),
    buyer=Party("", (), ""),
    payee=None,
    payee_accounts=(),
    payable=None,
)


def disclosure(**values: JsonValue) -> Disclosure:
    fields = {field.name: field.value for field in invoice_fields(FULL, DOCUMENT)}
    changed = fields | {name.replace("__", "."): value for name, value in values.items()}
    return Disclosure.of_all([Field(*item) for item in changed.items()], bytes(32))


def test_every_field_is_written_in_one_form_and_in_a_fixed_order() -> None:
    assert [(field.name, field.value) for field in invoice_fields(FULL, DOCUMENT)] == [
        ("document.digest", "0x" + "11" * 32),
        ("document.size", 4321),
        ("number", "RE-17"),
        ("issue_date", "2025-10-09"),
        ("type_code", "380"),
        ("currency", "EUR"),
        ("due_date", "2025-11-08"),
        ("purchase_order", "PO-3"),
        ("profile", "urn:cen.eu:en16931:2017"),
        ("preceding", ["RE-11", "RE-12"]),
        ("seller.name", "Seller GmbH"),
        ("seller.ids", ["vat:DE123456788", "0088:4000001"]),
        ("seller.country", "DE"),
        ("buyer.name", "Buyer SA"),
        ("buyer.ids", ["endpoint:0225:303265045"]),
        ("buyer.country", "FR"),
        ("payee", {"name": "Factor AG", "ids": ["id:9"], "country": None}),
        ("payee_accounts", ["DE02120300000000202051"]),
        ("gross_amount", "1190.00"),
        ("payable_amount", "-0.5"),
    ]


def test_what_an_invoice_leaves_out_stands_all_the_same_as_null_or_empty() -> None:
    fields = invoice_fields(SPARSE, DOCUMENT)
    assert tuple(field.name for field in fields) == FIELD_NAMES
    empty = [field.name for field in fields if field.value in (None, [])]
    assert empty == [
        *("type_code", "due_date", "purchase_order", "profile", "preceding"),
        *("seller.name", "seller.ids", "seller.country"),
        *("buyer.name", "buyer.ids", "buyer.country"),
        *("payee", "payee_accounts", "payable_amount"),
    ]


@pytest.mark.parametrize("invoice", [FULL, SPARSE])
def test_all_that_is_written_is_of_the_form_that_is_asked_for(invoice: Invoice) -> None:
    require_forms(Disclosure.of_all(invoice_fields(invoice, DOCUMENT), bytes(32)))


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_real_invoice_has_fields_of_their_forms_that_say_what_its_manifest_says(
    folder: Path,
) -> None:
    found = samples(folder)
    assert found
    for sample in found:
        fields = invoice_fields(read(sample.data), DOCUMENT)
        require_forms(Disclosure.of_all(fields, bytes(32)))
        values = {field.name: field.value for field in fields}
        said = sample.row["invoice_number"], sample.row["issue_date"], sample.row["currency"]
        assert (values["number"], values["issue_date"], values["currency"]) == said, sample.path


def test_fields_that_would_make_evidence_too_large_are_refused() -> None:
    invoice = replace(FULL, preceding=tuple(f"{number:0900}" for number in range(300)))
    with pytest.raises(DocumentError, match="take more than 262144 bytes"):
        invoice_fields(invoice, DOCUMENT)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("document.digest", "0x11"),
        ("document.digest", None),
        ("document.size", 0),
        ("document.size", True),
        ("document.size", "4321"),
        ("number", ""),
        ("number", None),
        ("issue_date", "2025-02-30"),
        ("issue_date", "20251009"),
        ("issue_date", None),
        ("currency", "eur"),
        ("due_date", ""),
        ("due_date", "2025-11-8"),
        ("preceding", None),
        ("preceding", [""]),
        ("preceding", "RE-11"),
        ("seller.ids", [1]),
        ("payee", {"name": "x", "ids": []}),
        ("payee", {"name": "", "ids": [], "country": None}),
        ("gross_amount", 1190),
        ("gross_amount", "1.190,00"),
        ("gross_amount", "1e3"),
        ("gross_amount", "\u0661"),
        ("gross_amount", None),
    ],
)
def test_a_value_of_another_form_is_refused_by_the_name_of_its_field(
    name: str, value: JsonValue
) -> None:
    with pytest.raises(VerificationError, match=f"the field {name} has a value that no invoice"):
        require_forms(disclosure(**{name.replace(".", "__"): value}))


def test_the_document_is_known_where_both_digest_and_size_are_shown() -> None:
    assert shown_document(disclosure()) == DOCUMENT
    assert shown_document(disclosure().showing(("document.size", "number"))) is None
    assert shown_document(disclosure().showing(("document.digest",))) is None


def test_fields_are_chosen_by_name_or_by_group_and_stand_in_order() -> None:
    assert select_names(["seller", "due_date"]) == (
        "due_date",
        "seller.name",
        "seller.ids",
        "seller.country",
    )
    assert select_names(["payee"]) == ("payee",)
    assert select_names([]) == ()


@pytest.mark.parametrize("word", ["price", "", "seller.", ".name", "Number", "document.digest "])
def test_a_name_that_there_is_not_is_refused_with_those_that_there_are(word: str) -> None:
    with pytest.raises(InvalidRequest, match=r"the fields are: document\.digest, .*payable_amount"):
        select_names([word])
