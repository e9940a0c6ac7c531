"""Write contracts/snapshots/storage.json: where the contracts keep what in storage.

For each contract its variables, and the members of every structure that it stores: slot (of a
member, counted from the structure's first), first byte in the slot, bytes, name and type.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.compiler import CONTRACTS
from scripts.generated import write_or_check

SNAPSHOT = CONTRACTS / "snapshots" / "storage.json"
ARTIFACTS = CONTRACTS / "artifacts"

Row = dict[str, int | str]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 any contract stores something elsewhere."""
    return write_or_check("Read the layout from the artifacts.", _files, arguments)


def layouts(folder: Path) -> dict[str, dict[str, list[Row]]]:
    """Contract to the rows of its variables and of each structure, read from its artifact."""
    forms = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    return {form["contractName"]: dict(_tables(form["storageLayout"])) for form in forms}


def to_text(contracts: Mapping[str, Mapping[str, list[Row]]]) -> str:
    """The snapshot as it is committed: JSON with a line for each row."""
    parts = [
        f"  {json.dumps(name)}: {{{','.join(_lines(tables))}\n  }}"
        for name, tables in contracts.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _files() -> dict[Path, bytes]:
    return {SNAPSHOT: to_text(layouts(ARTIFACTS)).encode()}


def _tables(layout: Mapping[str, Any]) -> Iterator[tuple[str, list[Row]]]:
    # Without any storage the compiler gives no types at all.
    types = layout["types"] or {}
    yield "variables", [_row(item, types) for item in layout["storage"]]
    structs = {kind["label"]: kind["members"] for kind in types.values() if "members" in kind}
    for label, members in sorted(structs.items()):
        yield label, [_row(item, types) for item in members]


def _row(item: Mapping[str, Any], types: Mapping[str, Any]) -> Row:
    kind = types[item["type"]]
    return {
        "slot": int(item["slot"]),
        "offset": item["offset"],
        "bytes": int(kind["numberOfBytes"]),
        "label": item["label"],
        "type": kind["label"],
    }


def _lines(tables: Mapping[str, list[Row]]) -> Iterator[str]:
    for name, rows in tables.items():
        lines = ",".join(f"\n      {json.dumps(row)}" for row in rows)
        yield (
            f"\n    {json.dumps(name)}: [{lines}\n    ]"
            if rows
            else f"\n    {json.dumps(name)}: []"
        )


if __name__ == "__main__":
    sys.exit(main())
