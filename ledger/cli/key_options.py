"""Options that name an operator key."""

import functools
from pathlib import Path
from typing import Any

import click

from ledger.cli.configuration import Command
from ledger.cli.parameters import EXISTING_FILE
from ledger.cli.wiring.keys import open_signer


def key_options(command: Command) -> Command:
    """Options that name an operator key; the command gets it as `signer`."""

    @click.option(
        "--key",
        type=EXISTING_FILE,
        metavar="FILE",
        required=True,
        help="File with the operator key: 64 hex digits, or a version 3 keystore.",
    )
    @click.option(
        "--passphrase-file",
        type=EXISTING_FILE,
        metavar="FILE",
        help="File with the passphrase of the keystore.",
    )
    @functools.wraps(command)
    def with_key(*, key: Path, passphrase_file: Path | None, **rest: Any) -> None:
        command(signer=open_signer(key, passphrase_file), **rest)

    return with_key
