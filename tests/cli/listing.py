"""Lists of digests of documents that nobody has."""

import hashlib
import json
from pathlib import Path


def digest_of(content: str) -> str:
    return "0x" + hashlib.sha256(content.encode()).hexdigest()


def line(content: str, **more: str) -> str:
    """A document's line in a list, as `sealbook hash` writes it."""
    form = {"digest": digest_of(content), "size": len(content), **more}
    return json.dumps(form, separators=(",", ":"), ensure_ascii=False) + "\n"


def write_list(path: Path, name: str, documents: int) -> Path:
    """A list of as many documents, that are called by the name and their numbers from one."""
    path.write_text("".join(line(f"{name} {number}") for number in range(1, documents + 1)))
    return path


def digests_in(evidence: Path) -> list[str]:
    """Of which documents a file holds the evidence, line by line."""
    return [json.loads(text)["statement"]["digest"] for text in evidence.read_text().splitlines()]


def digests_listed(digests: Path) -> list[str]:
    return [json.loads(text)["digest"] for text in digests.read_text().splitlines()]
