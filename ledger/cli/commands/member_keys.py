"""`sealbook member add-key`, `revoke-key`, `keygen` and `address`: operator keys."""

import click

from ledger.chain.contract import ContractCall
from ledger.cli.output import json_option, tell
from ledger.cli.parameters import ADDRESS, MEMBER
from ledger.cli.signing import Hand, hand_options
from ledger.types import Address, MemberId, to_hex


@click.command(short_help="Add an operator key to a member.")
@click.argument("member", type=MEMBER)
@click.argument("address", type=ADDRESS)
@hand_options
@json_option
def add_key(member: MemberId, address: Address, hand: Hand) -> None:
    """Add an operator key with ADDRESS to MEMBER. Signed with a key that the member has already."""
    _act(
        hand,
        hand.membership.add_key(member, address),
        f"{address} acts for {member} from now on.",
    )


@click.command(short_help="Revoke an operator key of a member.")
@click.argument("member", type=MEMBER)
@click.argument("address", type=ADDRESS)
@hand_options
@json_option
def revoke_key(member: MemberId, address: Address, hand: Hand) -> None:
    """Revoke MEMBER's operator key with ADDRESS, for ever. Signed with any key of the member.

    What the member holds stays its own. Its last key can be revoked by the council alone
    (propose-revoke-key).
    """
    _act(
        hand,
        hand.membership.revoke_key(member, address),
        f"{address} does not act for {member} any more, and never can again.",
    )


def _act(hand: Hand, call: ContractCall, done: str) -> None:
    receipt = hand.act(call)
    value = {
        "transaction": to_hex(receipt.transaction_hash),
        "block": {"number": receipt.block.number, "hash": to_hex(receipt.block.hash)},
    }
    tell(value, [done])
