"""`sealbook devnet`."""

from pathlib import Path

import click

from devnet.errors import DevnetError
from devnet.opening import DEFAULT_ACCOUNTS, DEFAULT_CHAIN_ID
from devnet.server import DEFAULT_PORT, run
from ledger.cli.output import json_option, tell
from ledger.cli.parameters import FILE
from ledger.errors import ConfigurationError


@click.command(short_help="Run a development chain on this machine.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    required=True,
    help="Where the chain is kept; made if it is not there.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--url-file",
    type=FILE,
    metavar="FILE",
    help="Gets the URL once the chain can be asked.",
)
@click.option(
    "--block-time",
    "block_time_seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Seal a block at this interval.  [default: one for each transaction, at once]",
)
@click.option(
    "--accounts",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Funded accounts to make, on the first start only.  [default: {DEFAULT_ACCOUNTS}]",
)
@click.option(
    "--chain-id",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Id of the chain, on the first start only.  [default: {DEFAULT_CHAIN_ID}]",
)
@json_option
def command(
    data_dir: Path,
    host: str,
    port: int,
    url_file: Path | None,
    block_time_seconds: float | None,
    accounts: int | None,
    chain_id: int | None,
) -> None:
    """Run a chain for development and trying out, until it is interrupted.

    The chain persists: the next start goes on at the last block. It speaks JSON-RPC over HTTP, to
    web3.py, ethers or any wallet. The keys of its accounts are in DIR/keys, as files that the
    commands here take for --key.

    It proves nothing to anybody: who runs it can rewrite it.
    """
    try:
        run(
            data_dir,
            host=host,
            port=port,
            chain_id=chain_id,
            accounts=accounts,
            block_time_seconds=block_time_seconds,
            url_file=url_file,
            on_listening=lambda url: tell({"url": url}, [f"The chain answers at {url}"]),
        )
    except DevnetError as error:
        raise ConfigurationError(str(error)) from error
