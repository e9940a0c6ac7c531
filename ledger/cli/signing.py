"""Options of commands that sign with an operator key and send to the chain."""

import functools
from dataclasses import dataclass
from typing import Any

import click

from ledger.chain.contract import ContractCall
from ledger.chain.membership import Membership
from ledger.chain.port import Receipt
from ledger.chain.signer import Signer
from ledger.cli.configuration import Command, NodeOptions, chain_settings, node_options
from ledger.cli.key_options import key_options
from ledger.cli.wiring.node import Node, open_node
from ledger.services import governance


@dataclass(frozen=True, slots=True)
class Hand:
    """What it takes to act on the chain: a node, a key, and some patience."""

    node: Node
    signer: Signer
    timeout_seconds: float

    @property
    def membership(self) -> Membership:
        """The deployment's Membership."""
        return Membership(self.node.chain, self.node.deployment.membership)

    def act(self, call: ContractCall) -> Receipt:
        """Make a call, and wait until a block holds it. Raises as `governance.act` does."""
        return governance.act(
            self.node.chain, self.signer, call, timeout_seconds=self.timeout_seconds
        )


timeout_option = click.option(
    "--timeout",
    "timeout_seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    default=60,
    show_default=True,
    help="How long to wait until a block holds what was sent.",
)


def hand_options(command: Command) -> Command:
    """Options that name node and key; the command gets both, opened, as `hand`."""

    @key_options
    @node_options
    @timeout_option
    @functools.wraps(command)
    def with_hand(
        *, signer: Signer, node: NodeOptions, timeout_seconds: float, **rest: Any
    ) -> None:
        command(hand=Hand(open_node(chain_settings(node)), signer, timeout_seconds), **rest)

    return with_hand
