from functools import cache
from pathlib import Path

import pytest

from ledger.invoices import IdentityKeys
from tests.unit.invoices import mutations as m
from tests.unit.invoices.samples import FOLDERS, keys_of, rules_met, samples

FILE, INVOICE, NUMBER, AMOUNT, SIMILAR, RECEIPT = range(6)
ALL_BUT_FILE = {INVOICE, NUMBER, AMOUNT, SIMILAR, RECEIPT}
LARGEST = 100_000

# The same invoice written in another way, and the rules under which it must still be met.
RENDERINGS: dict[str, tuple[m.Mutation, set[int]]] = {
    "UTF-16": (m.encoded("UTF-16"), ALL_BUT_FILE),
    "ISO-8859-1": (m.encoded("ISO-8859-1"), ALL_BUT_FILE),
    "US-ASCII": (m.encoded("US-ASCII"), ALL_BUT_FILE),
    "UTF-8 with mark": (m.with_mark, ALL_BUT_FILE),
    "canonical XML": (m.canonical, ALL_BUT_FILE),
    "other prefixes": (m.other_prefixes, ALL_BUT_FILE),
    "indented": (m.indented, ALL_BUT_FILE),
    "comment in the number": (m.split_by_comments, ALL_BUT_FILE),
    "number in lower case": (m.number(str.lower), ALL_BUT_FILE),
    "number spaced": (m.number(m.spaced), ALL_BUT_FILE),
    "number in full width": (m.number(lambda t: t.translate(m.FULL_WIDTH)), ALL_BUT_FILE),
    "number in Cyrillic": (m.number(lambda t: t.upper().translate(m.CYRILLIC)), ALL_BUT_FILE),
    "number with zero-width space": (m.number("\u200b".join), ALL_BUT_FILE),
    "amount with more zeros": (m.gross(m.trailing_zeros), ALL_BUT_FILE),
    "amount with a sign": (m.gross(lambda t: t if "-" in t else f"+{t.strip()}"), ALL_BUT_FILE),
    "date with time zone": (m.issue_date(m.with_time_zone), ALL_BUT_FILE),
    "VAT number spaced": (m.seller_vat(m.spaced), ALL_BUT_FILE),
    "VAT number in lower case": (m.seller_vat(str.lower), ALL_BUT_FILE),
    "name in capitals": (m.seller_name(str.upper), ALL_BUT_FILE),
    "BT-29 dropped": (m.without_plain_ids, {INVOICE, NUMBER, AMOUNT, SIMILAR, RECEIPT}),
    "number without leading zeros": (m.number(m.drop_leading_zeros), {AMOUNT, SIMILAR}),
}

# What was changed, and the rules that catch it.
TAMPERINGS: dict[str, tuple[m.Mutation, set[int]]] = {
    "amount one cent up": (m.gross(m.more), {INVOICE, NUMBER, SIMILAR}),
    "date one day on": (m.issue_date(m.other_day), {NUMBER, SIMILAR, RECEIPT}),
    "another digit in the number": (m.number(m.last_digit_up), {AMOUNT}),
    "a letter for a digit in the number": (
        m.number(lambda t: t.replace("0", "O").replace("1", "l")),
        {AMOUNT, SIMILAR},
    ),
    "seller's identifiers replaced": (m.other_seller_ids, {AMOUNT, SIMILAR, RECEIPT}),
    "invoice called a credit note": (m.type_code("381"), {AMOUNT, SIMILAR, RECEIPT}),
    "invoice called corrected": (m.type_code("384"), ALL_BUT_FILE),
}


@cache
def originals(folder: Path) -> list[tuple[str, bytes, IdentityKeys]]:
    """Invoices that the seller numbers and that owe money, so that every rule applies to them."""
    return [
        (sample.path.name, sample.data, keys_of(sample.data))
        for sample in samples(folder)
        if sample.row["type_code"] in {"380", "384"}
        and float(sample.row["total_incl_tax"]) >= 0
        and sample.path.stat().st_size < LARGEST
    ]


def uncaught(folder: Path, mutation: m.Mutation, rules: set[int]) -> tuple[int, list[str]]:
    """How many documents were changed, and those that are not met under all the rules."""
    changed = [
        (name, keys, keys_of(mutated))
        for name, data, keys in originals(folder)
        if (mutated := mutation(data)) is not None
    ]
    missed = [name for name, keys, others in changed if not rules <= rules_met(keys, others)]
    return len(changed), missed


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize(("mutation", "rules"), RENDERINGS.values(), ids=RENDERINGS.keys())
def test_an_invoice_written_in_another_way_is_met(
    folder: Path, mutation: m.Mutation, rules: set[int]
) -> None:
    count, missed = uncaught(folder, mutation, rules)
    assert count
    assert missed == []


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize(("mutation", "rules"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_a_tampered_invoice_is_caught(folder: Path, mutation: m.Mutation, rules: set[int]) -> None:
    count, missed = uncaught(folder, mutation, rules)
    assert count
    assert missed == []


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize(
    "tampering", ["date one day on", "another digit in the number", "seller's identifiers replaced"]
)
def test_what_only_an_alert_catches_is_not_called_the_same_invoice(
    folder: Path, tampering: str
) -> None:
    mutation, _ = TAMPERINGS[tampering]
    for name, data, keys in originals(folder):
        mutated = mutation(data)
        assert mutated is None or INVOICE not in rules_met(keys, keys_of(mutated)), name
