"""One seller under identifiers that systems write in different ways.

Identifiers are written as `party_ids` has them, each with the country of the address behind it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledger.invoices import DocumentFormat, Invoice, Money, Party, identity_keys
from ledger.invoices.party_ids import parse_party_id
from tests.unit.invoices.samples import FINGERPRINTS, rules_met

_BUYER = Party("Buyer AG", (parse_party_id("vat:FR11999999998"),), "FR")


@dataclass(frozen=True)
class Spelling:
    """Two ways to write the only identifier of a seller, and the country of its address in each."""

    one: str
    other: str
    countries: tuple[str, str]

    @property
    def rules(self) -> frozenset[int]:
        """The rules under which invoices of both meet that are alike in everything else."""
        keys = [
            identity_keys(_invoice(text, country), FINGERPRINTS)
            for text, country in zip((self.one, self.other), self.countries, strict=True)
        ]
        return frozenset(rules_met(*keys))


def _invoice(seller: str, country: str) -> Invoice:
    total = Money(Decimal("119.00"), "EUR")
    return Invoice(
        format=DocumentFormat.CII,
        number="A-1",
        issue_date=date(2024, 3, 18),
        type_code="380",
        due_date=None,
        purchase_order="",
        profile="",
        preceding=(),
        seller=Party("Seller GmbH", (parse_party_id(seller),), country),
        buyer=_BUYER,
        payee=None,
        payee_accounts=(),
        gross=total,
        payable=total,
        files=(),
    )


def _in(country: str, *spellings: str) -> list[Spelling]:
    """The first spelling beside each of the others."""
    return [Spelling(spellings[0], other, (country, country)) for other in spellings[1:]]


SAME = [
    *_in("AT", "vat:ATU12345678", "vat:ATU 12345678", "vat:U12345678"),
    *_in("BE", "vat:BE0123456789", "vat:BE 0123.456.789", "vat:BE123456789", "vat:0123456789"),
    *_in("CH", "vat:CHE123456789", "vat:CHE-123.456.789 MWST", "vat:CHE-123.456.789 TVA"),
    *_in("CH", "vat:CHE123456789", "vat:CHE-123.456.789 IVA", "vat:E123456789"),
    *_in("CY", "vat:CY12345678X", "vat:12345678x"),
    *_in("CZ", "vat:CZ12345678", "vat:CZ 12345678", "vat:12345678"),
    *_in("DE", "vat:DE123456789", "vat:DE 123 456 789", "vat:de123456789", "vat:123456789"),
    *_in("DK", "vat:DK16356706", "vat:DK 16 35 67 06", "vat:16356706"),
    *_in("ES", "vat:ESB12345678", "vat:ES-B12345678", "vat:B12345678"),
    *_in("FR", "vat:FR11999999998", "vat:FR 11 999 999 998", "vat:11999999998"),
    *_in("GB", "vat:GB123456789", "vat:GB 123 4567 89", "vat:123456789"),
    *_in("GR", "vat:EL123456789", "vat:GR123456789", "vat:123456789"),
    *_in("HR", "vat:HR46830600751", "vat:46830600751"),
    *_in("HU", "vat:HU30048650", "vat:30048650"),
    *_in("IE", "vat:IE1234567WA", "vat:1234567WA"),
    *_in("IT", "vat:IT01234567890", "vat:01234567890"),
    *_in("NL", "vat:NL809561074B01", "vat:NL8095.61.074.B.01", "vat:809561074B01"),
    *_in("NO", "vat:NO987654321MVA", "vat:NO 987 654 321 MVA", "vat:NO987654321", "vat:987654321"),
    *_in("PL", "vat:PL1234567890", "vat:PL 123-456-78-90", "vat:1234567890"),
    *_in("SE", "vat:SE556677889901", "vat:SE 556677-8899 01"),
    *_in(
        "SE", "vat:SE556677889901", "0007:556677-8899", "0007:SE556677889901", "9955:556677889901"
    ),
    *_in("SE", "0007:5566778899", "SE%3AORGNR:5566778899", "id:0007:5566778899"),
    *_in("DK", "vat:DK16356706", "0184:16356706", "0184:DK16356706", "0198:DK16356706"),
    *_in("DK", "vat:DK16356706", "9902:16356706", "DK%3ACVR:16356706", "cvr:DK 16356706"),
    *_in("NO", "vat:NO987654321MVA", "0192:987654321", "0192:NO987654321MVA", "9908:987654321"),
    *_in("NO", "vat:NO987654321MVA", "9909:987654321MVA", "tax:NO 987 654 321 MVA"),
    *_in("BE", "vat:BE0123456789", "0208:0123456789", "0208:BE0123456789", "0208:123456789"),
    *_in("BE", "vat:BE0123456789", "9925:BE0123.456.789", "9956:0123456789"),
    *_in("FI", "vat:FI12345678", "0212:1234567-8", "0213:FI12345678", "0216:003712345678"),
    *_in("FI", "vat:FI12345678", "0216:003712345678TST01", "0037:00371234567800001"),
    *_in("FI", "vat:FI12345678", "0037:1234567800001", "0037:12345678", "0037:003712345678"),
    *_in("AU", "vat:51 824 753 556", "0151:51824753556", "ABN:51 824 753 556"),
    *_in("JP", "vat:T1234567890123", "0188:1234567890123", "0221:T1234567890123"),
    *_in("SG", "0195:200012345D", "0195:SGUEN200012345D", "UEN:200012345d"),
    *_in("FR", "0002:123456782", "0009:12345678200010", "0002:12345678200028", "SIREN:123456782"),
    *_in("FR", "0002:123456782", "SIRET:123 456 782 00010", "vat:FR27123456782"),
    *_in("FR", "0002:123456782", "FR%3ASIRENE:123456782", "9957:FR27123456782"),
    *_in("FR", "vat:FRAB123456789", "vat:AB123456789", "vat:TVA FR AB 123456789"),
    *_in("CH", "vat:CHE123456789", "vat:CHE-123.456.789 VAT", "vat:CH123456789"),
    *_in("CH", "vat:CHE123456789", "0183:CHE123456789", "9927:CHE123456789TVA"),
    *_in("HU", "vat:HU12345678", "vat:12345678-2-41", "9910:HU12345678"),
    *_in("GB", "vat:GB123456789", "vat:XI123456789", "9932:GB123456789"),
    *_in("IT", "vat:IT01234567890", "9906:IT01234567890", "0211:IT01234567890", "0211:01234567890"),
    *_in("DE", "vat:DE123456789", "vat:VAT DE123456789", "vat:USt-IdNr. DE 123 456 789"),
    *_in("DE", "vat:DE123456789", "vat:VAT-ID: 123456789", "tax:DE123456789"),
    *_in("DE", "vat:DE123456789", "9930:DE123456789", "9930:123456789", "DE%3AVAT:DE123456789"),
    *_in("DE", "vat:DE123456789", "%56AT:DE123456789", "id:9930:DE123456789", "0223:DE123456789"),
    *_in("DE", "vat:NL809561074B01", "9944:809561074B01", "vat:BTW NL 809561074 B01"),
    *_in("DE", "0088:4012345000009", "0088:4 012345 000009", "GLN:4012345000009"),
    *_in("DE", "0088:4012345000009", "0088:0088:4012345000009", "id:0088:4012345000009"),
    *_in("DE", "0088:4012345000009", "id:iso6523-actorid-upis::0088:4012345000009"),
    *_in("DE", "0088:4012345000009", "iso6523-actorid-upis::0088:4012345000009"),
    *_in("DE", "0088:4012345000009", "iso6523-actorid-upis%3A%3A0088:4012345000009"),
    *_in("DE", "0060:123456789", "DUNS:123456789", "D-U-N-S:12-345-6789"),
    *_in("DE", "lei:5493001KJTIIGC8Y1R12", "0199:5493001kjtiigc8y1r12"),
    *_in("DE", "0199:5493001KJTIIGC8Y1R12", "%4CEI:5493001KJTIIGC8Y1R12"),
    *_in("CN", "uscc:91350100M000100Y43", "id:91350100M000100Y43", "tax:91350100M000100Y43"),
    *_in("CN", "uscc:91350100M000100Y43", "vat:91350100M000100Y43", "vat:CN91350100M000100Y43"),
    *_in("DE", "id:549910", "id:549 910"),
    *_in("DE", "tax:201/113/40209", "tax:201 113 40209", "id:20111340209"),
]
"""The same seller for K1."""

OTHERWISE = [
    *_in("DE", "0088:4012345000009", "endpoint:0088:4012345000009", "id:4012345000009"),
    *_in("DE", "vat:DE123456789", "id:DE123456789", "vat:VAT No. 123456789"),
    *_in("DK", "vat:DK16356706", "legal:DK16356706"),
    *_in("NO", "0192:987654321", "0082:987654321"),
    Spelling("vat:DE123456789", "vat:123456789", ("DE", "")),
    Spelling("vat:HU30048650", "vat:30048650", ("DE", "DE")),
]
"""Perhaps the same seller, written in ways that leave it open: its name must tell."""

APART = [
    *_in("SE", "vat:SE556677889901", "vat:SE556677889902", "0007:5566778898", "0192:556677889"),
    *_in("DK", "vat:DK16356706", "0184:16356707", "0184:1635670", "0088:16356706"),
    *_in("NO", "vat:NO987654321", "0192:987654322", "9909:987654322MVA"),
    *_in("BE", "vat:BE0123456789", "0208:1123456789", "0208:2123456789", "0208:12345678"),
    *_in("FI", "vat:FI12345678", "0212:1234567-9", "0216:12345678", "0216:003712345679"),
    *_in("FI", "vat:FI12345678", "0037:0037123456780001"),
    *_in("FI", "vat:FI00371234", "0037:0037123456781", "0216:0037123456781"),
    *_in("SE", "0007:1980010112", "0007:198001011201", "0007:SE198001011202"),
    *_in("CN", "uscc:91350100M000100Y43", "vat:91350100M000100Y44", "vat:US91350100M000100Y43"),
    *_in("AU", "vat:AU51824753556", "0151:51824753557", "0151:824753556"),
    *_in("FR", "0002:123456782", "0002:123456783", "0009:12345678300010", "vat:FR27123456783"),
    *_in("FR", "0002:123456782", "0009:1234567820001", "0060:123456782", "vat:DE123456782"),
    *_in("FR", "vat:FR27123456782", "vat:DE123456782", "vat:UA123456782", "vat:123456782"),
    *_in("CH", "vat:CHE123456789", "vat:CH123456", "0183:CHE123456780"),
    *_in("HU", "vat:HU12345678", "vat:12345679-2-41", "vat:HU1234567824"),
    *_in("IT", "vat:IT01234567890", "0210:01234567890", "9907:IT01234567890"),
    *_in("NL", "vat:NL123456789B01", "0106:12345678", "vat:NL123456789B02"),
    *_in("DE", "vat:DE123456789", "9914:123456789", "tax:123456789", "tax:LT123456789"),
    *_in("DE", "0088:4012345000009", "0060:4012345000009", "id:0060:4012345000009"),
    *_in("DE", "0088:4012345000009", "0060:0088:4012345000009", "GTIN:4012345000009"),
]
"""Identifiers of different parties, or of registers that do not know each other."""
