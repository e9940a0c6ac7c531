import pytest

from ledger.invoices import same_number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1/23", "1/23"),
        ("1/23", "1-23"),
        ("1/23", "123"),
        ("1/2/3", "12/3"),
        ("INV-001", "INV001"),
        ("INV-001", "inv 001"),
        ("2024-INV", "2024INV"),
        ("018304 / 28865", "01830428865"),
        ("-1/23.", "1/23"),
        ("1\uff0f23", "1/23"),  # full width
        ("1\u200b23", "1/23"),  # a zero-width space divides nothing
        ("1\t23", "1 23"),
        ("\u00c5-1", "A\u030a1"),
        ("", "-"),
    ],
    ids=ascii,
)
def test_one_number_written_in_two_ways_agrees(one: str, other: str) -> None:
    assert same_number(one, other)
    assert same_number(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1/23", "12/3"),
        ("RE 1-23", "RE 12-3"),
        ("AB-C1", "A-BC1"),
        ("2024/1/15", "2024/11/5"),
        ("1", "2"),
        ("01", "1"),
    ],
)
def test_numbers_that_are_divided_at_different_places_do_not_agree(one: str, other: str) -> None:
    assert not same_number(one, other)
    assert not same_number(other, one)
