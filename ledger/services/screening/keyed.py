"""Records that share an identity key with a file."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.chain.invoice_forms import InvoiceState
from ledger.invoices import IdentityRule
from ledger.services.screening.gather import Gathered
from ledger.services.screening.model import Candidate, Exhibit, Finding
from ledger.services.screening.points import RULE_FINDINGS, FindingKind, strongest
from ledger.types import RecordId, to_hex

ENDED = {
    InvoiceState.REJECTED: "its buyer rejected",
    InvoiceState.CANCELLED: "its supplier cancelled",
    InvoiceState.SETTLED: "is settled",
    InvoiceState.VOIDED: "the council declared void",
}
"""What became of a record of which nothing can be taken any more."""

LIKENESS = {
    IdentityRule.SAME_FILE: "is of the very same file, or one with the same XML in it",
    IdentityRule.SAME_NUMBER: "has the same number of the same issuer, and another date",
    IdentityRule.SAME_AMOUNT: "has the same seller, buyer, total and date, and another number or"
    " issuer",
    IdentityRule.SAME_RECEIPT: "has the same number, total and buyer, of an issuer with other"
    " identifiers",
    IdentityRule.SIMILAR_NUMBER: "has a number that reads like this one, of an issuer with the"
    " same name or identifier",
}
"""What another invoice has in common that shares a key of this rule, and no stricter one."""

# An invoice that shares one of these has the same total; a strict key says nothing of it.
_OF_TOTAL = frozenset({IdentityRule.SAME_FILE, IdentityRule.SAME_AMOUNT, IdentityRule.SAME_RECEIPT})

UNREAD = (
    "More records share keys than this service knows by name: it has not read their events"
    " yet, or they stand in the deployment before this one. Screen it again when it has caught up"
)
"""Why some records are counted and not named."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """Records that carry some keys.

    records: each with what shows it. unread: keys that more records carry than the projection
    knows.
    """

    records: Mapping[RecordId, tuple[Exhibit, ...]]
    unread: tuple[Exhibit, ...]


def carriers_of(keys: Iterable[tuple[IdentityRule, bytes]], gathered: Gathered) -> Carriers:
    """Who carries these alert keys: the first by the chain, the others by the projection."""
    records: dict[RecordId, list[Exhibit]] = {}
    unread: list[Exhibit] = []
    for rule, key in keys:
        known = _projected(rule, key, gathered)
        first = gathered.keys.firsts.get(key)
        if first is not None and all(exhibit.record != first for exhibit in known):
            known.insert(0, Exhibit(record=first, rule=rule, key=key))
        repeats = sum(
            event.name == "AlertKeySeen" for event in gathered.projected.carriers.get(key, ())
        )
        if repeats < gathered.keys.repeats.get(key, 0):
            unread.append(Exhibit(rule=rule, key=key))
        for exhibit in known:
            if exhibit.record is not None:
                records.setdefault(exhibit.record, []).append(exhibit)
    return Carriers({record: tuple(found) for record, found in records.items()}, tuple(unread))


def judge_keys(candidate: Candidate, gathered: Gathered) -> Iterator[Finding]:
    """What carries the strict keys of a file, then what carries its alert keys."""
    alert = carriers_of(((item.kind, item.key) for item in candidate.keys.alert), gathered)
    strict = _strict_carriers(candidate, gathered)
    standing = {
        record: None
        for key in candidate.keys.strict
        if (record := gathered.keys.holders.get(key)) is not None
    }
    expected = candidate.upload.record
    if expected is not None:
        shown = (*strict.get(expected, ()), *alert.records.get(expected, ()))
        yield from _expected(expected, standing, shown, gathered)
    same = dict.fromkeys((*standing, *strict))
    for record in same:
        if record != expected:
            shown = (*strict.get(record, ()), *alert.records.get(record, ()))
            yield _carrying(record, shown, gathered, standing=record in standing)
    for record, shown in alert.records.items():
        if record != expected and record not in same:
            yield _alike(record, shown, gathered)
    if alert.unread:
        yield Finding(FindingKind.UNREAD_EVENTS, UNREAD, alert.unread)


def _expected(
    record: RecordId,
    standing: Collection[RecordId],
    shown: Sequence[Exhibit],
    gathered: Gathered,
) -> Iterator[Finding]:
    """What is to be said of the record that a file was offered as.

    shown: the keys that it shares with the file.
    """
    known, name = gathered.records.get(record), to_hex(record)
    exhibits = tuple(shown) or (Exhibit(record=record),)
    if known is None:
        sentence = f"The chain has no record {name}, as which it was offered"
        yield Finding(FindingKind.OTHER_RECORD, sentence, exhibits)
        return
    state = known.invoice.state
    rules = {exhibit.rule for exhibit in shown}
    if record not in standing and IdentityRule.SAME_INVOICE not in rules:
        sentence = (
            f"Record {name}, as which it was offered, is of another invoice: it holds no key of"
            " this one's issuer, number and date"
        )
        yield Finding(FindingKind.OTHER_RECORD, sentence, exhibits)
    elif state in ENDED:
        sentence = f"It is record {name}, which {ENDED[state]}: nothing is to be financed"
        yield Finding(FindingKind.RECORD_ENDED, sentence, exhibits)
    elif rules.isdisjoint(_OF_TOTAL):
        sentence = (
            f"Record {name}, as which it was offered, has its issuer, number and date; but no key"
            " says that file or total are the same"
        )
        yield Finding(FindingKind.OTHER_TERMS, sentence, exhibits)
    else:
        how = _how_far_the_same(shown)
        sentence = f"It is record {name}, as which it was offered, {how}"
        yield Finding(FindingKind.THE_RECORD, sentence, exhibits)
    if known.invoice.freezes:
        sentence = f"Record {name} is frozen: no unit changes hands until that is lifted"
        yield Finding(FindingKind.RECORD_FROZEN, sentence, (Exhibit(record=record),))


def _carrying(
    record: RecordId, exhibits: Sequence[Exhibit], gathered: Gathered, *, standing: bool
) -> Finding:
    """A finding about a record that has, or had, a strict key of the file."""
    name, how = to_hex(record), _how_far_the_same(exhibits)
    known = gathered.records.get(record)
    if standing:
        by = "" if known is None else f" by {known.invoice.supplier}"
        sentence = f"It is registered{by} as record {name}, {how}"
        return Finding(FindingKind.REGISTERED, sentence, tuple(exhibits))
    state = None if known is None else known.invoice.state
    fate = "holds its keys no more" if state is None else ENDED.get(state, "has freed its keys")
    cancelled = state is InvoiceState.CANCELLED
    kind = FindingKind.CANCELLED_BEFORE if cancelled else FindingKind.ENDED_BEFORE
    sentence = f"It was registered before as record {name}, which {fate}; {how}"
    return Finding(kind, sentence, tuple(exhibits))


def _how_far_the_same(exhibits: Iterable[Exhibit]) -> str:
    rules = {exhibit.rule for exhibit in exhibits}
    if IdentityRule.SAME_FILE in rules:
        return "from the very same file, or one with the same XML"
    if not rules.isdisjoint(_OF_TOTAL):
        return "from another file with the same number, date and total"
    return "from another file with the same number and date; no key says that the total is the same"


def _alike(record: RecordId, exhibits: Sequence[Exhibit], gathered: Gathered) -> Finding:
    """A finding about a record that shares alert keys alone."""
    rule = strongest(exhibit.rule for exhibit in exhibits if exhibit.rule is not None)
    known = gathered.records.get(record)
    name, likeness = to_hex(record), LIKENESS[rule]
    state = None if known is None else known.invoice.state
    if state is InvoiceState.CANCELLED:
        sentence = f"Record {name}, which its supplier cancelled, {likeness}"
        return Finding(FindingKind.CANCELLED_BEFORE, sentence, tuple(exhibits))
    fate = f", which {ENDED[state]}," if state is not None and state in ENDED else ""
    return Finding(RULE_FINDINGS[rule], f"Record {name}{fate} {likeness}", tuple(exhibits))


def _strict_carriers(
    candidate: Candidate, gathered: Gathered
) -> dict[RecordId, tuple[Exhibit, ...]]:
    """Records that hold a strict key, or ever did, with what shows it."""
    found: dict[RecordId, list[Exhibit]] = {}
    for key in candidate.keys.strict:
        known = _projected(IdentityRule.SAME_INVOICE, key, gathered)
        holder = gathered.keys.holders.get(key)
        if holder is not None and all(exhibit.record != holder for exhibit in known):
            known.append(Exhibit(record=holder, rule=IdentityRule.SAME_INVOICE, key=key))
        for exhibit in known:
            if exhibit.record is not None:
                found.setdefault(exhibit.record, []).append(exhibit)
    return {record: tuple(shown) for record, shown in found.items()}


def _projected(rule: IdentityRule, key: bytes, gathered: Gathered) -> list[Exhibit]:
    """Each record once that came to carry a key, by the first event that says so."""
    found: dict[RecordId, Exhibit] = {}
    for event in gathered.projected.carriers.get(key, ()):
        if event.record is not None and event.record not in found:
            found[event.record] = Exhibit(
                record=event.record,
                rule=rule,
                key=key,
                block=event.block_number,
                time=event.timestamp,
            )
    return list(found.values())
