"""`sealbook member api-key` and `revoke-api-key`: who may ask the service of this machine."""

from pathlib import Path
from uuid import UUID

import click

from ledger.chain.membership import Role, role_name
from ledger.cli.configuration import config_option, service_settings, settings
from ledger.cli.files import write_secret
from ledger.cli.output import json_option, sentence, tell, wants_json
from ledger.cli.parameters import FILE, MEMBER
from ledger.cli.wiring.database import open_database
from ledger.cli.wiring.node import open_node
from ledger.errors import ConfigurationError, TransportError
from ledger.services.context import system_clock
from ledger.services.governance import require_role
from ledger.services.principals import issue_key, revoke_key
from ledger.store.engine import Store
from ledger.types import MemberId


@click.command(short_help="Issue an API key.")
@click.argument("member", type=MEMBER)
@click.option(
    "--role",
    type=click.Choice([role_name(role) for role in Role]),
    required=True,
    help="The role in which the key's holder acts for the member.",
)
@click.option(
    "--out",
    type=FILE,
    metavar="FILE",
    help="New file for the key, which only you can read. Without it the key is printed, this once.",
)
@config_option
@json_option
def api_key(member: MemberId, role: str, out: Path | None) -> None:
    """Issue an API key that lets its holder act for MEMBER through the service of this machine.

    The service keeps only a hash of the key: a lost one is revoked and replaced. A key for a member
    that the chain does not know, or that lacks the role there, is refused; if no node can be asked,
    the key is issued all the same, and that it was not checked is said.
    """
    unchecked = _check(member, Role[role.upper()])
    with open_database(service_settings()) as store:
        identifier, secret = issue_key(store, member, Role[role.upper()], system_clock())
        if out is not None:
            _hand_over(store, identifier, secret, out)
    value = {
        "id": str(identifier),
        "member": member,
        "role": role,
        "checked": unchecked is None,
    }
    if unchecked is not None and not wants_json():
        click.echo(unchecked, err=True)
    line = f"API key {identifier} for {member} as {role}"
    if out is None:
        tell({**value, "key": secret}, [f"{line}; it is shown this once:", secret])
    else:
        tell({**value, "file": str(out)}, [f"{line} is in {out}."])


@click.command(short_help="Revoke an API key.")
@click.argument("identifier", metavar="ID", type=click.UUID)
@config_option
@json_option
def revoke_api_key(identifier: UUID) -> None:
    """Revoke the API key with this ID, at once."""
    with open_database(service_settings()) as store:
        revoke_key(store, identifier, system_clock())
    tell({"id": str(identifier), "revoked": True}, [f"API key {identifier} is revoked."])


def _check(member: MemberId, role: Role) -> str | None:
    """Ask the chain for the member's role; why it could not be asked, if so."""
    chain = settings().chain
    reason = "the configuration has no table [chain]"
    if chain is not None:
        try:
            node = open_node(chain)
            require_role(node.chain, node.deployment, member, role)
        except TransportError as error:
            reason = str(error)
        else:
            return None
    return f"Not checked whether {member} is a {role_name(role)} on the chain: {sentence(reason)}"


def _hand_over(store: Store, identifier: UUID, secret: str, out: Path) -> None:
    try:
        write_secret(out, secret)
    except ConfigurationError:
        # Nobody has the key.
        revoke_key(store, identifier, system_clock())
        raise
