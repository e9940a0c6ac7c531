"""`sealbook member propose-…`, `proposal`, `approve` and `execute`: the council decides."""

from functools import reduce
from operator import or_

import click

from ledger.chain.contract import ContractCall
from ledger.chain.membership import Role, role_name
from ledger.cli.configuration import Command, NodeOptions, chain_settings, node_options
from ledger.cli.decisions import show_proposal
from ledger.cli.output import json_option, tell
from ledger.cli.parameters import ADDRESS, MEMBER
from ledger.cli.signing import Hand, hand_options
from ledger.cli.wiring.node import open_node
from ledger.services.governance import propose
from ledger.types import Address, MemberId

_DAY_SECONDS = 86_400
_MOST_DAYS = 90

_lifetime_option = click.option(
    "--lifetime-days",
    type=click.IntRange(1, _MOST_DAYS),
    metavar="DAYS",
    default=7,
    show_default=True,
    help="Days until the proposal expires, at most 90.",
)


def proposal_options(command: Command) -> Command:
    """Options of a proposal; the command gets `lifetime_days`, and `hand` to propose with."""
    return _lifetime_option(hand_options(json_option(command)))


@click.command(short_help="Propose to admit a member.")
@click.argument("member", type=MEMBER)
@click.option(
    "--role",
    "role_names",
    type=click.Choice([role_name(role) for role in Role]),
    multiple=True,
    required=True,
    help="What the member may do. May be given several times.",
)
@click.option(
    "--operator",
    type=ADDRESS,
    required=True,
    metavar="ADDRESS",
    help="Address of the member's first operator key, as the member told you.",
)
@proposal_options
def propose_admit(
    member: MemberId, role_names: tuple[str, ...], operator: Address, lifetime_days: int, hand: Hand
) -> None:
    """Propose to the council to admit MEMBER. Signed by a member of the council, as all proposals.

    Prints the proposal's number. The proposer approves by proposing.
    """
    held = reduce(or_, (Role[name.upper()] for name in role_names))
    propose_decision(hand, hand.membership.admit(member, held, operator), lifetime_days)


@click.command(short_help="Propose to suspend a member.")
@click.argument("member", type=MEMBER)
@proposal_options
def propose_suspend(member: MemberId, lifetime_days: int, hand: Hand) -> None:
    """Propose to the council to suspend MEMBER: it keeps what it holds, and cannot act."""
    propose_decision(hand, hand.membership.suspend(member), lifetime_days)


@click.command(short_help="Propose to let a suspended member act again.")
@click.argument("member", type=MEMBER)
@proposal_options
def propose_reinstate(member: MemberId, lifetime_days: int, hand: Hand) -> None:
    """Propose to the council to let MEMBER, which is suspended, act again."""
    propose_decision(hand, hand.membership.reinstate(member), lifetime_days)


@click.command(short_help="Propose to revoke a member's key.")
@click.argument("member", type=MEMBER)
@click.argument("address", type=ADDRESS)
@proposal_options
def propose_revoke_key(member: MemberId, address: Address, lifetime_days: int, hand: Hand) -> None:
    """Propose to the council to revoke MEMBER's operator key with ADDRESS, which may be its last.

    For a member that lost its keys; one that has another revokes by itself (revoke-key).
    """
    propose_decision(hand, hand.membership.revoke_key(member, address), lifetime_days)


@click.command(short_help="Show a proposal.")
@click.argument("number", type=click.IntRange(min=0))
@node_options
@json_option
def proposal(number: int, node: NodeOptions) -> None:
    """Show what proposal NUMBER would do, and who approves it. Read it before you approve."""
    tell(*show_proposal(open_node(chain_settings(node)), number))


@click.command(short_help="Approve a proposal.")
@click.argument("number", type=click.IntRange(min=0))
@hand_options
@json_option
def approve(number: int, hand: Hand) -> None:
    """Approve proposal NUMBER for your member, which must be one of the council."""
    hand.act(hand.membership.approve(number))
    tell(*show_proposal(hand.node, number))


@click.command(short_help="Carry out a proposal.")
@click.argument("number", type=click.IntRange(min=0))
@hand_options
@json_option
def execute(number: int, hand: Hand) -> None:
    """Carry out proposal NUMBER, which enough members of the council approve."""
    hand.act(hand.membership.execute(number))
    tell(*show_proposal(hand.node, number))


def propose_decision(hand: Hand, decision: ContractCall, lifetime_days: int) -> None:
    """Propose a decision with the caller's key, and show the proposal."""
    number = propose(
        hand.node.chain,
        hand.node.deployment,
        hand.signer,
        decision,
        lifetime_seconds=lifetime_days * _DAY_SECONDS,
        timeout_seconds=hand.timeout_seconds,
    )
    tell(*show_proposal(hand.node, number))
