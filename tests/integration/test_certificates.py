import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ledger.chain.certificate_book import CertificateBook
from ledger.chain.certificate_forms import (
    CertificateKind,
    CertificateState,
    Endorsement,
    Issuance,
    Part,
    Purpose,
    Subject,
    SurrenderState,
)
from ledger.chain.contract import ContractCall
from ledger.chain.holdings import Holdings, read_holdings
from ledger.chain.membership import Role
from ledger.chain.port import Reverted
from ledger.chain.record_forms import Freeze, Security
from ledger.chain.reverts import refusal_of
from ledger.codec import record_id
from ledger.following.follower import Follower, FollowLimits
from ledger.following.projection import Projection
from ledger.services.finance import NO_TERMS
from ledger.store import events
from ledger.store.engine import open_store
from ledger.store.events import ChainEvent
from ledger.store.migrations import upgrade
from ledger.types import AccountName, BlockRef, Digest, MemberId, RecordId, Units, UnixTime
from tests.support.consortium import (
    FINANCIER,
    OTHER_FINANCIER,
    SUPPLIER,
    Consortium,
    running_consortium,
    send,
)

BANK = MemberId("lei:DEPOSITBANK00000007")
COMMITMENT = Digest(b"\x21" * 32)
NEW_TERMS = Digest(b"\x22" * 32)
TOTAL = Units(1000)
LATER = UnixTime(int(time.time()) + 86_400)
REASON = b"not found".ljust(32, b"\0")
DEPOSIT = Issuance(
    kind=CertificateKind.BANK_DEPOSIT,
    endorsement=Endorsement.FREE,
    auto_renew=False,
    loss_notice_seconds=60,
    matures_at=LATER,
    units=TOTAL,
    holder=SUPPLIER,
    number_key=b"\x23" * 32,
    commitment=COMMITMENT,
    alert_keys=((2, b"\x24" * 32),),
)


@dataclass(frozen=True)
class Bank:
    """A consortium with a depositary, which has confirmed a deposit of the supplier."""

    consortium: Consortium
    book: CertificateBook
    record: RecordId

    @property
    def head(self) -> BlockRef:
        return self.consortium.chain.head().ref

    def act(self, call: ContractCall) -> None:
        send(self.consortium.chain, self.consortium.spare[0], call)

    def holdings(self, units: int) -> Holdings:
        return read_holdings(
            self.book,
            self.record,
            holder=SUPPLIER,
            outstanding=Units(units),
            first_block=self.consortium.deployment.first_block,
            at=self.head,
        )


@pytest.fixture(scope="module")
def bank() -> Iterator[Bank]:
    with running_consortium() as consortium:
        deployment = consortium.deployment
        key = consortium.spare[0].address
        consortium.decide(consortium.membership.admit(BANK, Role.DEPOSITARY, key))
        book = CertificateBook(consortium.chain, deployment.certificate_book)
        name = AccountName(deployment.chain, deployment.certificate_book)
        opened = Bank(consortium, book, record_id(name, BANK, COMMITMENT))
        opened.act(book.issue(DEPOSIT))
        opened.act(book.confirm(opened.record))
        yield opened


@pytest.fixture(autouse=True)
def undone(bank: Bank) -> Iterator[None]:
    snapshot = bank.consortium.devnet.request("evm_snapshot", [])
    yield
    bank.consortium.devnet.request("evm_revert", [snapshot])


def endorse(bank: Bank, to: MemberId, units: int, offer: int) -> None:
    act, book = bank.consortium.act, bank.book
    act(SUPPLIER, book.offer(bank.record, to, Units(units), LATER, NO_TERMS))
    act(to, book.accept_offer(bank.record, offer))


def followed(bank: Bank, folder: Path) -> list[ChainEvent]:
    """The events of the depositary's book, as the follower keeps them."""
    store = open_store(f"sqlite:///{folder}/ledger.db")
    upgrade(store)
    deployment = bank.consortium.deployment
    follower = Follower(
        store,
        bank.consortium.chain,
        Projection(deployment),
        FollowLimits(max_blocks=1000),
        first_block=deployment.first_block,
    )
    while follower.step():
        pass
    names = [event["name"] for event in bank.book.abi._events.values()]
    with store.reading() as connection:
        found = [event for name in names for event in events.named(connection, name)]
    store.close()
    return [event for event in found if event.contract == "DepositCertificateBook"]


def test_a_certificate_is_read_with_its_rules(bank: Bank) -> None:
    found = bank.book.certificate(bank.record, at=bank.head)
    assert (found.issuer, found.commitment, found.terms) == (BANK, COMMITMENT, COMMITMENT)
    assert (found.kind, found.state) == (CertificateKind.BANK_DEPOSIT, CertificateState.CONFIRMED)
    assert (found.endorsement, found.auto_renew) == (Endorsement.FREE, False)
    assert (found.total, found.retired, found.pledged, found.freezes) == (TOTAL, 0, 0, ())
    assert (found.matures_at, found.lost_at, found.renewals) == (LATER, None, 0)
    assert bank.book.parent(bank.record, at=bank.head) is None


def test_the_first_holder_and_those_after_it_are_found(bank: Bank) -> None:
    endorse(bank, FINANCIER, 300, 0)
    act, book = bank.consortium.act, bank.book
    secured = Security(OTHER_FINANCIER, Units(100), UnixTime(0), NO_TERMS)
    act(FINANCIER, book.pledge(bank.record, secured))
    act(OTHER_FINANCIER, book.enforce_pledge(bank.record, 0, Units(40)))
    held = bank.holdings(1000)
    assert {member: position.total for member, position in held.positions.items()} == {
        SUPPLIER: 700,
        FINANCIER: 260,
        OTHER_FINANCIER: 40,
    }
    assert held.positions[FINANCIER].pledged == 60
    assert bank.book.certificate(bank.record, at=bank.head).pledged == 60


def test_what_is_surrendered_is_reserved_and_then_redeemed(bank: Bank) -> None:
    call = bank.book.surrender(bank.record, SUPPLIER, Units(250), Purpose.REDEMPTION)
    bank.consortium.act(SUPPLIER, call)
    count = bank.book.surrender_count(bank.record, at=bank.head)
    [surrender] = bank.book.newest_surrenders(bank.record, count, at=bank.head)
    assert (surrender.id, surrender.holder, surrender.units) == (0, SUPPLIER, 250)
    assert (surrender.purpose, surrender.state) == (Purpose.REDEMPTION, SurrenderState.OPEN)
    assert bank.holdings(1000).positions[SUPPLIER].reserved == 250

    bank.act(bank.book.redeem(bank.record, 0))
    [surrender] = bank.book.newest_surrenders(bank.record, count, at=bank.head)
    assert surrender.state is SurrenderState.FULFILLED
    assert bank.holdings(750).positions[SUPPLIER].total == 750


def test_a_part_of_a_split_names_its_parent(bank: Bank) -> None:
    act, book = bank.consortium.act, bank.book
    act(SUPPLIER, book.surrender(bank.record, SUPPLIER, Units(250), Purpose.REPLACEMENT))
    part = Part(LATER, Units(250), b"\x31" * 32, NEW_TERMS)
    bank.act(book.replace(bank.record, 0, [part]))
    deployment = bank.consortium.deployment
    name = record_id(AccountName(deployment.chain, deployment.certificate_book), BANK, NEW_TERMS)
    found = book.certificate(name, at=bank.head)
    assert (found.total, found.state) == (250, CertificateState.ISSUED)
    assert book.parent(name, at=bank.head) == bank.record


def test_a_lost_certificate_is_frozen(bank: Bank) -> None:
    bank.consortium.act(SUPPLIER, bank.book.report_lost(bank.record, REASON))
    found = bank.book.certificate(bank.record, at=bank.head)
    assert found.freezes == (Freeze.LOSS,)
    assert found.lost_at is not None
    bank.consortium.act(SUPPLIER, bank.book.report_found(bank.record))
    assert bank.book.certificate(bank.record, at=bank.head).freezes == ()


def test_an_offer_of_goods_takes_the_keepers_consent(bank: Bank) -> None:
    goods = replace(
        DEPOSIT,
        kind=CertificateKind.WAREHOUSE_RECEIPT,
        endorsement=Endorsement.WITH_CONSENT,
        number_key=b"\x41" * 32,
        commitment=NEW_TERMS,
    )
    bank.act(bank.book.issue(goods))
    deployment = bank.consortium.deployment
    name = record_id(AccountName(deployment.chain, deployment.certificate_book), BANK, NEW_TERMS)
    call = bank.book.offer(name, FINANCIER, Units(1), LATER, NO_TERMS)
    bank.consortium.act(SUPPLIER, call)
    assert not bank.book.consented(name, Subject.OFFER, 0, at=bank.head)
    bank.act(bank.book.consent(name, Subject.OFFER, 0))
    assert bank.book.consented(name, Subject.OFFER, 0, at=bank.head)
    assert not bank.book.consented(name, Subject.PLEDGE, 0, at=bank.head)


def test_a_certificate_is_annulled_once_everything_was_surrendered_for_that(bank: Bank) -> None:
    act, book = bank.consortium.act, bank.book
    act(SUPPLIER, book.surrender(bank.record, SUPPLIER, TOTAL, Purpose.ANNULMENT))
    bank.act(book.annul(bank.record, 0, REASON))
    found = book.certificate(bank.record, at=bank.head)
    assert (found.state, found.retired) == (CertificateState.ANNULLED, TOTAL)


def test_the_council_surrenders_for_a_suspended_holder(bank: Bank, tmp_path: Path) -> None:
    consortium, book = bank.consortium, bank.book
    call = book.surrender(bank.record, SUPPLIER, Units(5), Purpose.REDEMPTION)
    consortium.decide(consortium.membership.suspend(SUPPLIER))
    consortium.decide(call)
    found = {event.name: event for event in followed(bank, tmp_path)}
    told = found["Surrendered"].arguments
    assert (told["by"], told["holder"], told["units"]) == (None, SUPPLIER, 5)


def test_the_council_surrenders_for_redemption_only(bank: Bank) -> None:
    consortium, book = bank.consortium, bank.book
    consortium.decide(consortium.membership.suspend(SUPPLIER))
    call = book.surrender(bank.record, SUPPLIER, Units(5), Purpose.REPLACEMENT)
    with pytest.raises(Reverted) as refused:
        consortium.decide(call)
    assert refusal_of(refused.value.data).rule == "not-for-the-council"


def test_the_follower_keeps_the_events_of_certificates_in_readable_words(
    bank: Bank, tmp_path: Path
) -> None:
    act, book = bank.consortium.act, bank.book
    act(SUPPLIER, book.surrender(bank.record, SUPPLIER, Units(1), Purpose.REDEMPTION))
    act(SUPPLIER, book.report_lost(bank.record, REASON))
    found = {event.name: event for event in followed(bank, tmp_path)}
    assert {event.record for event in found.values()} == {bank.record}
    issued = found["CertificateIssued"].arguments
    assert (issued["issuer"], issued["holder"]) == (BANK, SUPPLIER)
    assert (issued["kind"], issued["endorsement"]) == ("bank-deposit", "free")
    assert found["AlertKeyNoted"].arguments["kind"] == 2
    assert found["Surrendered"].arguments["purpose"] == "redemption"
    assert found["Surrendered"].arguments["by"] == SUPPLIER
    assert found["RecordFrozen"].arguments["cause"] == "loss"
    assert found["RecordFrozen"].arguments["by"] == SUPPLIER
