"""What two documents of a manifest have in common: the same invoice, versions of one, or others."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from ledger.invoices import IdentityKeys, Invoice, identity_keys
from tests.unit.invoices.samples import FINGERPRINTS, Sample, read, rules_met, samples


@dataclass(frozen=True)
class Document:
    """A sample that was read."""

    sample: Sample
    invoice: Invoice
    keys: IdentityKeys

    @property
    def syntax(self) -> str:
        """`UBL`, `CII`, `ZUGFeRD 1.0` or `PDF`, as the manifest has it."""
        form = self.sample.row["format"].partition("/")[0].replace("-", " ")
        return next(name for name in ("PDF", "UBL", "CII", "ZUGFeRD 1.0") if form.startswith(name))


@dataclass(frozen=True)
class Pair:
    """Two documents and the rules under which they meet."""

    one: Document
    other: Document
    rules: frozenset[int]

    @property
    def syntaxes(self) -> str:
        """Both syntaxes, in a fixed order."""
        return " + ".join(sorted((self.one.syntax, self.other.syntax), reverse=True))


@cache
def documents(folder: Path) -> tuple[Document, ...]:
    """Every sample of a manifest."""
    read_samples = ((sample, read(sample.data)) for sample in samples(folder))
    return tuple(
        Document(sample, invoice, identity_keys(invoice, FINGERPRINTS))
        for sample, invoice in read_samples
    )


def _pairs(folder: Path) -> Iterator[Pair]:
    for one, other in combinations(documents(folder), 2):
        yield Pair(one, other, frozenset(rules_met(one.keys, other.keys)))


def renderings(folder: Path) -> list[Pair]:
    """Pairs of documents that are one invoice."""
    return [pair for pair in _pairs(folder) if pair.one.sample.variant == pair.other.sample.variant]


def versions(folder: Path) -> list[Pair]:
    """Pairs that call themselves the same invoice and contradict each other."""
    return [
        pair
        for pair in _pairs(folder)
        if pair.one.sample.group == pair.other.sample.group
        and pair.one.sample.variant != pair.other.sample.variant
    ]


def strangers(folder: Path) -> list[Pair]:
    """Pairs of different invoices."""
    return [pair for pair in _pairs(folder) if pair.one.sample.group != pair.other.sample.group]


def differences(pair: Pair) -> list[str]:
    """The fields in which two versions contradict each other, as far as keys rest on them or on
    what a financier looks at."""
    one, other = pair.one.invoice, pair.other.invoice
    compared = {
        "number": (one.number, other.number),
        "class": (one.invoice_class, other.invoice_class),
        "type code": (one.type_code, other.type_code),
        "issue date": (one.issue_date, other.issue_date),
        "due date": (one.due_date, other.due_date),
        "currency": (one.gross.currency, other.gross.currency),
        "total": (one.gross.amount, other.gross.amount),
        "amount due": (one.payable, other.payable),
        "seller's name": (one.seller.name, other.seller.name),
        "buyer's name": (one.buyer.name, other.buyer.name),
    }
    found = [name for name, (its, others) in compared.items() if its != others]
    for party, its, others in (
        ("seller", one.seller.ids, other.seller.ids),
        ("buyer", one.buyer.ids, other.buyer.ids),
    ):
        # A rendering that drops identifiers contradicts nothing.
        if not (set(its) <= set(others) or set(others) <= set(its)):
            found.append(f"{party}'s identifiers")
    return found
