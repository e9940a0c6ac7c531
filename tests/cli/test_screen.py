import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.cli.commands.screen import MOST_FILES
from ledger.cli.screening_answer import FileToScreen, names_of, read_answer
from ledger.errors import TransportError
from ledger.services.screening.screen import MAX_FILES
from ledger.types import RecordId, to_hex
from tests.cli.commands import sealbook
from tests.cli.desks import Desk, running_desk
from tests.cli.world import UBL, World
from tests.support.consortium import BUYER, FINANCIER, SUPPLIER
from tests.unit.invoices.samples import ubl

CII_TWIN = UBL.with_name("kosit__01.01a-INVOICE_uncefact.xml")
NO_RECORD = "0x" + "ab" * 32


@pytest.fixture(scope="module")
def desk(
    world: World, record: RecordId, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    assert record
    with running_desk(world, FINANCIER, "financier", tmp_path_factory.mktemp("desk")) as running:
        yield running


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_an_unknown_invoice_is_clear(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "new.xml", ubl(number="Q-1"))
    printed = desk.screen(file, "--supplier", SUPPLIER, "--buyer", BUYER)
    assert (printed.code, printed.err) == (0, "")
    lines = printed.out.splitlines()
    assert lines[0] == f"{file} is CLEAR: 0 points"
    assert lines[1] == "  Q-1 of 2024-03-18, 119.00 EUR, from Seller GmbH to Buyer AG"
    assert lines[-1].startswith("Read at block ")
    assert lines[-1].endswith("From 30 points on, a person should look.")


def test_a_registered_invoice_is_blocked_with_its_record_and_its_holders(
    desk: Desk, record: RecordId
) -> None:
    printed = desk.screen(CII_TWIN)
    assert printed.code == 4
    name = to_hex(record)
    assert f"{CII_TWIN} is BLOCKED: " in printed.out
    assert f"  100  registered: It is registered by {SUPPLIER} as record {name}, " in printed.out
    assert "shares K1" in printed.out
    held = f"held by {SUPPLIER} 400,000,000, {FINANCIER} 600,000,000"
    assert (
        f"  {name}: accepted, 1,000,000,000 units of {SUPPLIER} for {BUYER}; {held}" in printed.out
    )


def test_the_record_that_was_offered_is_no_block_and_another_is(
    desk: Desk, record: RecordId
) -> None:
    printed = desk.screen(UBL, "--record", to_hex(record))
    assert printed.code == 0
    assert f"the-record: It is record {to_hex(record)}, as which it was offered, " in printed.out
    printed = desk.screen(UBL, "--record", NO_RECORD)
    assert printed.code == 4
    assert "  100  other-record: The chain has no record " in printed.out


def test_what_was_screened_before_is_compared_with(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "w.xml", ubl(number="W-1"))
    desk.screen(file)
    other = write(tmp_path, "v.xml", ubl(number="W-1", issue_date="2024-03-19"))
    printed = desk.screen(other)
    assert printed.code == 5
    assert f"{other} is FOR REVIEW: " in printed.out
    assert "  50  seen-otherwise: An invoice with this number, " in printed.out
    assert "W-1 of 2024-03-18, seen at " in printed.out
    assert "  Not looked at: Trade in circles through the ledger, because " in printed.out


def test_the_same_receivable_twice_is_told_by_both_names(desk: Desk, tmp_path: Path) -> None:
    one = write(tmp_path, "one.xml", ubl(number="T-1"))
    two = write(tmp_path, "two.xml", ubl(number="t 1"))
    printed = desk.screen(one, two)
    assert printed.code == 4
    assert "one.xml and two.xml are the same invoice" in printed.out
    assert "two.xml and one.xml are the same invoice" in printed.out
    assert f"file {two}: shares K1, K2" in printed.out


def test_the_service_is_not_told_where_files_are_and_the_page_says_it(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "secret-deal").mkdir()
    one = write(tmp_path, "same.xml", ubl(number="P-1"))
    two = write(tmp_path / "secret-deal", "same.xml", ubl(number="P 1"))
    printed = desk.screen(one, two)
    assert printed.code == 4
    assert f"{two} is BLOCKED" in printed.out
    assert "same.xml (2) and same.xml are the same invoice" in printed.out
    assert f"file {one}: shares " in printed.out
    answered = desk.screen(one, two, "--json").json
    assert [file["name"] for file in answered["files"]] == [str(one), str(two)]
    sentences = json.dumps([file["findings"][0]["sentence"] for file in answered["files"]])
    assert "secret-deal" not in sentences


def test_what_is_sent_of_a_path_is_its_last_part_and_no_two_are_the_same(tmp_path: Path) -> None:
    paths = [Path(text) for text in ("a/i.xml", "b/i.xml", "i.xml (2)", "../i.xml", "j.xml")]
    names = names_of(paths)
    assert names == ["i.xml", "i.xml (2)", "i.xml (2) (2)", "i.xml (3)", "j.xml"]
    file = write(tmp_path, "k.xml", ubl())
    sent = FileToScreen(file, "k.xml", None, None, None).form()
    assert sent["name"] == "k.xml"
    assert str(tmp_path) not in json.dumps(sent)


def test_a_file_that_cannot_be_read_is_told_beside_the_others(desk: Desk, tmp_path: Path) -> None:
    good = write(tmp_path, "good.xml", ubl(number="G-1"))
    bad = write(tmp_path, "bad.xml", "<html/>")
    printed = desk.screen(good, bad, "--supplier", SUPPLIER, "--buyer", BUYER)
    assert printed.code == 1
    assert f"{bad} could NOT be read: " in printed.out
    assert desk.screen(bad, UBL).code == 4


def test_json_is_what_the_service_answered(desk: Desk, record: RecordId) -> None:
    printed = desk.screen(UBL, "--json")
    assert printed.code == 4
    (file,) = printed.json["files"]
    assert (file["name"], file["verdict"]) == (str(UBL), "blocked")
    assert file["score"] == sum(found["points"] for found in file["findings"])
    assert printed.json["records"][0]["id"] == to_hex(record)


@pytest.mark.parametrize(
    "words",
    [
        ("--record", "0xab"),
        ("--record", NO_RECORD, "--record", NO_RECORD),
        ("--supplier", "nobody"),
        (UBL,),
    ],
)
def test_wrong_usage_is_told(desk: Desk, words: tuple[str | Path, ...]) -> None:
    assert desk.screen(UBL, *words).code == 2


def test_a_service_that_is_not_named_or_does_not_answer_is_told(tmp_path: Path) -> None:
    config = write(tmp_path, "sealbook.toml", "")
    assert sealbook("screen", UBL, "--config", config).code == 2
    key = write(tmp_path, "api.key", "sbk_nobody")
    nowhere = ("--api", "http://127.0.0.1:9", "--api-key-file", key)
    assert sealbook("screen", UBL, *nowhere, "--config", config).code == 3


def test_an_unknown_key_is_refused(desk: Desk, tmp_path: Path) -> None:
    key = write(tmp_path, "api.key", "sbk_nobody")
    printed = desk.screen(UBL, "--api-key-file", key)
    assert printed.code == 1
    assert "API key is unknown" in printed.err


def test_nothing_of_a_file_commands_the_terminal(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "e.xml", ubl(number="E-1", seller_name=_name("Evil\u202e\u009b31m")))
    printed = desk.screen(file)
    assert "Evil" in printed.out
    assert all(character.isprintable() or character == "\n" for character in printed.out)


def test_a_file_may_have_any_name(desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path, "a\x1b[31m\udcff.xml", ubl(number="F-1", issue_date="2023-01-02"))
    printed = desk.screen(file, "--supplier", SUPPLIER, "--buyer", BUYER)
    assert (printed.code, printed.err) == (0, "")
    assert "a\ufffd[31m\ufffd.xml is CLEAR" in printed.out


def _name(text: str) -> str:
    return f"<cbc:RegistrationName>{text}</cbc:RegistrationName>"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        json.dumps(
            {
                "block": {"number": 1, "time": "now"},
                "trades": 0,
                "review_from": 30,
                "files": [
                    {
                        "name": "x",
                        "verdict": "perhaps",
                        "score": 0,
                        "findings": [],
                        "not_looked_at": [],
                    }
                ],
                "records": [],
            }
        ).encode(),
    ],
)
def test_an_answer_that_is_no_screening_is_no_answer(content: bytes) -> None:
    with pytest.raises(TransportError, match="not a screening"):
        read_answer(content)


def test_more_files_than_a_service_takes_are_wrong_usage(tmp_path: Path) -> None:
    assert MOST_FILES == MAX_FILES
    for number in range(MOST_FILES + 1):
        (tmp_path / f"{number}.xml").touch()
    printed = sealbook("screen", *tmp_path.iterdir())
    assert printed.code == 2
    assert "there are 101 files; at most 100 are screened at once" in printed.err
