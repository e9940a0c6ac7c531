"""Dates, amounts and currencies: from the text of a field to a value, and to minor units."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from ledger.errors import DocumentError
from ledger.invoices.model import Money

# xsd:date, and the CII form 102. The time zone of an xsd:date says nothing about the day that
# the invoice bears, so two renderings that differ in it alone are the same invoice.
_DATE = re.compile(
    r"(?P<day>[0-9]{4}(?P<dash>-?)[0-9]{2}(?P=dash)[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_AMOUNT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_CURRENCY = re.compile(r"[A-Za-z]{3}")
_AMOUNT_LENGTH = 40
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)

# ISO 4217, column "minor unit", where it is not 2.
_MINOR_UNIT_DIGITS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def parse_date(text: str, term: str) -> date:
    """Read `2016-04-04`, `2016-04-04+01:00` or `20160404`; DocumentError for anything else."""
    match = _DATE.fullmatch(text)
    if match is not None:
        try:
            return date.fromisoformat(match["day"])
        except ValueError:
            pass
    raise DocumentError(f"{term} is {text[:40]!r}, which is no date such as 2016-04-04")


def parse_amount(text: str, term: str) -> Decimal:
    """Read an xsd:decimal (no exponent, no grouping); DocumentError for anything else."""
    if len(text) > _AMOUNT_LENGTH or _AMOUNT.fullmatch(text) is None:
        raise DocumentError(f"{term} is {text[:40]!r}, which is no amount such as 1234.50")
    return Decimal(text)


def parse_currency(text: str, term: str = "the currency code") -> str:
    """Read an ISO 4217 code, in capitals; DocumentError for anything else."""
    if _CURRENCY.fullmatch(text) is None:
        raise DocumentError(f"{term} is {text[:40]!r}, which is no ISO 4217 code such as EUR")
    return text.upper()


def minor_units(money: Money) -> int:
    """The amount in the currency's smallest unit (ISO 4217), half a unit away from zero.

    A currency that ISO 4217 does not list counts as having two decimals.
    """
    scaled = money.amount.scaleb(_MINOR_UNIT_DIGITS.get(money.currency, 2), _EXACT)
    return int(scaled.to_integral_value(ROUND_HALF_UP))
