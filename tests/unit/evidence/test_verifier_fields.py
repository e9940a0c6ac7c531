import io
from dataclasses import replace

import pytest

from ledger.documents import Disclosure, FieldOrigin, StatementKind
from ledger.errors import InvalidRequest
from ledger.evidence import (
    Evidence,
    Outcome,
    Report,
    Scope,
    Verdict,
    Verifier,
    parse_evidence,
)
from ledger.invoices import read_invoice
from ledger.invoices.disclosed import select_names
from tests.unit.evidence.ledger_world import (
    DECLARED_EVIDENCE,
    DOCUMENT,
    DOCUMENT_EVIDENCE,
    FINGERPRINTS,
    INVOICE,
    INVOICE_EVIDENCE,
    POLICY,
    SCAN,
    HeldChain,
    make_evidence,
    with_fields,
)

SCOPED = replace(POLICY, scope=Scope.DOCUMENT)
INVOICE_FIELDS = read_invoice(INVOICE, max_bytes=100_000)


def showing(*words: str, evidence: Evidence = INVOICE_EVIDENCE) -> Evidence:
    return evidence.showing(select_names(words))


def verify(
    evidence: Evidence, document: bytes | None = None, *, scope: Scope = Scope.DOCUMENT
) -> Report:
    policy = replace(POLICY, scope=scope)
    verifier = Verifier(policy, HeldChain.holding(evidence), FINGERPRINTS)
    return verifier.verify(document, evidence.serialise())


def outcome(report: Report, step: int) -> Outcome:
    return report.steps[step].outcome


def shown(report: Report) -> dict[str, object]:
    assert report.fields is not None
    return {name: field.value for name, field in report.fields.shown.items()}


def test_without_the_document_the_fields_that_are_shown_are_verified() -> None:
    report = verify(showing("due_date", "number"))
    assert report.verdict is Verdict.VERIFIED
    assert (outcome(report, 1), report.saw_document) == (Outcome.NOT_APPLICABLE, False)
    assert report.steps[1].sentence == "No document was given."
    assert shown(report) == {"number": "RE-2025-0042", "due_date": None}
    assert report.fields is not None
    assert "gross_amount" in report.fields.hidden_names
    assert report.invoice is None


def test_evidence_that_shows_nothing_verifies_the_statement_alone() -> None:
    report = verify(showing())
    assert report.verdict is Verdict.VERIFIED
    assert shown(report) == {}


def test_a_cut_copy_tells_nothing_of_what_it_hides() -> None:
    file = showing("due_date").serialise()
    whole = INVOICE_EVIDENCE.serialise()
    for hidden in (b"1190.00", b"RE-2025-0042", b"Seller GmbH", b"FR40303265045"):
        assert hidden in whole
        assert hidden not in file
    salts = [field.salt for field in disclosure_of(INVOICE_EVIDENCE).shown.values()]
    assert sum(salt.hex().encode() in file for salt in salts) == 1
    assert str(disclosure_of(INVOICE_EVIDENCE).shown["document.digest"].value) not in file.decode()


def disclosure_of(evidence: Evidence) -> Disclosure:
    assert evidence.fields is not None
    return evidence.fields


def test_a_cut_copy_is_read_back_and_is_smaller() -> None:
    file = showing("seller", "gross_amount").serialise()
    assert parse_evidence(file, max_bytes=len(file)) == showing("seller", "gross_amount")
    assert len(file) < len(INVOICE_EVIDENCE.serialise())


def test_with_the_document_full_evidence_is_compared_field_by_field() -> None:
    report = verify(INVOICE_EVIDENCE, INVOICE)
    assert report.verdict is Verdict.VERIFIED
    assert report.saw_document
    assert report.steps[1].sentence.endswith("and says what is shown of it.")
    assert report.invoice == INVOICE_FIELDS


def test_with_digest_and_size_shown_a_cut_copy_is_compared_with_the_document() -> None:
    report = verify(showing("document", "gross_amount"), INVOICE)
    assert report.verdict is Verdict.VERIFIED
    assert report.saw_document


@pytest.mark.parametrize("words", [("due_date",), ("document.digest",), ("document.size",)])
def test_a_document_whose_digest_or_size_is_hidden_is_not_looked_at(words: tuple[str, ...]) -> None:
    report = verify(showing(*words), INVOICE)
    assert report.verdict is Verdict.UNDETERMINED
    assert outcome(report, 1) is Outcome.UNKNOWN
    assert "ask for evidence that shows both" in report.steps[1].sentence
    assert [step.outcome for step in report.steps[2:8]] == [Outcome.PASSED] * 6


def test_another_document_is_refuted() -> None:
    report = verify(showing("document"), INVOICE.replace(b"0042", b"0043"))
    assert report.verdict is Verdict.REFUTED
    assert outcome(report, 1) is Outcome.FAILED


def test_fields_that_the_document_does_not_say_are_refuted_by_their_name() -> None:
    other = replace(INVOICE_FIELDS, number="RE-2025-0043")
    evidence = make_evidence(with_fields(INVOICE, "application/xml", other))
    report = verify(evidence, INVOICE)
    assert report.verdict is Verdict.REFUTED
    assert report.failed is not None
    assert report.failed.sentence == (
        'The document says "RE-2025-0042" as number, and the evidence says "RE-2025-0043".'
    )
    # Who sees neither the document nor this field cannot know.
    assert verify(showing("currency", evidence=evidence)).verdict is Verdict.VERIFIED


@pytest.mark.parametrize("kind", StatementKind)
def test_fields_that_cannot_be_read_from_the_document_are_not_taken_for_read(
    kind: StatementKind,
) -> None:
    evidence = make_evidence(with_fields(SCAN, "image/tiff", INVOICE_FIELDS, kind=kind))
    report = verify(evidence, SCAN)
    assert report.verdict is Verdict.UNDETERMINED
    assert "Whether it says what is shown of it is unknown" in report.steps[1].sentence
    assert not report.saw_document
    # Of digest and size nothing needs to be read.
    assert verify(showing("document", evidence=evidence), SCAN).verdict is Verdict.VERIFIED


def test_a_document_with_more_fields_than_evidence_can_have_leaves_them_unknown() -> None:
    number = "\N{GRINNING FACE}".encode() * 990
    note = b"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>%s%03d</cbc:ID>"
    end = b"</cac:InvoiceDocumentReference></cac:BillingReference>"
    references = b"".join(note % (number, place) + end for place in range(80))
    seller = b"<cac:AccountingSupplierParty>"
    document = INVOICE.replace(seller, references + seller)
    evidence = make_evidence(with_fields(document, "application/xml", INVOICE_FIELDS))
    report = verify(evidence, document)
    assert report.verdict is Verdict.UNDETERMINED
    assert "the fields of the invoice take more than 262144 bytes" in report.steps[1].sentence


def test_a_document_too_large_to_be_read_leaves_its_fields_unknown() -> None:
    policy = replace(SCOPED, max_invoice_bytes=len(INVOICE) - 1)
    verifier = Verifier(policy, HeldChain.holding(INVOICE_EVIDENCE), FINGERPRINTS)
    full = verifier.verify(io.BytesIO(INVOICE), INVOICE_EVIDENCE.serialise())
    assert full.verdict is Verdict.UNDETERMINED
    assert "larger than what is read" in full.steps[1].sentence
    cut = verifier.verify(io.BytesIO(INVOICE), showing("document").serialise())
    assert cut.verdict is Verdict.VERIFIED


@pytest.mark.parametrize("document", [SCAN, None])
def test_declared_fields_are_verified_as_declared_and_not_compared(document: bytes | None) -> None:
    report = verify(DECLARED_EVIDENCE, document, scope=Scope.RECEIVABLE)
    assert report.verdict is Verdict.VERIFIED
    assert report.statement is not None
    assert report.statement.origin is FieldOrigin.DECLARED
    assert report.saw_document is (document is not None)
    assert shown(report)["gross_amount"] == "238.00"
    assert report.invoice is None


def test_what_is_declared_of_an_e_invoice_must_be_what_it_says() -> None:
    fields = replace(INVOICE_FIELDS, number="RE-2025-0043")
    declared = with_fields(
        INVOICE,
        "application/xml",
        fields,
        kind=StatementKind.DOCUMENT,
        origin=FieldOrigin.DECLARED,
    )
    report = verify(make_evidence(declared), INVOICE)
    assert report.verdict is Verdict.REFUTED
    assert "as number, and the evidence says" in report.steps[1].sentence


def test_another_document_than_that_of_the_declaration_is_refuted() -> None:
    assert verify(DECLARED_EVIDENCE, SCAN + b"!").verdict is Verdict.REFUTED


def test_a_plain_document_that_is_not_at_hand_is_verified_by_its_statement() -> None:
    report = verify(DOCUMENT_EVIDENCE)
    assert report.verdict is Verdict.VERIFIED
    assert (report.fields, report.saw_document) == (None, False)
    assert verify(DOCUMENT_EVIDENCE, DOCUMENT).saw_document


def test_fields_of_another_statement_are_refuted_at_the_commitment() -> None:
    other = make_evidence(
        with_fields(INVOICE, "application/xml", replace(INVOICE_FIELDS, number="RE-2025-0043"))
    )
    report = verify(replace(INVOICE_EVIDENCE, fields=other.fields))
    assert report.verdict is Verdict.REFUTED
    assert report.failed is not None
    assert report.failed.step.number == 2
    assert "not those that the statement commits to" in report.failed.sentence
    assert report.fields is None


def test_without_the_document_the_identity_of_a_receivable_is_unknown() -> None:
    report = verify(INVOICE_EVIDENCE, scope=Scope.RECEIVABLE)
    assert report.verdict is Verdict.UNDETERMINED
    assert outcome(report, 8) is Outcome.UNKNOWN
    assert "is unchecked: no document was given" in report.steps[8].sentence
    assert report.receivable is not None


def test_what_is_hidden_or_has_no_fields_cannot_be_shown() -> None:
    with pytest.raises(InvalidRequest, match="the evidence hides number, gross_amount") as hidden:
        showing("number", "due_date", "gross_amount", evidence=showing("due_date"))
    assert hidden.value.rule == "hidden-field"
    with pytest.raises(InvalidRequest, match="without fields") as none:
        showing("number", evidence=DOCUMENT_EVIDENCE)
    assert none.value.rule == "no-fields"
