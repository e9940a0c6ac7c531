"""A desk at which invoices are registered and screened, over an in-process chain."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ledger.chain.invoice_forms import Registration
from ledger.chain.membership import Role
from ledger.chain.port import Chain
from ledger.codec import record_id
from ledger.invoices import identity_keys, read_invoice
from ledger.services.finance import NO_TERMS
from ledger.services.principals import Principal
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.services.screening import (
    Finding,
    FindingKind,
    ScreenedFile,
    Screening,
    ScreeningUpload,
    screen_invoices,
)
from ledger.types import AccountName, Digest, MemberId, RecordId, Units, UnixTime
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER, Consortium
from tests.support.service import Service, running_service
from tests.unit.invoices.samples import ubl

FINANCIERS_DESK = Principal(FINANCIER, Role.FINANCIER)
TOTAL = Units(1000)
_OFFER_SECONDS = 3600


@dataclass(frozen=True)
class Desk:
    """A consortium and a service, whose worker steps when it is told to.

    folder: of the service.
    """

    consortium: Consortium
    service: Service
    folder: Path

    def admit(self, name: str, roles: Role) -> MemberId:
        """A new member with an operator key that the service holds."""
        member = MemberId(name)
        signer = self.consortium.spare.pop()
        self.consortium.signers[member] = signer
        self.consortium.decide(self.consortium.membership.admit(member, roles, signer.address))
        self.consortium.write_key(self.folder / "keys", member, signer)
        self.service.settle()
        return member

    def register(
        self, content: str | bytes, *, supplier: MemberId = SUPPLIER, buyer: MemberId = BUYER
    ) -> RecordId:
        """An invoice's record."""
        upload = InvoiceUpload(encoded(content), "application/xml", buyer, TOTAL)
        principal = Principal(supplier, Role.SUPPLIER)
        done = register_invoice(self.service.ledger, principal, upload, None)
        self.service.settle()
        return done.record

    def offer(self, record: RecordId, to: MemberId = FINANCIER) -> None:
        """Let the buyer accept an invoice, and its supplier offer some units to a member."""
        book = self.consortium.book
        invoice = book.record(record, at=self.consortium.chain.head().ref)
        self.consortium.act(invoice.buyer, book.accept(record))
        expires = UnixTime(int(time.time()) + _OFFER_SECONDS)
        offered = book.offer(record, to, Units(10), expires, NO_TERMS)
        self.consortium.act(invoice.supplier, offered)
        self.service.settle()

    def register_unread(self, content: str, *, supplier: MemberId = SUPPLIER) -> RecordId:
        """Register an invoice past the service, which does not read of it either; its record."""
        invoice = read_invoice(content.encode(), max_bytes=len(content))
        keys = identity_keys(invoice, self.service.ledger.fingerprints)
        registration = Registration(
            commitment=Digest(sha256(content.encode()).digest()),
            buyer=BUYER,
            units=TOTAL,
            due_date=None,
            strict_keys=keys.strict,
            alert_keys=tuple((int(item.kind), item.key) for item in keys.alert),
        )
        self.consortium.act(supplier, self.consortium.book.register(registration))
        deployment = self.consortium.deployment
        book = AccountName(deployment.chain, deployment.invoice_book)
        return record_id(book, supplier, registration.commitment)

    def screen(
        self, *uploads: ScreeningUpload, principal: Principal = FINANCIERS_DESK
    ) -> Screening:
        """Screen files, as the financier if nothing else is said."""
        return screen_invoices(self.service.ledger, principal, uploads)

    def screen_one(
        self,
        content: str | bytes,
        *,
        record: RecordId | None = None,
        principal: Principal = FINANCIERS_DESK,
    ) -> ScreenedFile:
        """The answer for one file."""
        upload = ScreeningUpload("invoice.xml", encoded(content), record)
        return self.screen(upload, principal=principal).files[0]


@contextmanager
def running_desk(
    consortium: Consortium, folder: Path, *, chain: Chain | None = None
) -> Iterator[Desk]:
    """A desk with a database of its own, on a chain that is afterwards as it was before.

    chain: stands in for the chain's node.
    """
    snapshot = consortium.devnet.request("evm_snapshot", [])
    spare, signers = list(consortium.spare), dict(consortium.signers)
    with running_service(consortium, folder, chain=chain) as service:
        service.settle()
        yield Desk(consortium, service, folder)
    consortium.spare[:] = spare
    consortium.signers.clear()
    consortium.signers.update(signers)
    consortium.devnet.request("evm_revert", [snapshot])


def encoded(content: str | bytes) -> bytes:
    """A document's bytes."""
    return content.encode() if isinstance(content, str) else content


def kinds(file: ScreenedFile) -> list[FindingKind]:
    """What was found, the weightiest first."""
    return [finding.kind for finding in file.findings]


def finding(file: ScreenedFile, kind: FindingKind) -> Finding:
    """The one finding of a kind."""
    found = [item for item in file.findings if item.kind is kind]
    assert len(found) == 1, kinds(file)
    return found[0]


def total(amount: str) -> dict[str, str]:
    """Totals of an invoice, for `ubl`."""
    return {
        "gross": f'<cbc:TaxInclusiveAmount currencyID="EUR">{amount}</cbc:TaxInclusiveAmount>',
        "payable": f'<cbc:PayableAmount currencyID="EUR">{amount}</cbc:PayableAmount>',
    }


def refers_to(number: str) -> str:
    """A reference to a preceding invoice (BT-25), for the part `more`."""
    return (
        "<cac:BillingReference><cac:InvoiceDocumentReference>"
        f"<cbc:ID>{number}</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )


def together(desk: Desk, **files: str) -> dict[str, ScreenedFile]:
    """The answers for some files that are screened at once."""
    uploads = [ScreeningUpload(name, encoded(content)) for name, content in files.items()]
    return {file.name: file for file in desk.screen(*uploads).files}


def credit_note(number: str = "C-1", of: str = "A-1") -> str:
    """A credit note that refers to an invoice."""
    return ubl(number=number, type_code="381", issue_date="2024-05-01", more=refers_to(of))
