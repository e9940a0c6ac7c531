import pytest

from tests.contracts.acts import enact, enact_decision
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    ANNULMENT,
    DISCHARGED,
    FROZEN_BY_KEEPER,
    FULFILLED,
    ISSUED,
    NUMBER,
    OPEN,
    REASON,
    REDEMPTION,
    REFUSED,
    REPLACEMENT,
    UNITS,
    WITHDRAWN,
    certificate,
    issue,
    number_holder,
    offer,
    pledge,
    position,
    retired,
    surrender,
    surrender_state,
)
from tests.contracts.harness import reverts

FROZEN = 1 << FROZEN_BY_KEEPER


@pytest.mark.parametrize("purpose", [REDEMPTION, REPLACEMENT, ANNULMENT])
def test_a_surrender_reserves_its_units(ledger: Ledger, receipt: bytes, purpose: int) -> None:
    book, supplier = ledger.certificates.functions, ledger.supplier
    surrender(ledger, receipt, 1, REDEMPTION)
    call = book.surrender(receipt, supplier.id, 600, purpose)
    assert enact(ledger, receipt, supplier, call) == [
        (
            "Surrendered",
            {
                "record": receipt,
                "surrender": 1,
                "by": supplier.id,
                "holder": supplier.id,
                "units": 600,
                "purpose": purpose,
            },
        )
    ]
    assert book.surrenderOf(receipt, 1).call() == (supplier.id, 600, purpose, OPEN)
    assert book.surrenderCount(receipt).call() == 2
    assert position(ledger, receipt, supplier) == (399, 601, 0)


def test_surrendering_answers_with_the_surrenders_number(ledger: Ledger, receipt: bytes) -> None:
    surrender(ledger, receipt, 1, REDEMPTION)
    surrendering = ledger.certificates.functions.surrender
    call = surrendering(receipt, ledger.supplier.id, 1, REDEMPTION)
    assert ledger.chain.simulate(ledger.supplier.key, call) == 1


def test_no_more_is_surrendered_than_is_free(ledger: Ledger, receipt: bytes) -> None:
    supplier = ledger.supplier
    offer(ledger, receipt, 100)
    pledge(ledger, receipt, 200)
    with reverts("RecordBookInsufficientUnits", receipt, supplier.id, 700, 701):
        surrender(ledger, receipt, 701, REDEMPTION)
    with reverts("RecordBookNoUnits"):
        surrender(ledger, receipt, 0, REDEMPTION)
    surrender(ledger, receipt, 700, REDEMPTION)
    with reverts("RecordBookInsufficientUnits", receipt, supplier.id, 0, 1):
        offer(ledger, receipt, 1)
    with reverts("RecordBookInsufficientUnits", receipt, ledger.buyer.id, 0, 1):
        surrender(ledger, receipt, 1, REDEMPTION, by=ledger.buyer)


def test_a_holder_takes_back_what_it_surrendered(ledger: Ledger, receipt: bytes) -> None:
    book, supplier = ledger.certificates.functions, ledger.supplier
    number = surrender(ledger, receipt, 600, REDEMPTION)
    for member in (ledger.depositary, ledger.buyer):
        with reverts("RecordBookNotParty", receipt, member.id):
            ledger.act(member, book.withdrawSurrender(receipt, number))
    assert enact(ledger, receipt, supplier, book.withdrawSurrender(receipt, number)) == [
        (
            "SurrenderWithdrawn",
            {"record": receipt, "surrender": number, "holder": supplier.id},
        )
    ]
    assert surrender_state(ledger, receipt, number) == WITHDRAWN
    assert position(ledger, receipt, supplier) == (UNITS, 0, 0)


def test_the_issuer_refuses_what_was_surrendered(ledger: Ledger, receipt: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    number = surrender(ledger, receipt, 600, REPLACEMENT)
    for member in (ledger.supplier, ledger.other_depositary):
        with reverts("CertificateNotIssuer", receipt, member.id):
            ledger.act(member, book.refuseSurrender(receipt, number, REASON))
    refusal = book.refuseSurrender(receipt, number, REASON)
    assert enact(ledger, receipt, depositary, refusal) == [
        (
            "SurrenderRefused",
            {
                "record": receipt,
                "surrender": number,
                "issuer": depositary.id,
                "reason": REASON,
            },
        )
    ]
    assert surrender_state(ledger, receipt, number) == REFUSED
    assert position(ledger, receipt, ledger.supplier) == (UNITS, 0, 0)


def test_a_delivery_in_part_retires_that_part(ledger: Ledger, receipt: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    number = surrender(ledger, receipt, 600, REDEMPTION)
    assert enact(ledger, receipt, depositary, book.redeem(receipt, number)) == [
        (
            "CertificateRedeemed",
            {
                "record": receipt,
                "surrender": number,
                "issuer": depositary.id,
                "holder": ledger.supplier.id,
                "units": 600,
            },
        ),
        ("UnitsRetired", {"record": receipt, "member": ledger.supplier.id, "units": 600}),
    ]
    assert surrender_state(ledger, receipt, number) == FULFILLED
    assert position(ledger, receipt, ledger.supplier) == (400, 0, 0)
    assert retired(ledger, receipt) == 600
    assert certificate(ledger, receipt).state == ISSUED


def test_the_last_redemption_discharges_and_the_number_stays_taken(
    ledger: Ledger, deposit: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    ledger.act(ledger.buyer, book.acceptOffer(deposit, offer(ledger, deposit, 400)))
    first = surrender(ledger, deposit, 600, REDEMPTION)
    last = surrender(ledger, deposit, 400, REDEMPTION, by=ledger.buyer)
    ledger.act(depositary, book.redeem(deposit, first))
    events = enact(ledger, deposit, depositary, book.redeem(deposit, last))
    assert events[2:] == [("CertificateDischarged", {"record": deposit})]
    assert certificate(ledger, deposit).state == DISCHARGED
    assert retired(ledger, deposit) == UNITS
    assert number_holder(ledger, depositary, NUMBER) == deposit


def test_what_is_discharged_never_comes_back(ledger: Ledger, deposit: bytes) -> None:
    book = ledger.certificates.functions
    number = surrender(ledger, deposit, UNITS, REDEMPTION)
    ledger.act(ledger.depositary, book.redeem(deposit, number))
    for call in (
        book.reportLost(deposit, REASON),
        book.freeze(deposit, REASON),
        book.revokeEvidence(deposit, REASON),
        book.renew(deposit, 4_000_000_000, REASON),
        book.surrender(deposit, ledger.depositary.id, 1, REDEMPTION),
        book.confirm(deposit),
    ):
        with reverts("CertificateWrongState", deposit, DISCHARGED):
            ledger.act(ledger.depositary, call)
    with reverts("CertificateWrongState", deposit, DISCHARGED):
        ledger.decide(book.voidRecord(deposit, REASON))


def test_an_unconfirmed_deposit_is_redeemed_too(ledger: Ledger) -> None:
    record = issue(ledger)
    number = surrender(ledger, record, UNITS, REDEMPTION)
    ledger.act(ledger.depositary, ledger.certificates.functions.redeem(record, number))
    assert certificate(ledger, record).state == DISCHARGED


def test_only_its_issuer_redeems(ledger: Ledger, receipt: bytes) -> None:
    redeem = ledger.certificates.functions.redeem
    number = surrender(ledger, receipt, 1, REDEMPTION)
    for member in (ledger.other_depositary, ledger.supplier):
        with reverts("CertificateNotIssuer", receipt, member.id):
            ledger.act(member, redeem(receipt, number))
    ledger.suspend(ledger.depositary)
    with reverts("MembershipNotActive", ledger.depositary.id, 2):
        ledger.act(ledger.depositary, redeem(receipt, number))


def test_a_suspended_holder_is_paid_out(ledger: Ledger, deposit: bytes) -> None:
    number = surrender(ledger, deposit, UNITS, REDEMPTION)
    ledger.suspend(ledger.supplier)
    ledger.act(ledger.depositary, ledger.certificates.functions.redeem(deposit, number))
    assert retired(ledger, deposit) == UNITS


def test_the_council_surrenders_for_a_suspended_holder(ledger: Ledger, deposit: bytes) -> None:
    book, holder = ledger.certificates.functions, ledger.supplier.id
    call = book.surrender(deposit, holder, 600, REDEMPTION)
    ledger.suspend(ledger.supplier)
    with reverts("MembershipNotActive", holder, 2):
        ledger.act(ledger.supplier, call)
    parties = {"by": bytes(32), "holder": holder}
    assert enact_decision(ledger, deposit, call) == [
        (
            "Surrendered",
            {"record": deposit, "surrender": 0, **parties, "units": 600, "purpose": REDEMPTION},
        )
    ]
    assert book.surrenderOf(deposit, 0).call() == (holder, 600, REDEMPTION, OPEN)
    assert position(ledger, deposit, ledger.supplier) == (400, 600, 0)
    with reverts("RecordBookInsufficientUnits", deposit, holder, 400, 600):
        ledger.decide(call)


@pytest.mark.parametrize("purpose", [REPLACEMENT, ANNULMENT])
def test_the_council_surrenders_for_nothing_but_redemption(
    ledger: Ledger, deposit: bytes, purpose: int
) -> None:
    holder = ledger.supplier
    call = ledger.certificates.functions.surrender(deposit, holder.id, UNITS, purpose)
    with reverts("RecordBookNotSuspended", deposit, holder.id):
        ledger.decide(call)
    ledger.suspend(holder)
    with reverts("CertificateNotForCouncil", deposit, purpose):
        ledger.decide(call)
    assert position(ledger, deposit, holder) == (UNITS, 0, 0)
    ledger.decide(ledger.membership.functions.reinstate(holder.id))
    ledger.act(holder, call)
    assert position(ledger, deposit, holder) == (0, UNITS, 0)


def test_the_council_surrenders_for_no_active_holder(ledger: Ledger, deposit: bytes) -> None:
    holder = ledger.supplier
    call = ledger.certificates.functions.surrender(deposit, holder.id, 1, REDEMPTION)
    with reverts("RecordBookNotSuspended", deposit, holder.id):
        ledger.decide(call)
    ledger.suspend(holder)
    ledger.decide(ledger.membership.functions.reinstate(holder.id))
    with reverts("RecordBookNotSuspended", deposit, holder.id):
        ledger.decide(call)
    assert position(ledger, deposit, holder) == (UNITS, 0, 0)


def test_nobody_else_surrenders_for_a_holder(ledger: Ledger, deposit: bytes) -> None:
    call = ledger.certificates.functions.surrender(deposit, ledger.supplier.id, 1, REDEMPTION)
    strangers = (ledger.buyer, ledger.depositary, *ledger.council)
    for suspended in (False, True):
        if suspended:
            ledger.suspend(ledger.supplier)
        for member in strangers:
            with reverts("RecordBookNotParty", deposit, member.id):
                ledger.act(member, call)


def test_what_the_council_surrendered_is_redeemed_and_a_reinstated_holder_takes_it_back(
    ledger: Ledger, deposit: bytes
) -> None:
    book, holder = ledger.certificates.functions, ledger.supplier
    ledger.suspend(holder)
    for _ in range(2):
        ledger.decide(book.surrender(deposit, holder.id, 400, REDEMPTION))
    ledger.act(ledger.depositary, book.redeem(deposit, 0))
    assert retired(ledger, deposit) == 400
    ledger.decide(ledger.membership.functions.reinstate(holder.id))
    ledger.act(holder, book.withdrawSurrender(deposit, 1))
    assert position(ledger, deposit, holder) == (UNITS - 400, 0, 0)


def test_units_surrendered_for_replacement_are_not_redeemed(ledger: Ledger, receipt: bytes) -> None:
    number = surrender(ledger, receipt, 1, REPLACEMENT)
    with reverts("CertificateWrongPurpose", receipt, number, REPLACEMENT):
        ledger.act(ledger.depositary, ledger.certificates.functions.redeem(receipt, number))


def test_a_surrender_is_answered_once(ledger: Ledger, receipt: bytes) -> None:
    book, depositary, supplier = (
        ledger.certificates.functions,
        ledger.depositary,
        ledger.supplier,
    )
    for state in (FULFILLED, REFUSED, WITHDRAWN):
        number = surrender(ledger, receipt, 10, REDEMPTION)
        answers = {
            FULFILLED: (depositary, book.redeem(receipt, number)),
            REFUSED: (depositary, book.refuseSurrender(receipt, number, REASON)),
            WITHDRAWN: (supplier, book.withdrawSurrender(receipt, number)),
        }
        ledger.act(*answers[state])
        for answer in answers.values():
            with reverts("CertificateSurrenderNotOpen", receipt, number, state):
                ledger.act(*answer)
        for call in (book.replace(receipt, number, []), book.annul(receipt, number, REASON)):
            with reverts("CertificateSurrenderNotOpen", receipt, number, state):
                ledger.act(depositary, call)


def test_unknown_surrenders_are_refused(ledger: Ledger, receipt: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    surrender(ledger, receipt, 1, REDEMPTION)
    for call in (
        book.redeem(receipt, 1),
        book.replace(receipt, 1, []),
        book.annul(receipt, 1, REASON),
        book.refuseSurrender(receipt, 1, REASON),
        book.withdrawSurrender(receipt, 1),
    ):
        with reverts("CertificateUnknownSurrender", receipt, 1):
            ledger.act(depositary, call)
    with reverts("CertificateUnknownSurrender", receipt, 1):
        ledger.chain.simulate(depositary.key, book.surrenderOf(receipt, 1))


def test_frozen_units_are_neither_surrendered_nor_redeemed_but_taken_back(
    ledger: Ledger, receipt: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    numbers = [surrender(ledger, receipt, 10, REDEMPTION) for _ in range(3)]
    exchange = surrender(ledger, receipt, 10, REPLACEMENT)
    ledger.act(depositary, book.freeze(receipt, REASON))
    with reverts("RecordBookFrozen", receipt, FROZEN):
        surrender(ledger, receipt, 1, REDEMPTION)
    with reverts("RecordBookFrozen", receipt, FROZEN):
        ledger.act(depositary, book.redeem(receipt, numbers[0]))
    with reverts("RecordBookFrozen", receipt, FROZEN):
        ledger.act(depositary, book.replace(receipt, exchange, []))
    ledger.act(ledger.supplier, book.withdrawSurrender(receipt, numbers[1]))
    ledger.act(depositary, book.refuseSurrender(receipt, numbers[2], REASON))
    assert position(ledger, receipt, ledger.supplier) == (UNITS - 20, 20, 0)
    ledger.act(depositary, book.unfreeze(receipt, FROZEN_BY_KEEPER))
    ledger.act(depositary, book.redeem(receipt, numbers[0]))
