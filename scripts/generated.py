"""What every generated file's script does: write it, or prove that it is what its source makes."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write_or_check(
    description: str, make: Callable[[], Mapping[Path, bytes]], arguments: list[str] | None
) -> int:
    """Run a script: `make` says which bytes belong into which files.

    Returns 0 if they were written or found equal, 1 if `--check` found a difference.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    check = parser.parse_args(arguments).check
    files = make()
    stale = [path for path, data in files.items() if not _holds(path, data)]
    names = ", ".join(os.path.relpath(path, ROOT) for path in stale)
    if check and stale:
        print(f"not what its source makes: {names}; run make regenerate", file=sys.stderr)
        return 1
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[path])
    print(f"wrote {names}" if stale else f"{len(files)} generated files are what they should be")
    return 0


def _holds(path: Path, data: bytes) -> bool:
    return path.exists() and path.read_bytes() == data
