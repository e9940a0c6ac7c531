from hypothesis import given
from hypothesis import strategies as st

from ledger.invoices import same_number
from ledger.invoices.normalise import fold

texts = st.text(max_size=30)
numbers = st.text(alphabet="0123AB-/ .\u0660\u0410", max_size=12)


@given(texts)
def test_a_number_agrees_with_itself_and_without_its_separators(text: str) -> None:
    assert same_number(text, text)
    assert same_number(text, fold(text))


@given(numbers, numbers)
def test_agreement_is_mutual_and_only_between_numbers_that_fold_alike(one: str, other: str) -> None:
    agree = same_number(one, other)
    assert agree == same_number(other, one)
    assert not agree or fold(one) == fold(other)


@given(numbers, st.sampled_from("-/. "))
def test_another_separator_in_the_same_places_agrees(number: str, separator: str) -> None:
    changed = "".join(separator if c in "-/. " else c for c in number)
    assert same_number(number, changed)
