"""`sealbook member list` and `show`."""

import click

from ledger.chain.membership import Member, Role, role_name
from ledger.cli.configuration import NodeOptions, chain_settings, node_options
from ledger.cli.output import JsonObject, json_option, tell
from ledger.cli.parameters import MEMBER
from ledger.cli.wiring.node import open_node
from ledger.cli.words import roles, table
from ledger.services.governance import read_member, read_members
from ledger.types import MemberId


@click.command("list", short_help="List all members.")
@node_options
@json_option
def list_members(node: NodeOptions) -> None:
    """List all members that were ever admitted, as the chain has them now."""
    opened = open_node(chain_settings(node))
    members = read_members(opened.chain, opened.deployment)
    head = ("MEMBER", "STATUS", "ROLES", "KEYS")
    rows = [
        (member.id, _status(member), roles(member.roles), str(member.keys)) for member in members
    ]
    tell({"members": [_to_json(member) for member in members]}, table([head, *rows]))


@click.command(short_help="Show a member.")
@click.argument("member", type=MEMBER)
@node_options
@json_option
def show(member: MemberId, node: NodeOptions) -> None:
    """Show MEMBER's status, roles and number of operator keys."""
    opened = open_node(chain_settings(node))
    found = read_member(opened.chain, opened.deployment, member)
    rows: list[tuple[str, ...]] = [
        ("Member", found.id),
        ("Status", _status(found)),
        ("Roles", roles(found.roles)),
        ("Operator keys", str(found.keys)),
    ]
    tell(_to_json(found), table(rows))


def _to_json(member: Member) -> JsonObject:
    return {
        "id": member.id,
        "status": _status(member),
        "roles": [role_name(role) for role in Role if role in member.roles],
        "keys": member.keys,
    }


def _status(member: Member) -> str:
    return str(member.status.name).lower()
