"""Proposals to the council in plain words, and as JSON."""

from typing import Any

from ledger.chain.contract import ContractCall
from ledger.chain.membership import Membership, Proposal, Role
from ledger.cli.output import JsonObject
from ledger.cli.wiring.node import Node
from ledger.cli.words import roles
from ledger.codec import member_from_word
from ledger.errors import VerificationError
from ledger.services.governance import read_proposal
from ledger.types import parse_address, to_hex, utc_text

# By the function that a decision calls, with the names of its arguments.
_SENTENCES = {
    "admit": "admit {id} as {roles}, with the operator key {key}",
    "setRoles": "give {id} the roles {roles}, in place of those it has",
    "suspend": "suspend {id}",
    "reinstate": "let {id} act again",
    "setThreshold": "decide with {threshold} approvals from then on",
    "succeed": "hand over to eip155:{chainId}:{membership} for good: new records begin there alone",
    "addKey": "add the operator key {key} to {id}",
    "revokeKey": "revoke the operator key {key} of {id}",
}


def show_proposal(node: Node, number: int) -> tuple[JsonObject, list[str]]:
    """A proposal as it stands now: as JSON, and in lines. Raises NotFound."""
    proposal, threshold = read_proposal(node.chain, node.deployment, number)
    decision = describe_decision(node, proposal.decision)
    value = {
        "proposal": proposal.id,
        "proposer": proposal.proposer,
        "decision": decision,
        "approvals": proposal.approvals,
        "threshold": threshold,
        "expires_at": utc_text(proposal.expires_at),
        "executed": proposal.executed,
    }
    approvals = f"{proposal.approvals} of {threshold} approvals"
    return value, [
        f"Proposal {proposal.id} by {proposal.proposer}: {decision}.",
        f"It has {approvals}, and expires at {utc_text(proposal.expires_at)}.",
        _next_step(proposal, threshold),
    ]


def describe_decision(node: Node, call: ContractCall) -> str:
    """What a call that the council decides about would do."""
    membership = Membership(node.chain, node.deployment.membership)
    decoded = membership.abi.decode_call(call.data) if call.to == membership.address else None
    if decoded is None or decoded.name not in _SENTENCES:
        return f"call {call.to} with the data {to_hex(call.data)}"
    arguments = {name: _readable(name, value) for name, value in decoded.arguments.items()}
    return _SENTENCES[decoded.name].format(**arguments)


def _next_step(proposal: Proposal, threshold: int) -> str:
    if proposal.executed:
        return "It was carried out."
    if proposal.approvals < threshold:
        return f"Next: sealbook member approve {proposal.id}, by another member of the council."
    return f"Next: sealbook member execute {proposal.id}, by any member of the council."


def _readable(name: str, value: Any) -> str:
    if name == "id":
        return _member(value)
    if name in ("key", "membership"):
        return parse_address(value)
    return roles(Role(value)) if name == "roles" else str(value)


def _member(word: bytes) -> str:
    try:
        return member_from_word(word)
    except VerificationError:
        return to_hex(word)
