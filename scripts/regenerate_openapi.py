"""Write the API's description to `api/openapi.json`, or prove that it is what the code says."""

import argparse
import json
import sys
from pathlib import Path

from api.app import openapi_document

COMMITTED = Path(__file__).resolve().parent.parent / "api" / "openapi.json"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 written or equal, 1 the committed description differs."""
    parser = argparse.ArgumentParser(description="Describe the API in api/openapi.json.")
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    options = parser.parse_args(arguments)
    text = json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"
    if not options.check:
        COMMITTED.write_text(text, encoding="utf-8")
        print("wrote api/openapi.json")
        return 0
    if not COMMITTED.exists() or COMMITTED.read_text(encoding="utf-8") != text:
        print(
            "api/openapi.json is not what the code says: run scripts/regenerate_openapi.py",
            file=sys.stderr,
        )
        return 1
    print("api/openapi.json is what the code says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
