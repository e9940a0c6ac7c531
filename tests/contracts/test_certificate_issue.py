import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import NO_DEPLOYMENT, NOBODY, Ledger
from tests.contracts.certificates import (
    BANK_DEPOSIT,
    COMMITMENT,
    EVIDENCE,
    FREELY,
    ISSUED,
    LEAVES,
    MATURES_AT,
    NEVER,
    NO_KIND,
    NOTICE,
    NUMBER,
    REASON,
    UNITS,
    WAREHOUSE_RECEIPT,
    WITH_CONSENT,
    Certificate,
    anchor,
    certificate,
    certifying,
    inclusion,
    issuance,
    issue,
    issue_receipt,
    number_holder,
    position,
    record_of,
    strict_key,
)
from tests.contracts.harness import DAY, DEPOSITARY, Member, reverts
from tests.support.trees import leaf_hash, root_of

OTHER = b"\xc1" * 32
NOTICE_LIMIT = 366 * DAY


def test_a_deposit_is_issued_to_its_holder(ledger: Ledger) -> None:
    book, depositary = ledger.certificates.functions, ledger.depositary
    record = record_of(ledger, depositary, COMMITMENT)
    content = issuance(ledger, auto_renew=True, alert_keys=[(2, b"\xa1" * 32)])
    assert ledger.chain.simulate(depositary.key, book.issue(content)) == record
    assert enact(ledger, record, depositary, book.issue(content)) == [
        (
            "CertificateIssued",
            {
                "record": record,
                "issuer": depositary.id,
                "holder": ledger.supplier.id,
                "kind": BANK_DEPOSIT,
                "endorsement": FREELY,
                "autoRenew": True,
                "lossNotice": NOTICE,
                "maturesAt": MATURES_AT,
                "units": UNITS,
                "commitment": COMMITMENT,
            },
        ),
        ("StrictKeyHeld", {"key": strict_key(depositary, NUMBER), "record": record}),
        ("AlertKeyNoted", {"key": b"\xa1" * 32, "record": record, "kind": 2}),
    ]
    assert certificate(ledger, record) == Certificate(
        kind=BANK_DEPOSIT,
        state=ISSUED,
        endorsement=FREELY,
        auto_renew=True,
        loss_notice=NOTICE,
        issued_at=ledger.chain.now(),
        matures_at=MATURES_AT,
        lost_at=0,
        renewals=0,
    )
    assert book.record(record).call()[:3] == (depositary.id, depositary.id, COMMITMENT)
    assert position(ledger, record, ledger.supplier) == (UNITS, 0, 0)
    assert position(ledger, record, depositary) == (0, 0, 0)
    assert book.termsOf(record).call() == COMMITMENT
    assert book.parentOf(record).call() == bytes(32)
    assert book.strictKeysOf(record).call() == [strict_key(depositary, NUMBER)]


@pytest.mark.parametrize(
    ("kind", "endorsement", "renews"),
    [
        (BANK_DEPOSIT, FREELY, False),
        (BANK_DEPOSIT, NEVER, True),
        (WAREHOUSE_RECEIPT, WITH_CONSENT, False),
    ],
)
def test_rules_that_suit_the_kind_are_taken(
    ledger: Ledger, kind: int, endorsement: int, *, renews: bool
) -> None:
    record = issue(ledger, kind=kind, endorsement=endorsement, auto_renew=renews)
    found = certificate(ledger, record)
    assert (found.kind, found.endorsement, found.auto_renew) == (kind, endorsement, renews)


@pytest.mark.parametrize(
    ("kind", "endorsement", "renews"),
    [
        (BANK_DEPOSIT, WITH_CONSENT, False),
        (WAREHOUSE_RECEIPT, NEVER, False),
        (WAREHOUSE_RECEIPT, FREELY, False),
        (WAREHOUSE_RECEIPT, WITH_CONSENT, True),
        (EVIDENCE, NEVER, False),
        (EVIDENCE, WITH_CONSENT, False),
        (NO_KIND, NEVER, False),
        (NO_KIND, FREELY, False),
    ],
)
def test_rules_that_do_not_suit_the_kind_are_refused(
    ledger: Ledger, kind: int, endorsement: int, *, renews: bool
) -> None:
    with reverts("CertificateUnsuitableRules", kind, endorsement, renews):
        issue(ledger, kind=kind, endorsement=endorsement, auto_renew=renews)


def test_only_active_depositaries_issue(ledger: Ledger) -> None:
    for member in (ledger.buyer, ledger.financier, ledger.council[0]):
        with reverts("MembershipMissingRole", member.id, DEPOSITARY):
            issue(ledger, by=member)
        with reverts("MembershipMissingRole", member.id, DEPOSITARY):
            ledger.act(member, certifying(ledger))
    stranger = Member(b"\x01" * 32, ledger.spare_keys[0])
    with reverts("MembershipUnknownKey", stranger.key.lower()):
        issue(ledger, by=stranger)
    ledger.suspend(ledger.depositary)
    with reverts("MembershipNotActive", ledger.depositary.id, 2):
        issue(ledger)
    issue(ledger, by=ledger.other_depositary)


def test_the_holder_is_an_active_member_other_than_the_issuer(ledger: Ledger) -> None:
    with reverts("CertificateSelfDeposit", ledger.depositary.id):
        issue(ledger, holder=ledger.depositary.id)
    with reverts("MembershipUnknownMember", b"\x01" * 32):
        issue(ledger, holder=b"\x01" * 32)
    issue(ledger, holder=ledger.other_depositary.id)
    ledger.suspend(ledger.supplier)
    with reverts("MembershipNotActive", ledger.supplier.id, 2):
        issue(ledger, commitment=OTHER, number=OTHER)


def test_a_certificate_matures_in_the_future_or_never(ledger: Ledger) -> None:
    with reverts("CertificateInvalidMaturity", 1):
        issue(ledger, matures_at=1)
    now = ledger.chain.now() + 1  # the next block's time
    with reverts("CertificateInvalidMaturity", now):
        issue(ledger, matures_at=now)
    soon = issue(ledger, matures_at=ledger.chain.now() + 2)
    never = issue_receipt(ledger, matures_at=0, commitment=OTHER, number=OTHER)
    assert certificate(ledger, soon).matures_at == ledger.chain.now()
    assert certificate(ledger, never).matures_at == 0


def test_the_notice_of_a_loss_is_at_most_366_days(ledger: Ledger) -> None:
    with reverts("CertificateInvalidNotice", NOTICE_LIMIT + 1, NOTICE_LIMIT):
        issue(ledger, loss_notice=NOTICE_LIMIT + 1)
    record = issue(ledger, loss_notice=NOTICE_LIMIT)
    assert certificate(ledger, record).loss_notice == NOTICE_LIMIT


def test_units_commitment_and_number_are_not_empty(ledger: Ledger) -> None:
    with reverts("RecordBookNoUnits"):
        issue(ledger, units=0)
    with reverts("RecordBookEmptyCommitment"):
        issue(ledger, commitment=bytes(32))
    with reverts("IdentityKeysEmpty"):
        issue(ledger, number=bytes(32))
    with reverts("IdentityKeysEmpty"):
        issue(ledger, alert_keys=[(2, bytes(32))])
    issue(ledger, units=1)


def test_of_one_number_of_an_issuer_there_is_one_certificate(ledger: Ledger) -> None:
    record = issue(ledger)
    key = strict_key(ledger.depositary, NUMBER)
    with reverts("IdentityKeysTaken", key, record):
        issue(ledger, commitment=OTHER)
    anchor(ledger, ledger.supplier)
    with reverts("IdentityKeysTaken", key, record):
        ledger.act(ledger.depositary, certifying(ledger, commitment=OTHER))
    with reverts("RecordBookRecordExists", record):
        issue(ledger, number=OTHER)
    theirs = issue(ledger, by=ledger.other_depositary)
    assert number_holder(ledger, ledger.depositary, NUMBER) == record
    assert number_holder(ledger, ledger.other_depositary, NUMBER) == theirs


def test_an_alert_key_seen_before_is_told_and_blocks_nothing(ledger: Ledger) -> None:
    key = b"\xa1" * 32
    first = issue_receipt(ledger, alert_keys=[(2, key)])
    second = record_of(ledger, ledger.depositary, OTHER)
    content = issuance(
        ledger,
        kind=WAREHOUSE_RECEIPT,
        endorsement=WITH_CONSENT,
        number=OTHER,
        commitment=OTHER,
        alert_keys=[(2, key)],
    )
    events = enact(ledger, second, ledger.depositary, ledger.certificates.functions.issue(content))
    assert events[2] == (
        "AlertKeySeen",
        {"key": key, "record": second, "first": first, "kind": 2},
    )
    assert ledger.certificates.functions.alertRepeats(key).call() == 1
    assert ledger.certificates.functions.alertRepeats(b"\xa2" * 32).call() == 0


def test_evidence_is_certified_to_who_anchored_it(ledger: Ledger) -> None:
    anchor(ledger, ledger.supplier)
    depositary = ledger.depositary
    record = record_of(ledger, depositary, COMMITMENT)
    call = certifying(ledger, index=4)
    assert ledger.chain.simulate(depositary.key, call) == record
    assert enact(ledger, record, depositary, call) == [
        (
            "CertificateIssued",
            {
                "record": record,
                "issuer": depositary.id,
                "holder": ledger.supplier.id,
                "kind": EVIDENCE,
                "endorsement": NEVER,
                "autoRenew": False,
                "lossNotice": 0,
                "maturesAt": 0,
                "units": 1,
                "commitment": COMMITMENT,
            },
        ),
        ("StrictKeyHeld", {"key": strict_key(depositary, NUMBER), "record": record}),
        (
            "EvidenceCertified",
            {"record": record, "leafHash": leaf_hash(LEAVES[4]), "root": root_of(LEAVES)},
        ),
    ]
    found = certificate(ledger, record)
    assert (found.kind, found.state, found.endorsement) == (EVIDENCE, ISSUED, NEVER)
    assert position(ledger, record, ledger.supplier) == (1, 0, 0)


def test_nothing_is_certified_that_its_holder_did_not_anchor(ledger: Ledger) -> None:
    supplier, root = ledger.supplier, root_of(LEAVES)
    with reverts("NotaryUnknownAnchor", supplier.id, root):
        ledger.act(ledger.depositary, certifying(ledger))
    anchor(ledger, ledger.other_supplier)
    with reverts("NotaryUnknownAnchor", supplier.id, root):
        ledger.act(ledger.depositary, certifying(ledger))
    anchor(ledger, supplier)
    wrong = inclusion(0)._replace(leaf_hash=leaf_hash(LEAVES[1]))
    certify = ledger.certificates.functions.certify
    with reverts("NotaryNotIncluded", supplier.id, root, wrong.leaf_hash):
        ledger.act(ledger.depositary, certify(supplier.id, NUMBER, COMMITMENT, wrong))
    ledger.act(ledger.depositary, certifying(ledger))


def test_nothing_is_certified_that_was_revoked(ledger: Ledger) -> None:
    anchor(ledger, ledger.supplier)
    ledger.act(ledger.supplier, ledger.notary.functions.revoke(inclusion(0), REASON))
    with reverts("NotaryAlreadyRevoked", ledger.supplier.id, leaf_hash(LEAVES[0])):
        ledger.act(ledger.depositary, certifying(ledger))
    ledger.act(ledger.depositary, certifying(ledger, index=1))


def test_evidence_is_not_certified_to_its_issuer_or_without_a_number(ledger: Ledger) -> None:
    anchor(ledger, ledger.depositary)
    certify = ledger.certificates.functions.certify
    with reverts("CertificateSelfDeposit", ledger.depositary.id):
        call = certify(ledger.depositary.id, NUMBER, COMMITMENT, inclusion(0))
        ledger.act(ledger.depositary, call)
    anchor(ledger, ledger.supplier)
    with reverts("IdentityKeysEmpty"):
        ledger.act(ledger.depositary, certifying(ledger, number=bytes(32)))
    with reverts("RecordBookEmptyCommitment"):
        ledger.act(ledger.depositary, certifying(ledger, commitment=bytes(32)))


def test_unknown_records_have_no_certificate(ledger: Ledger) -> None:
    book, nothing = ledger.certificates.functions, b"\x01" * 32
    for view in (
        book.certificate(nothing),
        book.termsOf(nothing),
        book.recordHistory(nothing),
        book.position(nothing, ledger.supplier.id),
        book.offerCount(nothing),
        book.pledgeCount(nothing),
        book.surrenderCount(nothing),
    ):
        with reverts("RecordBookUnknownRecord", nothing):
            ledger.chain.simulate(ledger.auditor.key, view)
    for call in (
        book.confirm(nothing),
        book.consent(nothing, 0, 0),
        book.renew(nothing, MATURES_AT, OTHER),
        book.annul(nothing, 0, REASON),
        book.revokeEvidence(nothing, REASON),
        book.redeem(nothing, 0),
        book.replace(nothing, 0, []),
        book.refuseSurrender(nothing, 0, REASON),
        book.reportLost(nothing, REASON),
        book.reportFound(nothing),
        book.reissue(nothing, NUMBER, OTHER),
        book.surrender(nothing, ledger.depositary.id, 1, 0),
        book.offer(nothing, ledger.buyer.id, 1, MATURES_AT, OTHER),
        book.pledge(nothing, ledger.buyer.id, 1, 0, OTHER),
        book.freeze(nothing, REASON),
    ):
        with reverts("RecordBookUnknownRecord", nothing):
            ledger.act(ledger.depositary, call)


def test_the_book_needs_a_notary(ledger: Ledger) -> None:
    membership, notary = ledger.membership.address, ledger.notary.address
    name, key = "DepositCertificateBook", ledger.spare_keys[0]
    with reverts("CertificateForeignNotary", key.lower()):
        ledger.chain.deploy(name, membership, key, NOBODY)
    with reverts("MembersOnlyNoMembership", key.lower()):
        ledger.chain.deploy(name, key, notary, NOBODY)
    assert ledger.certificates.functions.notary().call() == notary


def test_the_notary_of_another_membership_is_refused(ledger: Ledger) -> None:
    name, membership = "DepositCertificateBook", ledger.membership.address
    founders = [member.id for member in ledger.council], [member.key for member in ledger.council]
    forwarder = ledger.forwarder.address
    other = ledger.chain.deploy("Membership", *founders, 2, forwarder, NO_DEPLOYMENT)
    foreign = ledger.chain.deploy("Notary", other.address)
    with reverts("CertificateForeignNotary", foreign.address.lower()):
        ledger.chain.deploy(name, membership, foreign.address, NOBODY)
    ledger.chain.deploy(name, other.address, foreign.address, NOBODY)
