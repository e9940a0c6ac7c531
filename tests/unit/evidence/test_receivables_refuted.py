from dataclasses import replace

import pytest

from ledger.codec import record_id
from ledger.evidence import (
    RecordName,
    TrustPolicy,
)
from ledger.invoices import Fingerprints, HmacFingerprint
from ledger.types import AccountName, ChainId, Digest
from tests.unit.evidence.ledger_world import (
    BOOK,
    BUYER,
    CHAIN,
    DOCUMENT,
    DOCUMENT_EVIDENCE,
    INVOICE_EVIDENCE,
    NOTARY,
    POLICY,
    SUPPLIER,
    HeldChain,
    accepted_receivable,
)
from tests.unit.evidence.receivables import (
    DOCUMENT_ONLY,
    OTHER_RECORD,
    assert_refuted,
    held,
    verify,
)


def test_a_receivable_registered_with_another_statement_is_refuted() -> None:
    view = held()
    view.change_receivable(commitment=Digest(bytes(32)))
    assert_refuted(verify(view), "registered with another statement")


def test_a_receivable_of_another_supplier_is_refuted() -> None:
    view = held()
    view.change_receivable(supplier=BUYER)
    assert_refuted(verify(view), f"registered by {BUYER}")


@pytest.mark.parametrize(
    "strict_keys",
    [
        frozenset({bytes(32)}),
        frozenset({bytes(32), bytes([1]) * 32}),
        accepted_receivable().strict_keys | {bytes(32), bytes([1]) * 32},
        frozenset(),
    ],
    ids=["another", "two others", "two more", "none"],
)
def test_a_receivable_with_other_strict_keys_is_refuted(strict_keys: frozenset[bytes]) -> None:
    view = held()
    view.change_receivable(strict_keys=strict_keys)
    assert_refuted(verify(view), "another invoice's identity")


def test_keys_under_another_fingerprint_key_are_refuted() -> None:
    other = Fingerprints(HmacFingerprint(bytes(32), version=1))
    assert_refuted(verify(held(), fingerprints=other), "key given is not the consortium's")


def test_a_record_in_an_untrusted_book_is_refuted() -> None:
    report = verify(held(), policy=replace(POLICY, invoice_book=NOTARY))
    assert_refuted(report, f"The invoice book {BOOK} is not the trusted one.")


@pytest.mark.parametrize("policy", [POLICY, DOCUMENT_ONLY])
@pytest.mark.parametrize(
    "record",
    [
        RecordName(AccountName(CHAIN, BOOK), OTHER_RECORD),
        RecordName(
            AccountName(CHAIN, BOOK),
            record_id(AccountName(CHAIN, BOOK), BUYER, INVOICE_EVIDENCE.opening.commitment),
        ),
    ],
)
def test_the_name_of_another_record_is_refuted_whatever_was_asked_for(
    record: RecordName, policy: TrustPolicy
) -> None:
    report = verify(held(), evidence=replace(INVOICE_EVIDENCE, record=record), policy=policy)
    assert_refuted(report, "is not this invoice's")


def test_a_record_on_another_chain_than_the_anchor_is_refuted() -> None:
    book = AccountName(ChainId(1), BOOK)
    record = RecordName(book, record_id(book, SUPPLIER, INVOICE_EVIDENCE.opening.commitment))
    report = verify(held(), evidence=replace(INVOICE_EVIDENCE, record=record))
    assert_refuted(report, "on another chain than the anchor")


def test_a_record_for_a_document_that_is_no_invoice_is_refuted() -> None:
    evidence = replace(DOCUMENT_EVIDENCE, record=INVOICE_EVIDENCE.record)
    report = verify(HeldChain.holding(evidence), evidence=evidence, document=DOCUMENT)
    assert_refuted(report, "the document is no invoice")
