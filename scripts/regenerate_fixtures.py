"""Compile the contracts that only tests deploy: each `tests/contracts/fixtures/NAME.sol`."""

import json
import sys
from pathlib import Path

from ledger.errors import SealbookError
from scripts.compiler import SOLC, compile_sources
from scripts.generated import write_or_check

FIXTURES = Path(__file__).resolve().parent.parent / "tests" / "contracts" / "fixtures"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 a committed file differs, 2 they do not compile."""
    try:
        return write_or_check("Compile what only tests deploy.", _files, arguments)
    except SealbookError as error:
        print(error, file=sys.stderr)
        return 2


def _files() -> dict[Path, bytes]:
    sources = {path.name: path.read_text("utf-8") for path in sorted(FIXTURES.glob("*.sol"))}
    compiled = compile_sources(SOLC, sources, code_of=[*sources])
    files = {}
    for name in sources:
        path = (FIXTURES / name).with_suffix(".json")
        output = compiled.outputs[name, path.stem]
        form = {"abi": output["abi"], "bytecode": "0x" + output["evm"]["bytecode"]["object"]}
        files[path] = (json.dumps(form, indent=2) + "\n").encode()
    return files


if __name__ == "__main__":
    sys.exit(main())
