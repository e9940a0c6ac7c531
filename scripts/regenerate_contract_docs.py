"""Fill the tables of contracts/README.md that say who may call what.

That comes from the tag `@custom:caller` of each state-changing function, by way of the artifacts.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from eth_utils.abi import abi_to_signature

from ledger.errors import ConfigurationError, SealbookError
from scripts.compiler import CONTRACTS
from scripts.generated import write_or_check

README = CONTRACTS / "README.md"
ARTIFACTS = CONTRACTS / "artifacts"

_REQUEST = "(address,address,uint256,uint256,uint48,bytes,bytes)"
INHERITED: Mapping[str, str] = {
    "multicall(bytes[])": "anybody; each call needs what it needs on its own",
    f"execute({_REQUEST})": "anybody, with a request that its `from` signed",
    f"executeBatch({_REQUEST}[],address)": "anybody, with requests that their `from` signed",
}
"""Functions of OpenZeppelin's, whose documentation is not ours to tag."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 the committed text differs, 2 something is missing."""
    try:
        return write_or_check("Put tables into the contracts' README.", _files, arguments)
    except SealbookError as error:
        print(error, file=sys.stderr)
        return 2


def fill(text: str, region: str, content: str) -> str:
    """The text with `content` between the marks `<!-- region -->` and `<!-- /region -->`.

    Raises ConfigurationError unless both marks stand in it once.
    """
    begin, end = f"<!-- {region} -->\n", f"<!-- /{region} -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ConfigurationError(f"{README.name} must have the marks {begin.strip()} and {end}")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}{content}{end}{after}"


def callers(artifacts: Iterable[Mapping[str, Any]]) -> str:
    """A table for each contract: every state-changing function, and who may call it.

    Raises ConfigurationError if nothing says who.
    """
    parts = []
    for artifact in artifacts:
        rows = sorted(_rows(artifact))
        if rows:
            parts.append(f"**{artifact['contractName']}**\n\n{_table(rows)}")
    return "\n".join(parts)


def _files() -> dict[Path, bytes]:
    artifacts = [json.loads(path.read_text("utf-8")) for path in sorted(ARTIFACTS.glob("*.json"))]
    return {README: fill(README.read_text("utf-8"), "callers", callers(artifacts)).encode()}


def _rows(artifact: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    said = {**INHERITED, **artifact["callers"]}
    for entry in artifact["abi"]:
        if entry["type"] != "function" or entry["stateMutability"] in ("view", "pure"):
            continue
        signature = abi_to_signature(entry)
        if signature not in said:
            raise ConfigurationError(
                f"nothing says who may call {artifact['contractName']}.{signature}: "
                "give it a tag @custom:caller in its interface, and run make contracts"
            )
        names = ", ".join(item["name"].rstrip("_") for item in entry["inputs"])
        yield f"`{entry['name']}({names})`", said[signature]


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {_cell(function)} | {_cell(caller)} |" for function, caller in rows]
    return "\n".join(["| Function | Caller |", "|---|---|", *lines, ""])


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
