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
        ("--", "DE", ""),
    ],
)
def test_vat_identifiers_fold_to_prefix_and_number(
    number: str, country: str, expected: str
) -> None:
    assert fold_vat(number, country) == expected
