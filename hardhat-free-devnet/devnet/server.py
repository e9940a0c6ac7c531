"""Running a devnet as a process: open the chain, listen, say so loudly, stop on a signal."""

import logging
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
from starlette.applications import Starlette

from devnet.app import create_app
from devnet.chain import Devnet
from devnet.errors import DevnetError
from devnet.files import write_durably
from devnet.opening import key_directory

DEFAULT_PORT: Final = 8545

_LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")
_LOOPBACK_HOSTS: Final = ["localhost", "127.0.0.1", "[::1]"]
_SHUTDOWN_SECONDS: Final = 10


def run(
    data_dir: Path,
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    chain_id: int | None = None,
    accounts: int | None = None,
    block_time_seconds: float | None = None,
    url_file: Path | None = None,
    on_listening: Callable[[str], None] | None = None,
) -> None:
    """Serve the chain in a data directory until SIGINT or SIGTERM; then return.

    port: 0 takes a free one. url_file: gets the chosen URL once the port is open. on_listening: is
    called with it then.
    chain_id, accounts: for the first start; later they are None or say what the chain has.
    block_time_seconds: seal at this interval; None seals each transaction at once.
    Raises DevnetError when the chain cannot be opened or the port is taken.
    """
    if block_time_seconds is not None and not block_time_seconds > 0:
        raise DevnetError("the block time is a number of seconds above zero")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if url_file is not None:
        url_file.unlink(missing_ok=True)  # a URL of an earlier run must not be taken for ours
    auto_seal = block_time_seconds is None
    with (
        Devnet.open(data_dir, chain_id=chain_id, accounts=accounts, auto_seal=auto_seal) as devnet,
        _listen(host, port) as listener,
    ):
        url = _url(host, listener)
        loopback = host in _LOOPBACK_NAMES
        _announce(devnet, url, data_dir, loopback=loopback)
        if url_file is not None:
            write_durably(url_file, f"{url}\n".encode())
        if on_listening is not None:
            on_listening(url)
        hosts = _LOOPBACK_HOSTS if loopback else ["*"]
        app = create_app(devnet, allowed_hosts=hosts, block_time_seconds=block_time_seconds)
        _serve(app, listener)
        if url_file is not None:
            url_file.unlink(missing_ok=True)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as exc:
        # The standard library puts the address behind the reason, as Python writes it.
        raw = str(exc.strerror) if isinstance(exc, OSError) else "no such port"
        reason = raw.partition(" (while")[0]
        raise DevnetError(
            f"cannot listen on {host} port {port} ({reason}): choose another port, or 0 for a free"
            " one"
        ) from exc


def _url(host: str, listener: socket.socket) -> str:
    port: int = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _announce(devnet: Devnet, url: str, data_dir: Path, *, loopback: bool) -> None:
    reach = "" if loopback else " Whoever reaches this port can spend from its accounts."
    sys.stderr.write(
        "\nTHIS IS A DEVELOPMENT CHAIN. Nobody but this process seals its blocks, its keys lie"
        f" open on this machine, and nothing on it proves anything to anyone.{reach}\n\n"
        f"  URL             {url}\n"
        f"  chain id        {devnet.chain_id}\n"
        f"  data directory  {data_dir}\n"
        f"  account keys    {key_directory(data_dir)} ({len(devnet.accounts)} accounts)\n\n"
    )
    sys.stderr.flush()


def _serve(app: Starlette, listener: socket.socket) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            log_config=None,
            lifespan="on",
            ws="none",
            log_level=logging.WARNING,
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        )
    )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # For a signal before uvicorn listens to them, and for the one that uvicorn raises again
        # once it has shut down.
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server.run(sockets=[listener])
