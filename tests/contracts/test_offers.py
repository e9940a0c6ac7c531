from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import FINANCIER, Member, logs_of, reverts
from tests.contracts.receivables import (
    OFFER_ACCEPTED,
    OFFER_EXPIRED,
    OFFER_OPEN,
    OFFER_REJECTED,
    OFFER_WITHDRAWN,
    UNITS,
    VOIDED,
    offer,
    offer_state,
    position,
    transfer,
)

TERMS = b"\x7e" * 32


def test_an_offer_reserves_its_units(ledger: Ledger, record: bytes) -> None:
    view, supplier, financier = ledger.invoices.functions, ledger.supplier, ledger.financier
    expires_at = ledger.chain.now() + 60
    receipt = ledger.act(supplier, view.offer(record, financier.id, 600, expires_at, TERMS))
    assert logs_of(receipt, ledger.invoices) == [
        (
            "Offered",
            {
                "record": record,
                "offer": 0,
                "from": supplier.id,
                "to": financier.id,
                "units": 600,
                "expiresAt": expires_at,
                "terms": TERMS,
            },
        )
    ]
    assert view.offerOf(record, 0).call() == (
        supplier.id,
        financier.id,
        TERMS,
        600,
        expires_at,
        OFFER_OPEN,
    )
    assert view.offerCount(record).call() == 1
    assert position(ledger, record, supplier) == (400, 600, 0)
    assert position(ledger, record, financier) == (0, 0, 0)


def test_an_accepted_offer_moves_its_units(ledger: Ledger, record: bytes) -> None:
    view, supplier, financier = ledger.invoices.functions, ledger.supplier, ledger.financier
    number = offer(ledger, record, 600)
    receipt = ledger.act(financier, view.acceptOffer(record, number))
    assert logs_of(receipt, ledger.invoices) == [
        (
            "OfferAccepted",
            {
                "record": record,
                "offer": number,
                "to": financier.id,
                "from": supplier.id,
                "units": 600,
            },
        )
    ]
    assert offer_state(ledger, record, number) == OFFER_ACCEPTED
    assert position(ledger, record, supplier) == (400, 0, 0)
    assert position(ledger, record, financier) == (600, 0, 0)


def test_a_rejected_offer_frees_its_units(ledger: Ledger, record: bytes) -> None:
    number = offer(ledger, record, 600)
    receipt = ledger.act(ledger.financier, ledger.invoices.functions.rejectOffer(record, number))
    assert logs_of(receipt, ledger.invoices) == [
        ("OfferRejected", {"record": record, "offer": number, "to": ledger.financier.id})
    ]
    assert offer_state(ledger, record, number) == OFFER_REJECTED
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_a_withdrawn_offer_frees_its_units(ledger: Ledger, record: bytes) -> None:
    number = offer(ledger, record, 600)
    receipt = ledger.act(ledger.supplier, ledger.invoices.functions.withdrawOffer(record, number))
    assert logs_of(receipt, ledger.invoices) == [
        ("OfferWithdrawn", {"record": record, "offer": number, "from": ledger.supplier.id})
    ]
    assert offer_state(ledger, record, number) == OFFER_WITHDRAWN
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_any_member_frees_the_units_of_an_expired_offer(ledger: Ledger, record: bytes) -> None:
    number = offer(ledger, record, 600, lasting=60)
    ledger.chain.pass_time(60)
    receipt = ledger.act(ledger.auditor, ledger.invoices.functions.expireOffer(record, number))
    assert logs_of(receipt, ledger.invoices) == [
        ("OfferExpired", {"record": record, "offer": number, "by": ledger.auditor.id})
    ]
    assert offer_state(ledger, record, number) == OFFER_EXPIRED
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)


def test_any_member_frees_the_units_of_an_offer_whose_maker_is_suspended(
    ledger: Ledger, record: bytes
) -> None:
    expire = ledger.invoices.functions.expireOffer
    number = offer(ledger, record, 600)
    ledger.suspend(ledger.supplier)
    events = enact(ledger, record, ledger.buyer, expire(record, number))
    assert events == [("OfferExpired", {"record": record, "offer": number, "by": ledger.buyer.id})]
    assert offer_state(ledger, record, number) == OFFER_EXPIRED
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)
    with reverts("RecordBookOfferNotOpen", record, number, OFFER_EXPIRED):
        ledger.act(ledger.financier, ledger.invoices.functions.acceptOffer(record, number))


def test_an_offer_of_a_suspended_maker_is_freed_while_frozen_but_not_once_void(
    ledger: Ledger, record: bytes
) -> None:
    book = ledger.invoices.functions
    first, second = offer(ledger, record, 600), offer(ledger, record, 400)
    ledger.suspend(ledger.supplier)
    ledger.decide(book.freeze(record, TERMS))
    ledger.act(ledger.auditor, book.expireOffer(record, first))
    assert position(ledger, record, ledger.supplier) == (600, 400, 0)
    ledger.decide(book.voidRecord(record, TERMS))
    with reverts("InvoiceBookWrongState", record, VOIDED):
        ledger.act(ledger.auditor, book.expireOffer(record, second))


def test_an_offer_does_not_end_early_because_others_are_or_its_maker_was_suspended(
    ledger: Ledger, record: bytes
) -> None:
    view = ledger.invoices.functions
    number = offer(ledger, record, 600)
    expires_at = view.offerOf(record, number).call()[4]
    for member in (ledger.financier, ledger.buyer, ledger.supplier):
        ledger.suspend(member)
    ledger.decide(ledger.membership.functions.reinstate(ledger.supplier.id))
    for member in (ledger.auditor, ledger.supplier):
        with reverts("RecordBookOfferNotExpired", record, number, expires_at):
            ledger.act(member, view.expireOffer(record, number))
    assert offer_state(ledger, record, number) == OFFER_OPEN


def test_it_is_the_maker_of_the_offer_whose_suspension_counts_not_the_supplier(
    ledger: Ledger, record: bytes
) -> None:
    view = ledger.invoices.functions
    transfer(ledger, record, 600)
    number = offer(ledger, record, 100, by=ledger.financier, to=ledger.other_financier)
    expires_at = view.offerOf(record, number).call()[4]
    ledger.suspend(ledger.supplier)
    with reverts("RecordBookOfferNotExpired", record, number, expires_at):
        ledger.act(ledger.auditor, view.expireOffer(record, number))
    ledger.suspend(ledger.financier)
    ledger.act(ledger.auditor, view.expireOffer(record, number))
    assert position(ledger, record, ledger.financier) == (600, 0, 0)


def test_no_more_is_offered_than_is_free(ledger: Ledger, record: bytes) -> None:
    supplier = ledger.supplier
    with reverts("RecordBookInsufficientUnits", record, supplier.id, UNITS, UNITS + 1):
        offer(ledger, record, UNITS + 1)
    offer(ledger, record, 600)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 400, 401):
        offer(ledger, record, 401, to=ledger.other_financier)
    offer(ledger, record, 400, to=ledger.other_financier)
    with reverts("RecordBookInsufficientUnits", record, supplier.id, 0, 1):
        offer(ledger, record, 1)


def test_what_is_accepted_cannot_be_offered_again_by_who_sold_it(
    ledger: Ledger, record: bytes
) -> None:
    number = offer(ledger, record, 600)
    ledger.act(ledger.financier, ledger.invoices.functions.acceptOffer(record, number))
    with reverts("RecordBookInsufficientUnits", record, ledger.supplier.id, 400, 401):
        offer(ledger, record, 401, to=ledger.other_financier)


def test_a_financier_passes_part_of_its_units_on(ledger: Ledger, record: bytes) -> None:
    accept = ledger.invoices.functions.acceptOffer
    ledger.act(ledger.financier, accept(record, offer(ledger, record, 600)))
    number = offer(ledger, record, 250, by=ledger.financier, to=ledger.other_financier)
    assert position(ledger, record, ledger.financier) == (350, 250, 0)
    ledger.act(ledger.other_financier, accept(record, number))
    assert position(ledger, record, ledger.supplier) == (400, 0, 0)
    assert position(ledger, record, ledger.financier) == (350, 0, 0)
    assert position(ledger, record, ledger.other_financier) == (250, 0, 0)


def test_who_holds_nothing_offers_nothing(ledger: Ledger, record: bytes) -> None:
    for member in (ledger.buyer, ledger.other_supplier, ledger.financier):
        with reverts("RecordBookInsufficientUnits", record, member.id, 0, 1):
            offer(ledger, record, 1, by=member, to=ledger.other_financier)


def test_units_are_offered_to_active_financiers_only(ledger: Ledger, record: bytes) -> None:
    for member in (ledger.buyer, ledger.other_supplier, ledger.council[0]):
        with reverts("MembershipMissingRole", member.id, FINANCIER):
            offer(ledger, record, 1, to=member)
    nobody = Member(b"\x01" * 32, ledger.spare_keys[0])
    with reverts("MembershipUnknownMember", nobody.id):
        offer(ledger, record, 1, to=nobody)
    with reverts("MembershipUnknownKey", nobody.key.lower()):
        offer(ledger, record, 1, by=nobody)
    ledger.suspend(ledger.financier)
    with reverts("MembershipNotActive", ledger.financier.id, 2):
        offer(ledger, record, 1, to=ledger.financier)


def test_nobody_offers_to_itself_or_nothing_or_for_no_time(ledger: Ledger, record: bytes) -> None:
    view = ledger.invoices.functions
    with reverts("RecordBookSelfOffer", ledger.supplier.id):
        offer(ledger, record, 1, to=ledger.supplier)
    with reverts("RecordBookNoUnits"):
        offer(ledger, record, 0)
    now = ledger.chain.now()
    with reverts("RecordBookInvalidExpiry", now + 1):  # the next block's own time
        ledger.act(ledger.supplier, view.offer(record, ledger.financier.id, 1, now + 1, TERMS))
    with reverts("RecordBookInvalidExpiry", 0):
        ledger.act(ledger.supplier, view.offer(record, ledger.financier.id, 1, 0, TERMS))
