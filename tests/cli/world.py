"""A consortium whose chain is reached over HTTP, with documents that were notarised on it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from ledger.chain.contract import ContractCall
from ledger.chain.deployment import write_deployment
from ledger.chain.keyring import key_file
from ledger.chain.membership import Role
from ledger.chain.signer import generate_key
from ledger.cli.files import write_secret
from ledger.evidence import Evidence, parse_evidence
from ledger.services.evidence import make_evidence
from ledger.services.finance import (
    NO_TERMS,
    accept_invoice,
    accept_offer,
    offer_units,
    reject_invoice,
)
from ledger.services.notarise import notarise
from ledger.services.principals import Principal
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.services.submissions import Caller
from ledger.types import MemberId, RecordId, Units, UnixTime
from tests.cli.servers import serving_devnet
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER, Consortium, running_consortium
from tests.support.service import FINGERPRINT, Service, running_service

VECTORS = Path(__file__).parent.parent / "vectors" / "good"
UBL = VECTORS / "kosit__01.01a-INVOICE_ubl.xml"
PDF = VECTORS / "delivery-note.pdf"
UNITS = Units(1_000_000_000)

_AS_SUPPLIER = Principal(SUPPLIER, Role.SUPPLIER)
_OFFER_SECONDS = 3600


@dataclass(frozen=True)
class World:
    """A consortium, its service, and a folder with what a member has on its disk.

    rpc_url: where the chain answers. The folder has deployment.json, sealbook.toml and keys, and
    after `notarise` and `finance` documents with their evidence.
    """

    consortium: Consortium
    service: Service
    folder: Path
    rpc_url: str

    @property
    def config(self) -> Path:
        return self.folder / "sealbook.toml"

    @property
    def deployment(self) -> Path:
        return self.folder / "deployment.json"

    def key(self, member: MemberId) -> Path:
        """A member's operator key file."""
        return key_file(self.folder / "keys", member)

    def new_key(self, name: str) -> Path:
        """The key file of an account that the chain never saw."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(generate_key())
        return path

    def second_service(self, folder: Path) -> Path:
        """The configuration of another service of the consortium, with a database of its own."""
        path = folder / "sealbook.toml"
        path.write_text(_config(self.folder, self.rpc_url, database=folder / "ledger.db"))
        return path

    def notarise(self, source: Path, name: str) -> Evidence:
        """Notarise a document for the supplier, and put it and its evidence into the folder."""
        content = source.read_bytes()
        ledger = self.service.ledger
        document = notarise(ledger, _AS_SUPPLIER, content, "application/pdf", None)
        self.service.settle()
        return self._keep(name, content, document.id)

    def register(self, source: Path, name: str) -> RecordId:
        """Register an invoice of the supplier, and put it and its evidence into the folder."""
        content = source.read_bytes()
        upload = InvoiceUpload(content, "application/xml", BUYER, UNITS)
        done = register_invoice(self.service.ledger, _AS_SUPPLIER, upload, None)
        self.service.settle()
        assert done.document_id is not None
        self._keep(name, content, done.document_id)
        return done.record

    def accept(self, record: RecordId) -> None:
        """Let the buyer accept an invoice."""
        accept_invoice(self._caller(Principal(BUYER, Role.BUYER)), record)
        self.service.settle()

    def reject(self, record: RecordId, reason: str) -> None:
        """Let the buyer reject an invoice."""
        reject_invoice(self._caller(Principal(BUYER, Role.BUYER)), record, reason)
        self.service.settle()

    def offer(self, record: RecordId, units: int) -> None:
        """Let the supplier offer units to the financier."""
        expires = UnixTime(int(time.time()) + _OFFER_SECONDS)
        offer_units(
            self._caller(_AS_SUPPLIER),
            record,
            to=FINANCIER,
            units=Units(units),
            terms=NO_TERMS,
            expires_at=expires,
        )
        self.service.settle()

    def take(self, record: RecordId, offer: int) -> None:
        """Let the financier take what was offered to it."""
        financier = Principal(FINANCIER, Role.FINANCIER)
        accept_offer(self._caller(financier), record, offer, None)
        self.service.settle()

    def offer_directly(self, record: RecordId, units: int) -> None:
        """Let the supplier offer units to the financier past the service, which then forgets it."""
        expires = UnixTime(int(time.time()) + _OFFER_SECONDS)
        call = self.consortium.book.offer(record, FINANCIER, Units(units), expires, NO_TERMS)
        self.consortium.act(SUPPLIER, call)

    def revoke(self, evidence: Evidence) -> None:
        """Let the supplier revoke what it notarised."""
        notary = self.consortium.notary
        path = evidence.inclusion
        leaf = (evidence.anchor.root, evidence.opening.leaf_hash, path.index, list(path.path))
        data = notary.abi.encode_call("revoke", leaf, b"withdrawn".ljust(32, b"\0"))
        self.consortium.act(SUPPLIER, ContractCall(notary.address, data))

    def _caller(self, principal: Principal) -> Caller:
        return Caller(self.service.ledger, principal)

    def _keep(self, name: str, content: bytes, document: UUID) -> Evidence:
        evidence = make_evidence(self.service.ledger, _AS_SUPPLIER, document)
        encoded = evidence.serialise()
        (self.folder / name).write_bytes(content)
        (self.folder / name).with_suffix(".evidence.json").write_bytes(encoded)
        return parse_evidence(encoded, max_bytes=len(encoded))


@contextmanager
def running_world(folder: Path) -> Iterator[World]:
    """A consortium with a document that was notarised and an invoice that was financed."""
    with (
        running_consortium() as consortium,
        serving_devnet(consortium.devnet) as rpc_url,
        running_service(consortium, folder) as service,
    ):
        (folder / "deployment.json").write_text(write_deployment(consortium.deployment))
        write_secret(folder / "fingerprint.hex", FINGERPRINT.key.hex())
        world = World(consortium, service, folder, rpc_url)
        world.config.write_text(_config(folder, rpc_url, database=folder / "ledger.db"))
        yield world


def _config(folder: Path, rpc_url: str, *, database: Path) -> str:
    return f"""
[chain]
rpc_url = "{rpc_url}"
deployment = "{folder}/deployment.json"
development = true
confirmations = 0

[service]
database_url = "sqlite:///{database}"
keys_dir = "{folder}/keys"

[fingerprint]
key_file = "{folder}/fingerprint.hex"
"""
