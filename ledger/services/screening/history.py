"""What the member saw before of the same parties. Whatever is found here only ever weighs."""

from collections.abc import Iterator, Sequence
from statistics import median

from ledger.invoices.comparison import same_number
from ledger.services.screening.distance import is_near
from ledger.services.screening.gather import History
from ledger.services.screening.model import Candidate, Exhibit, Finding
from ledger.services.screening.points import POINTS, FindingKind
from ledger.store.seen_forms import How, SeenFields, SeenInvoice
from ledger.types import utc_text

_UNUSUAL_TIMES = 10
_LEAST_TO_COMPARE = 3
_MOST_SHOWN = 10

_NEAR = {
    FindingKind.NEAR_NUMBER_SAME_AMOUNT: "with the same total, as bills that recur have",
    FindingKind.NEAR_NUMBER_SAME_DAY: "of the same date, as several bills of one day have",
    FindingKind.NEAR_NUMBER: "with other totals and dates, as a series of invoices has",
}


def judge_history(candidate: Candidate, history: History) -> Iterator[Finding]:
    """The same file, the same number, then what is alike among invoices of the same parties."""
    if history.same_file is not None:
        sentence = f"This very file {_how(history.same_file)}"
        yield Finding(FindingKind.SEEN_BEFORE, sentence, _shown([history.same_file]))
    yield from _same_number(candidate.seen, history.same_number)
    yield from _same_pair(candidate.seen, history.pair)


def _same_number(mine: SeenFields, seen: Sequence[SeenInvoice]) -> Iterator[Finding]:
    alike = [
        item
        for item in seen
        if item.fields.invoice_class is mine.invoice_class
        and same_number(item.fields.number, mine.number)
    ]
    same = [item for item in alike if _terms(item.fields) == _terms(mine)]
    if same:
        sentence = f"This invoice, in another file with its number, date and total, {_how(same[0])}"
        yield Finding(FindingKind.SEEN_BEFORE, sentence, _shown(same))
    other = [item for item in alike if _terms(item.fields) != _terms(mine)]
    if other:
        sentence = f"An invoice with this number, and another date or total, {_how(other[0])}"
        yield Finding(FindingKind.SEEN_OTHERWISE, sentence, _shown(other))


def _same_pair(mine: SeenFields, seen: Sequence[SeenInvoice]) -> Iterator[Finding]:
    others = [
        item
        for item in seen
        if item.fields.invoice_class is mine.invoice_class
        and not same_number(item.fields.number, mine.number)
    ]
    twins = [item for item in others if _terms(item.fields) == _terms(mine)]
    if twins:
        yield Finding(
            FindingKind.SAME_AMOUNT_SAME_DAY,
            "An invoice of the same parties, date and total, under another number,"
            f" {_how(twins[0])}",
            _shown(twins),
        )
    near: dict[FindingKind, list[SeenInvoice]] = {}
    for item in others:
        if item not in twins and is_near(item.fields.folded_number, mine.folded_number):
            near.setdefault(_nearness(item.fields, mine), []).append(item)
    if near:
        # Of a whole series the one that is most alike counts, and once.
        kind = max(near, key=lambda kind: POINTS[kind])
        sentence = f"You have seen near numbers of the same parties {_NEAR[kind]}"
        yield Finding(kind, sentence, _shown(near[kind]))
    yield from _unusual(mine, others)


def _unusual(mine: SeenFields, others: Sequence[SeenInvoice]) -> Iterator[Finding]:
    alike = [item for item in others if item.fields.currency == mine.currency]
    if len(alike) < _LEAST_TO_COMPARE:
        return
    usual = median(item.fields.minor_units for item in alike)
    if usual > 0 and mine.minor_units > _UNUSUAL_TIMES * usual:
        sentence = (
            f"Its total is more than {_UNUSUAL_TIMES} times the median of {len(alike)} invoices of"
            " the same parties that you have seen"
        )
        yield Finding(FindingKind.UNUSUAL_AMOUNT, sentence, _shown(alike))


def _nearness(one: SeenFields, other: SeenFields) -> FindingKind:
    if _money(one) == _money(other):
        return FindingKind.NEAR_NUMBER_SAME_AMOUNT
    if one.issue_date == other.issue_date:
        return FindingKind.NEAR_NUMBER_SAME_DAY
    return FindingKind.NEAR_NUMBER


def _money(fields: SeenFields) -> tuple[str, int]:
    return fields.currency, fields.minor_units


def _terms(fields: SeenFields) -> tuple[object, ...]:
    return fields.issue_date, *_money(fields)


def _shown(seen: Sequence[SeenInvoice]) -> tuple[Exhibit, ...]:
    return tuple(Exhibit(seen=item, record=item.record) for item in seen[:_MOST_SHOWN])


def _how(seen: SeenInvoice) -> str:
    did = "handed in for registration" if seen.how is How.REGISTERED else "screened"
    return f"was {did} by you on {utc_text(seen.seen_at)[:10]}"
