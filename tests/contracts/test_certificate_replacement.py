from typing import Any

import pytest

from tests.contracts.acts import extended
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    BANK_DEPOSIT,
    DISCHARGED,
    FREELY,
    FULFILLED,
    ISSUED,
    MATURES_AT,
    NOTICE,
    NUMBER,
    REDEMPTION,
    REPLACEMENT,
    UNITS,
    WAREHOUSE_RECEIPT,
    WITH_CONSENT,
    Certificate,
    Part,
    certificate,
    issue_confirmed,
    number_holder,
    position,
    record_of,
    retired,
    strict_key,
    surrender,
    surrender_state,
)
from tests.contracts.harness import decode_log, reverts

PARTS_MOST = 16


def part(index: int, units: int, **changes: Any) -> Part:
    """A part with a number and a commitment of its own."""
    number, commitment = bytes([0xA0 + index]) * 32, bytes([0xD0 + index]) * 32
    return Part(MATURES_AT, units, number, commitment)._replace(**changes)


@pytest.fixture
def number(ledger: Ledger, receipt: bytes) -> int:
    """A surrender of 600 units of the receipt for replacement."""
    return surrender(ledger, receipt, 600, REPLACEMENT)


def test_a_receipt_is_split(ledger: Ledger, receipt: bytes, number: int) -> None:
    book, depositary, supplier = (
        ledger.certificates.functions,
        ledger.depositary,
        ledger.supplier,
    )
    parts = [part(0, 400), part(1, 200, matures_at=0)]
    ledger.act(depositary, book.replace(receipt, number, parts))
    assert surrender_state(ledger, receipt, number) == FULFILLED
    assert position(ledger, receipt, supplier) == (400, 0, 0)
    assert retired(ledger, receipt) == 600
    assert certificate(ledger, receipt).state == ISSUED
    for content in parts:
        child = record_of(ledger, depositary, content.commitment)
        assert certificate(ledger, child) == Certificate(
            kind=WAREHOUSE_RECEIPT,
            state=ISSUED,
            endorsement=WITH_CONSENT,
            auto_renew=False,
            loss_notice=NOTICE,
            issued_at=ledger.chain.now(),
            matures_at=content.matures_at,
            lost_at=0,
            renewals=0,
        )
        assert book.parentOf(child).call() == receipt
        assert position(ledger, child, supplier) == (content.units, 0, 0)
        assert number_holder(ledger, depositary, content.number) == child


def test_a_replacement_writes_the_histories_of_both_certificates(
    ledger: Ledger, receipt: bytes, number: int
) -> None:
    book, depositary, supplier = (
        ledger.certificates.functions,
        ledger.depositary,
        ledger.supplier,
    )
    child = record_of(ledger, depositary, part(0, 600).commitment)
    before = book.recordHistory(receipt).call(), book.memberHistory(depositary.id).call()
    sent = ledger.act(depositary, book.replace(receipt, number, [part(0, 600)]))
    events = [decode_log(log, ledger.certificates) for log in sent["logs"]]
    issuer, holder = depositary.id, supplier.id
    parties = {"issuer": issuer, "holder": holder}
    assert events == [
        (
            "CertificateReplaced",
            {"record": receipt, "surrender": number, **parties, "units": 600},
        ),
        ("UnitsRetired", {"record": receipt, "member": holder, "units": 600}),
        (
            "CertificateIssued",
            {
                "record": child,
                **parties,
                "kind": WAREHOUSE_RECEIPT,
                "endorsement": WITH_CONSENT,
                "autoRenew": False,
                "lossNotice": NOTICE,
                "maturesAt": MATURES_AT,
                "units": 600,
                "commitment": part(0, 600).commitment,
            },
        ),
        ("StrictKeyHeld", {"key": strict_key(depositary, part(0, 600).number), "record": child}),
        ("CertificateReplaces", {"record": child, "parent": receipt, "surrender": number}),
    ]
    logs = sent["logs"]
    assert book.recordHistory(receipt).call() == extended(before[0], logs[:2])
    assert book.recordHistory(child).call() == extended((0, bytes(32)), logs[2:])
    acts = [logs[0], logs[2]]
    assert book.memberHistory(issuer).call() == extended(before[1], acts)


def test_a_deposit_is_renewed_on_new_terms(ledger: Ledger) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    record = issue_confirmed(ledger, auto_renew=True)
    number = surrender(ledger, record, UNITS, REPLACEMENT)
    ledger.act(
        depositary, book.replace(record, number, [part(0, UNITS, matures_at=MATURES_AT + 1)])
    )
    assert certificate(ledger, record).state == DISCHARGED
    assert number_holder(ledger, depositary, NUMBER) == record
    found = certificate(ledger, record_of(ledger, depositary, part(0, UNITS).commitment))
    assert (found.kind, found.endorsement, found.auto_renew) == (BANK_DEPOSIT, FREELY, True)
    assert (found.state, found.matures_at) == (ISSUED, MATURES_AT + 1)


def test_a_part_is_split_again(ledger: Ledger, receipt: bytes, number: int) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    ledger.act(depositary, book.replace(receipt, number, [part(0, 600)]))
    child = record_of(ledger, depositary, part(0, 600).commitment)
    again = surrender(ledger, child, 600, REPLACEMENT)
    ledger.act(depositary, book.replace(child, again, [part(1, 599), part(2, 1)]))
    grandchild = record_of(ledger, depositary, part(2, 1).commitment)
    assert book.parentOf(grandchild).call() == child
    assert certificate(ledger, child).state == DISCHARGED


def test_parts_have_just_the_units_that_were_surrendered(
    ledger: Ledger, receipt: bytes, number: int
) -> None:
    replace = ledger.certificates.functions.replace
    most = 2**80 - 1
    for parts in (
        [],
        [part(0, 599)],
        [part(0, 601)],
        [part(0, 400), part(1, 201)],
        [part(0, most), part(1, 601)],
    ):
        units = sum(content.units for content in parts)
        with reverts("CertificatePartsDiffer", 600, units):
            ledger.act(ledger.depositary, replace(receipt, number, parts))
    with reverts("RecordBookNoUnits"):
        ledger.act(ledger.depositary, replace(receipt, number, [part(0, 600), part(1, 0)]))


def test_a_split_has_at_most_sixteen_parts(ledger: Ledger, receipt: bytes, number: int) -> None:
    replace = ledger.certificates.functions.replace
    parts = [part(index, 1) for index in range(PARTS_MOST)]
    parts[0] = parts[0]._replace(units=600 - PARTS_MOST + 1)
    with reverts("CertificateTooManyParts", PARTS_MOST + 1, PARTS_MOST):
        ledger.act(ledger.depositary, replace(receipt, number, [*parts, part(PARTS_MOST, 1)]))
    ledger.act(ledger.depositary, replace(receipt, number, parts))
    assert retired(ledger, receipt) == 600


def test_parts_have_numbers_of_their_own(ledger: Ledger, receipt: bytes, number: int) -> None:
    replace, key = ledger.certificates.functions.replace, strict_key(ledger.depositary, NUMBER)
    with reverts("IdentityKeysTaken", key, receipt):
        ledger.act(ledger.depositary, replace(receipt, number, [part(0, 600, number=NUMBER)]))
    twin = part(1, 200, number=part(0, 400).number)
    first = record_of(ledger, ledger.depositary, part(0, 400).commitment)
    with reverts("IdentityKeysTaken", strict_key(ledger.depositary, twin.number), first):
        ledger.act(ledger.depositary, replace(receipt, number, [part(0, 400), twin]))
    with reverts("IdentityKeysEmpty"):
        ledger.act(ledger.depositary, replace(receipt, number, [part(0, 600, number=bytes(32))]))


def test_parts_have_sound_commitments_and_maturities(
    ledger: Ledger, receipt: bytes, number: int
) -> None:
    replace = ledger.certificates.functions.replace
    with reverts("RecordBookEmptyCommitment"):
        ledger.act(
            ledger.depositary, replace(receipt, number, [part(0, 600, commitment=bytes(32))])
        )
    twin = part(1, 200, commitment=part(0, 400).commitment)
    first = record_of(ledger, ledger.depositary, twin.commitment)
    with reverts("RecordBookRecordExists", first):
        ledger.act(ledger.depositary, replace(receipt, number, [part(0, 400), twin]))
    with reverts("CertificateInvalidMaturity", 1):
        ledger.act(ledger.depositary, replace(receipt, number, [part(0, 600, matures_at=1)]))


def test_only_its_issuer_replaces_and_only_what_was_surrendered_for_it(
    ledger: Ledger, receipt: bytes, number: int
) -> None:
    replace = ledger.certificates.functions.replace
    for member in (ledger.other_depositary, ledger.supplier):
        with reverts("CertificateNotIssuer", receipt, member.id):
            ledger.act(member, replace(receipt, number, [part(0, 600)]))
    other = surrender(ledger, receipt, 1, REDEMPTION)
    with reverts("CertificateWrongPurpose", receipt, other, REDEMPTION):
        ledger.act(ledger.depositary, replace(receipt, other, [part(0, 1)]))
