import re

import pytest

from ledger.invoices import IdSource, Party, PartyId
from ledger.invoices.identifiers import names_of
from tests.unit.invoices.cases import AMOUNT, INVOICE, RECEIPT, SIMILAR
from tests.unit.invoices.spellings import APART, OTHERWISE, SAME, Spelling


def name(spelling: Spelling) -> str:
    return f"{spelling.one} | {spelling.other}"


@pytest.mark.parametrize("spelling", SAME, ids=name)
def test_a_seller_under_another_spelling_is_the_same(spelling: Spelling) -> None:
    assert INVOICE in spelling.rules


@pytest.mark.parametrize("spelling", OTHERWISE, ids=name)
def test_a_seller_under_an_unknown_spelling_is_known_by_its_name(spelling: Spelling) -> None:
    assert INVOICE not in spelling.rules
    assert spelling.rules >= {AMOUNT, SIMILAR, RECEIPT}


@pytest.mark.parametrize("spelling", APART, ids=name)
def test_an_identifier_that_only_looks_alike_is_not_the_same(spelling: Spelling) -> None:
    assert INVOICE not in spelling.rules


# The codes for VAT numbers in the list of electronic address schemes (EAS), each with its country.
CODES_FOR_VAT_NUMBERS = re.findall(
    r"(\d{4}) ([A-Z]{2})",
    """
    9906 IT 9909 NO 9910 HU 9914 AT 9920 ES 9922 AD 9923 AL 9924 BA 9925 BE 9926 BG 9927 CH 9928 CY
    9929 CZ 9930 DE 9931 EE 9932 GB 9933 GR 9934 HR 9935 IE 9936 LI 9937 LT 9938 LU 9939 LV 9940 MC
    9941 ME 9942 MK 9943 MT 9944 NL 9945 PL 9946 PT 9947 RO 9948 RS 9949 SI 9950 SK 9951 SM 9952 TR
    9953 VA 9955 SE 9957 FR 9904 DK 0198 DK 0211 IT 0213 FI
    """,
)


@pytest.mark.parametrize(("code", "country"), CODES_FOR_VAT_NUMBERS)
def test_a_code_for_vat_numbers_is_as_good_as_their_business_term(code: str, country: str) -> None:
    for number in ("12345678", "12345678901"):
        spelling = Spelling(f"{code}:{number}", f"vat:{number}", ("SG", country))
        assert INVOICE in spelling.rules


NAMES_OF_CODES = re.findall(
    r"(\S+) (\d{4}) (\S+)",
    """
    AU:ABN 0151 51824753556   BE:EN 0208 0123456789      BE:CBE 0208 0123456789
    CH:UIDB 0183 CHE123456789 DK:DIGST 0184 16356706     DK:ERST 0198 DK16356706
    DK:SE 9904 DK16356706     FI:ORG 0212 1234567-8      FI:OVT 0037 1234567800001
    FI:OVT2 0216 003712345678 FR:SIRET 0009 12345678200010 SIRENE 0002 123456782
    IT:IVA 0211 IT01234567890 JP:IIN 0221 T1234567890123 JP:SST 0188 1234567890123
    NL:KVK 0106 12345678      KvK 0106 12345678          NO:ORG 0192 987654321
    NO:ORGNR 9908 987654321   SG:UEN 0195 200012345D     EU:VAT 9912 DE123456789
    VA 9912 DE123456789       NO:VAT 9909 987654321MVA   FI:VAT 0213 FI12345678
    """,
)


@pytest.mark.parametrize(("scheme", "code", "value"), NAMES_OF_CODES)
def test_a_scheme_may_be_named_in_words(scheme: str, code: str, value: str) -> None:
    in_words, in_digits = (
        names_of(Party("", (PartyId(IdSource.LEGAL, written, value),), "SG")).strong
        for written in (scheme, code)
    )
    assert in_words
    assert in_words == in_digits
