import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.errors import DocumentError
from ledger.invoices import (
    DocumentFormat,
    IdentityRule,
    IdSource,
    Invoice,
    InvoiceClass,
    Money,
    Party,
    PartyId,
    identity_keys,
)
from ledger.invoices.party_ids import party_id_text
from ledger.types import Digest
from tests.unit.invoices.samples import (
    FINGERPRINTS,
    FOLDERS,
    REPOSITORY,
    VAT_ID,
    party_id,
    read,
    samples,
    ubl,
)

SPECIFICATION = (REPOSITORY / "ledger" / "invoices" / "JSON.md").read_text(encoding="utf-8")
EXAMPLE = SPECIFICATION.partition("```json\n")[2].partition("```")[0]
FORM: dict[str, object] = {
    "format": "sealbook-invoice/1",
    "number": "A-1",
    "issue_date": "2024-03-18",
    "currency": "EUR",
    "gross_amount": "119.00",
    "seller": {"name": "Seller GmbH", "ids": ["vat:DE123456789"]},
    "buyer": {"name": "Buyer AG"},
}


def form(**changes: object) -> bytes:
    return json.dumps(FORM | changes).encode()


def without(key: str) -> bytes:
    return json.dumps({name: value for name, value in FORM.items() if name != key}).encode()


def as_form(invoice: Invoice) -> bytes:
    """Write an invoice of any syntax in the JSON form, with null for what it leaves out."""
    return json.dumps(
        {
            "format": "sealbook-invoice/1",
            "number": invoice.number,
            "issue_date": invoice.issue_date.isoformat(),
            "type_code": invoice.type_code or None,
            "due_date": invoice.due_date and invoice.due_date.isoformat(),
            "currency": invoice.gross.currency,
            "gross_amount": f"{invoice.gross.amount:f}",
            "payable_amount": invoice.payable and f"{invoice.payable.amount:f}",
            "purchase_order": invoice.purchase_order,
            "profile": invoice.profile,
            "preceding": invoice.preceding,
            "seller": party(invoice.seller),
            "buyer": party(invoice.buyer),
            "payee": invoice.payee and party(invoice.payee),
            "payee_accounts": invoice.payee_accounts,
        }
    ).encode()


def party(one: Party) -> dict[str, object]:
    ids = [party_id_text(each) for each in one.ids]
    return {"name": one.name, "country": one.country, "ids": ids}


def test_the_example_of_the_specification_is_read_field_by_field() -> None:
    found = read(EXAMPLE)
    assert found == Invoice(
        format=DocumentFormat.JSON,
        number="2024-0815",
        issue_date=date(2024, 3, 18),
        type_code="380",
        due_date=date(2024, 4, 17),
        purchase_order="PO-77120",
        profile="",
        preceding=(),
        seller=Party(
            "Seller GmbH",
            (
                PartyId(IdSource.VAT, "", "DE123456789"),
                PartyId(IdSource.IDENTIFIER, "0088", "4000001123452"),
                PartyId(IdSource.TAX, "", "201/113/40209"),
            ),
            "DE",
        ),
        buyer=Party(
            "Buyer AG",
            (
                PartyId(IdSource.IDENTIFIER, "0199", "529900T8BM49AURSDO55"),
                PartyId(IdSource.ENDPOINT, "EM", "invoices@buyer.example"),
            ),
            "DE",
        ),
        payee=None,
        payee_accounts=("DE02120300000000202051",),
        gross=Money(Decimal("1190.00"), "EUR"),
        payable=Money(Decimal("1190.00"), "EUR"),
        files=(Digest(sha256(EXAMPLE.encode()).digest()),),
    )


def test_the_specification_lists_exactly_the_keys_that_are_read() -> None:
    table = SPECIFICATION.partition("| Key | Must |")[2].partition("\n\n")[0]
    rows = [row.split("|") for row in table.splitlines()[2:]]
    required = {row[1].strip(" `") for row in rows if row[2].strip() == "yes"}
    assert required == FORM.keys()
    for key in {row[1].strip(" `") for row in rows} - required:
        read(form(**{key: None}))
    for key in required:
        with pytest.raises(DocumentError, match=f'lacks {key}|has no "format"'):
            read(without(key))


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_invoice_and_its_json_form_share_all_keys_but_that_of_the_file(folder: Path) -> None:
    for sample in samples(folder):
        one = read(sample.data)
        if one.format is DocumentFormat.UBL_CREDIT_NOTE and one.type_code not in {"381", "396"}:
            continue
        other = read(as_form(one))
        assert other.invoice_class is one.invoice_class, sample.path.name
        its_keys, other_keys = (identity_keys(each, FINGERPRINTS) for each in (one, other))
        assert set(other_keys.strict) == set(its_keys.strict), sample.path.name
        apart = set(its_keys.alert) ^ set(other_keys.alert)
        assert {key.kind for key in apart} == {IdentityRule.SAME_FILE}, sample.path.name


def test_all_fields_survive_the_json_form() -> None:
    one = read(
        ubl(
            seller=party_id("4012345000009", "0088") + VAT_ID,
            buyer='<cbc:EndpointID schemeID="0088">991-1</cbc:EndpointID>' + party_id("K 7"),
            more="<cbc:DueDate>2024-04-17</cbc:DueDate><cbc:CustomizationID>urn:x</cbc:CustomizationID>"
            "<cac:OrderReference><cbc:ID>PO 9</cbc:ID></cac:OrderReference>"
            "<cac:PayeeParty><cac:PartyName><cbc:Name>Factor AB</cbc:Name></cac:PartyName>"
            "</cac:PayeeParty>",
        )
    )
    other = read(as_form(one))
    assert replace(other, format=one.format, files=one.files) == one


def test_white_space_order_and_absent_fields_are_free() -> None:
    turned = dict(reversed([*FORM.items(), ("payee", None), ("profile", ""), ("preceding", [""])]))
    found = read(json.dumps(turned, indent=3))
    assert replace(found, files=()) == replace(read(form()), files=())
    assert read(form(number=" A \n 1 ")).number == "A 1"
    assert read(b"\n\t " + form()).number == "A-1"


def test_a_party_has_up_to_32_identifiers_of_up_to_100_characters() -> None:
    ids = [f"id:{number:0100}" for number in range(32)]
    assert len(read(form(seller={"ids": ids})).seller.ids) == 32


def test_a_byte_order_mark_is_skipped_and_other_encodings_are_refused() -> None:
    assert read(b"\xef\xbb\xbf" + form(number="Ä-1")).number == "Ä-1"
    raw = json.dumps(FORM | {"number": "Ä-1"}, ensure_ascii=False)
    assert read(raw).number == "Ä-1"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        with pytest.raises(DocumentError, match="the JSON is not in UTF-8; save it in UTF-8"):
            read(raw.encode(encoding))
    with pytest.raises(DocumentError, match="is not UTF-8"):
        read(raw.encode("cp1252"))


def test_a_credit_note_is_told_by_its_type_or_its_total() -> None:
    assert read(form()).invoice_class is InvoiceClass.INVOICE
    assert read(form(type_code="381")).invoice_class is InvoiceClass.CREDIT
    assert read(form(gross_amount="-119.00")).invoice_class is InvoiceClass.CREDIT


REFUSED: dict[str, tuple[bytes, str]] = {
    "another format": (
        form(format="sealbook-invoice/2"),
        'it has no "format": "sealbook-invoice/1"',
    ),
    "other JSON": (b'{"a": 1}', 'it has no "format": "sealbook-invoice/1"'),
    "an unknown key": (form(total="1"), "invoice has an unknown field: 'total'; JSON.md says how"),
    "an unknown key of a party": (form(buyer={"vat": "1"}), "invoice.buyer has an unknown field"),
    "a repeated key": (form()[:-1] + b', "number": "A-2"}', "the key 'number' is repeated"),
    "a repeated key of a party": (
        form().replace(b'"Buyer AG"', b'"Buyer AG", "name": "B"'),
        "the key 'name' is repeated",
    ),
    "a key repeated in another spelling": (
        form()[:-1] + b', "n\\u0075mber": "A-2"}',
        "the key 'number' is repeated",
    ),
    "a whole number": (form(gross_amount=119), r'invoice.gross_amount is not a string.*"1234.50"'),
    "a float": (form(gross_amount=119.0), "119.0 is not an integer; write fractions as strings"),
    "an exponent": (form(gross_amount="1e3"), "invoice.gross_amount is '1e3'"),
    "a grouped amount": (form(payable_amount="1,190.00"), "invoice.payable_amount is '1,190.00'"),
    "no number": (form(gross_amount="NaN"), "invoice.gross_amount is 'NaN'"),
    "NaN": (form(gross_amount=float("nan")), "NaN is not an integer"),
    "an empty number": (form(number=" "), "invoice.number is empty"),
    "null for a number": (form(number=None), "invoice.number is not a string"),
    "a long text": (form(number="1" * 1_001), "invoice.number is longer than 1000 characters"),
    "a control character": (form(number="A\x00-1"), "invoice.number has a control character"),
    "an escape sequence": (form(number="A\x9b2J"), "invoice.number has a control character"),
    "an impossible date": (form(issue_date="2024-02-30"), "invoice.issue_date is '2024-02-30'"),
    "a currency sign": (form(currency="€"), "invoice.currency is '€', which is no ISO 4217 code"),
    "a party that is a text": (form(seller="Seller GmbH"), "invoice.seller is not an object"),
    "null for a party": (form(seller=None), "invoice.seller is not an object"),
    "an identifier without scheme": (
        form(seller={"ids": ["DE123456789"]}),
        "invoice.seller.ids: 'DE123456789' is no identifier such as vat:DE123456789",
    ),
    "an identifier that is an object": (
        form(seller={"ids": [{"vat": "DE1"}]}),
        r"invoice.seller.ids\[0\] is not a string",
    ),
    "one text for an array": (form(preceding="A-0"), "invoice.preceding is not an array"),
    "too many items": (form(preceding=["1"] * 101), "invoice.preceding has 101 items; at most 100"),
    "too many identifiers": (
        form(seller={"ids": [f"id:{number}" for number in range(33)]}),
        "invoice.seller.ids has 33 items; at most 32",
    ),
    "a long identifier": (
        form(buyer={"ids": ["id:" + "1" * 101]}),
        "an identifier in invoice.buyer.ids or its scheme is longer than 100 characters",
    ),
    "an identifier with a long scheme": (
        form(buyer={"ids": ["x" * 101 + ":1"]}),
        "an identifier in invoice.buyer.ids or its scheme is longer than 100 characters",
    ),
    "half a surrogate pair": (form(number="\ud800"), "half a surrogate pair"),
    "text after the object": (form() + b"{}", "not JSON at column"),
    "an array": (b"[" + form() + b"]", "not an e-invoice in a form that is read here"),
    "a comment": (form()[:-1] + b"/* */}", "not JSON at column"),
    "a comma at the end": (form()[:-1] + b",}", "not JSON at column"),
    "an integer of a million digits": (
        form()[:-1] + b', "profile": ' + b"1" * 200_000 + b"}",
        "an integer is beyond",
    ),
    "objects in each other": (b'{"a":' * 40_000, "nested deeper than 32"),
    "arrays in each other": (b'{"a":' + b"[" * 200_000, "nested deeper than 32"),
    "invalid UTF-8": (form().replace(b"A-1", b"A\xc0\x80"), "is not UTF-8"),
    "an encoded surrogate": (form().replace(b"A-1", b"A\xed\xa0\x80"), "is not UTF-8"),
    "more than the form's limit": (
        form() + b" " * 262_144,
        "a JSON text of 262[0-9]{3} bytes; at most 262144 are read",
    ),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_document_that_is_not_of_the_form_is_refused_for_what_is_wrong(
    data: bytes, reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason) as refusal:
        read(data)
    assert len(str(refusal.value)) < 300
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def test_every_prefix_of_the_form_is_refused() -> None:
    data = EXAMPLE.strip().encode()
    for length in range(1, len(data)):
        with pytest.raises(DocumentError, match="not JSON at "):
            read(data[:length])


@pytest.mark.parametrize("edit", [str.upper, str.title])
def test_keys_are_read_as_they_are_specified_only(edit: Callable[[str], str]) -> None:
    renamed = {edit(key) if key == "number" else key: value for key, value in FORM.items()}
    with pytest.raises(DocumentError, match="invoice lacks number"):
        read(json.dumps(renamed))
