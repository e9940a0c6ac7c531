import sys
import unicodedata
from contextlib import suppress
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import DocumentError
from ledger.invoices import Money, minor_units
from ledger.invoices.keys import _message
from ledger.invoices.normalise import fold, fold_vat, skeleton
from ledger.invoices.values import parse_amount, parse_currency, parse_date

any_text = st.text(st.characters(), max_size=40)
invisible = st.text(st.characters(categories=["Cf", "Cc"]), min_size=1, max_size=3)
parts = st.lists(st.text(max_size=8), max_size=4).map(tuple)
countries = st.sampled_from(
    ["", "DE", "GR", "NO", "CH", "BE", "ES", "FR", "HU", "MC", "VA", "germany", "\u00c4\u00d6"]
)
vat_like = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "", "VAT ", "USt-IdNr. ", "VAT No. ", "TVA"]),
        st.sampled_from(["", "NO", "CHE", "CH", "GR", "EL", "BE", "DE", "HU", "XI", "A", "no "])
        | st.text(max_size=3),
        st.from_regex(r"[0-9 .-]{0,12}", fullmatch=True),
        st.lists(st.sampled_from(["MVA", "MWST", "TVA", "IVA"]), max_size=3).map("".join),
    ),
)


@given(any_text)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_twice_is_folding_once_for_every_character() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) != "Cn":
            folded = fold(character)
            assert fold(folded) == folded, ascii(character)


@given(any_text)
def test_a_folded_text_is_letters_and_digits_that_can_be_encoded(text: str) -> None:
    folded = fold(text)
    assert folded == "" or folded.isalnum()
    assert folded.encode().decode() == folded


@given(any_text, any_text, invisible)
def test_invisible_characters_change_no_fold(before: str, after: str, between: str) -> None:
    assert fold(before + between + after) == fold(before + after)


@given(any_text)
def test_normal_forms_change_no_fold(text: str) -> None:
    folded = fold(text)
    assert fold(unicodedata.normalize("NFC", text)) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert fold(unicodedata.normalize("NFKC", text)) == folded
    assert fold(unicodedata.normalize("NFKD", text)) == folded


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_case_punctuation_and_space_change_no_fold_of_ascii(text: str) -> None:
    spelled = " ".join(f"{character}-" for character in text.swapcase())
    assert fold(spelled) == fold(text)


@given(any_text)
def test_case_changes_no_fold(text: str) -> None:
    for recased in (text.upper(), text.lower(), text.title(), text.swapcase(), text.casefold()):
        assert fold(recased) == fold(text)


def test_case_changes_no_fold_of_any_character() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        for recased in {character.upper(), character.lower()} - {character}:
            assert fold(recased) == fold(character), ascii(character)


def test_normal_forms_change_no_fold_of_any_character() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            other = unicodedata.normalize(form, character)
            assert other == character or fold(other) == fold(character), ascii(character)


@given(any_text, st.integers(0, 5))
def test_misread_letters_and_leading_zeros_change_no_skeleton(text: str, zeros: int) -> None:
    folded = fold(text)
    misread = folded.translate(str.maketrans("015", "OLS"))
    assert skeleton("0" * zeros + misread) == skeleton(folded)


@given(any_text)
def test_the_skeleton_of_a_skeleton_is_itself(text: str) -> None:
    bones = skeleton(fold(text))
    assert skeleton(bones) == bones
    assert not bones.startswith("0")


@given(st.one_of(any_text, vat_like), countries)
def test_folding_a_vat_number_twice_is_folding_it_once(number: str, country: str) -> None:
    folded = fold_vat(number, country)
    assert fold_vat(folded, country) == folded
    assert fold_vat(f" {number}.", country) == folded


@given(vat_like, countries, invisible, st.sampled_from([" ", ".", "-", "\u00a0"]))
def test_case_space_and_invisible_characters_change_no_vat_number(
    number: str, country: str, unseen: str, separator: str
) -> None:
    folded = fold_vat(number, country)
    assert fold_vat(number.lower(), country.lower()) == folded
    assert fold_vat(unseen + separator.join(number), country) == folded


@given(any_text, st.text(max_size=4))
def test_any_text_has_a_vat_form_of_letters_and_digits(number: str, country: str) -> None:
    folded = fold_vat(number, country)
    assert folded == "" or folded.isalnum()
    assert fold_vat(folded, country) == folded
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert fold_vat(unicodedata.normalize(form, number), country) == folded


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20
    ),
    st.sampled_from([("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)]),
)
def test_minor_units_are_the_nearest_and_ties_go_away_from_zero(
    amount: Decimal, currency: tuple[str, int]
) -> None:
    code, digits = currency
    exact = Fraction(amount) * 10**digits
    units = minor_units(Money(amount, code))
    assert abs(exact - units) <= Fraction(1, 2)
    if abs(exact - units) == Fraction(1, 2):
        assert abs(units) > abs(exact)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2), st.integers(0, 6))
def test_further_zeros_change_no_amount(amount: Decimal, zeros: int) -> None:
    text = f"{amount:f}"
    if len(text) + zeros <= 40:
        one = Money(parse_amount(text, "it"), "EUR")
        other = Money(parse_amount(text + "0" * zeros, "it"), "EUR")
        assert minor_units(one) == minor_units(other)


@given(st.dates(), st.sampled_from(["", "Z", "+14:00", "-05:30"]))
def test_every_day_is_read_in_both_forms(day: date, zone: str) -> None:
    assert parse_date(day.isoformat() + zone, "it") == day
    assert parse_date(day.isoformat().replace("-", ""), "it") == day


@given(st.integers(-(10**12), 10**12), st.sampled_from([("EUR", 2), ("JPY", 0), ("KWD", 3)]))
def test_half_a_minor_unit_goes_away_from_zero(units: int, currency: tuple[str, int]) -> None:
    code, digits = currency
    half = Decimal(units).copy_abs() + Decimal("0.5")
    assert minor_units(Money(half.scaleb(-digits), code)) == abs(units) + 1
    assert minor_units(Money(-half.scaleb(-digits), code)) == -abs(units) - 1


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.sampled_from(["EUR", "JPY", "KWD", "XYZ"]),
)
def test_minor_units_of_the_opposite_are_the_opposite(amount: Decimal, currency: str) -> None:
    opposite = minor_units(Money(amount.copy_negate(), currency))
    assert opposite == -minor_units(Money(amount, currency))


@given(st.from_regex(r"[A-Za-z]{3}", fullmatch=True))
def test_a_currency_is_read_in_any_case_and_stays(code: str) -> None:
    assert parse_currency(code) == parse_currency(code.swapcase())
    assert parse_currency(parse_currency(code)) == parse_currency(code)


@given(any_text)
def test_what_is_read_as_a_value_is_read_from_its_own_text_again(text: str) -> None:
    with suppress(DocumentError):
        day = parse_date(text, "it")
        assert parse_date(day.isoformat(), "it") == day
    with suppress(DocumentError):
        amount = parse_amount(text, "it")
        assert parse_amount(f"{amount:f}", "it") == amount


@given(any_text)
def test_readers_of_values_raise_nothing_but_document_errors(text: str) -> None:
    for parse in (parse_date, parse_amount, parse_currency):
        with suppress(DocumentError):
            assert parse(text, "it") is not None


@given(parts, parts)
def test_different_parts_of_a_key_are_different_messages(
    one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert (_message(*one) == _message(*other)) == (one == other)


def test_parts_that_hold_lengths_do_not_imitate_others() -> None:
    assert _message("1:a") != _message("1", "a")
    assert _message("", "3:abc") != _message("3:abc", "")
