"""Write the API's description to `api/openapi.json`, or prove that it is what the code says."""

import json
import sys
from pathlib import Path

from api.app import openapi_document
from scripts.generated import ROOT, write_or_check

COMMITTED = ROOT / "api" / "openapi.json"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 the committed description differs."""
    return write_or_check("Describe the API in api/openapi.json.", _files, arguments)


def _files() -> dict[Path, bytes]:
    text = json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"
    return {COMMITTED: text.encode()}


if __name__ == "__main__":
    sys.exit(main())
