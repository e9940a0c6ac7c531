from datetime import date
from decimal import Decimal

import pytest

from ledger.errors import DocumentError
from ledger.invoices import Money, minor_units
from ledger.invoices.values import parse_amount, parse_currency, parse_date


@pytest.mark.parametrize(
    "text", ["2016-04-04", "20160404", "2016-04-04Z", "2016-04-04+01:00", "2016-04-04-11:30"]
)
def test_a_day_is_read_with_or_without_dashes_and_time_zone(text: str) -> None:
    assert parse_date(text, "it") == date(2016, 4, 4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2016-0404",
        "201604-04",
        "04.04.2016",
        "2016-04-04T00:00:00",
        "2016-13-01",
        "2015-02-29",
        "0000-01-01",
        "16-04-04",
        "\u0662\u0660\u0661\u0666-04-04",
        "2016-04-04\n",
    ],
    ids=ascii,
)
def test_anything_else_is_no_day(text: str) -> None:
    with pytest.raises(DocumentError, match=r"it is .* no date"):
        parse_date(text, "it")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("250.33", "250.33"),
        ("-8.79", "-8.79"),
        ("+1", "1"),
        (".5", "0.5"),
        ("7.", "7"),
        ("007", "7"),
    ],
)
def test_an_amount_is_an_xsd_decimal(text: str, amount: str) -> None:
    assert parse_amount(text, "it") == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", ".", "1e3", "NaN", "INF", "1,5", "1 000", "1_000", "--1", "0x1", "\u0661", "1" * 41],
    ids=ascii,
)
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(DocumentError, match=r"it is .* no amount"):
        parse_amount(text, "it")


def test_a_currency_is_three_letters() -> None:
    assert parse_currency("eur") == "EUR"
    for text in ("", "EURO", "E1R", "\u20ac"):
        with pytest.raises(DocumentError, match="no ISO 4217 code"):
            parse_currency(text)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("10.00", "EUR", 1000),
        ("10", "EUR", 1000),
        ("0.005", "EUR", 1),
        ("-0.005", "EUR", -1),
        ("0.0049", "EUR", 0),
        ("2.675", "EUR", 268),
        ("1000.5", "JPY", 1001),
        ("1.2345", "KWD", 1235),
        ("1.23455", "CLF", 12346),
        ("1", "XYZ", 100),
        ("9" * 37 + ".99", "EUR", int("9" * 39)),
    ],
)
def test_money_counts_minor_units_half_away_from_zero(
    amount: str, currency: str, units: int
) -> None:
    assert minor_units(Money(Decimal(amount), currency)) == units
