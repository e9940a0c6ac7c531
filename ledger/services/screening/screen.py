"""Screening files: everything that is known of each, in one answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.errors import DocumentError, InvalidRequest
from ledger.invoices import InvoiceClass, eligibility
from ledger.services.context import Ledger
from ledger.services.principals import Principal
from ledger.services.screening.candidates import read_candidate
from ledger.services.screening.circular import (
    Circles,
    Trades,
    judge_circles,
    trade_of_file,
    trade_of_record,
)
from ledger.services.screening.gather import Gathered, gather
from ledger.services.screening.history import judge_history
from ledger.services.screening.keyed import judge_keys
from ledger.services.screening.lineage import judge_lineage
from ledger.services.screening.model import (
    Candidate,
    Exhibit,
    Finding,
    KnownRecord,
    ScreenedFile,
    Screening,
    ScreeningUpload,
)
from ledger.services.screening.offered import judge_offered
from ledger.services.screening.omissions import not_looked_at
from ledger.services.screening.parties import Traders, judge_parties, traders_of
from ledger.services.screening.points import FindingKind
from ledger.services.screening.portfolio import judge_portfolio
from ledger.store import seen_invoices
from ledger.store.seen_forms import How

MAX_FILES = 100
"""Files of one screening."""


def screen_invoices(
    ledger: Ledger, principal: Principal, uploads: Sequence[ScreeningUpload]
) -> Screening:
    """Say of each file which records, sightings and other files are it, or are like it.

    The member's own history is read, and what it screens is added to it: the same file once. A file
    that cannot be read has its reason in the answer. Raises InvalidRequest for no file, for more
    than MAX_FILES, and for two of one name; TransportError if the chain or the store does not
    answer: an answer without them would be none.
    """
    _require_names(uploads)
    candidates, refusals = _read(ledger, uploads)
    gathered = gather(ledger, principal, candidates)
    traders = {candidate.name: traders_of(candidate, gathered) for candidate in candidates}
    trades = Trades.of(_steps(candidates, traders, gathered))
    judged = {
        candidate.name: _judge(
            candidate, candidates, traders[candidate.name], principal, gathered, trades
        )
        for candidate in candidates
    }
    _remember(ledger, principal, candidates)
    return Screening(
        block=gathered.book.block,
        projected_to=gathered.projected.newest,
        lag_blocks=gathered.lag_blocks,
        trades=len(gathered.projected.trades),
        records=_named(judged.values(), gathered),
        files=tuple(
            judged.get(upload.name)
            or ScreenedFile(upload.name, None, refusal=refusals[upload.name])
            for upload in uploads
        ),
    )


def _require_names(uploads: Sequence[ScreeningUpload]) -> None:
    if not 1 <= len(uploads) <= MAX_FILES:
        raise InvalidRequest(f"screen 1 to {MAX_FILES} files at once", code="invalid-files")
    if len({upload.name for upload in uploads}) < len(uploads):
        raise InvalidRequest(
            "two files have the same name; give each its own", code="invalid-files"
        )


def _read(
    ledger: Ledger, uploads: Sequence[ScreeningUpload]
) -> tuple[list[Candidate], dict[str, DocumentError]]:
    """The files that can be read, and by their names why others cannot."""
    candidates: list[Candidate] = []
    refusals: dict[str, DocumentError] = {}
    for upload in uploads:
        try:
            candidates.append(
                read_candidate(upload, ledger.fingerprints, max_bytes=ledger.max_invoice_bytes)
            )
        except DocumentError as error:
            refusals[upload.name] = error
    return candidates, refusals


def _judge(
    candidate: Candidate,
    together: Sequence[Candidate],
    traders: Traders,
    principal: Principal,
    gathered: Gathered,
    trades: Trades,
) -> ScreenedFile:
    found = [
        *_eligibility(candidate),
        *judge_keys(candidate, gathered),
        *judge_parties(candidate, gathered),
        *judge_offered(candidate, principal, gathered),
        *judge_portfolio(candidate, together),
        *judge_lineage(candidate, together, gathered),
        *judge_history(candidate, gathered.history[candidate.name]),
    ]
    circles = Circles()
    if traders.supplier is not None and traders.buyer is not None:
        circles = Circles.closed_by(traders.supplier, traders.buyer, trades)
    found += judge_circles(circles, trades)
    return ScreenedFile(
        name=candidate.name,
        invoice=candidate.invoice,
        findings=tuple(sorted(found, key=lambda finding: -finding.points)),
        not_looked_at=(
            *circles.not_shown(),
            *not_looked_at(candidate, traders, found, gathered),
        ),
    )


def _steps(
    candidates: Iterable[Candidate], traders: Mapping[str, Traders], gathered: Gathered
) -> Iterator[Exhibit]:
    """All trade among which circles are looked for."""
    for candidate in candidates:
        if candidate.invoice.invoice_class is InvoiceClass.INVOICE:
            yield trade_of_file(candidate, traders[candidate.name])
    yield from map(trade_of_record, gathered.projected.trades)


def _eligibility(candidate: Candidate) -> Iterator[Finding]:
    for obstacle in eligibility(candidate.invoice).reasons:
        sentence = obstacle.value[0].upper() + obstacle.value[1:]
        yield Finding(FindingKind.NOT_FINANCEABLE, sentence)


def _remember(ledger: Ledger, principal: Principal, candidates: Sequence[Candidate]) -> None:
    with ledger.store.writing() as connection:
        for candidate in candidates:
            seen_invoices.note(
                connection,
                principal.member,
                candidate.seen,
                candidate.links,
                how=How.SCREENED,
                record=candidate.upload.record,
                now=ledger.clock(),
            )


def _named(judged: Iterable[ScreenedFile], gathered: Gathered) -> tuple[KnownRecord, ...]:
    """The records that findings rest on, each once."""
    names = dict.fromkeys(
        name for file in judged for finding in file.findings for name in finding.records
    )
    return tuple(gathered.records[name] for name in names if name in gathered.records)
