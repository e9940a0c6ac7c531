"""The files of one screening among themselves: the same receivable twice in one portfolio."""

from collections.abc import Iterator, Sequence

from ledger.invoices import IdentityRule
from ledger.invoices.comparison import same_number
from ledger.services.screening.keyed import LIKENESS
from ledger.services.screening.model import Candidate, Exhibit, Finding
from ledger.services.screening.points import RULE_FINDINGS, FindingKind, strongest


def judge_portfolio(candidate: Candidate, together: Sequence[Candidate]) -> Iterator[Finding]:
    """Other files that are the same receivable, or like it. together: all files."""
    strict = set(candidate.keys.strict)
    alert = {item.key: item.kind for item in candidate.keys.alert}
    for other in together:
        if other is candidate:
            continue
        shared = [Exhibit(file=other.name, rule=IdentityRule.SAME_INVOICE, key=key)
                  for key in other.keys.strict if key in strict]  # fmt: skip
        alike = [
            Exhibit(file=other.name, rule=item.kind, key=item.key)
            for item in other.keys.alert
            if alert.get(item.key) is item.kind
        ]
        if shared:
            sentence = f"{_same_as(candidate, other)}: one receivable stands here twice"
            yield Finding(FindingKind.SAME_INVOICE_HERE, sentence, (*shared, *alike))
        elif alike:
            rule = strongest(item.kind for item in other.keys.alert if item.key in alert)
            yield Finding(RULE_FINDINGS[rule], f"{other.name} {LIKENESS[rule]}", tuple(alike))


def _same_as(one: Candidate, other: Candidate) -> str:
    if one.seen.file == other.seen.file:
        return f"{one.name} and {other.name} are the very same file"
    if not same_number(one.invoice.number, other.invoice.number):
        return (
            f"{one.name} and {other.name} have one issuer and date, and numbers that differ only in"
            " where they are divided"
        )
    return f"{one.name} and {other.name} are the same invoice, by issuer, number and date"
