import hashlib
import io
import json
import os
import subprocess
from pathlib import Path

import pytest

from ledger.cli.files import growing_file
from tests.cli.commands import Printed, sealbook
from tests.cli.processes import PROGRAM


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with four documents in it and below it."""
    below = tmp_path / "docs" / "below"
    below.mkdir(parents=True)
    (tmp_path / "docs" / "b.pdf").write_bytes(b"abc")
    (tmp_path / "docs" / "a.pdf").write_bytes(b"x" * 100_000)
    (below / "0.pdf").write_bytes(b"\0")
    (tmp_path / "other.pdf").write_bytes(b"other")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files_in(printed: Printed) -> list[str]:
    return [json.loads(line)["file"] for line in printed.out.splitlines()]


@pytest.mark.usefixtures("folder")
def test_a_file_is_listed_with_the_digest_that_others_take_of_it() -> None:
    printed = sealbook("hash", "docs/b.pdf")
    assert (printed.code, printed.err) == (0, "")
    # FIPS 180-4, example of one block.
    assert printed.out == (
        '{"digest":"0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",'
        '"size":3,"file":"docs/b.pdf"}\n'
    )


def test_files_are_listed_in_the_order_in_which_they_are_named(folder: Path) -> None:
    names = folder / "names"
    names.write_text("docs/b.pdf\r\ndocs/a.pdf\n")
    printed = sealbook("hash", "other.pdf", "--files-from", names, "--recursive", "docs/below")
    assert files_in(printed) == ["other.pdf", "docs/b.pdf", "docs/a.pdf", "docs/below/0.pdf"]
    sizes = [json.loads(line)["size"] for line in printed.out.splitlines()]
    assert sizes == [5, 3, 100_000, 1]


@pytest.mark.usefixtures("folder")
def test_a_folder_is_gone_through_by_name_its_own_files_first() -> None:
    printed = sealbook("hash", "--recursive", "docs")
    assert files_in(printed) == ["docs/a.pdf", "docs/b.pdf", "docs/below/0.pdf"]


@pytest.mark.usefixtures("folder")
def test_names_come_from_standard_input_too() -> None:
    done = subprocess.run(
        [PROGRAM, "hash", "--files-from", "-"],
        input="docs/b.pdf\nother.pdf\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == [
        "docs/b.pdf",
        "other.pdf",
    ]


def test_many_files_keep_their_order_and_their_digests(folder: Path) -> None:
    many = folder / "many"
    many.mkdir()
    for number in range(1200):
        (many / f"{number:04}").write_text(f"document {number}")
    printed = sealbook("hash", "--recursive", many, "--out", "list")
    assert printed.out == "list lists 1,200 files, 14.5 kB in all.\n"
    for number, line in enumerate((folder / "list").read_text().splitlines()):
        content = f"document {number}".encode()
        digest = hashlib.sha256(content).hexdigest()
        assert json.loads(line) == {
            "digest": f"0x{digest}",
            "size": len(content),
            "file": str(many / f"{number:04}"),
        }


def test_a_list_in_the_folder_that_it_is_of_does_not_list_itself(folder: Path) -> None:
    words = ("hash", "--recursive", "docs", "--out", "docs/list", "--json")
    first = sealbook(*words)
    assert first.json == {"digests": "docs/list", "files": 3, "bytes": 100_004}
    kept = (folder / "docs" / "list").read_bytes()
    assert sealbook(*words).json == first.json
    assert (folder / "docs" / "list").read_bytes() == kept
    assert sorted(path.name for path in (folder / "docs").iterdir()) == [
        "a.pdf",
        "b.pdf",
        "below",
        "list",
    ]


@pytest.mark.parametrize("written", ["other.pdf", "./docs/../other.pdf", "hard", "soft", "rest"])
@pytest.mark.parametrize("named", ["FILE", "--files-from"])
def test_a_list_never_takes_the_place_of_a_document_that_it_lists(
    folder: Path, written: str, named: str
) -> None:
    (folder / "hard").hardlink_to(folder / "other.pdf")
    (folder / "soft").symlink_to("other.pdf")
    (folder / "rest.part").symlink_to("other.pdf")  # what `rest` is called until it is whole
    (folder / "names").write_text("docs/b.pdf\nother.pdf\n")
    before = sorted(folder.iterdir())
    words = ("other.pdf",) if named == "FILE" else ("--files-from", "names")
    printed = sealbook("hash", "docs/a.pdf", *words, "--out", written)
    assert (printed.code, printed.out) == (2, "")
    assert (
        f"Error: other.pdf is among the files that are read, and writing {Path(written)} would"
        " replace it: write the list elsewhere, where it is not among them."
    ) in printed.err
    assert (folder / "other.pdf").read_bytes() == b"other"
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("written", "document"),
    [
        ("docs/b.pdf", "docs/b.pdf"),
        ("docs/below/0.pdf", "docs/below/0.pdf"),
        ("again/b.pdf", "docs/b.pdf"),
        ("hard", "docs/b.pdf"),
        ("soft", "docs/b.pdf"),
        ("docs/list", "docs/list.part"),
    ],
)
def test_a_list_never_takes_the_place_of_a_document_in_the_folder_that_it_is_of(
    folder: Path, written: str, document: str
) -> None:
    (folder / "again").symlink_to("docs")
    (folder / "hard").hardlink_to(folder / "docs" / "b.pdf")
    (folder / "soft").symlink_to("docs/b.pdf")
    (folder / "docs" / "list.part").write_text("a document of this name\n")
    kept = (folder / document).read_bytes()
    printed = sealbook("hash", "--recursive", "docs", "--out", written)
    assert (printed.code, printed.out) == (2, "")
    assert (
        f"Error: {document} is among the files that are read, and writing {written} would replace"
        " it: write the list elsewhere, where it is not among them."
    ) in printed.err
    assert (folder / document).read_bytes() == kept


def test_what_a_killed_run_left_of_a_list_is_no_document(folder: Path) -> None:
    assert sealbook("hash", "--recursive", "docs", "--out", "whole").code == 0
    for left in (b"", (folder / "whole").read_bytes()[:-10]):
        (folder / "docs" / "list.part").write_bytes(left)
        assert sealbook("hash", "--recursive", "docs", "--out", "docs/list").code == 0
        assert (folder / "docs" / "list").read_bytes() == (folder / "whole").read_bytes()


def test_a_list_may_replace_what_is_outside_of_the_folder_that_it_is_of(folder: Path) -> None:
    assert sealbook("hash", "--recursive", "docs", "--out", "other.pdf").code == 0
    assert (folder / "other.pdf").read_bytes().count(b"\n") == 3


def test_a_list_beside_its_documents_is_not_taken_for_one_in_the_next_run(folder: Path) -> None:
    def run() -> Printed:
        files = sorted(path for path in Path("docs").iterdir() if path.is_file())
        return sealbook("hash", *files, "--out", "docs/list")

    assert run().code == 0
    kept = (folder / "docs" / "list").read_bytes()
    again = run()
    assert (again.code, again.out) == (2, "")
    assert "docs/list is among the files that are read" in again.err
    assert "write the list elsewhere" in again.err
    assert (folder / "docs" / "list").read_bytes() == kept


def test_a_list_does_not_take_the_place_of_the_names_that_it_is_made_from(folder: Path) -> None:
    (folder / "names").write_text("other.pdf\n")
    assert sealbook("hash", "--files-from", "names", "--out", "names").code == 2
    assert (folder / "names").read_text() == "other.pdf\n"


def test_a_name_that_no_file_can_have_has_no_digest(folder: Path) -> None:
    (folder / "names").write_bytes(b"other.pdf\0docs/b.pdf\0")
    printed = sealbook("hash", "--files-from", "names", "--out", "list")
    assert (printed.code, printed.out) == (1, "")
    assert "null byte" in printed.err


def test_what_the_list_is_called_until_it_is_whole_is_not_listed(folder: Path) -> None:
    assert sealbook("hash", "other.pdf", "list.part", "--out", "list").code == 2
    assert not (folder / "list").exists()


@pytest.mark.usefixtures("folder")
def test_names_from_standard_input_are_compared_with_the_list_too() -> None:
    words = (PROGRAM, "hash", "--files-from", "-", "--out", "other.pdf")
    refused = subprocess.run(
        words, input="other.pdf\n", capture_output=True, text=True, check=False
    )
    assert (refused.returncode, refused.stdout) == (2, "")
    done = subprocess.run(
        [*words, "--json"],
        input="docs/b.pdf\ndocs/a.pdf\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["files"] == 2


@pytest.mark.parametrize("words", [(), ("--out", "list")])
def test_files_without_a_digest_are_named_and_no_list_is_written(
    folder: Path, words: tuple[str, ...]
) -> None:
    (folder / "empty.pdf").touch()
    printed = sealbook("hash", "empty.pdf", "other.pdf", "missing.pdf", *words)
    assert (printed.code, printed.out) == (1, "")
    assert printed.err == (
        "Error: 2 of 3 files have no digest: empty.pdf: the document is empty; cannot read"
        " missing.pdf: No such file or directory.\n"
    )
    assert sorted(path.name for path in folder.iterdir()) == ["docs", "empty.pdf", "other.pdf"]


def test_a_list_that_was_there_stays_when_a_later_one_fails(folder: Path) -> None:
    (folder / "list").write_text("earlier")
    assert sealbook("hash", "missing.pdf", "--out", "list").code == 1
    assert (folder / "list").read_text() == "earlier"
    assert sealbook("hash", "other.pdf", "--out", "list").code == 0
    assert (folder / "list").read_text() != "earlier"


@pytest.mark.usefixtures("folder")
def test_of_many_files_without_a_digest_the_first_are_named() -> None:
    printed = sealbook("hash", *(f"{number}.pdf" for number in range(9)))
    assert "4.pdf" in printed.err
    assert "5.pdf" not in printed.err
    assert printed.err.endswith("; and 4 more.\n")


def test_what_is_neither_file_nor_folder_is_not_left_out_in_silence(folder: Path) -> None:
    os.mkfifo(folder / "docs" / "pipe")
    printed = sealbook("hash", "--recursive", "docs")
    assert (printed.code, printed.out) == (1, "")
    assert printed.err == (
        "Error: 1 of 4 files has no digest: docs/pipe is no file that can be hashed: move it"
        " elsewhere.\n"
    )
    (folder / "docs" / "pipe").unlink()
    for target in ("nowhere", "link"):
        (folder / "docs" / "link").symlink_to(target)
        assert "docs/link is no file" in sealbook("hash", "--recursive", "docs").err
        (folder / "docs" / "link").unlink()


def test_a_link_that_leads_nowhere_hides_no_other_bad_file(folder: Path) -> None:
    (folder / "docs" / "a-link").symlink_to("nowhere")
    (folder / "docs" / "below" / "empty.pdf").touch()
    printed = sealbook("hash", "--recursive", "docs")
    assert (printed.code, printed.out) == (1, "")
    assert printed.err.startswith("Error: 2 of 5 files have no digest: ")
    assert "docs/a-link is no file that can be hashed" in printed.err
    assert "docs/below/empty.pdf: the document is empty" in printed.err


def test_links_to_files_are_files_and_links_to_folders_are_told(folder: Path) -> None:
    (folder / "docs" / "c.pdf").symlink_to("../other.pdf")
    assert files_in(sealbook("hash", "--recursive", "docs"))[2] == "docs/c.pdf"
    (folder / "docs" / "round").symlink_to(".")
    printed = sealbook("hash", "--recursive", "docs")
    assert (printed.code, printed.out) == (1, "")
    assert "docs/round is no file that can be hashed" in printed.err


@pytest.mark.usefixtures("folder")
def test_a_list_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    printed = sealbook("hash", "other.pdf", "--out", "nowhere/list")
    assert (printed.code, printed.out) == (1, "")
    assert printed.err == "Error: cannot write nowhere/list: No such file or directory.\n"
    assert not (tmp_path / "nowhere").exists()
    too_long = "x" * 300
    printed = sealbook("hash", "--recursive", "docs", "--out", too_long)
    assert (printed.code, printed.out) == (1, "")
    assert printed.err == f"Error: cannot write {too_long}: File name too long.\n"


def test_a_name_that_is_no_utf_8_is_hashed_and_shown_as_well_as_can_be(folder: Path) -> None:
    latin = os.fsencode(folder) + b"/M\xe4rz.pdf"
    with io.FileIO(latin, "w") as file:
        file.write(b"abc")
    (folder / "names").write_bytes(latin + b"\n")
    printed = sealbook("hash", "--files-from", "names", "--out", "list")
    assert printed.code == 0
    line = json.loads((folder / "list").read_text("utf-8"))
    assert line["file"].endswith("/M\N{REPLACEMENT CHARACTER}rz.pdf")
    assert line["size"] == 3


@pytest.mark.parametrize(
    ("names", "told"),
    [("other.pdf\n\n", "names, line 2: it names no file"), ("", "there are no files")],
)
def test_names_that_are_none_are_told(folder: Path, names: str, told: str) -> None:
    (folder / "names").write_text(names)
    printed = sealbook("hash", "--files-from", "names", "--json")
    assert (printed.code, printed.json["error"]["message"]) == (1, told)


@pytest.mark.usefixtures("folder")
def test_names_that_are_not_there_are_wrong_usage() -> None:
    printed = sealbook("hash", "--files-from", "nowhere")
    assert (printed.code, printed.out) == (2, "")
    assert "'nowhere' does not exist" in " ".join(printed.err.replace("│", " ").split())


@pytest.mark.usefixtures("folder")
def test_without_any_file_the_usage_is_wrong() -> None:
    printed = sealbook("hash")
    assert (printed.code, printed.out) == (2, "")
    assert "--recursive" in printed.err


def test_two_runs_do_not_write_one_list_at_the_same_time(folder: Path) -> None:
    with growing_file(folder / "list") as other:
        other.write(b"the other's")
        printed = sealbook("hash", "other.pdf", "--out", "list")
    assert (printed.code, printed.out) == (1, "")
    assert printed.err.startswith("Error: another run is writing list.part: ")
    assert (folder / "list").read_bytes() == b"the other's"
