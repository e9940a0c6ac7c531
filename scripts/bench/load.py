"""Load on HTTP servers, from wrk (Debian's package) over loopback.

It shares the processors with what it measures: figures of one run stand beside each other, and mean
little alone.
"""

import re
import secrets
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from scripts.bench.site import Site
from scripts.processes import ScriptError

CONNECTIONS = 64
DOCUMENTS = "/v1/documents"
BUNDLES = "/v1/bundles"

_WRK_RATE = re.compile(r"^Requests/sec:\s+([0-9.]+)", re.MULTILINE)
_WRK_TROUBLE = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")
_SMALL_BUNDLE = 1000  # documents
_FEW_CONNECTIONS = 8
_SENDERS = 4
_ACCEPTED = 202
_TIMEOUT_SECONDS = 60
_BOUNDARY = "b" + "0" * 30


class LoadError(ScriptError):
    """Not all requests were answered with 2xx."""


@dataclass(frozen=True, slots=True)
class Load:
    """What every request of a measurement is.

    documents: how many one request hands in. connections: requests at once.
    """

    url: str
    body: bytes
    headers: Mapping[str, str]
    documents: int = 1
    connections: int = CONNECTIONS


def single(site: Site, *, size: int = 200) -> Load:
    """One document of so many bytes a request."""
    headers = {"Content-Type": "application/pdf", "Authorization": f"Bearer {site.token}"}
    return Load(site.service + DOCUMENTS, b"x" * size, headers)


def bundle(site: Site, documents: int) -> Load:
    """So many digests a request, one a line."""
    lines = (
        b'{"digest":"0x%s","size":200}\n' % secrets.token_hex(32).encode() for _ in range(documents)
    )
    headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {site.token}"}
    # Of large ones, few at once keep both processors busy, as many would keep memory.
    connections = CONNECTIONS if documents <= _SMALL_BUNDLE else _FEW_CONNECTIONS
    return Load(
        site.service + BUNDLES, b"".join(lines), headers, documents, connections=connections
    )


def upload(site: Site, documents: int, *, size: int = 20 * 1024) -> Load:
    """So many files of so many bytes a request, as a form."""
    part = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode() + b"x" * size
    body = b"\r\n".join([part] * documents) + f"\r\n--{_BOUNDARY}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        "Authorization": f"Bearer {site.token}",
    }
    return Load(site.service + BUNDLES, body, headers, documents)


def beside(site: Site, path: str, load: Load) -> Load:
    """The same request, to one of the peers."""
    return replace(load, url=site.peers + path)


def measure(load: Load, *, seconds: int) -> float:
    """Put load on for so long, with wrk, which must be there; the documents a second.

    Raises LoadError.
    """
    with tempfile.TemporaryDirectory(prefix="sealbook-load-") as folder:
        script, body = Path(folder, "load.lua"), Path(folder, "body")
        body.write_bytes(load.body)
        script.write_text(_lua(load, body))
        arguments = ["-t1", f"-c{load.connections}", f"-d{seconds}s", "--timeout", "30s"]
        done = subprocess.run(  # noqa: S603 - our own script
            ["wrk", *arguments, "-s", str(script), load.url],  # noqa: S607 - the stage looked for it
            capture_output=True,
            text=True,
            check=True,
        )
    trouble, rate = _WRK_TROUBLE.search(done.stdout), _WRK_RATE.search(done.stdout)
    if trouble is not None or rate is None:
        raise LoadError(f"not all requests were accepted:\n{done.stdout}")
    return float(rate[1]) * load.documents


@contextmanager
def sending(load: Load) -> Iterator[Callable[[int], None]]:
    """What makes a request so many times, a few at once, over connections that are open by now.

    Raises LoadError.
    """
    with httpx.Client(timeout=_TIMEOUT_SECONDS) as client, ThreadPoolExecutor(_SENDERS) as pool:

        def once(_number: int) -> int:
            return client.post(load.url, content=load.body, headers=dict(load.headers)).status_code

        def send(times: int) -> None:
            refused = {status for status in pool.map(once, range(times)) if status != _ACCEPTED}
            if refused:
                raise LoadError(f"not all requests were accepted: {refused}")

        send(_SENDERS)
        yield send


def _lua(load: Load, body: Path) -> str:
    """A script for wrk."""
    lines = [
        'wrk.method = "POST"',
        f'wrk.body = io.open("{body}", "rb"):read("*a")',
        *(f'wrk.headers["{name}"] = "{value}"' for name, value in load.headers.items()),
    ]
    return "\n".join(lines)
