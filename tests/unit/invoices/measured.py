"""What was measured over all official samples, of which this repository holds a part."""

from dataclasses import dataclass
from pathlib import Path

from tests.unit.invoices.cases import INVOICE
from tests.unit.invoices.pairs import documents, renderings, strangers, versions


@dataclass(frozen=True)
class Figures:
    """Documents, and pairs of them: renderings of one invoice, versions of one, and strangers.

    `_met`: pairs that share a strict key; `_caught`: pairs that meet under any rule.
    """

    documents: int
    renderings: int
    renderings_met: int
    strangers: int
    strangers_met: int
    versions: int
    versions_caught: int


def figures(folder: Path) -> Figures:
    """Measure a folder of samples."""
    same, others, conflicts = renderings(folder), strangers(folder), versions(folder)
    return Figures(
        documents=len(documents(folder)),
        renderings=len(same),
        renderings_met=sum(INVOICE in pair.rules for pair in same),
        strangers=len(others),
        strangers_met=sum(INVOICE in pair.rules for pair in others),
        versions=len(conflicts),
        versions_caught=sum(bool(pair.rules) for pair in conflicts),
    )


MEASURED = Figures(
    documents=120,
    renderings=55,
    renderings_met=55,
    strangers=7016,
    strangers_met=0,
    versions=69,
    versions_caught=69,
)
