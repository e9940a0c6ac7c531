from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.chain.invoice_forms import InvoiceState
from ledger.chain.membership import Role
from ledger.errors import Conflict
from ledger.invoices import IdentityRule
from ledger.services.principals import Principal
from ledger.services.screening import FindingKind, ScreeningUpload, Verdict
from ledger.types import RecordId, Units
from tests.support.consortium import BUYER, OTHER_FINANCIER, SUPPLIER, Consortium
from tests.support.screening import Desk, finding, kinds, running_desk, total
from tests.unit.invoices.samples import VAT_ID, ubl

VECTORS = Path(__file__).parent.parent / "vectors" / "good"
UBL = (VECTORS / "kosit__01.01a-INVOICE_ubl.xml").read_bytes()
CII_TWIN = (VECTORS / "kosit__01.01a-INVOICE_uncefact.xml").read_bytes()
OTHER_VAT = VAT_ID.replace("DE123456789", "DE987654321")
NOWHERE = RecordId(b"\xab" * 32)


@pytest.fixture
def desk(consortium: Consortium, tmp_path: Path) -> Iterator[Desk]:
    with running_desk(consortium, tmp_path) as running:
        yield running


def test_an_invoice_that_nobody_registered_is_clear(desk: Desk) -> None:
    file = desk.screen_one(ubl())
    assert (file.verdict, file.score, kinds(file)) == (Verdict.CLEAR, 0, [])


def test_an_invoice_that_is_a_record_already_is_blocked_in_either_syntax(desk: Desk) -> None:
    record = desk.register(UBL)
    desk.offer(record)
    for content, how in (
        (UBL, "from the very same file"),
        (CII_TWIN, "from another file with the same number, date and total"),
    ):
        screening = desk.screen(ScreeningUpload("twin.xml", content))
        (file,) = screening.files
        assert file.verdict is Verdict.BLOCKED
        found = finding(file, FindingKind.REGISTERED)
        assert how in found.sentence
        assert {exhibit.record for exhibit in found.exhibits} == {record}
        shown = next(item for item in found.exhibits if item.rule is IdentityRule.SAME_INVOICE)
        assert shown.block is not None
        assert shown.block <= screening.block.ref.number
        assert shown.time is not None
    (known,) = screening.records
    assert (known.invoice.supplier, known.invoice.buyer) == (SUPPLIER, BUYER)
    assert known.invoice.state is InvoiceState.ACCEPTED
    assert known.holders is not None
    assert {member: held.total for member, held in known.holders.items() if held.total} == {
        SUPPLIER: 1000
    }


def test_another_financier_is_told_the_same_of_a_rendering_that_another_supplier_hands_it(
    desk: Desk,
) -> None:
    record = desk.register(UBL)
    other = desk.admit("org:another-supplier", Role.SUPPLIER)
    with pytest.raises(Conflict):
        desk.register(CII_TWIN, supplier=other)
    file = desk.screen_one(CII_TWIN, principal=Principal(OTHER_FINANCIER, Role.FINANCIER))
    assert file.verdict is Verdict.BLOCKED
    assert finding(file, FindingKind.REGISTERED).records == (record,)


def test_the_invoice_of_the_record_that_was_offered_is_no_block(desk: Desk) -> None:
    record = desk.register(UBL)
    desk.offer(record)
    for content in (UBL, CII_TWIN):
        file = desk.screen_one(content, record=record)
        assert file.verdict is Verdict.CLEAR
        assert FindingKind.THE_RECORD in kinds(file)
    file = desk.screen_one(ubl(), record=record)
    assert file.verdict is Verdict.BLOCKED
    assert "is of another invoice" in finding(file, FindingKind.OTHER_RECORD).sentence


def test_an_offered_invoice_with_another_total_than_its_record_is_for_review(desk: Desk) -> None:
    record = desk.register(ubl())
    file = desk.screen_one(ubl(**total("120.00")), record=record)
    assert file.verdict is Verdict.REVIEW
    found = finding(file, FindingKind.OTHER_TERMS)
    rules = {exhibit.rule for exhibit in found.exhibits}
    assert rules == {
        IdentityRule.SAME_INVOICE,
        IdentityRule.SAME_NUMBER,
        IdentityRule.SIMILAR_NUMBER,
    }


def test_another_record_of_the_offered_invoice_is_told_beside_it(desk: Desk) -> None:
    record = desk.register(ubl())
    forged = desk.register(ubl(issue_date="2024-03-19"))
    file = desk.screen_one(ubl(), record=record)
    assert file.verdict is Verdict.REVIEW
    same = finding(file, FindingKind.SAME_NUMBER)
    assert {exhibit.record for exhibit in same.exhibits} == {forged}
    assert FindingKind.THE_RECORD in kinds(file)


def test_a_record_that_does_not_exist_is_no_offer(desk: Desk) -> None:
    file = desk.screen_one(ubl(), record=NOWHERE)
    assert file.verdict is Verdict.BLOCKED
    assert "The chain has no record" in finding(file, FindingKind.OTHER_RECORD).sentence


def test_a_record_that_has_ended_is_nothing_to_finance(desk: Desk) -> None:
    record = desk.register(ubl())
    desk.consortium.act(BUYER, desk.consortium.book.reject(record, b"not ours".ljust(32, b"\0")))
    desk.service.settle()
    file = desk.screen_one(ubl(), record=record)
    assert file.verdict is Verdict.BLOCKED
    assert "its buyer rejected" in finding(file, FindingKind.RECORD_ENDED).sentence


def test_a_frozen_record_is_for_review(desk: Desk) -> None:
    record = desk.register(ubl())
    desk.offer(record)
    book = desk.consortium.book
    desk.consortium.act(BUYER, book.dispute(record, Units(5), b"broken".ljust(32, b"\0")))
    desk.service.settle()
    file = desk.screen_one(ubl(), record=record)
    assert file.verdict is Verdict.REVIEW
    assert kinds(file) == [
        FindingKind.RECORD_FROZEN,
        FindingKind.THE_RECORD,
        FindingKind.OFFERED,
    ]


@pytest.mark.parametrize(
    ("changed", "kind", "verdict"),
    [
        (total("120.00"), FindingKind.REGISTERED, Verdict.BLOCKED),
        ({"issue_date": "2024-03-19"}, FindingKind.SAME_NUMBER, Verdict.REVIEW),
        ({"number": "A-2"}, FindingKind.SAME_AMOUNT, Verdict.REVIEW),
        (
            {
                "seller": OTHER_VAT,
                "seller_name": "<cbc:RegistrationName>Else</cbc:RegistrationName>",
            },
            FindingKind.SAME_RECEIPT,
            Verdict.REVIEW,
        ),
        ({"number": "A-I", "issue_date": "2024-03-19"}, FindingKind.SIMILAR_NUMBER, Verdict.REVIEW),
    ],
)
def test_a_changed_copy_of_a_registered_invoice_is_found(
    desk: Desk, changed: dict[str, str], kind: FindingKind, verdict: Verdict
) -> None:
    record = desk.register(ubl())
    file = desk.screen_one(ubl(**changed))
    assert file.verdict is verdict
    found = finding(file, kind)
    assert {exhibit.record for exhibit in found.exhibits} == {record}
    assert all(exhibit.block is not None for exhibit in found.exhibits)


def test_what_a_changed_total_shares_is_said_no_further_than_it_is_known(desk: Desk) -> None:
    desk.register(ubl())
    found = finding(desk.screen_one(ubl(**total("120.00"))), FindingKind.REGISTERED)
    assert "no key says that the total is the same" in found.sentence


def test_an_honest_series_of_invoices_stays_clear(desk: Desk) -> None:
    for month in range(1, 7):
        invoice = ubl(number=f"2024-00{month}", issue_date=f"2024-0{month}-18")
        file = desk.screen_one(invoice)
        assert file.verdict is Verdict.CLEAR
        assert file.score <= 10
        desk.register(invoice)


def test_a_cancelled_record_weighs_less_than_a_rejected_one(desk: Desk) -> None:
    record = desk.register(ubl())
    desk.consortium.act(SUPPLIER, desk.consortium.book.cancel(record))
    desk.service.settle()
    file = desk.screen_one(ubl())
    assert (file.verdict, kinds(file)) == (Verdict.CLEAR, [FindingKind.CANCELLED_BEFORE])

    again = desk.register(ubl(number="A-7"))
    desk.consortium.act(BUYER, desk.consortium.book.reject(again, b"not ours".ljust(32, b"\0")))
    desk.service.settle()
    file = desk.screen_one(ubl(number="A-7"))
    assert file.verdict is Verdict.REVIEW
    assert "its buyer rejected" in finding(file, FindingKind.ENDED_BEFORE).sentence


def test_what_is_no_receivable_is_blocked(desk: Desk) -> None:
    file = desk.screen_one(ubl(type_code="381"))
    assert file.verdict is Verdict.BLOCKED
    assert finding(file, FindingKind.NOT_FINANCEABLE).sentence.startswith("It is a credit note")
    assert "gives money back" in finding(file, FindingKind.DOCUMENT_TYPE).sentence
