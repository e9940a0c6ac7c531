"""A small chain made by hand, and evidence about it. Nothing in it is random."""

from dataclasses import dataclass, field, replace

import rlp
from eth_utils.crypto import keccak

from ledger.codec import member_to_word, record_id
from ledger.documents import (
    Disclosure,
    DocumentDigest,
    FieldOrigin,
    FieldsRoot,
    SealedDocument,
    Statement,
    StatementKind,
    hash_document,
)
from ledger.errors import TransportError
from ledger.evidence import (
    Anchor,
    EventProof,
    Evidence,
    Holding,
    Inclusion,
    Receivable,
    ReceivableStatus,
    RecordName,
    Standing,
    TrustPolicy,
    prove_receipt,
)
from ledger.invoices import (
    Fingerprints,
    HmacFingerprint,
    IdentityKeys,
    Invoice,
    identity_keys,
    read_invoice,
)
from ledger.invoices.disclosed import invoice_fields
from ledger.invoices.json_form import read_json_form
from ledger.merkle import MerkleTree
from ledger.types import (
    AccountName,
    Address,
    BlockRef,
    ChainId,
    Digest,
    MemberId,
    RecordId,
    Units,
    parse_address,
)

CHAIN = ChainId(1337)
NOTARY = parse_address("0x" + "0a" * 20)
BOOK = parse_address("0x" + "0b" * 20)
SUBMITTER = parse_address("0x" + "0c" * 20)
SUPPLIER = MemberId("lei:5493001KJTIIGC8Y1R12")
BUYER = MemberId("lei:529900T8BM49AURSDO55")
FINANCIER = MemberId("lei:7LTWFZYICNSX8D621K86")
FINGERPRINTS = Fingerprints(HmacFingerprint(bytes(range(32)), version=1))

DOCUMENT = b"%PDF-1.7 a delivery note\n"
INVOICE = b"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:ID>RE-2025-0042</cbc:ID>
 <cbc:IssueDate>2025-10-09</cbc:IssueDate>
 <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 <cac:AccountingSupplierParty><cac:Party>
  <cac:PostalAddress><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode>
  </cac:Country></cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>DE123456788</cbc:CompanyID>
   <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Seller GmbH</cbc:RegistrationName>
  </cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty><cac:Party>
  <cac:PostalAddress><cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode>
  </cac:Country></cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>FR40303265045</cbc:CompanyID>
   <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Buyer SA</cbc:RegistrationName>
  </cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
 <cac:LegalMonetaryTotal>
  <cbc:TaxInclusiveAmount currencyID="EUR">1190.00</cbc:TaxInclusiveAmount>
  <cbc:PayableAmount currencyID="EUR">1190.00</cbc:PayableAmount>
 </cac:LegalMonetaryTotal>
</Invoice>
"""

SCAN = b"II*\0 a scan of an invoice on paper"
DECLARED = b"""{
  "format": "sealbook-invoice/1", "number": "17/2025", "issue_date": "2025-10-09",
  "due_date": "2025-11-08", "currency": "EUR", "gross_amount": "238.00",
  "seller": {"name": "Seller GmbH", "ids": ["vat:DE123456788"]}, "buyer": {"name": "Buyer SA"}
}"""

BLOCK_NUMBER = 7
BLOCK_TIME = 1_760_000_000
TREE_SIZE = 5
LEAF_INDEX = 3
TRANSACTIONS = 20
TRANSACTION_INDEX = 17
LOG_INDEX = 1


def digest_of(content: bytes) -> DocumentDigest:
    return hash_document(content, max_bytes=1_000_000)


def plain(content: bytes, media_type: str) -> SealedDocument:
    statement = Statement(StatementKind.DOCUMENT, digest_of(content), media_type, SUPPLIER)
    return SealedDocument(statement, (), keccak(content))


def with_fields(
    content: bytes,
    media_type: str,
    invoice: Invoice,
    *,
    kind: StatementKind = StatementKind.INVOICE,
    origin: FieldOrigin = FieldOrigin.READ,
) -> SealedDocument:
    secret = keccak(content)
    fields = invoice_fields(invoice, digest_of(content))
    root = FieldsRoot(Disclosure.of_all(fields, secret).root, origin)
    return SealedDocument(Statement(kind, root, media_type, SUPPLIER), fields, secret)


def anchored_log(member: MemberId, root: bytes, size: int) -> list[object]:
    topic = keccak(text="Anchored(bytes32,bytes32,uint32,address)")
    data = size.to_bytes(32, "big") + bytes(12) + octets(SUBMITTER)
    return [octets(NOTARY), [topic, member_to_word(member), root], data]


def other_log() -> list[object]:
    return [b"\xee" * 20, [keccak(text="Transfer(address,address,uint256)")], b"\x01" * 32]


def receipt(logs: list[list[object]], kind: int = 2, status: int = 1) -> bytes:
    payload: bytes = rlp.encode([status, 21_000, bytes(256), logs])
    return payload if kind == 0 else bytes([kind]) + payload


def header(
    receipts_root: bytes, number: int = BLOCK_NUMBER, later: tuple[object, ...] = (7,)
) -> bytes:
    encoded: bytes = rlp.encode(
        [
            b"\x01" * 32,
            b"\x02" * 32,
            b"\x03" * 20,
            b"\x04" * 32,
            b"\x05" * 32,
            receipts_root,
            bytes(256),
            0,
            number,
            30_000_000,
            420_000,
            BLOCK_TIME,
            b"hand-made",
            b"\x06" * 32,
            bytes(8),
            *later,
        ]
    )
    return encoded


def octets(address: Address) -> bytes:
    return bytes.fromhex(address[2:])


def make_evidence(sealed: SealedDocument, *, registered: bool = False) -> Evidence:
    opening = sealed.opening
    leaves = [Digest(keccak(bytes([number]))) for number in range(TREE_SIZE)]
    leaves[LEAF_INDEX] = opening.leaf_hash
    tree = MerkleTree(b"".join(leaves))
    receipts = [receipt([other_log()] * (n % 3), kind=n % 5) for n in range(TRANSACTIONS)]
    receipts[TRANSACTION_INDEX] = receipt(
        [other_log(), anchored_log(SUPPLIER, tree.root, TREE_SIZE), other_log()]
    )
    root, nodes = prove_receipt(receipts, TRANSACTION_INDEX)
    book = AccountName(CHAIN, BOOK)
    record = RecordName(book, record_id(book, SUPPLIER, opening.commitment))
    return Evidence(
        opening=opening,
        inclusion=Inclusion(LEAF_INDEX, TREE_SIZE, tree.path(LEAF_INDEX)),
        anchor=Anchor(AccountName(CHAIN, NOTARY), SUPPLIER, tree.root),
        event=EventProof(TRANSACTION_INDEX, LOG_INDEX, nodes),
        header=header(root),
        record=record if registered else None,
        fields=sealed.disclosure,
    )


DOCUMENT_EVIDENCE = make_evidence(plain(DOCUMENT, "application/pdf"))
INVOICE_EVIDENCE = make_evidence(
    with_fields(INVOICE, "application/xml", read_invoice(INVOICE, max_bytes=100_000)),
    registered=True,
)
DECLARED_EVIDENCE = make_evidence(
    with_fields(
        SCAN,
        "image/tiff",
        read_json_form(DECLARED, files=()),
        kind=StatementKind.DOCUMENT,
        origin=FieldOrigin.DECLARED,
    )
)

POLICY = TrustPolicy(
    chain=CHAIN,
    notaries=frozenset({NOTARY}),
    invoice_book=BOOK,
    min_depth=2,
    is_development=False,
)


def invoice_keys(fingerprints: Fingerprints = FINGERPRINTS) -> IdentityKeys:
    return identity_keys(read_invoice(INVOICE, max_bytes=100_000), fingerprints)


def accepted_receivable() -> Receivable:
    return Receivable(
        commitment=INVOICE_EVIDENCE.opening.commitment,
        supplier=SUPPLIER,
        buyer=BUYER,
        status=ReceivableStatus.ACCEPTED,
        freezes=(),
        disputed=Units(0),
        undertaken_at=None,
        overdue=False,
        strict_keys=frozenset(invoice_keys().strict),
        total=Units(119_000),
        retired=Units(9_000),
        holdings=(
            Holding(SUPPLIER, Units(30_000), Units(10_000), Units(0)),
            Holding(FINANCIER, Units(60_000), Units(0), Units(10_000)),
        ),
        history=Digest(b"\x07" * 32),
    )


@dataclass
class HeldChain:
    """A ChainView over blocks and state that are held in memory."""

    chain: ChainId = CHAIN
    height: int = BLOCK_NUMBER + 2
    hashes: dict[int, bytes] = field(default_factory=dict)
    anchors: set[tuple[MemberId, Digest]] = field(default_factory=set)
    revocations: dict[tuple[MemberId, Digest], Standing] = field(default_factory=dict)
    receivables: dict[RecordId, Receivable] = field(default_factory=dict)
    strict: dict[bytes, RecordId] = field(default_factory=dict)
    alerts: dict[bytes, RecordId] = field(default_factory=dict)
    repeats: dict[bytes, int] = field(default_factory=dict)

    @classmethod
    def holding(cls, evidence: Evidence) -> "HeldChain":
        anchor = evidence.anchor
        chain = cls(
            hashes={BLOCK_NUMBER: keccak(evidence.header)},
            anchors={(anchor.member, anchor.root)},
        )
        if evidence.record is not None:
            chain.receivables[evidence.record.id] = accepted_receivable()
            chain.alerts = {alert.key: evidence.record.id for alert in invoice_keys().alert}
        return chain

    def chain_id(self) -> ChainId:
        return self.chain

    def head(self) -> BlockRef:
        return BlockRef(self.height, self._hash(self.height))

    def canonical_hash(self, number: int) -> bytes | None:
        return self._hash(number) if number <= self.height else None

    def anchor_exists(self, member: MemberId, root: Digest, *, at: BlockRef) -> bool:
        self._require(at)
        return (member, root) in self.anchors

    def standing(self, member: MemberId, leaf_hash: Digest, *, at: BlockRef) -> Standing:
        self._require(at)
        return self.revocations.get((member, leaf_hash), Standing(None, None))

    def receivable(self, record: RecordId, *, at: BlockRef) -> Receivable | None:
        self._require(at)
        return self.receivables.get(record)

    def strict_key_holder(self, key: bytes, *, at: BlockRef) -> RecordId | None:
        self._require(at)
        return self.strict.get(key)

    def alert_key_first(self, key: bytes, *, at: BlockRef) -> RecordId | None:
        self._require(at)
        return self.alerts.get(key)

    def alert_repeats(self, key: bytes, *, at: BlockRef) -> int:
        self._require(at)
        return self.repeats.get(key, 0)

    def change_receivable(self, **changes: object) -> None:
        for record, found in self.receivables.items():
            self.receivables[record] = replace(found, **changes)  # type: ignore[arg-type]  # by name

    def _hash(self, number: int) -> bytes:
        return self.hashes.get(number, keccak(number.to_bytes(8, "big")))

    def _require(self, at: BlockRef) -> None:
        if at != self.head():
            raise TransportError(f"the state of block {at.number} is not held")


@dataclass
class SilentChain(HeldChain):
    """A node that stops answering after a number of questions."""

    answers: int = 0
    asked: int = 0

    def _answer(self) -> None:
        self.asked += 1
        if self.asked > self.answers:
            raise TransportError("the node at port 8545 does not answer")

    def chain_id(self) -> ChainId:
        self._answer()
        return super().chain_id()

    def canonical_hash(self, number: int) -> bytes | None:
        self._answer()
        return super().canonical_hash(number)

    def anchor_exists(self, member: MemberId, root: Digest, *, at: BlockRef) -> bool:
        self._answer()
        return super().anchor_exists(member, root, at=at)

    def receivable(self, record: RecordId, *, at: BlockRef) -> Receivable | None:
        self._answer()
        return super().receivable(record, at=at)
