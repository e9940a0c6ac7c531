"""The Solidity compiler: which sources it reads, with which settings, and what it answers.

It is the npm package that `contracts/package.json` pins (run `npm ci` in `contracts/` once), or any
other program with the same command line. OpenZeppelin's sources come from npm in every case.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from subprocess import SubprocessError
from typing import Any

import solcx
from solcx.exceptions import SolcError

from ledger.errors import ConfigurationError

CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"
SOLC = CONTRACTS / "bin" / "solc"
_OPTIMIZER_STEPS = (
    "dhfoDgvulfnTUtnIf[xa[r]EsLMCTUtTOntnfDIulLculVcul[j]Trpeulxa[r]cLgvifMCTUca"
    "[r]LSsTFOtfDnca[r]Iulc]jmul[jul]VcTOcul jmul:fDnTOcmu"
)
SETTINGS: Mapping[str, Any] = {
    "evmVersion": "paris",
    "optimizer": {
        "enabled": True,
        "runs": 200,
        # Repeats its steps until nothing changes, as solc did by itself in earlier releases: that
        # takes a thousand bytes less than the fixed order that came after.
        "details": {"yulDetails": {"optimizerSteps": _OPTIMIZER_STEPS}},
    },
    # Smaller and cheaper code: the older code generator makes books beyond EIP-170's 24,576 bytes.
    "viaIR": True,
    # Without the hash of the metadata, comments and paths do not change the bytecode.
    "metadata": {"bytecodeHash": "none"},
}

_OUTPUTS = ("abi", "devdoc", "storageLayout")
_CODE = ("evm.bytecode.object", "evm.deployedBytecode")
_IMPORT = re.compile(r'^import\s[^;]*?"([^"]+)";', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Compilation:
    """What the compiler made of all sources.

    version: of the compiler, with its commit.
    trees: source name to syntax tree (solc's compact JSON; positions count bytes).
    outputs: source name and contract name to what was asked of the compiler for it.
    """

    version: str
    trees: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[tuple[str, str], Mapping[str, Any]]


def compile_sources(
    solc: Path,
    sources: Mapping[str, str],
    *,
    code_of: Collection[str],
    tolerate_warnings: bool = False,
) -> Compilation:
    """Compile sources (name to text) with the compiler at `solc`, to code those named in `code_of`.

    Raises ConfigurationError if the compiler cannot be used, and if there are errors or warnings
    (`tolerate_warnings`: errors only).
    """
    request = standard_input(sources, _OUTPUTS)
    selection = request["settings"]["outputSelection"]
    selection |= {name: {"*": [*_OUTPUTS, *_CODE], "": ["ast"]} for name in code_of}
    try:
        version = str(solcx.wrapper.get_solc_version(solc, with_commit_hash=True))
        answer = solcx.compile_standard(request, solc_binary=solc)
    # What py-solc-x lets through where a program is no Solidity compiler, and on errors.
    except (OSError, SubprocessError, SolcError, StopIteration, ValueError) as error:
        raise ConfigurationError(f"{solc} did not compile: {error!r}") from error
    complaints = [entry["formattedMessage"] for entry in answer.get("errors", [])]
    if complaints and not tolerate_warnings:
        raise ConfigurationError("\n".join(complaints))
    return Compilation(
        version=version,
        trees={name: source["ast"] for name, source in answer["sources"].items()},
        outputs={
            (source, name): output
            for source, contracts in answer["contracts"].items()
            for name, output in contracts.items()
        },
    )


def standard_input(sources: Mapping[str, str], outputs: Sequence[str]) -> dict[str, Any]:
    """The compiler's input (solc's "standard JSON") that asks for these outputs and the trees."""
    return {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sorted(sources.items())},
        "settings": {**SETTINGS, "outputSelection": {"*": {"*": [*outputs], "": ["ast"]}}},
    }


def imported_by(name: str, sources: Mapping[str, str]) -> set[str]:
    """A source and everything that it imports, directly or not."""
    found: set[str] = set()
    missing = [name]
    while missing:
        source = missing.pop()
        if source not in found:
            found.add(source)
            missing += [_resolve(source, target) for target in _IMPORT.findall(sources[source])]
    return found


def read_sources() -> dict[str, str]:
    """Every source of ours and all that they import: name as the compiler sees it, to text."""
    sources: dict[str, str] = {}
    missing = [_name(path) for path in sorted((CONTRACTS / "src").rglob("*.sol"))]
    while missing:
        name = missing.pop()
        if name in sources:
            continue
        sources[name] = _locate(name).read_text(encoding="utf-8")
        missing += [_resolve(name, target) for target in _IMPORT.findall(sources[name])]
    return sources


def _name(path: Path) -> str:
    return path.relative_to(CONTRACTS).as_posix()


def _locate(name: str) -> Path:
    path = CONTRACTS / (name if name.startswith("src/") else f"node_modules/{name}")
    if not path.is_file():
        raise ConfigurationError(f"{name} is missing: run npm ci in contracts/")
    return path


def _resolve(importer: str, target: str) -> str:
    if not target.startswith("."):
        return target
    parts: list[str] = list(PurePosixPath(importer).parent.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
