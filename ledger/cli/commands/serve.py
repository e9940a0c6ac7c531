"""`sealbook serve`."""

import os
import signal
import socket
from pathlib import Path
from types import FrameType

import click
import uvicorn

from ledger.cli.configuration import config_option, required_config_path
from ledger.cli.files import write_file
from ledger.cli.output import json_option, tell
from ledger.cli.parameters import FILE
from ledger.errors import ConfigurationError
from ledger.services.settings import CONFIG_VARIABLE, LOG_FORMAT_VARIABLE, LOG_FORMATS

_APP_FACTORY = "api.main:app_from_environment"
_HTTP_PROTOCOL = "api.protocol:GatheringProtocol"
_SHUTDOWN_SECONDS = 10


@click.command(short_help="Run a member's service: the HTTP API and its worker.")
@config_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=0,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--url-file",
    type=FILE,
    metavar="FILE",
    help="Gets the URL once the service answers.",
)
@click.option(
    "--log-format",
    type=click.Choice(LOG_FORMATS),
    help="How log lines are written to the standard error.  [default: as configured, else json]",
)
@json_option
def command(host: str, port: int, url_file: Path | None, log_format: str | None) -> None:
    """Run the HTTP API and the worker that anchors what it accepts, until it is interrupted.

    Needs a configuration file with the tables [chain] and [service]. The service may be killed at
    any time: what it has accepted is in its database, and the next start goes on with it.
    """
    os.environ[CONFIG_VARIABLE] = str(required_config_path())
    if log_format is not None:
        os.environ[LOG_FORMAT_VARIABLE] = log_format
    if url_file is not None:
        url_file.unlink(missing_ok=True)  # a URL of an earlier run must not be taken for ours
    config = uvicorn.Config(
        _APP_FACTORY,
        factory=True,
        loop="uvloop",
        http=_HTTP_PROTOCOL,
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nothing here goes by who the client is, or what it calls us
        log_config=None,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    with _bind(host, port) as listener:
        config.load()  # before listening, so that what is wrong is told in a sentence
        _Server(config, _url(host, listener), url_file).run_until_signal(listener)


class _Server(uvicorn.Server):
    """uvicorn, which tells its URL once it answers, and ends by a signal without an error."""

    def __init__(self, config: uvicorn.Config, url: str, url_file: Path | None) -> None:
        super().__init__(config)
        self._url = url
        self._url_file = url_file

    def run_until_signal(self, listener: socket.socket) -> None:
        def stop(_signal: int, _frame: FrameType | None) -> None:
            # Before uvicorn listens to signals, and when it raises again what has ended it.
            self.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        try:
            self.run(sockets=[listener])
        finally:
            if self._url_file is not None:
                self._url_file.unlink(missing_ok=True)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            tell({"url": self._url}, [f"Sealbook answers at {self._url}"])
            if self._url_file is not None:
                write_file(self._url_file, f"{self._url}\n".encode())


def _bind(host: str, port: int) -> socket.socket:
    """Take the port. Nobody can connect before uvicorn listens on it."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise ConfigurationError(
            f"cannot listen on {host} port {port} ({error.strerror}): choose another port, or 0"
            " for a free one"
        ) from error
    return bound


def _url(host: str, listener: socket.socket) -> str:
    port: int = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
