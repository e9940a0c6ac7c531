from pathlib import Path

import pytest

from ledger.chain.invoice_forms import Clearance
from ledger.chain.membership import Role
from ledger.chain.view import NodeView
from ledger.errors import Conflict
from ledger.evidence import Report, TrustPolicy, Verdict, Verifier
from ledger.invoices import Fingerprints, HmacFingerprint
from ledger.services.evidence import make_evidence
from ledger.services.finance import NO_TERMS
from ledger.services.principals import Principal
from ledger.services.register import InvoiceUpload, register_invoice
from ledger.store.operations import Operation
from ledger.types import RecordId, Units, UnixTime
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER, Consortium
from tests.support.service import Service, running_service

GOOD = Path(__file__).parent.parent / "vectors" / "good"
FIRST = (GOOD / "kosit__01.01a-INVOICE_ubl.xml").read_bytes()
FIRST_IN_CII = (GOOD / "kosit__01.01a-INVOICE_uncefact.xml").read_bytes()
SECOND = (GOOD / "kosit__01.05a-INVOICE_ubl.xml").read_bytes()

_OLD, _NEW = (HmacFingerprint(bytes([n]) * 32, version=n) for n in (1, 2))
BEFORE, DURING, AFTER = Fingerprints(_OLD), Fingerprints(_NEW, _OLD), Fingerprints(_NEW)
AS_SUPPLIER = Principal(SUPPLIER, Role.SUPPLIER)


def register(service: Service, content: bytes) -> Operation:
    upload = InvoiceUpload(content, "application/xml", BUYER)
    done = register_invoice(service.ledger, AS_SUPPLIER, upload, None)
    service.settle()
    return done


def verify(service: Service, content: bytes, done: Operation, held: Fingerprints) -> Report:
    ledger = service.ledger
    assert done.document_id is not None
    evidence = make_evidence(ledger, AS_SUPPLIER, done.document_id).serialise()
    policy = TrustPolicy(
        chain=ledger.deployment.chain,
        notaries=frozenset({ledger.deployment.notary}),
        invoice_book=ledger.deployment.invoice_book,
        min_depth=0,
        is_development=True,
    )
    return Verifier(policy, NodeView(ledger.chain, ledger.deployment), held).verify(
        content, evidence
    )


def require_clear(consortium: Consortium, record: RecordId, report: Report) -> None:
    """Ask the contract whether an offer of the record is clear by what the report found."""
    book, units = consortium.book, Units(1)
    consortium.act(SUPPLIER, book.offer(record, FINANCIER, units, UnixTime(2**40), NO_TERMS))
    newest = book.offer_count(record, at=consortium.chain.head().ref) - 1
    facts = report.receivable
    assert facts is not None
    assert facts.alert_keys is not None
    clearance = Clearance(
        commitment=facts.receivable.commitment,
        units=units,
        terms=NO_TERMS,
        strict_keys=tuple(facts.receivable.strict_keys),
        alert_keys=tuple(alert.key for alert in facts.alert_keys),
        undertaken=False,
        pledged_at_most=Units(0),
        repeats_at_most=facts.repeats,
        history=None,
    )
    book.require_clear(record, newest, clearance, at=consortium.chain.head().ref)


def test_a_receivable_of_before_a_rotation_is_known_during_it_and_one_of_it_after_it(
    consortium: Consortium, tmp_path: Path
) -> None:
    with running_service(consortium, tmp_path, fingerprints=BEFORE) as service:
        first = register(service, FIRST)

    with running_service(consortium, tmp_path, fingerprints=DURING) as service:
        with pytest.raises(Conflict) as refusal:
            register(service, FIRST_IN_CII)
        assert refusal.value.rule == "already-registered"
        assert refusal.value.details["record"] == f"0x{first.record.hex()}"
        second = register(service, SECOND)
        for done in (first, second):
            consortium.act(BUYER, consortium.book.accept(done.record))
        for content, done in ((FIRST, first), (SECOND, second)):
            report = verify(service, content, done, DURING)
            assert report.verdict is Verdict.VERIFIED
            require_clear(consortium, done.record, report)

    with running_service(consortium, tmp_path, fingerprints=AFTER) as service:
        assert verify(service, FIRST, first, AFTER).verdict is Verdict.REFUTED
        report = verify(service, SECOND, second, AFTER)
        assert report.verdict is Verdict.VERIFIED
        require_clear(consortium, second.record, report)


def test_a_receivable_registered_apart_under_each_version_is_not_verified_during_a_rotation(
    consortium: Consortium, tmp_path: Path
) -> None:
    content = (GOOD / "kosit__01.20a-INVOICE_ubl.xml").read_bytes()
    again = (GOOD / "kosit__01.20a-INVOICE_uncefact.xml").read_bytes()
    with running_service(consortium, tmp_path, fingerprints=BEFORE) as service:
        first = register(service, content)
    with running_service(consortium, tmp_path, fingerprints=AFTER) as service:
        second = register(service, again)
        for done in (first, second):
            consortium.act(BUYER, consortium.book.accept(done.record))
        report = verify(service, again, second, DURING)
        assert report.verdict is Verdict.UNDETERMINED
        assert f"also as 0x{first.record.hex()}" in report.steps[8].sentence
        assert verify(service, again, second, AFTER).verdict is Verdict.VERIFIED
