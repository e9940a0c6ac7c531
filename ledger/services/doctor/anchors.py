"""Whether every anchor can be derived anew."""

from collections.abc import Iterator

from ledger.chain.deployment import Deployment
from ledger.chain.notary import Notary
from ledger.chain.port import Chain
from ledger.services.differences import Difference, Progress
from ledger.services.doctor.findings import Finding, ok, wrong
from ledger.services.rederive import rederive
from ledger.store.engine import Store

MOST_DIFFERENCES = 100
"""Differences that are listed one by one."""

_REMEDIES = {
    Difference.UNKNOWN: (
        "find out what else uses the member's operator key, most often a second service with a"
        " database of its own: services of one key must share one database"
    ),
    Difference.MISSING: "let the service run, which sends it again; if it stays, ask for help",
    Difference.NOT_CANONICAL: "let the service run, which sends it again; if not, ask for help",
}
_DAMAGED = "the database was changed by something else: restore it from a backup, beside this one"


def check_anchors(
    store: Store, chain: Chain, deployment: Deployment, progress: Progress
) -> Iterator[Finding]:
    """Derive all anchors anew, and say what differs."""
    notary = Notary(chain, deployment.notary)
    found = rederive(store, chain, notary, first_block=deployment.first_block, progress=progress)
    for item in found.differences[:MOST_DIFFERENCES]:
        of = "" if item.batch is None else f"batch {item.batch}: "
        yield wrong(
            "anchors", f"{of}{item.detail} ({item.what})", _REMEDIES.get(item.what, _DAMAGED)
        )
    hidden = len(found.differences) - MOST_DIFFERENCES
    if hidden > 0:
        yield wrong("anchors", f"{hidden:,} more differences", _DAMAGED)
    if not found.differences:
        yield ok(
            "anchors",
            f"all were derived anew, without a difference (documents: {found.documents:,}, batches:"
            f" {found.batches:,}, anchors on the chain: {found.events:,})",
        )
