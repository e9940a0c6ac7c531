"""`sealbook member`: members, their operator keys, the council's decisions, and API keys."""

import click

from ledger.cli.commands import member_api_keys, member_decisions, member_keys, member_list


class _InOrder(click.Group):
    """Lists its commands in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)


@click.group(cls=_InOrder, short_help="Members, their keys, and the council's decisions.")
def command() -> None:
    """Members, their keys, and the council's decisions.

    A member is an organisation with a readable name, such as lei:5493001KJTIIGC8Y1R12. It acts with
    operator keys, which it can add and revoke. The council decides who is a member: one of its
    members proposes, enough of them approve, and any of them then executes the decision.

    All of this is signed with your own key file and sent to the chain directly; what the contracts
    refuse is refused before it is sent.
    """


for _command in (
    member_list.list_,
    member_list.show,
    member_decisions.propose_admit,
    member_decisions.propose_suspend,
    member_decisions.propose_revoke_key,
    member_decisions.proposal,
    member_decisions.approve,
    member_decisions.execute,
    member_keys.add_key,
    member_keys.revoke_key,
    member_keys.keygen,
    member_keys.address,
    member_api_keys.api_key,
    member_api_keys.revoke_api_key,
):
    command.add_command(_command)
