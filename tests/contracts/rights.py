"""Who may call what: every function that changes state, in the prepared world of `world.py`.

A right is named by contract and function, and by what is special about the call if there is more
than one of a function.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from tests.contracts.cast import Ledger
from tests.contracts.harness import BUYER, COUNCIL, DEPOSITARY, SUPPLIER, Member, artifact

COUNCILLORS = ("council_a", "council_b", "council_c")
MEMBERS = (*COUNCILLORS, *(entry.name for entry in fields(Ledger) if entry.type is Member))
"""Active members, by their names in the cast."""

DECISION = "decision"
"""The council, by a decision that it took."""

SUSPENDED = "lapsed"
"""A financier that holds units and was suspended."""

OUTSIDERS = (DECISION, SUSPENDED, "stranger", "retired")
"""Who is no active member; in the end, a key that nobody holds and one that was revoked."""

ACTORS = (*MEMBERS, *OUTSIDERS)

NOT_COUNCIL = "MembershipNotCouncil"
NOT_PARTY = "RecordBookNotParty"
NOT_BUYER = "InvoiceBookNotBuyer"
NOT_SUPPLIER = "InvoiceBookNotSupplier"
NOT_ISSUER = "CertificateNotIssuer"
HOLDS_TOO_LITTLE = "RecordBookInsufficientUnits"


@dataclass(frozen=True, slots=True)
class Right:
    """Who gets through with a call, and what others are told.

    `otherwise` is the error for an active member that has the role, if one is needed, and yet is
    not the one; `but` has the error for actors whose reason is another. Every error must name
    the actor, unless it is said to be `of another`.
    """

    by: tuple[str, ...]
    otherwise: str = ""
    role: int = 0
    but: Mapping[str, str] = field(default_factory=dict)


_anybody = Right(ACTORS)
_any_member = Right(MEMBERS)
_council = Right(COUNCILLORS, role=COUNCIL)
_decided = Right((DECISION,), NOT_COUNCIL)
_supplier = Right(("supplier",), NOT_SUPPLIER)
_buyer = Right(("buyer",), NOT_BUYER)
_buyer_in_role = Right(("buyer",), NOT_BUYER, role=BUYER)
_financier = Right(("financier",), NOT_PARTY)
_pledgee = Right(("other_financier",), NOT_PARTY)
_itself_or_decided = Right(("supplier", DECISION), "MembershipForeignKey")
_holders = ("supplier", "financier")
_depositary = Right(("depositary", "other_depositary"), role=DEPOSITARY)
_issuer = Right(("depositary",), NOT_ISSUER)
_issuer_or_holder = Right(("depositary", "supplier"), NOT_ISSUER)
_for_the_suspended = Right((DECISION,), NOT_PARTY)
_never_decided = {DECISION: "RecordBookNotSuspended of another"}
_giver = Right(("supplier",), NOT_PARTY)

RIGHTS: Mapping[str, Right] = {
    "Forwarder.execute": _anybody,
    "Forwarder.executeBatch": _anybody,
    "Membership.propose": _council,
    "Membership.approve": Right(
        ("council_b", "council_c"), "MembershipAlreadyApproved", role=COUNCIL
    ),
    "Membership.withdraw": Right(("council_a",), "MembershipNotApproved"),
    "Membership.execute": _council,
    "Membership.admit": _decided,
    "Membership.setRoles": _decided,
    "Membership.suspend": _decided,
    "Membership.reinstate": _decided,
    "Membership.setThreshold": _decided,
    "Membership.succeed": _decided,
    "Membership.addKey": _itself_or_decided,
    "Membership.revokeKey": _itself_or_decided,
    "Membership.multicall": _anybody,
    "Membership.tryMulticall": _anybody,
    "Notary.anchor": _any_member,
    "Notary.anchorMany": _any_member,
    "Notary.revoke": Right(("supplier",), "NotaryUnknownAnchor"),
    "Notary.supersede": Right(("supplier",), "NotaryUnknownAnchor"),
    "Notary.multicall": _anybody,
    "Notary.tryMulticall": _anybody,
    "InvoiceBook.register": Right(("supplier", "other_supplier"), role=SUPPLIER),
    "InvoiceBook.accept": _buyer_in_role,
    "InvoiceBook.acceptPart": _buyer_in_role,
    "InvoiceBook.undertake": _buyer_in_role,
    "InvoiceBook.reject": _buyer,
    "InvoiceBook.cancel": _supplier,
    "InvoiceBook.credit": _supplier,
    "InvoiceBook.freeSettledKeys": _decided,
    "InvoiceBook.offer": Right(
        _holders, HOLDS_TOO_LITTLE, but={"other_financier": "RecordBookSelfOffer"}
    ),
    "InvoiceBook.acceptOffer": _financier,
    "InvoiceBook.acceptOfferIfClear": _financier,
    "InvoiceBook.rejectOffer": _financier,
    "InvoiceBook.withdrawOffer": _giver,
    "InvoiceBook.expireOffer": _any_member,
    "InvoiceBook.pledge": Right(_holders, HOLDS_TOO_LITTLE),
    "InvoiceBook.pledgeBehind": _financier,
    "InvoiceBook.releasePledge": _pledgee,
    "InvoiceBook.enforcePledge": _pledgee,
    "InvoiceBook.freeze": Right((DECISION,), NOT_PARTY),
    "InvoiceBook.unfreeze": Right((DECISION,), NOT_PARTY),
    "InvoiceBook.voidRecord": _decided,
    "InvoiceBook.declarePayment": Right(("buyer",), NOT_PARTY, but=_never_decided),
    "InvoiceBook.declarePayment of a suspended buyer": _for_the_suspended,
    "InvoiceBook.confirmPayment": Right(("financier",), NOT_PARTY, but=_never_decided),
    "InvoiceBook.confirmPayment of a suspended holder": _for_the_suspended,
    "InvoiceBook.denyPayment": _financier,
    "InvoiceBook.withdrawPayment": _buyer,
    "InvoiceBook.dispute": _buyer,
    "InvoiceBook.withdrawDispute": _buyer,
    "InvoiceBook.concedeDispute": _supplier,
    "InvoiceBook.decideDispute": _decided,
    "InvoiceBook.multicall": _anybody,
    "InvoiceBook.tryMulticall": _anybody,
    "DepositCertificateBook.issue": _depositary,
    "DepositCertificateBook.certify": _depositary,
    "DepositCertificateBook.confirm": _issuer,
    "DepositCertificateBook.consent": _issuer,
    "DepositCertificateBook.renew": _issuer,
    "DepositCertificateBook.annul": _issuer,
    "DepositCertificateBook.revokeEvidence": _issuer,
    "DepositCertificateBook.offer": Right(
        ("supplier",), HOLDS_TOO_LITTLE, but={"other_financier": "RecordBookSelfOffer"}
    ),
    "DepositCertificateBook.acceptOffer": _financier,
    "DepositCertificateBook.rejectOffer": _financier,
    "DepositCertificateBook.withdrawOffer": _giver,
    "DepositCertificateBook.expireOffer": _any_member,
    "DepositCertificateBook.pledge": Right(("supplier",), HOLDS_TOO_LITTLE),
    "DepositCertificateBook.pledgeBehind": _giver,
    "DepositCertificateBook.releasePledge": _financier,
    "DepositCertificateBook.enforcePledge": _financier,
    "DepositCertificateBook.surrender": Right(("supplier",), NOT_PARTY, but=_never_decided),
    "DepositCertificateBook.surrender for a suspended holder": _for_the_suspended,
    "DepositCertificateBook.withdrawSurrender": _giver,
    "DepositCertificateBook.refuseSurrender": _issuer,
    "DepositCertificateBook.redeem": _issuer,
    "DepositCertificateBook.replace": _issuer,
    "DepositCertificateBook.reportLost": _issuer_or_holder,
    "DepositCertificateBook.reportLost of what is pledged": _issuer,
    "DepositCertificateBook.reportFound": Right(("depositary", "supplier", DECISION), NOT_ISSUER),
    "DepositCertificateBook.reissue": _issuer,
    "DepositCertificateBook.freeze": Right(("depositary", DECISION), NOT_PARTY),
    "DepositCertificateBook.unfreeze": Right(("depositary", DECISION), NOT_PARTY),
    "DepositCertificateBook.unfreeze of the council's freeze": Right(
        (DECISION,), NOT_PARTY, but={"depositary": "RecordBookForeignFreeze of another"}
    ),
    "DepositCertificateBook.voidRecord": _decided,
    "DepositCertificateBook.multicall": _anybody,
    "DepositCertificateBook.tryMulticall": _anybody,
}


def function_of(case: str) -> str:
    """Contract and function of a case."""
    return case.split(" ", maxsplit=1)[0]


def state_changing(contract: str) -> set[str]:
    """Every function of a contract that can change something, from its ABI."""
    return {
        entry["name"]
        for entry in artifact(contract)["abi"]
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }
