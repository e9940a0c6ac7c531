"""Refusals of the contract Membership, and of those that ask it who acts."""

from ledger.chain.rule import Rules
from ledger.errors import Conflict, Forbidden, InvalidRequest, NotFound

MEMBERSHIP_RULES: Rules = {
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
    "MembershipSucceeded": (
        Conflict,
        "deployment-succeeded",
        (
            "this deployment takes no new records: {successor} on chain eip155:{chain_id} follows"
            " it. Ask your consortium for the new deployment's manifest"
        ),
    ),
    "MembershipNotSuccessor": (
        Conflict,
        "not-the-successor",
        (
            "the deployment of {membership} does not hand over to {successor}: the new one names"
            " the old one when it is deployed, and then the old one's council decides to hand over"
        ),
    ),
    "MembersOnlyNoMembership": (
        InvalidRequest,
        "no-membership",
        "there is no contract at {membership}; deploy Membership first, and name its address",
    ),
}
