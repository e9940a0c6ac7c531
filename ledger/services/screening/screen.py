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
    than MAX_FILES, for two of one name, and for a supplier or buyer that is no member or the other
    one too; TransportError if the chain or the store does not
    answer: an answer without them would be none.
    """
    _require_names(uploads)
    candidates, refusals = _read(ledger, uploads)
    gathered = gather(ledger, principal, candidates)
    _require_members(uploads, gathered)
    traders = {candidate.name: traders_of(candidate, gathered) for candidate in candidates}
    trades = Trades.of(_steps(candidates, traders, gathered))
    judged = {
        candidate.name: _judge(
            candidate, candidates, traders[candidate.name], principal, gathered, trades
        )
        for candidate in candidates
    }
    _remember(ledger, principal, candidates, gathered)
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


def _require_members(uploads: Sequence[ScreeningUpload], gathered: Gathered) -> None:
    # While the projection is behind, it may not know of a member that was admitted just now.
    members = None if gathered.lag_blocks else gathered.projected.members
    for upload in uploads:
        for named in (upload.supplier, upload.buyer):
            if named is not None and members is not None and named not in members:
                raise InvalidRequest(f"{named} was never a member", code="unknown-member")
        if upload.supplier is not None and upload.supplier == upload.buyer:
            raise InvalidRequest(
                f"{upload.buyer} cannot be supplier and buyer of one invoice",
                code="invalid-members",
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
        *judge_parties(candidate, traders, gathered),
        *judge_offered(candidate, principal, gathered),
        *judge_portfolio(candidate, together),
        *judge_lineage(candidate, together, gathered),
    ]
    # What the chain shows is not to weigh once more because the member saw it, too.
    told = {record for finding in found for record in finding.records}
    found += judge_history(candidate, gathered.history[candidate.name].apart_from(told))
    circles = Circles()
    supplier, buyer = traders.ends(candidate.invoice)
    if supplier is not None and buyer is not None:
        circles = Circles.closed_by(supplier, buyer, trades)
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


def _remember(
    ledger: Ledger, principal: Principal, candidates: Sequence[Candidate], gathered: Gathered
) -> None:
    with ledger.store.writing() as connection:
        for candidate in candidates:
            holders = {gathered.keys.holders.get(key) for key in candidate.keys.strict}
            offered = candidate.upload.record
            seen_invoices.note(
                connection,
                principal.member,
                candidate.seen,
                candidate.links,
                how=How.SCREENED,
                record=offered if offered in holders else None,
                now=ledger.clock(),
            )


def _named(judged: Iterable[ScreenedFile], gathered: Gathered) -> tuple[KnownRecord, ...]:
    """The records that findings rest on, each once."""
    names = dict.fromkeys(
        name for file in judged for finding in file.findings for name in finding.records
    )
    return tuple(gathered.records[name] for name in names if name in gathered.records)
