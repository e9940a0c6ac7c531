"""What each finding weighs: one public table, and nothing else decides.

The weights follow what the keys caught on real invoices: an honest series of invoices meets none
of the rules that weigh REVIEW_FROM or more, while nearly every honest next invoice has a number
near the one before, which therefore weighs next to nothing.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from ledger.invoices import IdentityRule

REVIEW_FROM = 30
"""Points in total from which a person should look before anything is financed."""


class FindingKind(StrEnum):
    """What was found. The names are stable, for programs."""

    REGISTERED = "registered"
    OTHER_RECORD = "other-record"
    RECORD_ENDED = "record-ended"
    NOT_FINANCEABLE = "not-financeable"
    SAME_INVOICE_HERE = "same-invoice-here"
    NOTHING_LEFT = "nothing-left"

    SAME_FILE = "same-file"
    ENDED_BEFORE = "ended-before"
    SAME_PARTIES = "same-parties"
    OTHER_SUPPLIER = "other-supplier"
    OTHER_BUYER = "other-buyer"
    OTHER_TERMS = "other-terms"
    SAME_NUMBER = "same-number"
    SAME_AMOUNT = "same-amount"
    SEEN_OTHERWISE = "seen-otherwise"
    REFERS_TO_REGISTERED = "refers-to-registered"
    RECORD_FROZEN = "record-frozen"
    SAME_RECEIPT = "same-receipt"
    SAME_AMOUNT_SAME_DAY = "same-amount-same-day"
    REFERRED_TO = "referred-to"
    SIMILAR_NUMBER = "similar-number"
    NOT_ACCEPTED = "not-accepted"
    OVERDUE = "overdue"
    UNREAD_EVENTS = "unread-events"
    CIRCULAR_TRADE = "circular-trade"
    CANCELLED_BEFORE = "cancelled-before"
    PLEDGED = "pledged"
    MUTUAL_TRADE = "mutual-trade"
    NEAR_NUMBER_SAME_AMOUNT = "near-number-same-amount"
    UNUSUAL_AMOUNT = "unusual-amount"
    PART_RETIRED = "part-retired"
    NOT_OFFERED = "not-offered"
    NEAR_NUMBER_SAME_DAY = "near-number-same-day"
    NEAR_NUMBER = "near-number"

    THE_RECORD = "the-record"
    OFFERED = "offered"
    YOU_HOLD = "you-hold"
    SEEN_BEFORE = "seen-before"
    CREDITED = "credited"
    REFERS_TO = "refers-to"
    DOCUMENT_TYPE = "document-type"


class Verdict(StrEnum):
    """The answer for one file."""

    BLOCKED = "blocked"
    """Not to be financed: it stands as another record, or is no receivable."""
    REVIEW = "review"
    """A person should look: the points add up to REVIEW_FROM or more."""
    CLEAR = "clear"
    """Nothing that was looked at speaks against it."""


BLOCKING = frozenset(
    {
        FindingKind.REGISTERED,
        FindingKind.OTHER_RECORD,
        FindingKind.RECORD_ENDED,
        FindingKind.NOT_FINANCEABLE,
        FindingKind.SAME_INVOICE_HERE,
        FindingKind.NOTHING_LEFT,
    }
)
"""Findings that decide by themselves, whatever the points."""

POINTS: Mapping[FindingKind, int] = {
    **dict.fromkeys(BLOCKING, 100),
    FindingKind.SAME_FILE: 60,
    FindingKind.ENDED_BEFORE: 60,
    FindingKind.SAME_PARTIES: 60,
    FindingKind.OTHER_SUPPLIER: 60,
    FindingKind.OTHER_BUYER: 60,
    FindingKind.OTHER_TERMS: 50,
    FindingKind.SAME_NUMBER: 50,
    FindingKind.SAME_AMOUNT: 50,
    FindingKind.SEEN_OTHERWISE: 50,
    FindingKind.REFERS_TO_REGISTERED: 50,
    FindingKind.RECORD_FROZEN: 50,
    FindingKind.SAME_RECEIPT: 40,
    FindingKind.SAME_AMOUNT_SAME_DAY: 40,
    FindingKind.REFERRED_TO: 40,
    FindingKind.SIMILAR_NUMBER: 30,
    FindingKind.NOT_ACCEPTED: 30,
    FindingKind.OVERDUE: 30,
    FindingKind.UNREAD_EVENTS: 30,
    FindingKind.CIRCULAR_TRADE: 30,
    FindingKind.CANCELLED_BEFORE: 20,
    FindingKind.PLEDGED: 20,
    FindingKind.MUTUAL_TRADE: 15,
    FindingKind.NEAR_NUMBER_SAME_AMOUNT: 10,
    FindingKind.UNUSUAL_AMOUNT: 10,
    FindingKind.PART_RETIRED: 10,
    FindingKind.NOT_OFFERED: 5,
    FindingKind.NEAR_NUMBER_SAME_DAY: 5,
    FindingKind.NEAR_NUMBER: 1,
    FindingKind.THE_RECORD: 0,
    FindingKind.OFFERED: 0,
    FindingKind.YOU_HOLD: 0,
    FindingKind.SEEN_BEFORE: 0,
    FindingKind.CREDITED: 0,
    FindingKind.REFERS_TO: 0,
    FindingKind.DOCUMENT_TYPE: 0,
}
"""Points of every finding. A file's score is the sum of its findings'."""

RULE_FINDINGS: Mapping[IdentityRule, FindingKind] = {
    IdentityRule.SAME_FILE: FindingKind.SAME_FILE,
    IdentityRule.SAME_NUMBER: FindingKind.SAME_NUMBER,
    IdentityRule.SAME_AMOUNT: FindingKind.SAME_AMOUNT,
    IdentityRule.SAME_RECEIPT: FindingKind.SAME_RECEIPT,
    IdentityRule.SIMILAR_NUMBER: FindingKind.SIMILAR_NUMBER,
}
"""What a shared alert key is a finding of, the most telling first."""


def strongest(rules: Iterable[IdentityRule]) -> IdentityRule:
    """The most telling of some alert rules: others that are met beside it add nothing to it."""
    met = set(rules)
    return next(rule for rule in RULE_FINDINGS if rule in met)


def verdict_of(kinds: Iterable[FindingKind]) -> Verdict:
    """The answer that some findings add up to."""
    found = list(kinds)
    if not BLOCKING.isdisjoint(found):
        return Verdict.BLOCKED
    return Verdict.REVIEW if sum(POINTS[kind] for kind in found) >= REVIEW_FROM else Verdict.CLEAR
