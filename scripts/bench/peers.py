"""Programs that are not Python, found or built: Node's packages, the C program, tools."""

import json
import shutil
import subprocess
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType

from scripts.bench.contest import Absent

_HERE = Path(__file__).parent
_INSTALL = "make bench installs it"


def package(name: str) -> ModuleType:
    """A Python package that is compared with. Raises Absent."""
    try:
        return import_module(name)
    except ImportError as error:
        raise Absent(f"{name} is not installed; {_INSTALL}") from error


def tool(name: str) -> str:
    """A program on the path. Raises Absent."""
    found = shutil.which(name)
    if found is None:
        raise Absent(f"this machine has no {name}; CONTRIBUTING.md names the Debian packages")
    return found


def node(job: str, *arguments: object) -> dict[str, float]:
    """What a job of peers.mjs answers, in a process of its own. Raises Absent."""
    if not (_HERE / "node_modules").is_dir():
        raise Absent(f"its npm package is not installed; {_INSTALL}")
    command = [tool("node"), "--expose-gc", str(_HERE / "peers.mjs"), job, *map(str, arguments)]
    return _answer(command)


def limit(folder: Path, leaves: int) -> dict[str, float]:
    """What the C program needs for a tree. Raises Absent."""
    return _answer([_limit(folder), str(leaves)])


@cache
def _limit(folder: Path) -> str:
    program = Path(mkdtemp(dir=folder)) / "limit"
    flags = ("-O3", "-march=native", "-DOPENSSL_API_COMPAT=0x10100000L")
    command = [tool("cc"), *flags, "-o", str(program), str(_HERE / "limit.c"), "-lcrypto"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        raise Absent("limit.c cannot be compiled here; it needs OpenSSL's headers (libssl-dev)")
    return str(program)


def _answer(command: list[str]) -> dict[str, float]:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ours
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer
