"""Compile the contracts, or prove that the committed artifacts are what they compile to.

The compiler is the npm package that `contracts/package.json` pins, another one by `--solc PATH`, or
by `--solcx` the same version installed through py-solc-x.
"""

import argparse
import difflib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import solcx
from solcx.exceptions import SolcNotInstalled

from ledger.errors import ConfigurationError, SealbookError
from scripts.compiler import CONTRACTS, SETTINGS, SOLC, Compilation, compile_sources, read_sources

_AST_ID = re.compile(r"\)\d+")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 done or equal, 1 artifacts differ, 2 the compiler cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        solc = _compiler(options.solc, use_solcx=options.solcx)
        compiled = compile_contracts(solc)
    except SealbookError as error:
        print(error, file=sys.stderr)
        return 2
    artifacts = CONTRACTS / "artifacts"
    if options.check:
        differences = list(compare(compiled, artifacts))
        print(
            "\n".join(differences) or f"{len(compiled)} artifacts are what the sources compile to"
        )
        return 1 if differences else 0
    write(compiled, artifacts)
    print(f"wrote {', '.join(sorted(compiled))} to contracts/artifacts")
    return 0


def compile_contracts(solc: Path) -> dict[str, str]:
    """Compile all sources with the compiler at `solc`: file name to text of each artifact.

    Raises ConfigurationError if the compiler or a source is missing, or if there are errors or
    warnings.
    """
    sources = read_sources()
    return make_artifacts(compile_sources(solc, sources, code_of=deployable_sources(sources)))


def deployable_sources(sources: Iterable[str]) -> list[str]:
    """The sources that may hold contracts to deploy: those that stand in `src` itself."""
    return sorted(name for name in sources if PurePosixPath(name).parent.name == "src")


def make_artifacts(compiled: Compilation) -> dict[str, str]:
    """File name to text of the artifact of each contract that was compiled to code."""
    return {
        f"{name}.json": _to_text(_artifact(source, name, compiled))
        for (source, name), output in compiled.outputs.items()
        if output.get("evm", {}).get("bytecode", {}).get("object")
    }


def write(compiled: Mapping[str, str], folder: Path) -> None:
    """Write artifacts to a folder and remove those that no contract stands behind any more."""
    for stale in {path.name for path in folder.glob("*.json")} - set(compiled):
        (folder / stale).unlink()
    for file_name, text in compiled.items():
        (folder / file_name).write_text(text, encoding="utf-8")


def compare(compiled: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Say how the artifacts in a folder differ from the compiled ones; nothing if they do not."""
    committed = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    for name in sorted({*compiled, *committed}):
        if name not in committed:
            yield f"{name}: not committed; run make contracts"
        elif name not in compiled:
            yield f"{name}: no contract compiles to it; run make contracts"
        elif committed[name] != compiled[name]:
            parts = ", ".join(_changed_parts(committed[name], compiled[name]))
            yield f"{name}: differs in {parts or 'its layout'}"


def _changed_parts(old: str, new: str) -> Iterator[str]:
    before, after = json.loads(old), json.loads(new)
    for part in sorted({*before, *after}):
        old_lines, new_lines = (_to_text(side.get(part)).splitlines() for side in (before, after))
        diff = difflib.unified_diff(old_lines, new_lines, n=0)
        # The first two lines of a unified diff name the files.
        changes = [line for line in diff if line[0] in "+-"][2:]
        if changes:
            yield f"{part} ({len(changes)} lines, first: {changes[0][:80]})"


def _artifact(source: str, name: str, compiled: Compilation) -> dict[str, Any]:
    output = compiled.outputs[source, name]
    evm = output["evm"]
    immutables = evm["deployedBytecode"]["immutableReferences"]
    names = dict(_immutable_names(compiled.trees))
    return {
        "contractName": name,
        "sourceName": source,
        "compiler": {"version": compiled.version, "settings": SETTINGS},
        "abi": output["abi"],
        "bytecode": "0x" + evm["bytecode"]["object"],
        "callers": _callers(source, name, compiled),
        "deployedBytecode": "0x" + evm["deployedBytecode"]["object"],
        "immutableReferences": {names[node]: places for node, places in immutables.items()},
        "storageLayout": _without_ast_ids(output["storageLayout"]),
    }


def _callers(source: str, name: str, compiled: Compilation) -> dict[str, str]:
    """Signature of each function to what its tag `@custom:caller` says.

    The compiler does not carry custom tags over to what inherits, so bases are asked one by one,
    the nearest last.
    """
    contracts = {
        node["id"]: (file, node)
        for file, tree in compiled.trees.items()
        for node in tree["nodes"]
        if node["nodeType"] == "ContractDefinition"
    }
    [tree] = [node for file, node in contracts.values() if (file, node["name"]) == (source, name)]
    callers: dict[str, str] = {}
    for base in reversed(tree["linearizedBaseContracts"]):
        file, node = contracts[base]
        methods = compiled.outputs[file, node["name"]]["devdoc"]["methods"]
        callers |= {
            signature: method["custom:caller"]
            for signature, method in methods.items()
            if "custom:caller" in method
        }
    return callers


def _immutable_names(tree: Any) -> Iterator[tuple[str, str]]:
    """Syntax-tree number and name of every immutable variable."""
    if isinstance(tree, dict):
        if tree.get("mutability") == "immutable":
            yield str(tree["id"]), tree["name"]
        for branch in tree.values():
            yield from _immutable_names(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from _immutable_names(branch)


def _without_ast_ids(value: Any) -> Any:
    """Drop the numbers of syntax-tree nodes, which any comment may shift."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key != "astId"}
        return {_AST_ID.sub(")", key): _without_ast_ids(item) for key, item in kept.items()}
    if isinstance(value, list):
        return [_without_ast_ids(item) for item in value]
    return _AST_ID.sub(")", value) if isinstance(value, str) else value


def _to_text(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def _compiler(path: Path | None, *, use_solcx: bool) -> Path:
    if use_solcx:
        package = json.loads((CONTRACTS / "package.json").read_text(encoding="utf-8"))
        version = package["dependencies"]["solc"]
        try:
            return Path(solcx.install.get_executable(version))
        except SolcNotInstalled as error:
            raise ConfigurationError(f"py-solc-x has no solc {version}: {error}") from error
    # py-solc-x runs the compiler in another folder.
    return (path or SOLC).resolve()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Compile the contracts to contracts/artifacts.")
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--solc", type=Path, metavar="PATH", help="a compiler of your own")
    which.add_argument("--solcx", action="store_true", help="the one that py-solc-x installed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
