"""What caught what: every case tried on every document of a folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ledger.invoices import IdentityKeys, IdentityRule
from tests.unit.invoices.cases import Case
from tests.unit.invoices.samples import Sample, keys_of, rules_met, xml_samples

_LARGEST = 100_000


@dataclass(frozen=True)
class Catch:
    """One changed document, and the rules under which it meets the original."""

    sample: Sample
    rules: frozenset[int]


@dataclass(frozen=True)
class Tally:
    """How many documents were changed, and how many of them each rule caught."""

    total: int
    by_rule: tuple[int, ...]


@cache
def originals(folder: Path) -> tuple[tuple[Sample, IdentityKeys], ...]:
    """Invoices that the seller numbers and that owe money, so that every rule applies to them."""
    return tuple(
        (sample, keys_of(sample.data))
        for sample in xml_samples(folder)
        if sample.row["type_code"] in {"380", "384"}
        and float(sample.row["total_incl_tax"]) >= 0
        and sample.path.stat().st_size < _LARGEST
    )


def catches(folder: Path, case: Case) -> Iterator[Catch]:
    """Try a case on every document that it applies to."""
    for sample, keys in originals(folder):
        after = case.change(sample.data)
        if after is not None:
            yield Catch(sample, frozenset(rules_met(keys, keys_of(after))))


def tally(folder: Path, case: Case) -> Tally:
    """Count what a case's documents are caught by."""
    found = [catch.rules for catch in catches(folder, case)]
    return Tally(len(found), tuple(sum(rule in met for met in found) for rule in IdentityRule))
