"""Screenings: what is known of files, with the evidence for it."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field

from api.schemas.base import (
    MemberName,
    Resource,
    Time,
    Word,
)
from api.schemas.records import (
    FREEZES,
    INVOICE_STATES,
    BlockResource,
    FreezeName,
    InvoiceStateName,
)
from ledger.invoices import Invoice
from ledger.services.screening import (
    REVIEW_FROM,
    Exhibit,
    Finding,
    FindingKind,
    KnownRecord,
    ScreenedFile,
    Screening,
    Verdict,
)
from ledger.store.seen_forms import How, SeenInvoice
from ledger.types import to_hex, utc_text

VerdictName = Literal["blocked", "review", "clear"]
HowName = Literal["registered", "screened"]

_VERDICTS: Mapping[Verdict, VerdictName] = {
    Verdict.BLOCKED: "blocked",
    Verdict.REVIEW: "review",
    Verdict.CLEAR: "clear",
}
_HOW: Mapping[How, HowName] = {How.REGISTERED: "registered", How.SCREENED: "screened"}


class SightingResource(Resource):
    """An invoice that the member registered or screened before."""

    file: Word = Field(description="SHA-256 of its bytes")
    number: str
    issue_date: str
    type_code: str
    currency: str
    minor_units: str = Field(description="its total in the currency's smallest unit, a number")
    seen_at: Time = Field(description="when it was seen first")
    how: HowName

    @classmethod
    def of(cls, seen: SeenInvoice) -> Self:
        """Show a sighting."""
        fields = seen.fields
        return cls(
            file=to_hex(fields.file),
            number=fields.number,
            issue_date=fields.issue_date.isoformat(),
            type_code=fields.type_code,
            currency=fields.currency,
            minor_units=str(fields.minor_units),
            seen_at=utc_text(seen.seen_at),
            how=_HOW[seen.how],
        )


class ExhibitResource(Resource):
    """One thing that a finding rests on; what does not apply is absent."""

    record: Word | None = None
    rule: str | None = Field(
        default=None, description="what the key is made from, K0 to K5", pattern="^K[0-5]$"
    )
    key: Word | None = Field(default=None, description="the identity key that is shared")
    block: int | None = Field(default=None, description="of the event that shows it")
    time: Time | None = Field(default=None, description="of that block")
    units: int | None = None
    supplier: MemberName | None = None
    buyer: MemberName | None = None
    file: str | None = Field(default=None, description="another file of this screening")
    seen: SightingResource | None = None

    @classmethod
    def of(cls, exhibit: Exhibit) -> Self:
        """Show an exhibit."""
        return cls(
            record=None if exhibit.record is None else to_hex(exhibit.record),
            rule=None if exhibit.rule is None else f"K{int(exhibit.rule)}",
            key=None if exhibit.key is None else to_hex(exhibit.key),
            block=exhibit.block,
            time=None if exhibit.time is None else utc_text(exhibit.time),
            units=exhibit.units,
            supplier=exhibit.supplier,
            buyer=exhibit.buyer,
            file=exhibit.file,
            seen=None if exhibit.seen is None else SightingResource.of(exhibit.seen),
        )


class FindingResource(Resource):
    """One thing that was found, and what it weighs."""

    kind: str = Field(
        description="stable, for programs", json_schema_extra={"enum": [*FindingKind]}
    )
    sentence: str
    points: int
    evidence: list[ExhibitResource]

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """Show a finding."""
        return cls(
            kind=finding.kind.value,
            sentence=f"{finding.sentence}.",
            points=finding.points,
            evidence=[ExhibitResource.of(exhibit) for exhibit in finding.exhibits],
        )


class ScreenedInvoice(Resource):
    """Which invoice a file is, as it says itself."""

    number: str
    issue_date: str
    type_code: str
    currency: str
    gross_amount: str
    seller: str
    buyer: str

    @classmethod
    def of(cls, invoice: Invoice) -> Self:
        """Show an invoice's own words."""
        return cls(
            number=invoice.number,
            issue_date=invoice.issue_date.isoformat(),
            type_code=invoice.type_code,
            currency=invoice.gross.currency,
            gross_amount=f"{invoice.gross.amount:f}",
            seller=invoice.seller.name,
            buyer=invoice.buyer.name,
        )


class ScreenedFileResource(Resource):
    """The answer for one file."""

    name: str
    verdict: VerdictName | None = Field(
        default=None,
        description="blocked: not to be financed. review: a person should look. clear: nothing that"
        " was looked at speaks against it. Absent if the file could not be read",
    )
    score: int = Field(description="the sum of the findings' points")
    invoice: ScreenedInvoice | None = None
    findings: list[FindingResource] = Field(description="the weightiest first")
    not_looked_at: list[str] = Field(description="what could not be screened, and why")
    problem: str | None = Field(default=None, description="why the file could not be read")

    @classmethod
    def of(cls, file: ScreenedFile) -> Self:
        """Show the answer for a file."""
        verdict = file.verdict
        return cls(
            name=file.name,
            verdict=None if verdict is None else _VERDICTS[verdict],
            score=file.score,
            invoice=None if file.invoice is None else ScreenedInvoice.of(file.invoice),
            findings=[FindingResource.of(finding) for finding in file.findings],
            not_looked_at=[f"{note}." for note in file.not_looked_at],
            problem=None if file.refusal is None else str(file.refusal),
        )


class HolderResource(Resource):
    """A member that holds units."""

    member: MemberName
    units: int


class ScreenedRecord(Resource):
    """A record that findings name, at the screening's block."""

    id: Word
    supplier: MemberName
    buyer: MemberName
    state: InvoiceStateName
    commitment: Word
    freezes: list[FreezeName]
    total: int
    retired: int
    pledged: int
    registered_at: Time
    due_at: Time | None = None
    holders: list[HolderResource] | None = Field(
        default=None, description="only of records of the very invoice"
    )

    @classmethod
    def of(cls, known: KnownRecord) -> Self:
        """Show a record."""
        invoice, holders = known.invoice, known.holders
        return cls(
            id=to_hex(invoice.id),
            supplier=invoice.supplier,
            buyer=invoice.buyer,
            state=INVOICE_STATES[invoice.state],
            commitment=to_hex(invoice.commitment),
            freezes=[FREEZES[cause] for cause in invoice.freezes],
            total=invoice.total,
            retired=invoice.retired,
            pledged=invoice.pledged,
            registered_at=utc_text(invoice.registered_at),
            due_at=None if invoice.due_date is None else utc_text(invoice.due_date),
            holders=None
            if holders is None
            else [
                HolderResource(member=member, units=held.total)
                for member, held in holders.items()
                if held.total
            ],
        )


class ScreeningResource(Resource):
    """What is known of some files, read at one block."""

    block: BlockResource
    projected_to: int | None = Field(
        default=None, description="number of the newest block whose events the service has read"
    )
    lag_blocks: int = Field(description="how far that is behind")
    trades: int = Field(
        description="registrations that the member may see, among which circles were looked for"
    )
    review_from: int = Field(description="score from which the answer is review")
    files: list[ScreenedFileResource] = Field(description="in the order in which they were sent")
    records: list[ScreenedRecord] = Field(description="all that findings name and the chain has")

    @classmethod
    def of(cls, screening: Screening) -> Self:
        """Show a screening."""
        newest = screening.projected_to
        return cls(
            block=BlockResource.of(screening.block),
            projected_to=None if newest is None else newest.number,
            lag_blocks=screening.lag_blocks,
            trades=screening.trades,
            review_from=REVIEW_FROM,
            files=[ScreenedFileResource.of(file) for file in screening.files],
            records=[ScreenedRecord.of(known) for known in screening.records],
        )
