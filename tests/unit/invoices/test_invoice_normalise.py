import pytest

from ledger.invoices.normalise import fold, fold_vat, skeleton

SPELLINGS_OF_INV_001A = [
    "INV-001A",
    "inv 001/a",
    "\uff29\uff2e\uff36\uff0d\uff10\uff10\uff11\uff21",  # full width
    "INV\u200b-\u00ad001A\u2060",  # zero-width space, soft hyphen, word joiner
    "INV\u0000001A",
    "INV-\u0660\u0660\u0661A",  # Arabic-Indic digits
    "\u0406NV-001\u0410",  # Cyrillic I and A
    "\u0399\u039dV-001\u0391",  # Greek Iota, Nu and Alpha
    "\U0001d408\U0001d40d\U0001d415-001A",  # mathematical bold
    "INV-001\u0041\u030a",  # A with a ring, decomposed
    "INV-001\u00c5",  # and composed
    "INV-001A\u200d\u030a",  # and with an invisible character between
    "\u0131nv-001a",  # dotless i
]


@pytest.mark.parametrize("spelling", SPELLINGS_OF_INV_001A, ids=ascii)
def test_spellings_of_one_number_fold_to_one(spelling: str) -> None:
    assert fold(spelling) == "INV001A"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("0000123456", "0000123456"),
        ("018304 / 28865", "01830428865"),
        ("stra\u00dfe 7", "STRASSE7"),
        ("\u53d1\u7968-12", "\u53d1\u796812"),  # Chinese stays
        ("\u2460\u2161", "1II"),  # circled 1, Roman 2
        ("\ud55c\uad6d 1", "\ud55c\uad6d1"),  # Hangul stays composed
        ("- / .", ""),
        ("", ""),
    ],
)
def test_numbers_fold_to_letters_and_digits(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("INV-1", "INV-01"), ("A1", "B1"), ("INV-O1", "INV-01")]
)
def test_different_numbers_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("folded", "expected"),
    [("INV001", "1NV001"), ("00123", "123"), ("OOIL", "11"), ("SZB9", "5289"), ("000", "")],
)
def test_a_skeleton_reads_letters_as_the_digits_they_resemble(folded: str, expected: str) -> None:
    assert skeleton(folded) == expected


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("DE 123 456 789", "DE", "DE123456789"),
        ("de-123.456.789", "", "DE123456789"),
        ("123456789", "DE", "DE123456789"),
        ("123456789", "de", "DE123456789"),
        ("123456789", "Germany", "123456789"),
        ("123456789", "", "123456789"),
        ("FR11999999998", "DE", "FR11999999998"),
        ("GR123456789", "GR", "EL123456789"),
        ("123456789", "GR", "EL123456789"),
        ("NO123456789MVA", "NO", "NO123456789"),
        ("123 456 789 MVA", "NO", "NO123456789"),
        ("DK123456789MVA", "DK", "DK123456789MVA"),
        ("CHE-123.456.789 MWST", "CH", "CHE123456789"),
        ("CHE-123.456.789 TVA", "CH", "CHE123456789"),
        ("CHE123456789IVA", "", "CHE123456789"),
        ("BE123456789", "BE", "BE0123456789"),
        ("BE0123456789", "BE", "BE0123456789"),
        ("NL8200.98.395.B.01", "NL", "NL820098395B01"),
        ("A12345674", "ES", "ESA12345674"),
        ("CHE-123.456.789 VAT", "", "CHE123456789"),
        ("CH 123 456 789", "", "CHE123456789"),
        ("CH 123 456", "CH", "CH123456"),
        ("12345678-2-41", "HU", "HU12345678"),
        ("HU123456782", "HU", "HU123456782"),
        ("XI123456789", "GB", "GB123456789"),
        ("11 999 999 998", "MC", "FR11999999998"),
        ("AB123456789", "FR", "FRAB123456789"),
        ("AB123456789", "DE", "AB123456789"),
        ("DE123456789", "FR", "DE123456789"),
        ("UA123456789", "FR", "UA123456789"),
        ("AO123456789", "FR", "AO123456789"),
        ("ZZ123456789", "MC", "FRZZ123456789"),
        ("AB12345678", "FR", "AB12345678"),
        ("T1234567890123", "JP", "JPT1234567890123"),
        ("1234567890123", "JP", "JPT1234567890123"),
        ("VAT DE123456789", "", "DE123456789"),
        ("VAT No. DE123456789", "", "DE123456789"),
        ("VAT 123456789", "DE", "DE123456789"),
        ("VAT No. 123456789", "DE", "VATNO123456789"),
        ("VAT NO123456789MVA", "DE", "NO123456789"),
        ("USt-IdNr.: DE123456789", "", "DE123456789"),
        ("UID: ATU12345678", "", "ATU12345678"),
        ("TVA FR11999999998", "FR", "FR11999999998"),
        ("P.IVA 01234567890", "IT", "IT01234567890"),
        ("BTW-nr. NL820098395B01", "", "NL820098395B01"),
        ("VATICAN 1", "VA", "VATICAN1"),
        ("T123", "VA", "VAT123"),
        ("VAT", "DE", "VAT"),
        ("--", "DE", ""),
    ],
)
def test_vat_identifiers_fold_to_prefix_and_number(
    number: str, country: str, expected: str
) -> None:
    assert fold_vat(number, country) == expected
