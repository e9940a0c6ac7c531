import json
import re
from pathlib import Path

import pytest

from scripts.snapshot_storage import ARTIFACTS, SNAPSHOT, layouts, main, to_text

SOURCES = Path(__file__).parents[2] / "contracts" / "src"
# A structure whose documentation begins by claiming that it takes one word.
CLAIM = re.compile(r"/// @(?:notice|dev) One word\b.*\n(?:\s*///.*\n)*\s*struct (\w+) \{")
ONE_WORD = sorted(
    f"struct {path.stem}.{name}"
    for path in SOURCES.rglob("*.sol")
    for name in CLAIM.findall(path.read_text("utf-8"))
)


def test_the_snapshot_is_what_the_artifacts_say() -> None:
    assert SNAPSHOT.read_text("utf-8") == to_text(layouts(ARTIFACTS)), "run make regenerate"


def test_a_layout_is_written_as_json_with_a_line_for_each_variable() -> None:
    text = to_text(layouts(ARTIFACTS))
    assert json.loads(text) == layouts(ARTIFACTS)
    anchors = '"label": "submitter", "type": "address"}'
    assert f'      {{"slot": 0, "offset": 0, "bytes": 20, {anchors},\n' in text


def test_structures_that_claim_one_word_are_found() -> None:
    assert {"struct INotary.Anchor", "struct IRecordBook.Position"} < set(ONE_WORD)


@pytest.mark.parametrize("struct", ONE_WORD)
def test_a_structure_that_claims_one_word_takes_one_slot(struct: str) -> None:
    stored = [tables[struct] for tables in layouts(ARTIFACTS).values() if struct in tables]
    assert {row["slot"] for rows in stored for row in rows} <= {0}


def test_no_two_variables_overlap() -> None:
    for tables in layouts(ARTIFACTS).values():
        for rows in tables.values():
            places = [
                (int(row["slot"]) * 32 + int(row["offset"]), int(row["bytes"])) for row in rows
            ]
            ends = [begin + size for begin, size in places]
            assert all(end <= begin for end, (begin, _) in zip(ends, places[1:], strict=False))


def test_a_contract_that_stores_nothing_has_no_variables(tmp_path: Path) -> None:
    form = {"contractName": "Empty", "storageLayout": {"storage": [], "types": None}}
    (tmp_path / "Empty.json").write_text(json.dumps(form), encoding="utf-8")
    assert layouts(tmp_path) == {"Empty": {"variables": []}}
    assert json.loads(to_text(layouts(tmp_path))) == layouts(tmp_path)


def test_a_snapshot_that_is_right_passes_the_check() -> None:
    assert main(["--check"]) == 0
