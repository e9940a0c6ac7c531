"""`sealbook member propose-succeed` and `custody`: from one deployment to the next."""

from pathlib import Path

import click

from ledger.chain.deployment import read_deployment
from ledger.cli.commands.member_decisions import proposal_options, propose_decision
from ledger.cli.configuration import NodeOptions, chain_settings, node_options
from ledger.cli.exits import REFUSED, UNREACHABLE
from ledger.cli.output import JsonObject, json_option, tell
from ledger.cli.parameters import EXISTING_FILE
from ledger.cli.signing import Hand
from ledger.cli.wiring.node import open_bare_chain, open_node
from ledger.services.custody import Answer, Link, read_custody, require_heir
from ledger.services.settings import require_http_url

_WORDS = {
    Answer.MUTUAL: "which says the same",
    Answer.ONE_SIDED: "which does not say so",
    Answer.NOT_ASKED: "on a chain of which no node was named (--other-rpc-url)",
}


@click.command(short_help="Propose to hand over to a new deployment.")
@click.argument("manifest", type=EXISTING_FILE)
@proposal_options
def propose_succeed(manifest: Path, lifetime_days: int, hand: Hand) -> None:
    """Propose to the council to hand over, for good, to the new deployment that MANIFEST describes.

    It must have been deployed with --succeeds and the manifest of this one. Once this is carried
    out, new records begin in the new deployment alone; those that stand here end here.
    """
    successor = require_heir(hand.node.deployment, read_deployment(manifest))
    propose_decision(hand, hand.membership.succeed(successor), lifetime_days)


@click.command(short_help="Show what this deployment follows, and what follows it.")
@click.option(
    "--other-rpc-url",
    "other_rpc_urls",
    metavar="URL",
    multiple=True,
    help="A node of another chain, on which the one before or after stands.",
)
@node_options
@json_option
@click.pass_context
def custody(context: click.Context, other_rpc_urls: tuple[str, ...], node: NodeOptions) -> None:
    """Show which deployment this one follows and which follows it, and whether they say the same.

    Exits 0 if each link is confirmed by the other side, or there is none; 1 if one is not; 3 if
    one could not be asked.
    """
    for url in other_rpc_urls:
        require_http_url(url, "--other-rpc-url")
    opened = open_node(chain_settings(node))
    others = [open_bare_chain(url) for url in other_rpc_urls]
    found = read_custody(opened.chain, opened.deployment, others)
    tell(
        {"predecessor": _to_json(found.predecessor), "successor": _to_json(found.successor)},
        [
            _line("This deployment follows", found.predecessor),
            _line("This deployment is followed by", found.successor),
        ],
    )
    answers = {link.answer for link in (found.predecessor, found.successor) if link}
    if Answer.ONE_SIDED in answers:
        context.exit(REFUSED)
    if Answer.NOT_ASKED in answers:
        context.exit(UNREACHABLE)


def _line(words: str, link: Link | None) -> str:
    return f"{words} {link.deployment}, {_WORDS[link.answer]}." if link else f"{words} none."


def _to_json(link: Link | None) -> JsonObject | None:
    if link is None:
        return None
    return {"deployment": str(link.deployment), "answer": link.answer.value}
