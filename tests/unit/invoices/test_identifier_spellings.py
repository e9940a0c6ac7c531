import pytest

from tests.unit.invoices.cases import AMOUNT, INVOICE, RECEIPT, SIMILAR
from tests.unit.invoices.spellings import OTHERWISE, SAME, Spelling


def name(spelling: Spelling) -> str:
    return f"{spelling.one} | {spelling.other}"


@pytest.mark.parametrize("spelling", SAME, ids=name)
def test_a_seller_under_another_spelling_is_the_same(spelling: Spelling) -> None:
    assert INVOICE in spelling.rules


@pytest.mark.parametrize("spelling", OTHERWISE, ids=name)
def test_a_seller_under_an_unknown_spelling_is_known_by_its_name(spelling: Spelling) -> None:
    assert spelling.rules >= {AMOUNT, SIMILAR, RECEIPT}
