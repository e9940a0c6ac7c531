import io
from dataclasses import replace

import pytest

from ledger.evidence import (
    AlertKeyFacts,
    FreezeCause,
    Holding,
    Outcome,
    ReceivableStatus,
    TrustPolicy,
    Verdict,
    Verifier,
)
from ledger.invoices import Fingerprints, read_invoice
from ledger.types import Units
from tests.unit.evidence.ledger_world import (
    BUYER,
    DOCUMENT,
    DOCUMENT_EVIDENCE,
    FINANCIER,
    FINGERPRINTS,
    INVOICE,
    INVOICE_EVIDENCE,
    POLICY,
    SUPPLIER,
    HeldChain,
    SilentChain,
    accepted_receivable,
    invoice_keys,
    make_evidence,
    with_fields,
)
from tests.unit.evidence.receivables import (
    DOCUMENT_ONLY,
    OTHER_RECORD,
    assert_step_8,
    held,
    verify,
)


def test_an_accepted_invoice_is_verified_with_its_holders() -> None:
    report = verify(held())
    assert_step_8(report, Verdict.VERIFIED, Outcome.PASSED, f"{BUYER} accepted the invoice")
    assert f"{SUPPLIER} 40,000, {FINANCIER} 70,000" in report.steps[8].sentence
    assert report.receivable is not None
    assert INVOICE_EVIDENCE.record is not None
    assert report.receivable.record == INVOICE_EVIDENCE.record.id
    assert report.receivable.receivable == accepted_receivable()
    assert report.receivable.seen_at == held().head()
    assert report.receivable.alerts == ()


@pytest.mark.parametrize("policy", [POLICY, DOCUMENT_ONLY])
def test_an_invoice_that_is_the_one_stated_says_what_it_is(policy: TrustPolicy) -> None:
    assert verify(held(), policy=policy).invoice == read_invoice(INVOICE, max_bytes=len(INVOICE))
    assert verify(held(), policy=policy, document=INVOICE + b" ").invoice is None
    assert verify(held(), policy=replace(policy, max_invoice_bytes=10)).invoice is None


def test_a_document_that_is_no_invoice_says_nothing_of_itself() -> None:
    assert verify(held(), evidence=DOCUMENT_EVIDENCE, document=DOCUMENT).invoice is None


def test_an_invoice_in_a_stream_is_verified_like_one_in_bytes() -> None:
    verifier = Verifier(POLICY, held(), FINGERPRINTS)
    evidence = INVOICE_EVIDENCE.serialise()
    assert verifier.verify(io.BytesIO(INVOICE), evidence) == verifier.verify(INVOICE, evidence)


def test_a_longer_stream_is_refuted_without_being_read_to_its_end() -> None:
    stream = io.BytesIO(INVOICE + bytes(10_000_000))
    report = Verifier(POLICY, held(), FINGERPRINTS).verify(stream, INVOICE_EVIDENCE.serialise())
    assert report.failed is not None
    assert report.failed.step.number == 1
    assert stream.tell() == len(INVOICE) + 1


def test_similar_invoices_are_reported_and_block_nothing() -> None:
    view = held()
    first, second, *_ = invoice_keys().alert
    view.alerts |= {first.key: OTHER_RECORD, second.key: OTHER_RECORD}
    report = verify(view)
    assert_step_8(report, Verdict.VERIFIED, Outcome.PASSED, "Similar to 1 earlier: review them.")
    assert report.receivable is not None
    assert report.receivable.alerts == (OTHER_RECORD,)


def test_alert_keys_that_the_supplier_left_out_are_told() -> None:
    view = held()
    left_out = invoice_keys().alert[0].key
    del view.alerts[left_out]
    told = "Similarity keys that no registration named: 1."
    assert told in verify(view).steps[8].sentence
    assert told not in verify(held()).steps[8].sentence


def test_an_alert_key_that_the_record_itself_noted_first_is_no_alert() -> None:
    view = held()
    assert INVOICE_EVIDENCE.record is not None
    view.alerts = {alert.key: INVOICE_EVIDENCE.record.id for alert in invoice_keys().alert}
    report = verify(view)
    assert report.receivable is not None
    assert report.receivable.alerts == ()
    assert "review" not in report.steps[8].sentence


def test_a_similar_invoice_that_came_later_is_reported() -> None:
    view = held()
    assert INVOICE_EVIDENCE.record is not None
    first, second, *others = invoice_keys().alert
    view.alerts = {alert.key: INVOICE_EVIDENCE.record.id for alert in invoice_keys().alert}
    view.repeats = {first.key: 1, second.key: 3}
    report = verify(view)
    assert_step_8(report, Verdict.VERIFIED, Outcome.PASSED, "Later ones are similar to it: review")
    assert report.receivable is not None
    assert report.receivable.repeats == 3
    assert report.receivable.alert_keys == (
        AlertKeyFacts(first.key, INVOICE_EVIDENCE.record.id, 1),
        AlertKeyFacts(second.key, INVOICE_EVIDENCE.record.id, 3),
        *(AlertKeyFacts(other.key, INVOICE_EVIDENCE.record.id, 0) for other in others),
    )


def test_alert_keys_are_not_known_of_an_invoice_whose_identity_is_unchecked() -> None:
    report = verify(held(), fingerprints=None)
    assert report.receivable is not None
    assert report.receivable.alert_keys is None
    assert (report.receivable.alerts, report.receivable.repeats) == ((), 0)


def test_the_document_alone_can_be_verified_without_the_receivable() -> None:
    report = verify(held(), policy=DOCUMENT_ONLY, fingerprints=None)
    assert_step_8(report, Verdict.VERIFIED, Outcome.NOT_APPLICABLE, "not asked for")
    assert report.receivable is None


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (ReceivableStatus.REJECTED, f"The buyer {BUYER} rejected the invoice."),
        (ReceivableStatus.CANCELLED, f"The supplier {SUPPLIER} cancelled the invoice."),
        (
            ReceivableStatus.SETTLED,
            "The invoice is settled: no unit is left, and nothing to finance.",
        ),
        (ReceivableStatus.VOIDED, "The council declared the record void."),
    ],
)
@pytest.mark.parametrize("fingerprints", [FINGERPRINTS, None])
def test_a_receivable_that_has_ended_is_reported_as_revoked(
    status: ReceivableStatus, sentence: str, fingerprints: Fingerprints | None
) -> None:
    view = held()
    view.change_receivable(status=status)
    report = verify(view, fingerprints=fingerprints)
    assert_step_8(report, Verdict.REVOKED, Outcome.REVOKED, sentence)
    assert report.receivable is not None


@pytest.mark.parametrize("status", [ReceivableStatus.REGISTERED, ReceivableStatus.ACCEPTED])
@pytest.mark.parametrize("fingerprints", [FINGERPRINTS, None])
@pytest.mark.parametrize(
    ("freezes", "causes"),
    [
        ((FreezeCause.COUNCIL,), "by the council"),
        ((FreezeCause.KEEPER,), "by its keeper"),
        ((FreezeCause.DISPUTE,), f"because the buyer {BUYER} disputes 5,000 of 119,000 units"),
        (
            (FreezeCause.COUNCIL, FreezeCause.LOSS),
            "by the council and because it was reported lost",
        ),
    ],
)
def test_a_frozen_receivable_does_not_stand_now_and_says_why(
    freezes: tuple[FreezeCause, ...],
    causes: str,
    fingerprints: Fingerprints | None,
    status: ReceivableStatus,
) -> None:
    view = held()
    view.change_receivable(freezes=freezes, disputed=Units(5_000), status=status)
    report = verify(view, fingerprints=fingerprints)
    reason = f"The record is frozen {causes}: no unit changes hands until that is lifted."
    assert_step_8(report, Verdict.REVOKED, Outcome.REVOKED, reason)
    assert report.receivable is not None
    assert verify(view, policy=DOCUMENT_ONLY).verdict is Verdict.VERIFIED


def test_what_has_ended_is_not_called_frozen() -> None:
    view = held()
    view.change_receivable(status=ReceivableStatus.VOIDED, freezes=(FreezeCause.DISPUTE,))
    report = verify(view)
    assert_step_8(report, Verdict.REVOKED, Outcome.REVOKED, "declared the record void")
    assert "frozen" not in report.steps[8].sentence


def test_pledged_units_an_undertaking_and_a_missed_due_date_are_told() -> None:
    told = verify(held()).steps[8].sentence
    assert "retired; held by:" in told
    assert "10,000 of them are pledged." in told
    assert "overdue" not in told
    assert "undertook" not in told
    view = held()
    free = Holding(SUPPLIER, Units(110_000), Units(0), Units(0))
    view.change_receivable(undertaken_at=1_760_000_000, overdue=True, holdings=(free,))
    report = verify(view)
    undertaking = (
        f"The buyer {BUYER} accepted the invoice, and undertook irrevocably at"
        " 2025-10-09T08:53:20Z to pay it."
    )
    assert_step_8(report, Verdict.VERIFIED, Outcome.PASSED, undertaking)
    assert report.steps[8].sentence.endswith("It is overdue.")
    assert "pledged" not in report.steps[8].sentence


# What keeps step 8 from an answer.


def test_an_invoice_that_awaits_its_buyer_is_undetermined() -> None:
    view = held()
    view.change_receivable(status=ReceivableStatus.REGISTERED)
    report = verify(view)
    reason = f"The buyer {BUYER} has not accepted"
    assert_step_8(report, Verdict.UNDETERMINED, Outcome.UNKNOWN, reason)
    assert report.receivable is not None


def test_without_the_fingerprint_key_the_identity_is_undetermined() -> None:
    report = verify(held(), fingerprints=None)
    assert_step_8(report, Verdict.UNDETERMINED, Outcome.UNKNOWN, "no fingerprint key was given")


def test_an_invoice_too_large_to_be_read_is_undetermined() -> None:
    report = verify(held(), policy=replace(POLICY, max_invoice_bytes=len(INVOICE) - 1))
    assert_step_8(
        report,
        Verdict.UNDETERMINED,
        Outcome.UNKNOWN,
        "larger than what is read",
        document=Outcome.UNKNOWN,
    )


def test_an_invoice_as_large_as_the_limit_is_read() -> None:
    report = verify(held(), policy=replace(POLICY, max_invoice_bytes=len(INVOICE)))
    assert report.verdict is Verdict.VERIFIED


def test_an_invoice_that_cannot_be_read_is_undetermined() -> None:
    scan = b"%PDF-1.7 a scanned invoice\n"
    sealed = with_fields(scan, "application/pdf", read_invoice(INVOICE, max_bytes=100_000))
    evidence = make_evidence(sealed, registered=True)
    view = HeldChain.holding(evidence)
    view.change_receivable(commitment=evidence.opening.commitment)
    report = verify(view, evidence=evidence, document=scan)
    assert_step_8(
        report,
        Verdict.UNDETERMINED,
        Outcome.UNKNOWN,
        "is unchecked: the PDF",
        document=Outcome.UNKNOWN,
    )


def test_evidence_of_an_invoice_that_names_no_record_is_undetermined() -> None:
    evidence = replace(INVOICE_EVIDENCE, record=None)
    report = verify(held(), evidence=evidence)
    assert_step_8(report, Verdict.UNDETERMINED, Outcome.UNKNOWN, "names no receivable")
    assert verify(held(), evidence=evidence, policy=DOCUMENT_ONLY).verdict is Verdict.VERIFIED


def test_a_policy_that_trusts_no_invoice_book_leaves_the_receivable_undetermined() -> None:
    report = verify(held(), policy=replace(POLICY, invoice_book=None))
    assert_step_8(report, Verdict.UNDETERMINED, Outcome.UNKNOWN, "No invoice book was named")


def test_a_record_that_the_book_does_not_hold_is_undetermined() -> None:
    view = held()
    view.receivables.clear()
    report = verify(view)
    assert_step_8(report, Verdict.UNDETERMINED, Outcome.UNKNOWN, "not registered as a receivable")


def test_a_node_that_cannot_say_leaves_the_receivable_undetermined() -> None:
    view = SilentChain.holding(INVOICE_EVIDENCE)
    assert isinstance(view, SilentChain)
    view.answers = 3
    report = verify(view)
    assert_step_8(report, Verdict.UNDETERMINED, Outcome.UNKNOWN, "does not answer")


@pytest.mark.parametrize("units", [29_999, 30_001])
def test_holders_that_do_not_add_up_leave_the_receivable_undetermined(units: int) -> None:
    view = held()
    found = accepted_receivable()
    holding = Holding(SUPPLIER, Units(units), Units(10_000), Units(0))
    view.change_receivable(holdings=(holding, found.holdings[1]))
    report = verify(view)
    reason = f"The node accounts for {units + 89_000:,} of 119,000 units."
    assert_step_8(report, Verdict.UNDETERMINED, Outcome.UNKNOWN, reason)


# What refutes it.
