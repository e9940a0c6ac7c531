"""`sealbook verify`."""

from dataclasses import dataclass
from pathlib import Path

import click

from ledger.chain.deployment import read_deployment
from ledger.cli.configuration import (
    NodeOptions,
    chain_settings,
    node_options,
    settings,
    wrong_settings_are_wrong_usage,
)
from ledger.cli.fitting import fit_terminal
from ledger.cli.output import full_output_exits_with, json_option, tell
from ledger.cli.parameters import BLOCK_HASH, EXISTING_FILE
from ledger.cli.report import report_lines
from ledger.cli.report_json import report_json
from ledger.cli.wiring.node import open_view
from ledger.evidence import Report, Scope, TrustPolicy, Verdict, Verifier
from ledger.evidence.policy import DEFAULT_MAX_EVIDENCE_BYTES
from ledger.services.settings import load_fingerprints


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asks for; None: the default."""

    pinned: frozenset[bytes]
    offline: bool
    scope: str | None
    min_depth: int | None


def _at_most_one(
    _context: click.Context, _parameter: click.Parameter, documents: tuple[Path, ...]
) -> Path | None:
    if len(documents) > 1:
        raise click.UsageError("there is one DOCUMENT at most, and one EVIDENCE after it")
    return documents[0] if documents else None


@click.command(short_help="Check evidence, and the document it is of.")
@click.argument(
    "document", type=EXISTING_FILE, nargs=-1, metavar="[DOCUMENT]", callback=_at_most_one
)
@click.argument("evidence", type=EXISTING_FILE)
@node_options
@click.option(
    "--pin-block",
    "pinned",
    type=BLOCK_HASH,
    metavar="HASH",
    multiple=True,
    help="A block that you know to be final, by its hash. May be given several times.",
)
@click.option(
    "--offline",
    is_flag=True,
    help="Ask no node. The answer is then what the files and pinned blocks prove, and not whether"
    " the statement was revoked since.",
)
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    help="How far to go: the document alone, or for an invoice also the receivable and who holds"
    " it.  [default: receivable; document with --offline]",
)
@click.option(
    "--min-depth",
    type=click.IntRange(min=0),
    metavar="N",
    help="Blocks that must stand on top of the anchor's before the node's word makes it final."
    "  [default: as configured, else 12]",
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    document: Path | None,
    evidence: Path,
    node: NodeOptions,
    pinned: tuple[bytes, ...],
    scope: str | None,
    min_depth: int | None,
    *,
    offline: bool,
) -> None:
    """Check EVIDENCE, and DOCUMENT against it if it is there, trusting no server.

    Without DOCUMENT the answer is about what the member states: the fields that the evidence shows.
    Whether the document says so, and whether a receivable is its, is then not known; --scope
    document asks for neither.

    You say what is trusted: the deployment manifest names the chain and the contracts, and your own
    node, or blocks that you pin, say what is final. Each step is printed with what came of it, and
    then the answer with what it rests on.

    The identity of a receivable is recomputed with the consortium's fingerprint key, which the
    configuration names; without it, a receivable stays undetermined.

    Exit codes: 0 verified, 1 refuted, 2 wrong usage (also a setting or manifest that cannot be
    read), 3 undetermined, 4 it does not stand now: the statement was revoked or superseded; or
    the receivable was rejected, cancelled, voided or settled, or is frozen.
    """
    with wrong_settings_are_wrong_usage():
        verifier = _verifier(node, _Asked(frozenset(pinned), offline, scope, min_depth))
    with evidence.open("rb") as file:
        # One byte more than the limit is enough for the verifier to see that there are more.
        encoded = file.read(DEFAULT_MAX_EVIDENCE_BYTES + 1)
    report = _verify(verifier, document, encoded)
    # What cannot be told is not refuted.
    with full_output_exits_with(Verdict.UNDETERMINED.exit_code):
        tell(report_json(report, encoded), fit_terminal(report_lines(report, encoded)))
    context.exit(report.verdict.exit_code)


def _verifier(node: NodeOptions, asked: _Asked) -> Verifier:
    chain = chain_settings(node, needs_node=not asked.offline)
    deployment = read_deployment(chain.deployment)
    policy = TrustPolicy(
        chain=deployment.chain,
        notaries=frozenset({deployment.notary}),
        invoice_book=deployment.invoice_book,
        min_depth=chain.confirmations if asked.min_depth is None else asked.min_depth,
        is_development=chain.development or deployment.development,
        pinned_block_hashes=asked.pinned,
        require_standing=not asked.offline,
        scope=_scope(asked),
    )
    view = None if asked.offline else open_view(chain, deployment)
    return Verifier(policy, view, load_fingerprints(settings().fingerprint))


def _scope(asked: _Asked) -> Scope:
    if asked.scope is not None:
        return Scope(asked.scope)
    return Scope.DOCUMENT if asked.offline else Scope.RECEIVABLE


def _verify(verifier: Verifier, document: Path | None, encoded: bytes) -> Report:
    if document is None:
        return verifier.verify(None, encoded)
    with document.open("rb") as stream:
        return verifier.verify(stream, encoded)
