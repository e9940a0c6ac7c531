from hypothesis import given
from hypothesis import strategies as st

from ledger.services.screening.distance import MAX_DISTANCE, MAX_LENGTH, is_near

NUMBERS = st.text("AB12", max_size=8)


def levenshtein(one: str, other: str) -> int:
    """The definition, without a thought to its cost."""
    if not one or not other:
        return len(one) + len(other)
    return min(
        levenshtein(one[1:], other[1:]) + (one[0] != other[0]),
        levenshtein(one[1:], other) + 1,
        levenshtein(one, other[1:]) + 1,
    )


@given(NUMBERS.filter(lambda text: len(text) < 6), NUMBERS.filter(lambda text: len(text) < 6))
def test_nearness_is_levenshteins(one: str, other: str) -> None:
    assert is_near(one, other) is (levenshtein(one, other) <= MAX_DISTANCE)


@given(NUMBERS, NUMBERS)
def test_nearness_is_mutual(one: str, other: str) -> None:
    assert is_near(one, one)
    assert is_near(one, other) is is_near(other, one)


def test_long_numbers_are_near_none() -> None:
    assert is_near("7" * MAX_LENGTH, "7" * (MAX_LENGTH - 1))
    assert not is_near("7" * (MAX_LENGTH + 1), "7" * (MAX_LENGTH + 1))
