"""Where commands find things: the configuration file, and options that override it."""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from ledger.cli.parameters import EXISTING_FILE
from ledger.errors import ConfigurationError
from ledger.services.settings import (
    CONFIG_VARIABLE,
    ChainSettings,
    ServiceSettings,
    Settings,
    load_settings,
    require_http_url,
)

_CONFIG = f"{__name__}.path"
_DEFAULT = Path("sealbook.toml")

Command = Callable[..., None]


def _remember(context: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.meta[_CONFIG] = value


config_option = click.option(
    "--config",
    type=EXISTING_FILE,
    metavar="FILE",
    expose_value=False,
    callback=_remember,
    help=f"Configuration file.  [default: ${CONFIG_VARIABLE}, else ./{_DEFAULT} if it is there]",
)


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """What the command line says of the node and of the contracts; None: see the file."""

    rpc_url: str | None
    deployment: Path | None


def node_options(command: Command) -> Command:
    """Options for commands that read the chain; the command gets them as `node`."""

    @config_option
    @click.option(
        "--rpc-url", metavar="URL", help="The chain node to ask (JSON-RPC over HTTP): your own."
    )
    @click.option(
        "--deployment",
        type=EXISTING_FILE,
        metavar="FILE",
        help="The consortium's manifest of chain and contracts: the root of all trust.",
    )
    @functools.wraps(command)
    def with_node(*, rpc_url: str | None, deployment: Path | None, **rest: Any) -> None:
        command(node=NodeOptions(rpc_url, deployment), **rest)

    return with_node


def config_path() -> Path | None:
    """The configuration file that applies; None if there is none."""
    chosen = click.get_current_context().meta.get(_CONFIG)
    if isinstance(chosen, Path):
        return chosen
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    return _DEFAULT if _DEFAULT.exists() else None


def settings() -> Settings:
    """The configuration; empty without a file. Raises ConfigurationError."""
    path = config_path()
    return Settings() if path is None else load_settings(path)


@contextmanager
def wrong_settings_are_wrong_usage() -> Iterator[None]:
    """For commands whose exit code 1 is a finding about what they were given."""
    try:
        yield
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error


def chain_settings(options: NodeOptions, *, needs_node: bool = True) -> ChainSettings:
    """The node and the trust root. Raises UsageError, naming the option that is missing.

    Raises ConfigurationError for a URL that is none.

    The URL is empty if there is none and none is needed.
    """
    configured = settings().chain
    rpc_url = options.rpc_url or (configured.rpc_url if configured else "")
    deployment = options.deployment or (configured.deployment if configured else None)
    if deployment is None:
        raise click.UsageError(
            "nothing says which chain and contracts are trusted: name the consortium's deployment"
            " manifest with --deployment FILE, or a configuration file with --config FILE"
        )
    if needs_node and not rpc_url:
        raise click.UsageError(
            "nothing says which chain node to ask: name one with --rpc-url URL, or a configuration"
            " file with --config FILE"
        )
    if options.rpc_url:
        require_http_url(options.rpc_url, "--rpc-url")
    found = configured or ChainSettings(rpc_url, deployment)
    return replace(found, rpc_url=rpc_url, deployment=deployment)


def required_config_path() -> Path:
    """The configuration file that applies. Raises UsageError if there is none."""
    path = config_path()
    if path is None:
        raise click.UsageError(
            "nothing says which service this is for: name its configuration file with --config FILE"
        )
    return path


def service_settings() -> ServiceSettings:
    """The service of this machine.

    Raises UsageError without a configuration file, ConfigurationError if it describes no service.
    """
    path = required_config_path()
    service = load_settings(path).service
    if service is None:
        raise ConfigurationError(f"{path} describes no service: it has no table [service]")
    return service
