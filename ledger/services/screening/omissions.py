"""What was not looked at: so that nothing is called clear which was only passed over."""

from collections.abc import Iterator, Sequence

from ledger.services.screening.candidates import MAX_REFERENCES
from ledger.services.screening.gather import MAX_HISTORY, MAX_TRADES, Gathered
from ledger.services.screening.model import Candidate, Finding
from ledger.services.screening.offered import offered_record
from ledger.services.screening.parties import Traders, unnamed_parties


def not_looked_at(
    candidate: Candidate, traders: Traders, found: Sequence[Finding], gathered: Gathered
) -> Iterator[str]:
    """What could not be screened of a file, and why, in sentences without a full stop."""
    yield from unnamed_parties(candidate, gathered)
    yield from _offers(candidate, gathered)
    yield from _circles(traders, gathered)
    yield from _history(candidate, gathered)
    more = len(candidate.invoice.preceding) - MAX_REFERENCES
    if more > 0:
        yield f"{more:,} of the invoices that it refers to, after the first {MAX_REFERENCES}"
    carriers = {
        exhibit.record
        for finding in found
        for exhibit in finding.exhibits
        if exhibit.key is not None and exhibit.record is not None
    }
    unread = len(carriers - gathered.records.keys())
    if unread:
        yield (
            f"How {unread:,} of the records stand that share its keys: this deployment has not got"
            " them, or there are too many"
        )
    if gathered.lag_blocks:
        yield (
            f"Events of the newest {gathered.lag_blocks:,} blocks, which this service has not read:"
            " records that ended, trade in circles and credit notes may be missing"
        )


def _offers(candidate: Candidate, gathered: Gathered) -> Iterator[str]:
    known = offered_record(candidate, gathered)
    if known is None or known.holdings is None:
        return
    older = known.holdings.offer_count - len(known.holdings.offers)
    if older:
        yield f"Whether the {older:,} oldest offers of its record are to you, and still open"


def _circles(traders: Traders, gathered: Gathered) -> Iterator[str]:
    unmapped = [
        party
        for party, member in (("seller", traders.supplier), ("buyer", traders.buyer))
        if member is None
    ]
    if unmapped:
        which = "member its {} is" if len(unmapped) == 1 else "members its {} are"
        yield (
            f"Trade in circles through the ledger, because it is not known which"
            f" {which.format(' and its '.join(unmapped))}: name the supplier and the buyer"
        )
    if len(gathered.projected.trades) == MAX_TRADES:
        yield f"Trade in circles among more than the newest {MAX_TRADES:,} registrations"


def _history(candidate: Candidate, gathered: Gathered) -> Iterator[str]:
    if not candidate.links.buyer:
        yield (
            "What you saw before of its seller and buyer, because the buyer has neither a name nor"
            " an identifier"
        )
    if len(gathered.history[candidate.name].pair) >= MAX_HISTORY:
        yield f"What you saw of its seller and buyer before the newest {MAX_HISTORY:,}"
