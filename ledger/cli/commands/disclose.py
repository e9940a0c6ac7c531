"""`sealbook disclose`."""

from pathlib import Path

import click

from ledger.cli.files import write_new_evidence
from ledger.cli.output import json_option, tell
from ledger.cli.parameters import EXISTING_FILE
from ledger.errors import InvalidRequest, VerificationError
from ledger.evidence import Evidence, parse_evidence
from ledger.evidence.policy import DEFAULT_MAX_EVIDENCE_BYTES
from ledger.invoices.disclosed import select_names


class _Names(click.ParamType[tuple[str, ...]]):
    """Names of fields or of groups of them, with commas between."""

    name = "names"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        try:
            return select_names(word.strip() for word in value.split(","))
        except InvalidRequest as error:
            self.fail(f"{error}.", param, ctx)


@click.command(short_help="Make a copy of evidence that shows less.")
@click.argument("evidence", type=EXISTING_FILE)
@click.option(
    "--show",
    type=_Names(),
    metavar="NAME,…",
    multiple=True,
    help="Fields to be shown; all others are hidden.",
)
@click.option(
    "--hide",
    type=_Names(),
    metavar="NAME,…",
    multiple=True,
    help="Fields to be hidden; all others that EVIDENCE shows stay.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the copy goes, which must not be there yet.  [default: standard output]",
)
@json_option
def command(
    evidence: Path,
    show: tuple[tuple[str, ...], ...],
    hide: tuple[tuple[str, ...], ...],
    out: Path | None,
) -> None:
    """Make a copy of EVIDENCE that proves some fields of a document and hides the others.

    Nobody is asked, and the copy proves what it shows as well as EVIDENCE does. It can be cut
    further, and never widened: what is hidden cannot be guessed from it. (Members, who hold the
    fingerprint key, can still test guesses of a registered invoice's total against its identity
    keys on the chain.) Whoever is to compare the document itself needs its digest and size
    (document).

    The fields of an invoice: number, issue_date, type_code, currency, due_date, purchase_order,
    profile, preceding, seller.name, seller.ids, seller.country, buyer.name, buyer.ids,
    buyer.country, payee, payee_accounts, gross_amount, payable_amount; and document.digest,
    document.size. The words document, seller and buyer name all of theirs.

    Exit codes: 0 done, 1 EVIDENCE is none, has no fields or does not show these, 2 wrong usage.
    """
    if bool(show) == bool(hide):
        raise click.UsageError("say either what to --show or what to --hide")
    full = _read(evidence)
    chosen = {name for names in show or hide for name in names}
    if hide:
        chosen = _shown(full) - chosen
    cut = full.showing(chosen)
    if out is None:
        # The bytes are the evidence: a line feed after them would make it another file.
        click.echo(cut.serialise(), nl=False)
        return
    write_new_evidence(out, cut.serialise())
    fields = cut.fields
    hidden = () if fields is None else fields.hidden_names
    shown = sorted(_shown(cut))
    tell(
        {"evidence": str(out), "shown": shown, "hidden": list(hidden)},
        [f"{out} shows {', '.join(shown) or 'no field'}; it hides {len(hidden)} others."],
    )


def _read(path: Path) -> Evidence:
    with path.open("rb") as file:
        encoded = file.read(DEFAULT_MAX_EVIDENCE_BYTES + 1)
    try:
        return parse_evidence(encoded, max_bytes=DEFAULT_MAX_EVIDENCE_BYTES)
    except VerificationError as error:
        raise VerificationError(f"{path} is no evidence file: {error}") from error


def _shown(evidence: Evidence) -> set[str]:
    return set() if evidence.fields is None else set(evidence.fields.shown)
