import shutil
from pathlib import Path

import pytest

from ledger.evidence import Evidence
from tests.cli.commands import sealbook
from tests.cli.world import World


@pytest.fixture
def stream(world: World, document: Evidence, tmp_path: Path) -> Path:
    """Evidence of three documents: others', that of document.pdf, and others' again."""
    evidence = document.serialise()
    assert document.document is not None
    digest = document.document.digest.hex().encode()
    lines = [evidence.replace(digest, byte * 64) for byte in (b"1", b"2")]
    path = tmp_path / "stream.ndjson"
    path.write_bytes(b"\n".join([lines[0], evidence, lines[1]]) + b"\n")
    shutil.copy(world.folder / "document.pdf", tmp_path)
    return path


def test_what_is_picked_is_the_evidence_byte_for_byte(
    world: World, stream: Path, tmp_path: Path
) -> None:
    out = tmp_path / "one.json"
    printed = sealbook("pick", tmp_path / "document.pdf", stream, "--out", out)
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == f"{out} holds the evidence of {tmp_path}/document.pdf.\n"
    assert out.read_bytes() == (world.folder / "document.evidence.json").read_bytes()


def test_it_goes_to_standard_output_without_a_line_feed(world: World, stream: Path) -> None:
    printed = sealbook("pick", stream.with_name("document.pdf"), stream)
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == (world.folder / "document.evidence.json").read_text()


def test_a_document_that_is_not_at_hand_is_named_by_its_digest(
    stream: Path, document: Evidence, tmp_path: Path
) -> None:
    assert document.document is not None
    digest = "0x" + document.document.digest.hex()
    words = ("pick", "--digest", digest, stream, "--out", tmp_path / "one.json", "--json")
    assert sealbook(*words).json == {
        "evidence": str(tmp_path / "one.json"),
        "digest": digest,
        "line": 2,
        "times": 1,
    }


def test_a_last_line_without_a_line_feed_is_found_too(stream: Path, document: Evidence) -> None:
    stream.write_bytes(document.serialise())
    printed = sealbook("pick", stream.with_name("document.pdf"), stream)
    assert printed.out == document.serialise().decode()


def test_of_several_the_first_is_picked_and_it_is_said(stream: Path, document: Evidence) -> None:
    content = stream.read_bytes()
    stream.write_bytes(content + content)
    printed = sealbook("pick", stream.with_name("document.pdf"), stream)
    assert (printed.code, printed.out) == (0, document.serialise().decode())
    assert printed.err == (
        f"{stream} has evidence of the same document 2 times; this is the first, from line 2.\n"
    )


def test_a_document_that_was_changed_has_no_evidence(stream: Path, tmp_path: Path) -> None:
    changed = tmp_path / "document.pdf"
    changed.write_bytes(changed.read_bytes() + b"\n")
    printed = sealbook("pick", changed, stream, "--out", tmp_path / "one.json", "--json")
    assert (printed.code, printed.json["error"]["code"]) == (1, "no-evidence")
    assert not (tmp_path / "one.json").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"%PDF-1.7\n", b'{"digest":"DIGEST","size":10,"file":"document.pdf"}\n', b"{" * 9],
)
def test_what_is_another_file_is_told_as_such(
    stream: Path, content: bytes, document: Evidence
) -> None:
    assert document.document is not None
    digest = b"0x" + document.document.digest.hex().encode()
    stream.write_bytes(content.replace(b"DIGEST", digest))
    printed = sealbook("pick", stream.with_name("document.pdf"), stream)
    assert (printed.code, printed.out) == (1, "")
    assert f"{stream} is not a file that sealbook anchor --digests wrote" in printed.err


def test_document_and_evidence_the_wrong_way_round_are_told_as_such(stream: Path) -> None:
    printed = sealbook("pick", stream, stream.with_name("document.pdf"))
    assert (printed.code, printed.out) == (1, "")
    assert "name the document first" in printed.err


@pytest.mark.parametrize("cut", [1, 20, 400])
@pytest.mark.parametrize("of", ["another", "the one sought"])
def test_a_file_that_is_cut_off_is_told_as_such_if_nothing_is_found(
    stream: Path, of: str, cut: int
) -> None:
    other, sought, _ = stream.read_bytes().splitlines()
    last = sought if of == "the one sought" else other
    stream.write_bytes((other + b"\n" + last)[:-cut])
    printed = sealbook("pick", stream.with_name("document.pdf"), stream)
    assert (printed.code, printed.out) == (1, "")
    assert printed.err == (
        f"Error: {stream} is incomplete: it is cut off in the middle of its last line; fetch it"
        " again.\n"
    )


def test_what_is_found_before_a_file_is_cut_off_is_picked(stream: Path, document: Evidence) -> None:
    stream.write_bytes(stream.read_bytes()[:-20])
    printed = sealbook("pick", stream.with_name("document.pdf"), stream)
    assert (printed.code, printed.out) == (0, document.serialise().decode())


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_file_that_ends_with_a_whole_line_is_not_called_incomplete(
    stream: Path, end: bytes
) -> None:
    for last in (stream.read_bytes().splitlines()[0], b'{"erased":true}'):
        stream.write_bytes(last + end)
        printed = sealbook("pick", stream.with_name("document.pdf"), stream)
        assert (printed.code, printed.out) == (1, "")
        assert " has no evidence of the document" in printed.err


def test_a_file_without_evidence_has_none(stream: Path) -> None:
    stream.write_bytes(b'{"erased":true}\n')
    printed = sealbook("pick", stream.with_name("document.pdf"), stream)
    assert (printed.code, printed.out) == (1, "")
    assert " has no evidence of the document with the digest 0x" in printed.err


@pytest.mark.parametrize(
    ("before", "after"), [(b'"seals":null,', b""), (b'"size":', b'"size": '), (b"}", b"} ")]
)
def test_a_line_that_is_no_evidence_is_not_handed_out(
    stream: Path, before: bytes, after: bytes
) -> None:
    stream.write_bytes(stream.read_bytes().replace(before, after))
    printed = sealbook("pick", stream.with_name("document.pdf"), stream)
    assert (printed.code, printed.out) == (1, "")
    assert f"{stream}, line 2: it is no evidence: " in printed.err


def test_evidence_is_never_overwritten(stream: Path, tmp_path: Path) -> None:
    out = tmp_path / "one.json"
    out.write_text("my notes")
    printed = sealbook("pick", tmp_path / "document.pdf", stream, "--out", out, "--json")
    assert (printed.code, printed.json["error"]["code"]) == (1, "evidence-exists")
    assert out.read_text() == "my notes"


@pytest.mark.parametrize(
    "words",
    [
        ("STREAM",),
        ("DOCUMENT", "DOCUMENT", "STREAM"),
        ("--digest", "0x" + "1" * 64, "DOCUMENT", "STREAM"),
        ("--digest", "0x" + "1" * 63, "STREAM"),
        ("--digest", "0x" + "A" * 64, "STREAM"),
        ("missing.pdf", "STREAM"),
    ],
)
def test_wrong_usage_is_told(stream: Path, words: tuple[str, ...]) -> None:
    files = {"STREAM": stream, "DOCUMENT": stream.with_name("document.pdf")}
    printed = sealbook("pick", *(files.get(word, word) for word in words))
    assert (printed.code, printed.out) == (2, "")


def test_an_empty_document_has_no_evidence(stream: Path, tmp_path: Path) -> None:
    (tmp_path / "document.pdf").write_bytes(b"")
    printed = sealbook("pick", tmp_path / "document.pdf", stream)
    assert (printed.code, printed.out) == (1, "")
    assert "the document is empty" in printed.err
