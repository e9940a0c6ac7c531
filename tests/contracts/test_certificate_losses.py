from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    COMMITMENT,
    FROZEN_BY_COUNCIL,
    FROZEN_BY_LOSS,
    NOTICE,
    NUMBER,
    REASON,
    REDEMPTION,
    UNITS,
    certificate,
    freezes,
    issue,
    number_holder,
    offer,
    pledge,
    position,
    strict_key,
    surrender,
)
from tests.contracts.harness import Member, reverts

LOST = 1 << FROZEN_BY_LOSS
COUNCIL = 1 << FROZEN_BY_COUNCIL
NEW_NUMBER, NEW_TERMS = b"\x4f" * 32, b"\x7f" * 32


def report(ledger: Ledger, record: bytes, *, by: Member | None = None) -> int:
    """Report a loss, by the supplier if nothing else is said; when that was."""
    ledger.act(by or ledger.supplier, ledger.certificates.functions.reportLost(record, REASON))
    return ledger.chain.now()


def test_a_report_of_loss_freezes(ledger: Ledger, deposit: bytes) -> None:
    book, supplier = ledger.certificates.functions, ledger.supplier
    assert enact(ledger, deposit, supplier, book.reportLost(deposit, REASON)) == [
        (
            "RecordFrozen",
            {"record": deposit, "cause": FROZEN_BY_LOSS, "by": supplier.id, "reason": REASON},
        )
    ]
    assert certificate(ledger, deposit).lost_at == ledger.chain.now()
    assert freezes(ledger, deposit) == LOST
    with reverts("RecordBookFrozen", deposit, LOST):
        offer(ledger, deposit, 1)
    with reverts("RecordBookAlreadyFrozen", deposit, FROZEN_BY_LOSS):
        report(ledger, deposit, by=ledger.depositary)


def test_the_issuer_and_whoever_holds_all_units_report_a_loss(
    ledger: Ledger, deposit: bytes
) -> None:
    book = ledger.certificates.functions
    for member in (ledger.buyer, ledger.other_depositary):
        with reverts("CertificateNotIssuer", deposit, member.id):
            report(ledger, deposit, by=member)
    ledger.act(ledger.buyer, book.acceptOffer(deposit, offer(ledger, deposit, UNITS - 1)))
    for member in (ledger.buyer, ledger.supplier):
        with reverts("CertificateNotIssuer", deposit, member.id):
            report(ledger, deposit, by=member)
    ledger.act(ledger.buyer, book.acceptOffer(deposit, offer(ledger, deposit, 1)))
    with reverts("CertificateNotIssuer", deposit, ledger.supplier.id):
        report(ledger, deposit, by=ledger.supplier)
    for member in (ledger.buyer, ledger.depositary):
        report(ledger, deposit, by=member)
        ledger.act(member, book.reportFound(deposit))


def test_what_a_holder_offered_or_surrendered_it_still_holds(
    ledger: Ledger, deposit: bytes
) -> None:
    book = ledger.certificates.functions
    number = surrender(ledger, deposit, 100, REDEMPTION)
    ledger.act(ledger.depositary, book.redeem(deposit, number))
    offer(ledger, deposit, 200)
    surrender(ledger, deposit, 300, REDEMPTION)
    report(ledger, deposit)


def test_only_the_issuer_reports_the_loss_of_what_is_pledged(
    ledger: Ledger, deposit: bytes
) -> None:
    number = pledge(ledger, deposit, 1)
    for member in (ledger.supplier, ledger.financier):
        with reverts("CertificateNotIssuer", deposit, member.id):
            report(ledger, deposit, by=member)
    report(ledger, deposit, by=ledger.depositary)
    book = ledger.certificates.functions
    ledger.act(ledger.depositary, book.reportFound(deposit))
    ledger.act(ledger.financier, book.releasePledge(deposit, number, 1))
    report(ledger, deposit)


def test_what_is_found_is_as_it_was(ledger: Ledger, deposit: bytes) -> None:
    book, supplier = ledger.certificates.functions, ledger.supplier
    before = certificate(ledger, deposit)
    report(ledger, deposit)
    assert enact(ledger, deposit, supplier, book.reportFound(deposit)) == [
        (
            "RecordUnfrozen",
            {"record": deposit, "cause": FROZEN_BY_LOSS, "by": supplier.id},
        )
    ]
    assert certificate(ledger, deposit) == before
    offer(ledger, deposit, 1)


def test_only_who_reported_a_loss_and_the_issuer_take_it_back(
    ledger: Ledger, deposit: bytes
) -> None:
    book = ledger.certificates.functions
    report(ledger, deposit)
    with reverts("CertificateNotIssuer", deposit, ledger.buyer.id):
        ledger.act(ledger.buyer, book.reportFound(deposit))
    ledger.act(ledger.depositary, book.reportFound(deposit))
    with reverts("RecordBookNotFrozen", deposit, FROZEN_BY_LOSS):
        ledger.act(ledger.depositary, book.reportFound(deposit))
    with reverts("CertificateNotIssuer", deposit, ledger.supplier.id):
        ledger.act(ledger.supplier, book.reportFound(deposit))


def test_a_lost_certificate_is_reissued_under_a_new_number_when_its_notice_has_run(
    ledger: Ledger, deposit: bytes
) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    pledge(ledger, deposit, 500)
    before = certificate(ledger, deposit)
    lost_at = report(ledger, deposit, by=ledger.depositary)
    reissue = book.reissue(deposit, NEW_NUMBER, NEW_TERMS)
    ledger.chain.pass_time(NOTICE - 2)
    with reverts("CertificateNoticeRuns", deposit, lost_at + NOTICE):
        ledger.act(depositary, reissue)
    assert enact(ledger, deposit, depositary, reissue, acts=2) == [
        ("RecordUnfrozen", {"record": deposit, "cause": FROZEN_BY_LOSS, "by": depositary.id}),
        (
            "CertificateReissued",
            {"record": deposit, "issuer": depositary.id, "commitment": NEW_TERMS},
        ),
        ("StrictKeyHeld", {"key": strict_key(depositary, NEW_NUMBER), "record": deposit}),
    ]
    assert ledger.chain.now() == lost_at + NOTICE
    assert certificate(ledger, deposit) == before
    assert freezes(ledger, deposit) == 0
    assert position(ledger, deposit, ledger.supplier) == (UNITS - 500, 0, 500)
    assert book.termsOf(deposit).call() == NEW_TERMS
    assert book.record(deposit).call()[2] == COMMITMENT
    for number in (NUMBER, NEW_NUMBER):
        assert number_holder(ledger, depositary, number) == deposit
    assert book.strictKeysOf(deposit).call() == [strict_key(depositary, NEW_NUMBER)]


def test_a_lost_number_is_never_used_again(ledger: Ledger, deposit: bytes) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    report(ledger, deposit)
    ledger.chain.pass_time(NOTICE)
    with reverts("IdentityKeysTaken", strict_key(depositary, NUMBER), deposit):
        ledger.act(depositary, book.reissue(deposit, NUMBER, NEW_TERMS))
    ledger.act(depositary, book.reissue(deposit, NEW_NUMBER, NEW_TERMS))
    ledger.decide(book.voidRecord(deposit, REASON))
    with reverts("IdentityKeysTaken", strict_key(depositary, NUMBER), deposit):
        issue(ledger, commitment=b"\xc1" * 32)
    again = issue(ledger, commitment=b"\xc1" * 32, number=NEW_NUMBER)
    assert number_holder(ledger, depositary, NEW_NUMBER) == again


def test_a_certificate_without_notice_is_reissued_at_once(ledger: Ledger) -> None:
    record = issue(ledger, loss_notice=0)
    report(ledger, record)
    reissue = ledger.certificates.functions.reissue(record, NEW_NUMBER, NEW_TERMS)
    ledger.act(ledger.depositary, reissue)
    assert freezes(ledger, record) == 0


def test_only_the_issuer_reissues_and_only_what_is_lost(ledger: Ledger, deposit: bytes) -> None:
    reissue = ledger.certificates.functions.reissue(deposit, NEW_NUMBER, NEW_TERMS)
    with reverts("RecordBookNotFrozen", deposit, FROZEN_BY_LOSS):
        ledger.act(ledger.depositary, reissue)
    report(ledger, deposit)
    ledger.chain.pass_time(NOTICE)
    for member in (ledger.supplier, ledger.other_depositary):
        with reverts("CertificateNotIssuer", deposit, member.id):
            ledger.act(member, reissue)
    ledger.suspend(ledger.depositary)
    with reverts("MembershipNotActive", ledger.depositary.id, 2):
        ledger.act(ledger.depositary, reissue)


def test_a_reissue_needs_a_number_and_terms(ledger: Ledger, deposit: bytes) -> None:
    reissue = ledger.certificates.functions.reissue
    report(ledger, deposit)
    ledger.chain.pass_time(NOTICE)
    with reverts("IdentityKeysEmpty"):
        ledger.act(ledger.depositary, reissue(deposit, bytes(32), NEW_TERMS))
    with reverts("RecordBookEmptyCommitment"):
        ledger.act(ledger.depositary, reissue(deposit, NEW_NUMBER, bytes(32)))
    assert freezes(ledger, deposit) == LOST


def test_a_loss_is_reported_of_what_the_council_froze_and_reissued_when_it_lets_go(
    ledger: Ledger, deposit: bytes
) -> None:
    book = ledger.certificates.functions
    ledger.decide(book.freeze(deposit, REASON))
    report(ledger, deposit)
    assert freezes(ledger, deposit) == LOST | COUNCIL
    ledger.chain.pass_time(NOTICE)
    reissue = book.reissue(deposit, NEW_NUMBER, NEW_TERMS)
    with reverts("RecordBookFrozen", deposit, COUNCIL):
        ledger.act(ledger.depositary, reissue)
    ledger.decide(book.unfreeze(deposit, FROZEN_BY_COUNCIL))
    ledger.act(ledger.depositary, reissue)


def test_a_found_certificate_waits_for_a_new_notice_when_lost_again(
    ledger: Ledger, deposit: bytes
) -> None:
    book = ledger.certificates.functions
    report(ledger, deposit)
    ledger.chain.pass_time(NOTICE)
    ledger.act(ledger.supplier, book.reportFound(deposit))
    lost_at = report(ledger, deposit)
    with reverts("CertificateNoticeRuns", deposit, lost_at + NOTICE):
        ledger.act(ledger.depositary, book.reissue(deposit, NEW_NUMBER, NEW_TERMS))
