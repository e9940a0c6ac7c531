"""`sealbook member keygen` and `address`: operator keys in files, without asking any chain."""

from pathlib import Path

import click

from ledger.chain.signer import Signer, generate_key, load_key
from ledger.cli.files import write_secret
from ledger.cli.key_options import key_options
from ledger.cli.output import json_option, tell
from ledger.cli.parameters import FILE


@click.command(short_help="Make a new operator key.")
@click.option(
    "--out",
    type=FILE,
    metavar="FILE",
    required=True,
    help="New file for the key, which only you can read. An existing file is never overwritten.",
)
@json_option
def keygen(out: Path) -> None:
    """Make a new operator key. Prints its address, which is no secret; the key is in the file."""
    write_secret(out, generate_key())
    _tell_address(load_key(out))


@click.command(short_help="Print the address of an operator key.")
@key_options
@json_option
def address(signer: Signer) -> None:
    """Print the address of an operator key."""
    _tell_address(signer)


def _tell_address(signer: Signer) -> None:
    tell({"address": signer.address}, [signer.address])
