"""Certificates to issue in tests, and short ways to a state of one."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from eth_utils.crypto import keccak
from web3.contract.contract import ContractFunction

from tests.contracts.cast import Ledger
from tests.contracts.harness import DAY, Member
from tests.support.trees import leaf_hash, path_of, root_of

COMMITMENT = b"\xc0" * 32
NUMBER = b"\x4e" * 32
TERMS = b"\x7e" * 32
REASON = b"a reason".ljust(32, b"\0")
UNITS = 1000
MATURES_AT = 2_000_000_000
NOTICE = 7 * DAY
LEAVES = [bytes([number]) * 32 for number in range(1, 6)]
"""Of the tree that the supplier anchors for its certificates of evidence."""

NO_KIND, BANK_DEPOSIT, WAREHOUSE_RECEIPT, EVIDENCE = range(4)
"""Kinds of certificates."""

UNKNOWN, ISSUED, CONFIRMED, DISCHARGED, ANNULLED, VOIDED = range(6)
"""States of a certificate."""

NEVER, FREELY, WITH_CONSENT = range(3)
"""What may pass units to another member by offer and acceptance."""

REDEMPTION, REPLACEMENT, ANNULMENT = range(3)
"""What units are surrendered for."""

TO_OFFER, TO_PLEDGE = range(2)
"""What an issuer consents to."""

OPEN, FULFILLED, REFUSED, WITHDRAWN = range(1, 5)
"""States of a surrender."""

FROZEN_BY_COUNCIL, FROZEN_BY_KEEPER, FROZEN_BY_DISPUTE, FROZEN_BY_LOSS = range(4)
"""Causes of a freeze; a frozen record has bit 2**cause set for each."""


class Issuance(NamedTuple):
    """The argument of `issue`, field by field as in the ABI."""

    kind: int
    endorsement: int
    auto_renew: bool
    loss_notice: int
    matures_at: int
    units: int
    holder: bytes
    number: bytes
    commitment: bytes
    alert_keys: Sequence[tuple[int, bytes]]


class Part(NamedTuple):
    """A certificate that replaces others, field by field as in the ABI."""

    matures_at: int
    units: int
    number: bytes
    commitment: bytes


class Certificate(NamedTuple):
    """What `certificate` answers, field by field as in the ABI."""

    kind: int
    state: int
    endorsement: int
    auto_renew: bool
    loss_notice: int
    issued_at: int
    matures_at: int
    lost_at: int
    renewals: int


class Inclusion(NamedTuple):
    """Proof that a leaf is in an anchored tree, field by field as in the ABI."""

    root: bytes
    leaf_hash: bytes
    position: int
    path: Sequence[bytes]


def issuance(ledger: Ledger, **changes: Any) -> Issuance:
    """A negotiable deposit of the supplier, with changes."""
    return Issuance(
        kind=BANK_DEPOSIT,
        endorsement=FREELY,
        auto_renew=False,
        loss_notice=NOTICE,
        matures_at=MATURES_AT,
        units=UNITS,
        holder=ledger.supplier.id,
        number=NUMBER,
        commitment=COMMITMENT,
        alert_keys=(),
    )._replace(**changes)


def issue(ledger: Ledger, *, by: Member | None = None, **changes: Any) -> bytes:
    """Issue a deposit of the supplier, with changes; the record's name."""
    issuer, content = by or ledger.depositary, issuance(ledger, **changes)
    ledger.act(issuer, ledger.certificates.functions.issue(content))
    return record_of(ledger, issuer, content.commitment)


def issue_confirmed(ledger: Ledger, **changes: Any) -> bytes:
    """Issue a deposit of the supplier that its bank confirms."""
    record = issue(ledger, **changes)
    ledger.act(ledger.depositary, ledger.certificates.functions.confirm(record))
    return record


def issue_receipt(ledger: Ledger, **changes: Any) -> bytes:
    """Issue a warehouse receipt to the supplier."""
    return issue(ledger, kind=WAREHOUSE_RECEIPT, endorsement=WITH_CONSENT, **changes)


def certify(ledger: Ledger, *, number: bytes = NUMBER, commitment: bytes = COMMITMENT) -> bytes:
    """Certify to the supplier, which has anchored nothing before, its first leaf."""
    anchor(ledger, ledger.supplier)
    call = certifying(ledger, number=number, commitment=commitment)
    ledger.act(ledger.depositary, call)
    return record_of(ledger, ledger.depositary, commitment)


def certifying(
    ledger: Ledger, *, number: bytes = NUMBER, commitment: bytes = COMMITMENT, index: int = 0
) -> ContractFunction:
    """The call that certifies a leaf to the supplier."""
    functions = ledger.certificates.functions
    return functions.certify(ledger.supplier.id, number, commitment, inclusion(index))


def anchor(ledger: Ledger, member: Member) -> None:
    """Let a member anchor the leaves."""
    ledger.act(member, ledger.notary.functions.anchor(root_of(LEAVES), len(LEAVES)))


def inclusion(index: int) -> Inclusion:
    """Proof that one of the leaves is in their tree."""
    return Inclusion(root_of(LEAVES), leaf_hash(LEAVES[index]), index, path_of(LEAVES, index))


def offer(
    ledger: Ledger,
    record: bytes,
    units: int,
    *,
    by: Member | None = None,
    to: Member | None = None,
    lasting: int = 3600,
) -> int:
    """Offer units, by the supplier to the buyer if nothing else is said; the offer's number."""
    functions = ledger.certificates.functions
    number: int = functions.offerCount(record).call()
    receiver, expires_at = to or ledger.buyer, ledger.chain.now() + lasting
    call = functions.offer(record, receiver.id, units, expires_at, TERMS)
    ledger.act(by or ledger.supplier, call)
    return number


def pledge(ledger: Ledger, record: bytes, units: int, *, by: Member | None = None) -> int:
    """Pledge units of the supplier to the financier, enforceable at once; the pledge's number."""
    functions = ledger.certificates.functions
    number: int = functions.pledgeCount(record).call()
    call = functions.pledge(record, ledger.financier.id, units, 0, TERMS)
    ledger.act(by or ledger.supplier, call)
    return number


def surrender(
    ledger: Ledger, record: bytes, units: int, purpose: int, *, by: Member | None = None
) -> int:
    """Surrender units, by the supplier if nothing else is said; the surrender's number."""
    functions = ledger.certificates.functions
    number: int = functions.surrenderCount(record).call()
    holder = by or ledger.supplier
    ledger.act(holder, functions.surrender(record, holder.id, units, purpose))
    return number


def consent_given(
    ledger: Ledger, record: bytes, subject: int, number: int
) -> tuple[str, dict[str, Any]]:
    """The event by which the depositary consents."""
    issuer = ledger.depositary.id
    named = {"record": record, "subject": subject, "id": number, "issuer": issuer}
    return "ConsentGiven", named


def annul(ledger: Ledger, record: bytes) -> None:
    """Let the supplier surrender everything for annulment, and the depositary annul it."""
    number = surrender(ledger, record, UNITS, ANNULMENT)
    ledger.act(ledger.depositary, ledger.certificates.functions.annul(record, number, REASON))


def freezes(ledger: Ledger, record: bytes) -> int:
    """The causes that freeze a certificate, one bit each."""
    entry: Any = ledger.certificates.functions.record(record).call()
    found: int = entry[6]
    return found


def certificate(ledger: Ledger, record: bytes) -> Certificate:
    """State, rules and dates of a certificate."""
    return Certificate(*ledger.certificates.functions.certificate(record).call())


def position(ledger: Ledger, record: bytes, member: Member) -> tuple[int, int, int]:
    """Free, reserved and pledged units of a member."""
    free, reserved, pledged = ledger.certificates.functions.position(record, member.id).call()
    return free, reserved, pledged


def retired(ledger: Ledger, record: bytes) -> int:
    """Units of a record out of circulation."""
    entry: Any = ledger.certificates.functions.record(record).call()
    units: int = entry[4]
    return units


def surrender_state(ledger: Ledger, record: bytes, number: int) -> int:
    """State of a surrender."""
    found: int = ledger.certificates.functions.surrenderOf(record, number).call()[3]
    return found


def number_holder(ledger: Ledger, issuer: Member, number: bytes) -> bytes:
    """The record that holds a certificate number of an issuer; zero if none does."""
    holder: bytes = ledger.certificates.functions.strictKeyHolder(strict_key(issuer, number)).call()
    return holder


def strict_key(issuer: Member, number: bytes) -> bytes:
    """The strict key of a certificate number."""
    return keccak(issuer.id + number)


def record_of(ledger: Ledger, issuer: Member, commitment: bytes) -> bytes:
    """The name of a certificate's record."""
    record: bytes = ledger.certificates.functions.recordId(issuer.id, commitment).call()
    return record
