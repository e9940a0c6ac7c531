"""`sealbook deploy`."""

from pathlib import Path

import click

from ledger.chain.deployer import Council, deploy
from ledger.chain.deployment import (
    Deployment,
    caip10_names,
    read_deployment,
    write_deployment,
)
from ledger.chain.signer import Signer
from ledger.cli.files import write_file
from ledger.cli.key_options import key_options
from ledger.cli.output import json_option, tell, wants_json
from ledger.cli.parameters import EXISTING_FILE, FILE, SEAT
from ledger.cli.signing import timeout_option
from ledger.cli.wiring.node import open_bare_chain
from ledger.errors import ConfigurationError
from ledger.services.settings import require_http_url
from ledger.types import Address, MemberId, to_hex


@click.command(short_help="Put a consortium's contracts on a chain.")
@click.option("--rpc-url", metavar="URL", required=True, help="A node of the chain.")
@key_options
@click.option(
    "--council",
    "seats",
    type=SEAT,
    metavar="MEMBER=ADDRESS",
    multiple=True,
    required=True,
    help="A member of the first council, with its operator key's address. Once for each.",
)
@click.option(
    "--threshold",
    type=click.IntRange(min=2),
    metavar="K",
    required=True,
    help="Approvals that a decision of the council takes: at least 2, at most all.",
)
@click.option(
    "--out",
    type=FILE,
    metavar="FILE",
    required=True,
    help="Where the deployment manifest goes, which all members are to be given.",
)
@click.option(
    "--succeeds",
    type=EXISTING_FILE,
    metavar="MANIFEST",
    help="The manifest of the deployment that the new one follows, on this chain or on another.",
)
@timeout_option
@json_option
def command(
    rpc_url: str,
    signer: Signer,
    seats: tuple[tuple[MemberId, Address], ...],
    threshold: int,
    out: Path,
    succeeds: Path | None,
    timeout_seconds: float,
) -> None:
    """Put the contracts of a new deployment on a chain, and write their manifest.

    The key must be of an account that was never used; it is needed for nothing afterwards, and has
    no rights. Deploying again with the same key finds what stands and goes on with the rest, so
    a run that was cut short is simply repeated.

    A deployment that succeeds another one takes no records until the council of the old one has
    handed over (sealbook member propose-succeed), if both are on one chain.
    """
    done: list[str] = []

    def report(text: str) -> None:
        done.append(text)
        if not wants_json():
            click.echo(f"{text}.")

    require_http_url(rpc_url, "--rpc-url")
    deployment = deploy(
        open_bare_chain(rpc_url),
        signer,
        Council(seats, threshold),
        succeeds=None if succeeds is None else read_deployment(succeeds),
        timeout_seconds=timeout_seconds,
        report=report,
    )
    _write(out, deployment)
    value = {
        "manifest": str(out),
        "chain": str(deployment.chain),
        "genesis": to_hex(deployment.genesis),
        "contracts": caip10_names(deployment.chain, deployment.contracts),
        "done": done,
    }
    tell(value, [f"{out} says where they stand: give it to all members."])


def _write(out: Path, deployment: Deployment) -> None:
    if out.exists() and read_deployment(out) != deployment:
        raise ConfigurationError(
            f"{out} is the manifest of another deployment; name another file with --out"
        )
    write_file(out, write_deployment(deployment).encode())
