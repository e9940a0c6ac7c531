"""`sealbook doctor`."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import click

from ledger.cli.configuration import config_option, required_config_path
from ledger.cli.doctor_lines import finding_lines, findings_json, summary
from ledger.cli.exits import REFUSED, UNREACHABLE
from ledger.cli.invoice_lines import page_width
from ledger.cli.output import json_option, tell, wants_json
from ledger.cli.progress import Progress, progress
from ledger.cli.wiring.node import open_bare_chain
from ledger.errors import ConfigurationError
from ledger.services import differences
from ledger.services.doctor.examination import Patient, examine
from ledger.services.doctor.findings import Finding, Status, ok, wrong
from ledger.services.settings import Settings, load_settings
from ledger.store.engine import open_store

_FILE = "put the file right, or name another with --config (or SEALBOOK_CONFIG)"
_TABLES = "write the tables [chain] and [service], as the command line's page says"


@click.command(short_help="Tell what is wrong with a service's setup.")
@click.option(
    "--anchors",
    is_flag=True,
    help="Also derive every anchor anew, from the documents and from the chain.",
)
@click.option(
    "--retry",
    is_flag=True,
    help="Have everything that waits after a failure tried again at once, if the database has this"
    " version's tables.",
)
@config_option
@json_option
@click.pass_context
def command(context: click.Context, *, anchors: bool, retry: bool) -> None:
    """Look at a service's configuration, database, node, keys and queue, and say what is wrong.

    Without --retry it changes nothing. It can be used while the service runs and while it does not.
    Of each thing it says how it is and, where somebody should act, what to do.

    Exit codes: 0 nothing is wrong (there may be warnings), 1 something is, 2 wrong usage, 3 node or
    database did not answer, and nothing else is wrong.
    """
    findings = []
    for finding in _findings(required_config_path(), anchors=anchors, retry=retry):
        findings.append(finding)
        if not wants_json():
            click.echo("\n".join(finding_lines(finding, width=page_width())))
    code = exit_code(findings)
    tell(findings_json(findings, code), ["", summary(findings)])
    context.exit(code)


def exit_code(findings: Iterable[Finding]) -> int:
    """What findings amount to."""
    found = {finding.status for finding in findings}
    if Status.WRONG in found:
        return REFUSED
    return UNREACHABLE if Status.NOT_REACHED in found else 0


def _findings(path: Path, *, anchors: bool, retry: bool) -> Iterator[Finding]:
    try:
        settings = load_settings(path)
    except ConfigurationError as error:
        yield wrong("configuration", str(error), _FILE)
        return
    missing = [name for name in ("chain", "service") if getattr(settings, name) is None]
    if missing:
        yield wrong("configuration", f"{path} has no table [{missing[0]}]", _TABLES)
        return
    yield ok("configuration", f"{path} can be read")
    try:
        patient = _patient(settings)
    except ConfigurationError as error:
        yield wrong("database", str(error), "put database_url of [service] right")
        return
    try:
        yield from examine(patient, anchors=_Bar() if anchors else None, retry=retry)
    finally:
        patient.store.close()


def _patient(settings: Settings) -> Patient:
    chain, service = settings.chain, settings.service
    assert chain is not None  # noqa: S101 - looked at before
    assert service is not None  # noqa: S101 - looked at before
    store = open_store(service.database_url)
    url = store.engine.url
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Patient(
        chain_settings=chain,
        service=service,
        fingerprint=settings.fingerprint,
        chain=open_bare_chain(chain.rpc_url),
        store=store,
        database_file=Path(str(url.database)) if is_file else None,
    )


class _Bar(differences.Progress):
    """Shows how far the derivation is."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._shown: Progress | None = None

    def begin(self, steps: int) -> None:
        """Draw the bar."""
        self._shown = self._stack.enter_context(progress("Deriving anchors", steps))

    def step(self, steps: int) -> None:
        """Move on."""
        if self._shown is not None:
            self._shown.advance(steps)

    def end(self) -> None:
        """Leave the bar's line."""
        self._stack.close()
