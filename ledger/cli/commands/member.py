"""`sealbook member`: members, their operator keys, the council's decisions, and API keys."""

import click

from ledger.cli.lazy import LazyGroup

_PLACES = {
    "list": "member_list:list_members",
    "show": "member_list:show",
    "propose-admit": "member_decisions:propose_admit",
    "propose-suspend": "member_decisions:propose_suspend",
    "propose-reinstate": "member_decisions:propose_reinstate",
    "propose-revoke-key": "member_decisions:propose_revoke_key",
    "propose-succeed": "member_custody:propose_succeed",
    "proposal": "member_decisions:proposal",
    "approve": "member_decisions:approve",
    "execute": "member_decisions:execute",
    "custody": "member_custody:custody",
    "add-key": "member_keys:add_key",
    "revoke-key": "member_keys:revoke_key",
    "keygen": "member_key_files:keygen",
    "address": "member_key_files:address",
    "api-key": "member_api_keys:api_key",
    "revoke-api-key": "member_api_keys:revoke_api_key",
}


@click.group(
    cls=LazyGroup,
    places={name: f"ledger.cli.commands.{place}" for name, place in _PLACES.items()},
    short_help="Members, their keys, and the council's decisions.",
)
def command() -> None:
    """Members, their keys, and the council's decisions.

    A member is an organisation with a readable name, such as lei:5493001KJTIIGC8Y1R12. It acts with
    operator keys, which it can add and revoke. The council decides who is a member: one of its
    members proposes, enough of them approve, and any of them then executes the decision.

    All of this is signed with your own key file and sent to the chain directly; what the contracts
    refuse is refused before it is sent.
    """
