import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ledger.invoices import same_number
from ledger.invoices.normalise import fold

any_text = st.text(max_size=30)
numbers = st.one_of(
    st.from_regex(r"[A-C]{0,2}[-/ .]?[0-9]{1,3}[-/ .]?[0-9]{1,3}", fullmatch=True),
    st.text("0123AB-/ .\u0660\u0410", max_size=12),
)
invisible = st.text(st.characters(categories=["Cf", "Cc"]), min_size=1, max_size=3)


@given(any_text)
def test_every_number_is_itself(text: str) -> None:
    assert same_number(text, text)


@given(numbers | any_text, numbers | any_text)
def test_comparing_goes_both_ways_and_never_beyond_the_fold(one: str, other: str) -> None:
    assert same_number(one, other) == same_number(other, one)
    if same_number(one, other):
        assert fold(one) == fold(other)


@given(numbers | any_text)
def test_a_number_without_its_separators_is_the_same(text: str) -> None:
    assert same_number(text, fold(text))


@given(numbers, st.sampled_from("-/ ._\u2010\u00a0\uff0f\u3000\u2014"))
def test_another_separator_in_the_same_places_is_the_same_number(text: str, other: str) -> None:
    changed = "".join(other if character in "-/. " else character for character in text)
    assert same_number(text, changed)


@given(any_text)
def test_normal_forms_and_case_make_no_other_number(text: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert same_number(text, unicodedata.normalize(form, text))
    assert same_number(text, text.upper())
    assert same_number(text, text.lower())


@given(any_text, any_text, invisible)
def test_invisible_characters_make_no_other_number(before: str, after: str, between: str) -> None:
    assert same_number(before + between + after, before + after)


@given(st.integers(10, 99), st.integers(10, 99))
def test_digits_divided_at_other_places_are_another_number(one: int, other: int) -> None:
    digits = f"{one}{other}"
    assert not same_number(f"{digits[:1]}/{digits[1:]}", f"{one}/{other}")
