"""Real invoices with their manifest, and a small one to write variants of."""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.invoices import (
    Fingerprints,
    HmacFingerprint,
    IdentityKeys,
    Invoice,
    identity_keys,
    read_invoice,
)

REPOSITORY = Path(__file__).parents[3]
GOOD = REPOSITORY / "tests" / "vectors" / "good"
BAD = REPOSITORY / "tests" / "vectors" / "bad"
CORPUS = REPOSITORY.parent / "shared" / "invoices"
"""The whole set of samples that GOOD is taken from; not part of the repository."""

FOLDERS = [
    pytest.param(GOOD, id="committed"),
    pytest.param(
        CORPUS,
        id="corpus",
        marks=pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not on this machine"),
    ),
]
FINGERPRINT = HmacFingerprint(bytes(range(32)), version=1)
FINGERPRINTS = Fingerprints(FINGERPRINT)
MAX_BYTES = 4_000_000


@dataclass(frozen=True)
class Sample:
    """An invoice file and its row of the manifest."""

    path: Path
    row: dict[str, str]

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()

    @property
    def group(self) -> str:
        return self.row["identity_group"]

    @property
    def variant(self) -> tuple[str, str]:
        return self.group, self.row["variant"]


def samples(folder: Path) -> list[Sample]:
    """All files of a manifest: XML, and PDFs with XML in them."""
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Sample(folder / row["file"], row) for row in rows]


def xml_samples(folder: Path) -> list[Sample]:
    """The XML files of a manifest, for what changes their markup."""
    return [sample for sample in samples(folder) if sample.path.suffix == ".xml"]


def read(data: bytes | str) -> Invoice:
    encoded = data.encode() if isinstance(data, str) else data
    return read_invoice(encoded, max_bytes=MAX_BYTES)


def keys_of(data: bytes | str) -> IdentityKeys:
    return identity_keys(read(data), FINGERPRINTS)


def rules_met(one: IdentityKeys, other: IdentityKeys) -> set[int]:
    """The rules under which two documents meet: 1 for a strict key, else the alert's kind."""
    met = {int(key.kind) for key in set(one.alert) & set(other.alert)}
    return met | {1} if set(one.strict) & set(other.strict) else met


VAT_ID = (
    "<cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID>"
    "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
)
_PARTS = {
    "root": "Invoice",
    "number": "A-1",
    "issue_date": "2024-03-18",
    "type_code": "380",
    "currency": "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>",
    "seller": VAT_ID,
    "seller_name": "<cbc:RegistrationName>Seller GmbH</cbc:RegistrationName>",
    "buyer": "",
    "more": "",
    "gross": '<cbc:TaxInclusiveAmount currencyID="EUR">119.00</cbc:TaxInclusiveAmount>',
    "payable": '<cbc:PayableAmount currencyID="EUR">119.00</cbc:PayableAmount>',
}
_UBL = """<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>{issue_date}</cbc:IssueDate>
<cbc:{root}TypeCode>{type_code}</cbc:{root}TypeCode>{currency}{more}
<cac:AccountingSupplierParty><cac:Party>{seller}
<cac:PartyLegalEntity>{seller_name}</cac:PartyLegalEntity>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>{buyer}
<cac:PartyLegalEntity><cbc:RegistrationName>Buyer AG</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingCustomerParty>
<cac:LegalMonetaryTotal>{gross}{payable}</cac:LegalMonetaryTotal></{root}>"""


def ubl(**parts: str) -> str:
    """A UBL document with some of _PARTS replaced."""
    assert parts.keys() <= _PARTS.keys()
    return _UBL.format(**(_PARTS | parts))


def party_id(value: str, scheme: str = "") -> str:
    """An identifier (BT-29, BT-46) for the parts `seller` and `buyer`."""
    attribute = f' schemeID="{scheme}"' if scheme else ""
    return f"<cac:PartyIdentification><cbc:ID{attribute}>{value}</cbc:ID></cac:PartyIdentification>"


def address(country: str) -> str:
    """A country (BT-40, BT-55) for the parts `seller` and `buyer`."""
    code = f"<cbc:IdentificationCode>{country}</cbc:IdentificationCode>"
    return f"<cac:PostalAddress><cac:Country>{code}</cac:Country></cac:PostalAddress>"


def legal_name(name: str) -> str:
    """A name (BT-27) for the part `seller_name`."""
    return f"<cbc:RegistrationName>{name}</cbc:RegistrationName>"
