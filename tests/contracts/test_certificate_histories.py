import pytest

from tests.contracts.acts import extended
from tests.contracts.cast import Ledger
from tests.contracts.certificates import (
    FROZEN_BY_KEEPER,
    MATURES_AT,
    NOTICE,
    REASON,
    REDEMPTION,
    REPLACEMENT,
    TO_OFFER,
    TO_PLEDGE,
    UNITS,
    Part,
    certify,
    issue,
    issue_receipt,
    offer,
    pledge,
    record_of,
    surrender,
)
from tests.contracts.harness import DAY, artifact, decode_log, reverts
from tests.contracts.histories import CERTIFICATE_EVENTS, NOTHING, logs_of, record_of_log

# Of the batch, and of no record.
NO_HISTORY = {"CallRefused"}
TERM = 30 * DAY


def word(number: int) -> bytes:
    """A commitment or a number of a certificate, unlike any other."""
    return bytes([0xE0, number]) * 16


@pytest.fixture
def records(ledger: Ledger) -> list[bytes]:
    """Certificates that between them went through every event there is."""
    return [*_deposits(ledger), *_receipts(ledger), *_ended(ledger)]


def _deposits(ledger: Ledger) -> list[bytes]:
    """A deposit that was lost, and one that was renewed, passed on and discharged."""
    act, book, bank = ledger.act, ledger.certificates.functions, ledger.depositary
    lost = issue(ledger, number=word(1), commitment=word(1))
    act(ledger.supplier, book.reportLost(lost, REASON))
    act(ledger.supplier, book.reportFound(lost))
    act(bank, book.reportLost(lost, REASON))
    ledger.chain.pass_time(NOTICE)
    act(bank, book.reissue(lost, word(2), word(2)))

    renewed = issue(
        ledger,
        number=word(3),
        commitment=word(3),
        auto_renew=True,
        matures_at=ledger.chain.now() + TERM,
    )
    act(bank, book.confirm(renewed))
    pledged = pledge(ledger, renewed, 10)
    behind = book.pledgeBehind(renewed, pledged, ledger.other_financier.id, 10, 0, REASON)
    act(ledger.supplier, behind)
    act(ledger.financier, book.enforcePledge(renewed, pledged, 4))
    act(ledger.financier, book.releasePledge(renewed, pledged, 6))
    act(ledger.other_financier, book.releasePledge(renewed, pledged + 1, 6))
    ledger.chain.pass_time(TERM)
    act(bank, book.renew(renewed, MATURES_AT, word(4)))
    act(ledger.buyer, book.acceptOffer(renewed, offer(ledger, renewed, UNITS - 4)))
    for member, units in ((ledger.buyer, UNITS - 4), (ledger.financier, 4)):
        number = surrender(ledger, renewed, units, REDEMPTION, by=member)
        act(bank, book.redeem(renewed, number))
    return [lost, renewed]


def _receipts(ledger: Ledger) -> list[bytes]:
    """A receipt that was endorsed and split, its parts, and one of the same goods."""
    act, book, keeper = ledger.act, ledger.certificates.functions, ledger.depositary
    alert = [(2, word(99))]
    split = issue_receipt(ledger, number=word(5), commitment=word(5), alert_keys=alert)
    same = issue_receipt(ledger, number=word(6), commitment=word(6), alert_keys=alert)
    number = offer(ledger, split, 100)
    act(keeper, book.consent(split, TO_OFFER, number))
    act(ledger.buyer, book.acceptOffer(split, number))
    act(ledger.buyer, book.rejectOffer(split, offer(ledger, split, 1)))
    act(ledger.supplier, book.withdrawOffer(split, offer(ledger, split, 1)))
    pledged = pledge(ledger, split, 1)
    act(keeper, book.consent(split, TO_PLEDGE, pledged))
    act(ledger.financier, book.enforcePledge(split, pledged, 1))
    number = offer(ledger, split, 1, lasting=60)
    ledger.chain.pass_time(60)
    act(ledger.auditor, book.expireOffer(split, number))
    act(ledger.supplier, book.withdrawSurrender(split, surrender(ledger, split, 1, REDEMPTION)))
    act(keeper, book.refuseSurrender(split, surrender(ledger, split, 1, REDEMPTION), REASON))
    parts = [Part(0, 400, word(7), word(7)), Part(0, 200, word(8), word(8))]
    act(keeper, book.replace(split, surrender(ledger, split, 600, REPLACEMENT), parts))
    ledger.suspend(ledger.buyer)
    ledger.decide(book.surrender(split, ledger.buyer.id, 100, REDEMPTION))
    return [split, same, *(record_of(ledger, keeper, part.commitment) for part in parts)]


def _ended(ledger: Ledger) -> list[bytes]:
    """A certificate of evidence that was withdrawn, and a deposit that was voided."""
    book, issuer = ledger.certificates.functions, ledger.depositary
    evidence = certify(ledger, number=word(9), commitment=word(9))
    ledger.act(issuer, book.revokeEvidence(evidence, REASON))
    void = issue(ledger, number=word(10), commitment=word(10))
    ledger.act(issuer, book.freeze(void, REASON))
    ledger.decide(book.unfreeze(void, FROZEN_BY_KEEPER))
    ledger.act(issuer, book.reportLost(void, REASON))
    ledger.decide(book.reportFound(void))
    ledger.decide(book.freeze(void, REASON))
    ledger.decide(book.voidRecord(void, REASON))
    return [evidence, void]


def test_the_story_has_every_event_of_the_book(ledger: Ledger, records: list[bytes]) -> None:
    assert records
    names = {decode_log(log, ledger.certificates)[0] for log in logs_of(ledger.certificates)}
    assert names == CERTIFICATE_EVENTS.names
    abi = artifact("DepositCertificateBook")["abi"]
    assert names | NO_HISTORY == {entry["name"] for entry in abi if entry["type"] == "event"}


def test_a_records_history_is_recomputed_from_its_logs(
    ledger: Ledger, records: list[bytes]
) -> None:
    logs, view = logs_of(ledger.certificates), ledger.certificates.functions
    assert {record_of_log(ledger.certificates, log) for log in logs} == set(records)
    for record in records:
        own = [log for log in logs if record_of_log(ledger.certificates, log) == record]
        history = tuple(view.recordHistory(record).call())
        assert history == extended(NOTHING, own)
        assert history != extended(NOTHING, own[:-1])
        assert history != extended(NOTHING, own[::-1])


def test_a_members_history_is_recomputed_from_the_logs_of_its_acts(
    ledger: Ledger, records: list[bytes]
) -> None:
    assert records
    logs, view = logs_of(ledger.certificates), ledger.certificates.functions
    actors = [CERTIFICATE_EVENTS.actor_of(ledger.certificates, log) for log in logs]
    names = ("supplier", "buyer", "financier", "other_financier", "auditor", "depositary")
    members = [getattr(ledger, name) for name in names]
    assert {*actors} - {None} == {member.id for member in members}
    for member in (*members, ledger.other_depositary):
        own = [log for log, actor in zip(logs, actors, strict=True) if actor == member.id]
        assert tuple(view.memberHistory(member.id).call()) == extended(NOTHING, own)


def test_what_fails_leaves_no_trace(ledger: Ledger, deposit: bytes) -> None:
    view, other = ledger.certificates.functions, ledger.other_depositary
    before = view.recordHistory(deposit).call(), view.memberHistory(other.id).call()
    with reverts("CertificateNotIssuer", deposit, other.id):
        ledger.act(other, view.confirm(deposit))
    assert (view.recordHistory(deposit).call(), view.memberHistory(other.id).call()) == before
