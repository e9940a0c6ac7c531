"""The part of the prepared world that is in the depositary's book."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from web3.contract.contract import ContractFunction

from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, word

Inclusion: TypeAlias = tuple[bytes, bytes, int, list[bytes]]
"""Proof of a leaf, field by field as in the ABI."""

_BANK_DEPOSIT, _WAREHOUSE_RECEIPT = 1, 2
_FREE, _WITH_CONSENT = 1, 2
_REDEMPTION, _REPLACEMENT, _ANNULMENT = range(3)
_UNITS = 1000
_REASON = word("reason")
_FAR = 4_000_000_000
_OPEN_OFFER, _EXPIRED_OFFER, _PLEDGE = 0, 1, 0
_OFFER = 0
FROZEN_BY_COUNCIL, FROZEN_BY_KEEPER = 0, 1
"""Causes of a freeze."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificates of the depositary, held by the supplier.

    `deposit` is confirmed, mature, and under offers, pledge and surrenders; `issued` is not
    confirmed, and surrendered as a whole to be annulled; `receipt` is offered; `lost` is reported
    so; `frozen` is so by council and keeper; `orphaned` is held by a suspended member; `evidence`
    says that the supplier anchored a leaf.
    """

    deposit: bytes
    issued: bytes
    receipt: bytes
    lost: bytes
    frozen: bytes
    orphaned: bytes
    evidence: bytes


def issue_certificates(ledger: Ledger, lapsed: Member, leaf: Inclusion) -> Certificates:
    """Issue certificates, and bring them to their states.

    lapsed: a member that is suspended later.
    """
    names = ("deposit", "issued", "receipt", "lost", "frozen")
    certificates = Certificates(
        **{name: _issue(ledger, name, ledger.supplier) for name in names},
        orphaned=_issue(ledger, "orphaned", lapsed),
        evidence=_certify(ledger, leaf),
    )
    book, keeper, holder = ledger.certificates.functions, ledger.depositary, ledger.supplier
    deposit, taker = certificates.deposit, ledger.financier.id
    ledger.act(keeper, book.confirm(deposit))
    ledger.act(holder, book.offer(deposit, taker, 10, _FAR, bytes(32)))
    ledger.act(holder, book.offer(deposit, taker, 10, ledger.chain.now() + 60, bytes(32)))
    ledger.act(holder, book.pledge(deposit, taker, 10, 0, bytes(32)))
    for purpose in (_REDEMPTION, _REPLACEMENT):
        ledger.act(holder, book.surrender(deposit, holder.id, 10, purpose))
    ledger.act(holder, book.surrender(certificates.issued, holder.id, _UNITS, _ANNULMENT))
    ledger.act(holder, book.offer(certificates.receipt, taker, 10, _FAR, bytes(32)))
    ledger.act(holder, book.reportLost(certificates.lost, _REASON))
    ledger.act(keeper, book.freeze(certificates.frozen, _REASON))
    ledger.decide(book.freeze(certificates.frozen, _REASON))
    ledger.chain.pass_time(120)
    return certificates


def certificate_calls(
    ledger: Ledger, certificates: Certificates, leaf: Inclusion
) -> dict[str, ContractFunction]:
    """One call of each function of the depositary's book."""
    functions = ledger.certificates.functions
    return {
        **_standing(ledger, certificates, leaf),
        **_transfers(ledger, certificates.deposit),
        **_surrenders(ledger, certificates),
        "reportLost": functions.reportLost(certificates.issued, _REASON),
        "reportLost of what is pledged": functions.reportLost(certificates.deposit, _REASON),
        "reportFound": functions.reportFound(certificates.lost),
        "reissue": functions.reissue(certificates.lost, word("new number"), word("new terms")),
        "freeze": functions.freeze(certificates.deposit, _REASON),
        "unfreeze": functions.unfreeze(certificates.frozen, FROZEN_BY_KEEPER),
        "unfreeze of the council's freeze": functions.unfreeze(
            certificates.frozen, FROZEN_BY_COUNCIL
        ),
        "voidRecord": functions.voidRecord(certificates.deposit, _REASON),
        **batches(functions),
    }


def batches(functions: Any) -> dict[str, ContractFunction]:
    """Batches without calls."""
    return {"multicall": functions.multicall([]), "tryMulticall": functions.tryMulticall([])}


def _issue(ledger: Ledger, name: str, holder: Member) -> bytes:
    book, commitment = ledger.certificates.functions, word(name)
    warehouse = name == "receipt"
    kind, endorsement = (_WAREHOUSE_RECEIPT, _WITH_CONSENT) if warehouse else (_BANK_DEPOSIT, _FREE)
    issuance: tuple[object, ...] = (
        kind,
        endorsement,
        not warehouse,
        0,
        ledger.chain.now() + 60,
        _UNITS,
        holder.id,
        word(f"number of {name}"),
        commitment,
        [],
    )
    ledger.act(ledger.depositary, book.issue(issuance))
    return _record_of(ledger, commitment)


def _certify(ledger: Ledger, leaf: Inclusion) -> bytes:
    holder, commitment = ledger.supplier.id, word("evidence")
    certify = ledger.certificates.functions.certify
    ledger.act(ledger.depositary, certify(holder, word("number of evidence"), commitment, leaf))
    return _record_of(ledger, commitment)


def _record_of(ledger: Ledger, commitment: bytes) -> bytes:
    record: bytes = ledger.certificates.functions.recordId(ledger.depositary.id, commitment).call()
    return record


def _standing(
    ledger: Ledger, certificates: Certificates, leaf: Inclusion
) -> dict[str, ContractFunction]:
    functions, holder = ledger.certificates.functions, ledger.supplier.id
    number, terms = word("new number"), word("new terms")
    issuance: tuple[object, ...] = (_BANK_DEPOSIT, _FREE, False, 0, 0, 1, holder, number, terms, [])
    return {
        "issue": functions.issue(issuance),
        "certify": functions.certify(holder, number, terms, leaf),
        "confirm": functions.confirm(certificates.issued),
        "consent": functions.consent(certificates.receipt, _OFFER, 0),
        "renew": functions.renew(certificates.deposit, _FAR, terms),
        "revokeEvidence": functions.revokeEvidence(certificates.evidence, _REASON),
    }


def _transfers(ledger: Ledger, deposit: bytes) -> dict[str, ContractFunction]:
    functions, taker = ledger.certificates.functions, ledger.other_financier.id
    return {
        "offer": functions.offer(deposit, taker, 1, _FAR, bytes(32)),
        "acceptOffer": functions.acceptOffer(deposit, _OPEN_OFFER),
        "rejectOffer": functions.rejectOffer(deposit, _OPEN_OFFER),
        "withdrawOffer": functions.withdrawOffer(deposit, _OPEN_OFFER),
        "expireOffer": functions.expireOffer(deposit, _EXPIRED_OFFER),
        "pledge": functions.pledge(deposit, taker, 1, 0, bytes(32)),
        "pledgeBehind": functions.pledgeBehind(deposit, _PLEDGE, taker, 1, 0, bytes(32)),
        "releasePledge": functions.releasePledge(deposit, _PLEDGE, 1),
        "enforcePledge": functions.enforcePledge(deposit, _PLEDGE, 1),
    }


def _surrenders(ledger: Ledger, certificates: Certificates) -> dict[str, ContractFunction]:
    functions, deposit = ledger.certificates.functions, certificates.deposit
    part = (_FAR, 10, word("new number"), word("new terms"))
    return {
        "surrender": functions.surrender(deposit, ledger.supplier.id, 1, _REDEMPTION),
        "surrender for a suspended holder": functions.surrender(
            certificates.orphaned, word("test:lapsed"), 1, _REDEMPTION
        ),
        "withdrawSurrender": functions.withdrawSurrender(deposit, _REDEMPTION),
        "refuseSurrender": functions.refuseSurrender(deposit, _REDEMPTION, _REASON),
        "redeem": functions.redeem(deposit, _REDEMPTION),
        "replace": functions.replace(deposit, _REPLACEMENT, [part]),
        "annul": functions.annul(certificates.issued, 0, _REASON),
    }
