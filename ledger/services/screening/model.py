"""What goes into a screening, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.chain.holdings import Holdings
from ledger.chain.invoice_forms import InvoiceRecord
from ledger.chain.port import Block
from ledger.chain.record_forms import Position
from ledger.errors import DocumentError
from ledger.invoices import IdentityKeys, IdentityRule, Invoice
from ledger.services.screening.points import POINTS, FindingKind, Verdict, verdict_of
from ledger.store.seen_forms import SeenFields, SeenInvoice, SeenLinks
from ledger.types import BlockRef, MemberId, RecordId, Units, UnixTime


@dataclass(frozen=True, slots=True)
class ScreeningUpload:
    """A file to be screened.

    name: by which the answer calls it; no two of one screening have the same.
    record: that the file was offered as; None if it was offered as none.
    supplier, buyer: the members that the invoice's seller and buyer are, where the asker knows.
    """

    name: str
    content: bytes
    record: RecordId | None = None
    supplier: MemberId | None = None
    buyer: MemberId | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A number that an invoice refers to (BT-25), with the keys (K2) of an invoice that has it."""

    number: str
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that was read.

    seen: its sighting, to be compared with earlier ones. links: by which those are found.
    """

    upload: ScreeningUpload
    invoice: Invoice
    keys: IdentityKeys
    references: tuple[Reference, ...]
    seen: SeenFields
    links: SeenLinks

    @property
    def name(self) -> str:
        """By which the answer calls the file."""
        return self.upload.name

    @property
    def reference_keys(self) -> tuple[bytes, ...]:
        """The keys (K2) of all that it refers to."""
        return tuple(key for reference in self.references for key in reference.keys)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One thing that a finding rests on. What does not apply, or is not known, is None.

    record: on the chain. rule, key: the identity key that it shares, and what that is made from.
    block, time: of the event that shows it, as the projection has it.
    units: that the record was issued with, or that the event is about.
    supplier, buyer: of what is a step of a circle: members, or an identifier of who is not known
    to be one.
    file: of the same screening. seen: an earlier sighting of the member.
    """

    record: RecordId | None = None
    rule: IdentityRule | None = None
    key: bytes | None = None
    block: int | None = None
    time: UnixTime | None = None
    units: Units | None = None
    supplier: str | None = None
    buyer: str | None = None
    file: str | None = None
    seen: SeenInvoice | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found about a file, in a sentence, and what it rests on."""

    kind: FindingKind
    sentence: str
    exhibits: tuple[Exhibit, ...] = ()

    @property
    def points(self) -> int:
        """What it weighs, by the table."""
        return POINTS[self.kind]

    @property
    def records(self) -> tuple[RecordId, ...]:
        """The records that it rests on, each once."""
        named = (exhibit.record for exhibit in self.exhibits)
        return tuple(dict.fromkeys(record for record in named if record is not None))


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record that findings name, at the screening's block.

    holdings: who holds its units and was offered them; None where that was not asked.
    """

    invoice: InvoiceRecord
    holdings: Holdings | None

    @property
    def holders(self) -> Mapping[MemberId, Position] | None:
        """Who holds its units; None where that was not asked."""
        return None if self.holdings is None else self.holdings.positions


@dataclass(frozen=True, slots=True)
class ScreenedFile:
    """The answer for one file.

    refusal: why it could not be read; nothing else is known of it then.
    not_looked_at: what could not be screened, and why. A clear file is clear but for that.
    """

    name: str
    invoice: Invoice | None
    findings: tuple[Finding, ...] = ()
    not_looked_at: tuple[str, ...] = ()
    refusal: DocumentError | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The answer; None for a file that could not be read."""
        if self.refusal is not None:
            return None
        return verdict_of(finding.kind for finding in self.findings)

    @property
    def score(self) -> int:
        """The sum of the findings' points."""
        return sum(finding.points for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Screening:
    """The answer for all files.

    block: at which the chain was read. projected_to: the newest block whose events were known;
    None if none was. lag_blocks: how far that is behind.
    trades: registrations that the member may see, among which circles were looked for.
    records: all that findings name and the chain has, with their facts.
    """

    block: Block
    projected_to: BlockRef | None
    lag_blocks: int
    trades: int
    records: tuple[KnownRecord, ...]
    files: tuple[ScreenedFile, ...]
