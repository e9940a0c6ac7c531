"""What each custom error of the contracts means, in words for the people who can act on it.

A rule is the kind of refusal, a stable code for programs, and a sentence with the error's arguments
by their names in snake case. A test proves that no error of the contracts is missing.
"""

from collections.abc import Mapping

from ledger.errors import Conflict, Forbidden, InvalidRequest, NotFound, Refusal

Rule = tuple[type[Refusal], str, str]

RULES: Mapping[str, Rule] = {
    "InvoiceBookEmptyCommitment": (InvalidRequest, "empty-commitment", "the commitment is empty"),
    "InvoiceBookNoStrictKey": (
        InvalidRequest,
        "no-identity-key",
        "the invoice has no identity key, so nothing could keep it from being registered twice",
    ),
    "InvoiceBookEmptyKey": (InvalidRequest, "empty-identity-key", "an identity key is empty"),
    "InvoiceBookTooManyKeys": (
        InvalidRequest,
        "too-many-identity-keys",
        "{keys} identity keys are more than the {limit} that a registration may carry",
    ),
    "InvoiceBookStrictKeyTaken": (
        Conflict,
        "invoice-already-registered",
        "this invoice is already registered: record {record} holds its identity key",
    ),
    "InvoiceBookWrongState": (
        Conflict,
        "wrong-invoice-state",
        "record {record} is {state}, which does not allow this",
    ),
    "InvoiceBookNotBuyer": (
        Forbidden,
        "not-the-buyer",
        "only the invoice's buyer may do this, and {member} is not",
    ),
    "InvoiceBookNotSupplier": (
        Forbidden,
        "not-the-supplier",
        "only the invoice's supplier may do this, and {member} is not",
    ),
    "InvoiceBookSelfInvoice": (
        InvalidRequest,
        "own-buyer",
        "{member} cannot be supplier and buyer of one invoice",
    ),
    "InvoiceBookUnitsElsewhere": (
        Conflict,
        "units-elsewhere",
        "record {record} cannot be cancelled while others hold or are offered units of it",
    ),
    "RecordBookUnknownRecord": (NotFound, "unknown-record", "there is no record {record}"),
    "RecordBookRecordExists": (
        Conflict,
        "record-exists",
        "record {record} was registered before",
    ),
    "RecordBookNoUnits": (InvalidRequest, "no-units", "the number of units must be above zero"),
    "RecordBookInsufficientUnits": (
        Conflict,
        "insufficient-units",
        "{member} has {free:,} free units of record {record}, and {wanted:,} were asked for",
    ),
    "RecordBookUnknownOffer": (
        NotFound,
        "unknown-offer",
        "record {record} has no offer {offer}",
    ),
    "RecordBookOfferNotOpen": (
        Conflict,
        "offer-not-open",
        "offer {offer} of record {record} is already {state}",
    ),
    "RecordBookOfferExpired": (
        Conflict,
        "offer-expired",
        "offer {offer} of record {record} expired at {expires_at}",
    ),
    "RecordBookOfferNotExpired": (
        Conflict,
        "offer-not-expired",
        "offer {offer} of record {record} stands until {expires_at}",
    ),
    "RecordBookInvalidExpiry": (
        InvalidRequest,
        "invalid-expiry",
        "an offer must expire in the future; {expires_at} is not",
    ),
    "RecordBookNotParty": (
        Forbidden,
        "not-a-party",
        "{member} is not the party of record {record} that may do this",
    ),
    "RecordBookSelfOffer": (
        InvalidRequest,
        "own-offer",
        "{member} cannot make an offer to itself",
    ),
    "NotaryEmptyTree": (InvalidRequest, "empty-tree", "a tree has at least one leaf"),
    "NotaryEmptyRoot": (InvalidRequest, "empty-root", "the root is empty"),
    "NotaryAlreadyAnchored": (
        Conflict,
        "already-anchored",
        "{member} has anchored root {root} before",
    ),
    "NotaryUnknownAnchor": (
        NotFound,
        "unknown-anchor",
        "{member} has not anchored root {root}",
    ),
    "NotaryNotIncluded": (
        InvalidRequest,
        "not-included",
        "the path does not lead from leaf {leaf_hash} to root {root}",
    ),
    "NotaryAlreadyRevoked": (
        Conflict,
        "already-revoked",
        "leaf {leaf_hash} of {member} is revoked already",
    ),
    "NotarySupersededByItself": (
        InvalidRequest,
        "own-successor",
        "leaf {leaf_hash} cannot replace itself",
    ),
    "NotaryLengthMismatch": (
        InvalidRequest,
        "length-mismatch",
        "{roots} roots and {sizes} sizes do not belong together",
    ),
    "MembershipInvalidMember": (
        InvalidRequest,
        "invalid-member",
        "{member} is not a member's name",
    ),
    "MembershipMemberExists": (Conflict, "member-exists", "{member} is a member already"),
    "MembershipUnknownMember": (NotFound, "unknown-member", "{member} is not a member"),
    "MembershipNotActive": (
        Forbidden,
        "member-not-active",
        "{member} is suspended and may not take part; the council can reinstate it",
    ),
    "MembershipNotSuspended": (Conflict, "not-suspended", "{member} is not suspended"),
    "MembershipMissingRole": (
        Forbidden,
        "missing-role",
        "{member} does not have the role {role}, which this takes; the council can give it",
    ),
    "MembershipInvalidRoles": (InvalidRequest, "invalid-roles", "{roles} is not a set of roles"),
    "MembershipInvalidKey": (InvalidRequest, "invalid-key", "{key} cannot be an operator key"),
    "MembershipUnknownKey": (
        Forbidden,
        "unknown-operator-key",
        "{key} is not a live operator key of any member; it was revoked or never added",
    ),
    "MembershipKeyTaken": (
        Conflict,
        "operator-key-taken",
        "{key} is an operator key of {member} already",
    ),
    "MembershipKeyRetired": (
        Forbidden,
        "operator-key-retired",
        "{key} was revoked and can never be used again",
    ),
    "MembershipForeignKey": (
        Forbidden,
        "foreign-operator-key",
        "{key} does not act for {member}",
    ),
    "MembershipLastKey": (
        Conflict,
        "last-operator-key",
        "this is the last operator key of {member}: add another first, or let the council decide",
    ),
    "MembershipLengthMismatch": (
        InvalidRequest,
        "length-mismatch",
        "{members} council members and {keys} operator keys do not belong together",
    ),
    "MembershipNotCouncil": (
        Forbidden,
        "not-the-council",
        "only the council may decide this, and {caller} is not a part of it",
    ),
    "MembershipInvalidThreshold": (
        InvalidRequest,
        "invalid-threshold",
        "{threshold} approvals do not suit a council of {council_size}",
    ),
    "MembershipInvalidLifetime": (
        InvalidRequest,
        "invalid-lifetime",
        "a proposal cannot live for {lifetime} seconds; the limit is {limit}",
    ),
    "MembershipUnknownProposal": (
        NotFound,
        "unknown-proposal",
        "there is no proposal {proposal}",
    ),
    "MembershipProposalExpired": (
        Conflict,
        "proposal-expired",
        "proposal {proposal} expired at {expires_at}; propose it again",
    ),
    "MembershipProposalExecuted": (
        Conflict,
        "proposal-executed",
        "proposal {proposal} was carried out already",
    ),
    "MembershipAlreadyApproved": (
        Conflict,
        "already-approved",
        "{member} approves proposal {proposal} already",
    ),
    "MembershipNotApproved": (
        Conflict,
        "not-approved",
        "{member} does not approve proposal {proposal}",
    ),
    "MembershipTooFewApprovals": (
        Conflict,
        "too-few-approvals",
        "proposal {proposal} has {approvals} approvals and needs {threshold}",
    ),
}
