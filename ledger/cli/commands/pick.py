"""`sealbook pick`."""

from pathlib import Path

import click

from ledger.cli.digest_lists import MAX_SIZE_BYTES
from ledger.cli.evidence_stream import Found, find_evidence
from ledger.cli.files import write_new_evidence
from ledger.cli.output import json_option, tell
from ledger.cli.parameters import DIGEST, EXISTING_FILE, FILE
from ledger.documents import hash_file
from ledger.types import Digest, to_hex


@click.command(short_help="Take one document's evidence out of many's.")
@click.argument("document", type=EXISTING_FILE, nargs=-1, metavar="[DOCUMENT]")
@click.argument("evidence", type=EXISTING_FILE)
@click.option(
    "--digest",
    type=DIGEST,
    metavar="0x…",
    help="The document by its SHA-256, where it is not at hand.",
)
@click.option(
    "--out",
    type=FILE,
    metavar="FILE",
    help="Where the evidence goes, which must not be there yet.  [default: standard output]",
)
@json_option
def command(
    document: tuple[Path, ...], evidence: Path, digest: Digest | None, out: Path | None
) -> None:
    """Take the evidence of DOCUMENT out of EVIDENCE, which anchor --digests wrote for many.

    What is taken out is a whole evidence file of its own: give it to anyone who is to verify, with
    DOCUMENT (sealbook verify). It says nothing of the other documents. Nobody is asked.

    If the same document was on the list more than once, the first evidence is taken: each of them
    proves as much.

    Exit codes: 0 done, 1 there is no evidence of DOCUMENT or the file cannot be written, 2 wrong
    usage.
    """
    if len(document) + (digest is not None) != 1:
        raise click.UsageError("name one DOCUMENT and EVIDENCE after it, or use --digest")
    if digest is None:
        digest = hash_file(document[0], max_bytes=MAX_SIZE_BYTES).digest
    found = find_evidence(evidence, digest)
    if out is None:
        click.echo(found.evidence, nl=False)
        if found.times > 1:
            click.echo(_which(found, evidence), err=True)
        return
    write_new_evidence(out, found.evidence)
    lines = [f"{out} holds the evidence of {document[0] if document else to_hex(digest)}."]
    tell(
        {
            "evidence": str(out),
            "digest": to_hex(digest),
            "line": found.line,
            "times": found.times,
        },
        lines if found.times == 1 else [*lines, _which(found, evidence)],
    )


def _which(found: Found, evidence: Path) -> str:
    return (
        f"{evidence} has evidence of the same document {found.times} times; this is the first, from"
        f" line {found.line:,}."
    )
