"""Options that name a service and the API key to show it."""

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ledger.cli.configuration import Command, settings
from ledger.cli.parameters import EXISTING_FILE
from ledger.errors import ConfigurationError

# What a bearer token may consist of (RFC 6750, section 2.1), after the prefix of all API keys.
_KEY = re.compile(r"sbk_[A-Za-z0-9._~+/-]+=*")


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """What the command line says of the service and the key; None: see the file."""

    url: str | None
    key_file: Path | None

    def chosen(self) -> tuple[str, str]:
        """The service's URL and the key itself.

        Raises UsageError if nothing names them, ConfigurationError if there is no key in the file.
        """
        configured = settings().api
        url, key_file = self.url or configured.url, self.key_file or configured.key_file
        if url is None or key_file is None:
            missing = "which service to ask: name it with --api URL"
            if url is not None:
                missing = "which API key to show: name its file with --api-key-file FILE"
            told = f"nothing says {missing}, or in the table [api] of --config FILE"
            raise click.UsageError(told)
        return url, _read_key(key_file)


def api_options(command: Command) -> Command:
    """Options for commands that ask a service; the command gets them as `service`."""

    @click.option("--api", "url", metavar="URL", help="The service.  [default: as configured]")
    @click.option(
        "--api-key-file",
        type=EXISTING_FILE,
        metavar="FILE",
        help="File with your API key.  [default: as configured]",
    )
    @functools.wraps(command)
    def with_service(*, url: str | None, api_key_file: Path | None, **rest: Any) -> None:
        command(service=ApiOptions(url, api_key_file), **rest)

    return with_service


def _read_key(path: Path) -> str:
    try:
        key = path.read_text("ascii").strip()
    except UnicodeDecodeError as error:
        raise _no_key(path) from error
    except OSError as error:
        raise ConfigurationError(f"cannot read the API key {path}: {error.strerror}") from error
    if _KEY.fullmatch(key) is None:
        raise _no_key(path)
    return key


def _no_key(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} holds no API key, which is one word that begins with sbk_; ask who runs the"
        " service for one"
    )
