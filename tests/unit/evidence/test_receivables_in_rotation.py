import re

import pytest

from ledger.evidence import (
    Outcome,
    Verdict,
)
from ledger.invoices import Fingerprints, HmacFingerprint
from tests.unit.evidence.ledger_world import (
    FINGERPRINTS,
    INVOICE_EVIDENCE,
    HeldChain,
    invoice_keys,
)
from tests.unit.evidence.receivables import (
    OTHER_RECORD,
    assert_refuted,
    assert_step_8,
    held,
    verify,
)

OLD, NEW = FINGERPRINTS, Fingerprints(HmacFingerprint(bytes(range(1, 33)), version=2))
ROTATION = Fingerprints(NEW.current, OLD.current)


def registered_under(fingerprints: Fingerprints) -> HeldChain:
    view, keys = held(), invoice_keys(fingerprints)
    assert INVOICE_EVIDENCE.record is not None
    view.change_receivable(strict_keys=frozenset(keys.strict))
    view.alerts = {alert.key: INVOICE_EVIDENCE.record.id for alert in keys.alert}
    return view


@pytest.mark.parametrize("under", [OLD, ROTATION, NEW], ids=["before", "during", "after"])
def test_during_a_rotation_records_of_before_it_during_it_and_after_it_are_verified(
    under: Fingerprints,
) -> None:
    report = verify(registered_under(under), fingerprints=ROTATION)
    assert_step_8(report, Verdict.VERIFIED, Outcome.PASSED, "accepted the invoice")
    assert report.receivable is not None
    assert report.receivable.left_out == 0
    facts = report.receivable.alert_keys
    assert facts is not None
    assert [fact.key for fact in facts] == [alert.key for alert in invoice_keys(under).alert]


@pytest.mark.parametrize("under", [OLD, ROTATION, NEW], ids=["before", "during", "after"])
def test_during_a_rotation_an_alert_key_of_the_versions_named_can_be_left_out(
    under: Fingerprints,
) -> None:
    view = registered_under(under)
    del view.alerts[invoice_keys(under).alert[-1].key]
    report = verify(view, fingerprints=ROTATION)
    assert report.receivable is not None
    assert report.receivable.left_out == 1


@pytest.mark.parametrize("given", [OLD, NEW], ids=["not begun", "ended"])
def test_a_record_of_a_rotation_is_verified_by_who_is_not_in_it(given: Fingerprints) -> None:
    report = verify(registered_under(ROTATION), fingerprints=given)
    told = "Identity keys of a version that was not given, and unchecked: 1."
    assert_step_8(report, Verdict.VERIFIED, Outcome.PASSED, told)
    assert report.receivable is not None
    assert report.receivable.unchecked_keys == 1
    assert report.receivable.left_out == 0
    assert told not in verify(registered_under(ROTATION), fingerprints=ROTATION).steps[8].sentence


def test_a_record_of_a_rotation_is_verified_during_the_next_one() -> None:
    third = HmacFingerprint(bytes(32), version=3)
    report = verify(registered_under(ROTATION), fingerprints=Fingerprints(third, NEW.current))
    assert_step_8(report, Verdict.VERIFIED, Outcome.PASSED, "and unchecked: 1.")


@pytest.mark.parametrize(("under", "given"), [(OLD, NEW), (NEW, OLD)])
def test_a_record_of_another_version_alone_is_refuted(
    under: Fingerprints, given: Fingerprints
) -> None:
    report = verify(registered_under(under), fingerprints=given)
    assert_refuted(report, "another invoice's identity")


@pytest.mark.parametrize(("under", "other"), [(OLD, NEW), (NEW, OLD)])
def test_an_invoice_that_is_registered_under_each_version_apart_is_undetermined(
    under: Fingerprints, other: Fingerprints
) -> None:
    view = registered_under(under)
    view.strict = dict.fromkeys(invoice_keys(other).strict, OTHER_RECORD)
    report = verify(view, fingerprints=ROTATION)
    told = f"registered twice, .*: also as 0x{OTHER_RECORD.hex()}"
    assert re.search(told, report.steps[8].sentence)
    assert report.verdict is Verdict.UNDETERMINED
    assert report.receivable is not None
    assert report.receivable.alert_keys is None
