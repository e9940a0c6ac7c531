from typing import Any

import pytest

from tests.contracts import certificates
from tests.contracts.cast import NO_DEPLOYMENT, NOBODY, Ledger
from tests.contracts.harness import logs_of, word
from tests.contracts.receivables import (
    ACCEPTED,
    NO_TERMS,
    PAYMENT_CONFIRMED,
    SETTLED,
    STRICT_KEY,
    declare_payment,
    invoice_state,
    offer,
    payment_state,
    pledge,
    position,
    register,
    register_accepted,
)
from tests.contracts.signed import refused
from tests.contracts.successors import follow, hand_over, origin_of

ELSEWHERE = (1, "0x" + "11" * 20)
ALERT_KEY = b"\xa1" * 32


@pytest.fixture
def heir(ledger: Ledger) -> Ledger:
    """A ledger made to follow the cast's, which has not handed over."""
    return follow(ledger)


def test_a_first_deployment_follows_none_and_is_open(ledger: Ledger) -> None:
    functions = ledger.membership.functions
    assert tuple(functions.predecessor().call()) == NO_DEPLOYMENT
    assert tuple(functions.successor().call()) == NO_DEPLOYMENT
    functions.requireOpen().call()


def test_each_names_the_other_once_the_old_council_decided(ledger: Ledger, heir: Ledger) -> None:
    assert tuple(heir.membership.functions.predecessor().call()) == origin_of(ledger)
    assert heir.invoices.functions.predecessorBook().call() == ledger.invoices.address
    receipt = ledger.decide(ledger.membership.functions.succeed(*origin_of(heir)))
    chain_id, membership = origin_of(heir)
    assert logs_of(receipt, ledger.membership)[-1] == (
        "Succeeded",
        {"chainId": chain_id, "successor": membership},
    )
    assert tuple(ledger.membership.functions.successor().call()) == origin_of(heir)
    assert tuple(heir.membership.functions.successor().call()) == NO_DEPLOYMENT


def test_no_member_hands_over_alone(ledger: Ledger, heir: Ledger) -> None:
    for member in (ledger.council[0], ledger.supplier):
        with refused("MembershipNotCouncil", member.key):
            ledger.act(member, ledger.membership.functions.succeed(*origin_of(heir)))


def test_custody_is_handed_over_once(ledger: Ledger, heir: Ledger) -> None:
    hand_over(ledger, heir)
    for following in (origin_of(heir), ELSEWHERE):
        with refused("MembershipSucceeded", *origin_of(heir)):
            ledger.decide(ledger.membership.functions.succeed(*following))


def test_on_one_chain_a_successor_must_name_its_predecessor(ledger: Ledger) -> None:
    chain_id, membership = origin_of(ledger)
    forwarder, council = ledger.forwarder.address, ledger.council
    founders = [member.id for member in council], [member.key for member in council]
    strangers = {
        "none": NO_DEPLOYMENT,
        "another contract": (chain_id, ledger.notary.address),
        "another chain": (chain_id + 1, membership),
    }
    for origin in strangers.values():
        other = ledger.chain.deploy("Membership", *founders, 2, forwarder, origin)
        with refused("MembershipNotSuccessor", membership, other.address):
            ledger.decide(ledger.membership.functions.succeed(chain_id, other.address))
    with refused("MembershipNotSuccessor", membership, membership):
        ledger.decide(ledger.membership.functions.succeed(chain_id, membership))


@pytest.mark.parametrize("half", [(0, ELSEWHERE[1]), (ELSEWHERE[0], NOBODY)])
def test_a_successor_has_a_chain_and_an_address(ledger: Ledger, half: tuple[int, str]) -> None:
    with refused("MembershipNotSuccessor", ledger.membership.address, half[1]):
        ledger.decide(ledger.membership.functions.succeed(*half))


def test_a_successor_on_another_chain_is_taken_at_the_council_s_word(ledger: Ledger) -> None:
    ledger.decide(ledger.membership.functions.succeed(*ELSEWHERE))
    with refused("MembershipSucceeded", *ELSEWHERE):
        register(ledger)


def test_records_begin_in_the_old_ledger_until_it_hands_over_and_in_the_new_one_after(
    ledger: Ledger, heir: Ledger
) -> None:
    with refused("MembershipNotSuccessor", ledger.membership.address, heir.membership.address):
        register(heir)
    register(ledger)
    hand_over(ledger, heir)
    other: dict[str, Any] = {"commitment": word("other"), "strict_keys": [word("key")]}
    with refused("MembershipSucceeded", *origin_of(heir)):
        register(ledger, **other)
    register(heir, **other)


def test_a_ledger_whose_predecessor_chose_another_never_opens(ledger: Ledger, heir: Ledger) -> None:
    hand_over(ledger, follow(ledger))
    with refused("MembershipNotSuccessor", ledger.membership.address, heir.membership.address):
        register(heir)


def test_what_began_in_the_old_ledger_ends_there(ledger: Ledger, heir: Ledger) -> None:
    record, book = register(ledger), ledger.invoices.functions
    hand_over(ledger, heir)
    ledger.act(ledger.buyer, book.accept(record))
    offered = offer(ledger, record, 1000)
    ledger.act(ledger.financier, book.acceptOffer(record, offered))
    pledged = pledge(ledger, record, 400, by=ledger.financier)
    ledger.act(ledger.other_financier, book.releasePledge(record, pledged, 400))
    assert position(ledger, record, ledger.financier) == (1000, 0, 0)
    paid = declare_payment(ledger, record, 1000, to=ledger.financier)
    ledger.act(ledger.financier, book.confirmPayment(record, paid))
    assert payment_state(ledger, record, paid) == PAYMENT_CONFIRMED
    assert invoice_state(ledger, record) == SETTLED


def test_a_receivable_that_stands_in_the_old_ledger_is_not_registered_in_the_new_one(
    ledger: Ledger, heir: Ledger
) -> None:
    record = register_accepted(ledger)
    hand_over(ledger, heir)
    assert heir.invoices.functions.strictKeyHolder(STRICT_KEY).call() == record
    with refused("IdentityKeysTaken", STRICT_KEY, record):
        register(heir)
    ledger.act(ledger.supplier, ledger.invoices.functions.cancel(record))
    again = register(heir)
    assert heir.invoices.functions.strictKeyHolder(STRICT_KEY).call() == again
    assert invoice_state(heir, again) != ACCEPTED


def test_a_certificate_of_the_old_ledger_is_not_issued_again_in_the_new_one(
    ledger: Ledger, heir: Ledger
) -> None:
    record = certificates.issue_receipt(ledger)
    [number] = ledger.certificates.functions.strictKeysOf(record).call()
    with refused("MembershipNotSuccessor", ledger.membership.address, heir.membership.address):
        certificates.issue_receipt(heir)
    hand_over(ledger, heir)
    with refused("IdentityKeysTaken", number, record):
        certificates.issue_receipt(heir)


def test_records_of_two_ledgers_never_share_a_name(ledger: Ledger, heir: Ledger) -> None:
    arguments = (ledger.supplier.id, word("commitment"))
    old, new = (each.invoices.functions.recordId(*arguments).call() for each in (ledger, heir))
    assert old != new


def test_an_alert_key_of_the_old_ledger_is_seen_in_the_new_one(
    ledger: Ledger, heir: Ledger
) -> None:
    first = register(ledger, alert_keys=[(2, ALERT_KEY)])
    hand_over(ledger, heir)
    book = heir.invoices.functions
    assert book.alertKeyFirst(ALERT_KEY).call() == first
    register(heir, strict_keys=[word("key")], commitment=word("new"), alert_keys=[(2, ALERT_KEY)])
    assert book.alertRepeats(ALERT_KEY).call() == 1
    assert ledger.invoices.functions.alertRepeats(ALERT_KEY).call() == 0
    assert book.alertKeyFirst(ALERT_KEY).call() == first


def test_the_third_ledger_sees_the_keys_of_the_first(ledger: Ledger, heir: Ledger) -> None:
    first = register(ledger, alert_keys=[(2, ALERT_KEY)])
    hand_over(ledger, heir)
    second = register(heir, strict_keys=[word("second")], commitment=word("second"))
    third = follow(heir)
    with refused("MembershipNotSuccessor", heir.membership.address, third.membership.address):
        register(third, strict_keys=[word("third")])
    hand_over(heir, third)
    with refused("IdentityKeysTaken", STRICT_KEY, first):
        register(third)
    with refused("IdentityKeysTaken", word("second"), second):
        register(third, strict_keys=[word("second")])
    register(third, strict_keys=[word("third")], alert_keys=[(2, ALERT_KEY)])
    assert third.invoices.functions.alertKeyFirst(ALERT_KEY).call() == first
    assert third.invoices.functions.alertRepeats(ALERT_KEY).call() == 1
    for closed, following in ((ledger, heir), (heir, third)):
        with refused("MembershipSucceeded", *origin_of(following)):
            register(closed, strict_keys=[word("more")], commitment=word("more"))


def test_repeats_of_an_alert_key_are_counted_across_deployments(
    ledger: Ledger, heir: Ledger
) -> None:
    for number in range(3):
        name = word(f"old {number}")
        register(ledger, strict_keys=[name], commitment=name, alert_keys=[(2, ALERT_KEY)])
    hand_over(ledger, heir)
    assert heir.invoices.functions.alertRepeats(ALERT_KEY).call() == 2
    register(heir, alert_keys=[(2, ALERT_KEY)])
    assert heir.invoices.functions.alertRepeats(ALERT_KEY).call() == 3
    assert ledger.invoices.functions.alertRepeats(ALERT_KEY).call() == 2


def test_a_deployment_that_was_not_handed_over_to_hands_over_to_none(
    ledger: Ledger, heir: Ledger
) -> None:
    third = follow(heir)
    succeed = heir.membership.functions.succeed
    for following in (origin_of(third), ELSEWHERE):
        with refused("MembershipNotSuccessor", ledger.membership.address, heir.membership.address):
            heir.decide(succeed(*following))
    assert tuple(heir.membership.functions.successor().call()) == NO_DEPLOYMENT
    hand_over(ledger, heir)
    hand_over(heir, third)
    assert tuple(heir.membership.functions.successor().call()) == origin_of(third)


def test_a_successor_has_code_on_its_chain(ledger: Ledger) -> None:
    chain_id, membership = origin_of(ledger)
    nothing = ledger.spare_keys[0]
    with refused("MembershipNotSuccessor", membership, nothing):
        ledger.decide(ledger.membership.functions.succeed(chain_id, nothing))


def test_a_book_of_another_kind_is_no_predecessor(ledger: Ledger) -> None:
    invoices, certificates = ledger.invoices, ledger.certificates
    assert invoices.functions.bookKind().call() == word("invoices")
    assert certificates.functions.bookKind().call() == word("certificates")
    with refused("IdentityKeysWrongBook", certificates.address):
        follow(ledger, invoices=certificates.address)
    with refused("IdentityKeysWrongBook", invoices.address):
        follow(ledger, certificates=invoices.address)


def test_a_ledger_on_one_chain_must_ask_the_books_that_it_follows(ledger: Ledger) -> None:
    membership = ledger.membership.address
    with refused("IdentityKeysWrongPredecessor", membership, NOBODY):
        follow(ledger, invoices=NOBODY)
    with refused("IdentityKeysWrongPredecessor", NOBODY, membership):
        follow(ledger, origin=NO_DEPLOYMENT)


def test_a_predecessor_on_another_chain_is_not_asked(ledger: Ledger) -> None:
    register(ledger)
    elsewhere = (origin_of(ledger)[0] + 1, ledger.membership.address)
    new = follow(ledger, origin=elsewhere, invoices=NOBODY, certificates=NOBODY)
    assert tuple(new.membership.functions.predecessor().call()) == elsewhere
    new.membership.functions.requireOpen().call()
    record = register(new)
    assert new.invoices.functions.strictKeyHolder(STRICT_KEY).call() == record


def test_members_and_offers_of_the_old_ledger_have_no_place_in_the_new_one(
    ledger: Ledger, heir: Ledger
) -> None:
    record = register_accepted(ledger)
    hand_over(ledger, heir)
    with refused("RecordBookUnknownRecord", record):
        heir.act(
            heir.supplier,
            heir.invoices.functions.offer(
                record, heir.financier.id, 1, ledger.chain.now() + 60, NO_TERMS
            ),
        )
    assert heir.membership.functions.exists(ledger.other_buyer.id).call() is False
