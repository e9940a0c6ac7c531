"""`sealbook trace`."""

from pathlib import Path

import click

from ledger.cli.configuration import NodeOptions, chain_settings, node_options
from ledger.cli.exits import REFUSED
from ledger.cli.output import json_option, tell
from ledger.cli.timeline import provenance_json, provenance_lines
from ledger.cli.wiring.node import Node, open_node
from ledger.errors import ConfigurationError
from ledger.evidence import Evidence, parse_evidence
from ledger.evidence.policy import DEFAULT_MAX_EVIDENCE_BYTES
from ledger.services.trace import Notarisation, Provenance, trace_evidence, trace_record
from ledger.types import RecordId, parse_hex32


@click.command(short_help="Show the whole history of a receivable.")
@click.argument("subject", metavar="RECORD|EVIDENCE")
@node_options
@json_option
@click.pass_context
def command(context: click.Context, subject: str, node: NodeOptions) -> None:
    """Show all that happened to a receivable, who holds it, and whether anything was left out.

    RECORD is the record's name, 0x and 64 hex digits. EVIDENCE is the evidence file of an invoice:
    the record is taken from it, and the history has the notarisation of the document too.

    Everything is read from your own node, trusting no server. The contract keeps a counter and a
    running hash of each record's history; both are recomputed from the events that the node gave.

    Exit codes: 0 done, 1 refused, or the history is not complete, 2 wrong usage, 3 the node could
    not be reached.
    """
    chain = chain_settings(node)
    record = _record(subject)
    if record is None and not Path(subject).is_file():
        raise click.BadParameter(
            f"{subject!r} is neither a record (0x and 64 lower-case hex digits) nor a file.",
            param_hint="'RECORD|EVIDENCE'",
        )
    found, notarised = _trace(open_node(chain), record or _read(Path(subject)))
    tell(provenance_json(found, notarised), provenance_lines(found, notarised))
    if not found.complete:
        context.exit(REFUSED)


def _trace(node: Node, subject: RecordId | Evidence) -> tuple[Provenance, Notarisation | None]:
    if isinstance(subject, Evidence):
        notarised, found = trace_evidence(node.chain, node.deployment, subject)
        return found, notarised
    return trace_record(node.chain, node.deployment, subject), None


def _record(text: str) -> RecordId | None:
    try:
        return RecordId(parse_hex32(text))
    except ValueError:
        return None


def _read(path: Path) -> Evidence:
    try:
        with path.open("rb") as file:
            encoded = file.read(DEFAULT_MAX_EVIDENCE_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    return parse_evidence(encoded, max_bytes=DEFAULT_MAX_EVIDENCE_BYTES)
