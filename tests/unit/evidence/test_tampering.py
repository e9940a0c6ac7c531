import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from ledger.codec import canonical_json
from ledger.evidence import Scope, Verdict, Verifier
from ledger.invoices.disclosed import select_names
from tests.unit.evidence.ledger_world import (
    FINGERPRINTS,
    INVOICE,
    INVOICE_EVIDENCE,
    POLICY,
    HeldChain,
)

Path = tuple[str | int, ...]

# Full evidence, verified with the document and the receivable.
FULL = INVOICE_EVIDENCE.serialise()
# Evidence that shows a few fields, verified by itself.
CUT = (
    replace(INVOICE_EVIDENCE, record=None)
    .showing(select_names(["number", "due_date", "seller", "payable_amount"]))
    .serialise()
)
CHAIN = HeldChain.holding(INVOICE_EVIDENCE)
WITH_RECEIVABLE = Verifier(POLICY, CHAIN, FINGERPRINTS)
ALONE = Verifier(replace(POLICY, scope=Scope.DOCUMENT), CHAIN)


def verdict(file: bytes, evidence: bytes) -> Verdict:
    """file: that of which the evidence was made."""
    if file == FULL:
        return WITH_RECEIVABLE.verify(INVOICE, evidence).verdict
    return ALONE.verify(None, evidence).verdict


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every value inside a JSON value, by its path."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, member in members:
        yield (*path, key)
        if isinstance(member, dict | list):
            yield from places(member, (*path, key))


def edited(file: bytes, path: Path, edit: Callable[[Any, Any], None]) -> bytes:
    value = json.loads(file)
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    edit(parent, path[-1])
    return canonical_json(value)


def replaced(file: bytes, path: Path, value: object) -> bytes:
    def put(parent: Any, key: Any) -> None:
        parent[key] = value

    return edited(file, path, put)


def at(file: bytes, path: Path) -> Any:
    value = json.loads(file)
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


def name_of(value: object) -> str | None:
    if isinstance(value, bytes):
        return "full" if value == FULL else "cut"
    return ".".join(map(str, value)) if isinstance(value, tuple) else None


every_file = pytest.mark.parametrize("file", [FULL, CUT], ids=name_of)
every_place = pytest.mark.parametrize(
    ("file", "path"),
    [(file, path) for file in (FULL, CUT) for path in places(json.loads(file))],
    ids=name_of,
)


@every_file
def test_the_file_as_it_is_verifies(file: bytes) -> None:
    assert verdict(file, file) is Verdict.VERIFIED
    assert len(list(places(json.loads(file)))) > 30


@every_place
def test_no_value_can_be_altered(file: bytes, path: Path) -> None:
    for other in others(at(file, path)):
        assert verdict(file, replaced(file, path, other)) is not Verdict.VERIFIED, other


@every_place
def test_no_value_can_be_removed(file: bytes, path: Path) -> None:
    def remove(parent: Any, key: Any) -> None:
        del parent[key]

    assert verdict(file, edited(file, path, remove)) is not Verdict.VERIFIED


@pytest.mark.parametrize(
    ("file", "path"),
    [
        (file, path)
        for file in (FULL, CUT)
        for path in ((), *places(json.loads(file)))
        if isinstance(at(file, path), dict | list)
    ],
    ids=name_of,
)
def test_nothing_can_be_added(file: bytes, path: Path) -> None:
    value = json.loads(file)
    inside = value
    for key in path:
        inside = inside[key]
    if isinstance(inside, dict):
        inside["note"] = "x"
    else:
        inside.append(inside[0] if inside else "0x")
    assert verdict(file, canonical_json(value)) is not Verdict.VERIFIED


@every_file
def test_no_byte_can_be_altered(file: bytes) -> None:
    for place in range(len(file)):
        changed = bytearray(file)
        changed[place] ^= 1 + place % 7
        assert verdict(file, bytes(changed)) is not Verdict.VERIFIED, place


@every_file
def test_the_file_cannot_end_early(file: bytes) -> None:
    for length in range(0, len(file), 7):
        assert verdict(file, file[:length]) is Verdict.REFUTED
