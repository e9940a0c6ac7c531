"""contracts/GAS.md: what operations cost, and how near that is to what they must cost."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tests.contracts.gas_arithmetic import Bill
from tests.contracts.gas_governance import SIZES

REPORT = Path(__file__).parents[2] / "contracts" / "GAS.md"

_HEAD = """\
# Gas

Written by `scripts/snapshot_gas.py`, which measures every operation on a fresh chain with the \
rules of Paris. Members have acted in a book before, unless it says otherwise. What the council \
decides is "executed": the gas is that of the transaction that carries the decision out.
"""

_ANCHORS = """\
## Anchors

One transaction anchors a tree of any number of documents. The chain sees its root and its size: \
a larger tree costs more only as its size has fewer zero bytes to send.
"""

_ARITHMETIC = """\
## Near to the cost of the slots

An invoice with one strict and three alert keys is registered, accepted, and a part of it \
assigned, by members that have acted before and with keys that are new. The sum counts what any \
code pays that is sent, stores, reads and logs the same (EIP-2028, EIP-2929): the slots are \
counted and named by watching SLOAD and SSTORE in the virtual machine. The rest is computation, \
memory, hashing, and touching a slot again, for 100 each time.
"""


def to_report(gas: Mapping[str, int], bills: Iterable[Bill]) -> str:
    """The report as it is committed."""
    bills = list(bills)
    parts = [
        _HEAD,
        _ANCHORS,
        _anchors(gas),
        _ARITHMETIC,
        _summary(bills),
        *(part for bill in bills for part in _chapter(bill)),
        "## Every operation\n",
        _table(("Operation", "Gas"), "-:", ((name, _n(gas[name])) for name in _in_order(gas))),
    ]
    return "\n".join(parts)


def _in_order(names: Iterable[str]) -> list[str]:
    """Sorted by text, and by number where they differ in one."""
    return sorted(names, key=lambda name: re.sub(r"[\d,]*\d", _padded, name))


def _padded(number: re.Match[str]) -> str:
    return number[0].replace(",", "").zfill(9)


def _anchors(gas: Mapping[str, int]) -> str:
    totals = {leaves: gas[f"Notary.anchor, {note}"] for leaves, note in SIZES.items()}
    rows = ((_n(leaves), _n(total), f"{total / leaves:,.2f}") for leaves, total in totals.items())
    return _table(("Documents", "Gas of the anchor", "Gas per document"), ":::", rows)


def _summary(bills: Sequence[Bill]) -> str:
    rows = ((bill.operation, *_totals(bill)) for bill in bills)
    return _table(("Operation", "Sum", "Measured", "Measured / sum"), "-:::", rows)


def _chapter(bill: Bill) -> Iterator[str]:
    yield f"### {bill.operation}\n"
    counted = ((i.what, _n(i.count), _n(i.each), _n(i.count * i.each)) for i in bill.items)
    total, measured, ratio = _totals(bill)
    rows = [
        *counted,
        ("**sum**", "", "", total),
        (f"**measured**, {ratio} of it", "", "", measured),
    ]
    yield _table(("What", "Count", "Gas each", "Gas"), "-:::", rows)
    again, rest = _n(100 * bill.repeated), _n(bill.measured - bill.sum)
    yield f"Slots are touched again {bill.repeated} times, for {again} of the {rest} that remain.\n"
    yield _table(("Slot", "Is"), "--", ((f"`{slot}`", outcome) for slot, outcome in bill.slots))


def _totals(bill: Bill) -> tuple[str, str, str]:
    return _n(bill.sum), _n(bill.measured), f"{bill.measured / bill.sum:.3f}"


def _table(heads: Sequence[str], align: str, rows: Iterable[Sequence[str]]) -> str:
    """A table; `align` has a sign for each column, ":" for those of numbers."""
    marks = ["--:" if sign == ":" else "---" for sign in align]
    lines = (f"| {' | '.join(cells)} |" for cells in (heads, *rows))
    first, *others = lines
    return "\n".join([first, f"|{'|'.join(marks)}|", *others, ""])


def _n(number: int) -> str:
    return f"{number:,}"
