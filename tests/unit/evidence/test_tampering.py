import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledger.codec import canonical_json
from ledger.evidence import Verdict, Verifier
from tests.unit.evidence.ledger_world import (
    FINGERPRINTS,
    INVOICE,
    INVOICE_EVIDENCE,
    POLICY,
    HeldChain,
)

FILE = INVOICE_EVIDENCE.serialise()
VERIFIER = Verifier(POLICY, HeldChain.holding(INVOICE_EVIDENCE), FINGERPRINTS)

Path = tuple[str | int, ...]


def verdict(evidence: bytes) -> Verdict:
    return VERIFIER.verify(INVOICE, evidence).verdict


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every value inside a JSON value, by its path."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        yield (*path, key)
        if isinstance(member, dict | list):
            yield from places(member, (*path, key))


PLACES = list(places(json.loads(FILE)))


def edited(path: Path, edit: Callable[[Any, Any], None]) -> bytes:
    value = json.loads(FILE)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    edit(parent, path[-1])
    return canonical_json(value)


def replaced(path: Path, value: object) -> bytes:
    def put(parent: Any, key: Any) -> None:
        parent[key] = value

    return edited(path, put)


def at(path: Path) -> Any:
    value = json.loads(FILE)
    for key in path:
        value = value[key]
    return value


def others(value: object) -> list[object]:
    """Values near a value, of its type and of others."""
    near: list[object] = [None, True, 0, -1, "", "0x", [], {}]
    if isinstance(value, int):
        near += [value + 1, value - 1, str(value)]
    if isinstance(value, str):
        digit = "1" if value[-1] == "0" else "0"
        near += [value[:-1], value[:-2], value + "0", value + "00", value[:-1] + digit]
        near += [value.upper(), value.lower(), " " + value, [value], value[:2] + "00" + value[2:]]
    if isinstance(value, list):
        near += [value[1:], value[:-1], value[::-1], [*value, *value], [*value, "0x"]]
    if isinstance(value, dict):
        near.append([value])
    return [other for other in near if other != value or type(other) is not type(value)]


def test_the_file_as_it_is_verifies() -> None:
    assert verdict(FILE) is Verdict.VERIFIED
    assert len(PLACES) > 30


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_no_value_can_be_altered(path: Path) -> None:
    for other in others(at(path)):
        assert verdict(replaced(path, other)) is not Verdict.VERIFIED, other


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_no_value_can_be_removed(path: Path) -> None:
    def remove(parent: Any, key: Any) -> None:
        del parent[key]

    assert verdict(edited(path, remove)) is not Verdict.VERIFIED


@pytest.mark.parametrize(
    "path",
    [(), *(path for path in PLACES if isinstance(at(path), dict | list))],
    ids=lambda path: ".".join(map(str, path)) or "evidence",
)
def test_nothing_can_be_added(path: Path) -> None:
    value = json.loads(FILE)
    inside = value
    for key in path:
        inside = inside[key]
    if isinstance(inside, dict):
        inside["note"] = "x"
    else:
        inside.append(inside[0] if inside else "0x")
    assert verdict(canonical_json(value)) is not Verdict.VERIFIED


def test_no_byte_can_be_altered() -> None:
    for place in range(len(FILE)):
        changed = bytearray(FILE)
        changed[place] ^= 1 + place % 7
        assert verdict(bytes(changed)) is not Verdict.VERIFIED, place


def test_the_file_cannot_end_early() -> None:
    for length in range(0, len(FILE), 7):
        assert verdict(FILE[:length]) is Verdict.REFUTED
