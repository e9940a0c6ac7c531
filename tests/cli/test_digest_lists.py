import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.cli import digest_lists
from ledger.cli.digest_lists import Chunk, list_line, open_digest_list
from ledger.documents import DocumentDigest
from ledger.errors import DocumentError
from ledger.types import Digest
from tests.cli.listing import digest_of, line, write_list

DIGEST = digest_of("one")


def handed_in(path: Path) -> bytes:
    with open_digest_list(path) as listed:
        return b"".join(listed.body(chunk) for chunk in listed.chunks)


def write(folder: Path, content: bytes | str) -> Path:
    path = folder / "list"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        f'{{"digest":"{DIGEST}","size":3}}\n',
        f'{{"digest":"{DIGEST}","size":3}}',
        f'{{"digest":"{DIGEST}","size":3}}\r\n',
        f'{{"digest":"{DIGEST}","size":3,"file":"a b.pdf"}}\n',
        f'{{"digest":"{DIGEST}","size":3,"file":"März \\"neu\\".pdf"}}\n',
        f'{{"file":"a.pdf","size":3,"digest":"{DIGEST}"}}\n',
        f' {{ "size" : 3 , "digest" : "{DIGEST}" }} \n',
    ],
)
def test_digest_and_size_are_handed_in_and_no_name(tmp_path: Path, text: str) -> None:
    assert handed_in(write(tmp_path, text)) == f'{{"digest":"{DIGEST}","size":3}}\n'.encode()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\n", "it is empty"),
        ("no JSON\n", "not JSON at column 1: "),
        ("[1]\n", "it is not {"),
        (f'{{"digest":"{DIGEST}"}}\n', "it is not {"),
        (f'{{"digest":"{DIGEST}","size":3,"name":"a"}}\n', "it is not {"),
        (f'{{"digest":"{DIGEST}","size":3,"size":3}}\n', "size"),
        (f'{{"digest":"{DIGEST[:-1]}","size":3}}\n', "is not 0x and 64 lower-case hex digits"),
        (f'{{"digest":"{DIGEST[2:]}","size":3}}\n', "is not 0x and 64 lower-case hex digits"),
        (f'{{"digest":"0x{DIGEST[2:].upper()}","size":3}}\n', "lower-case"),
        ('{"digest":7,"size":3}\n', "the digest is not a string"),
        (f'{{"digest":"{DIGEST}","size":0}}\n', "from 1 to 2**53 - 1"),
        (f'{{"digest":"{DIGEST}","size":-1}}\n', "from 1 to 2**53 - 1"),
        (f'{{"digest":"{DIGEST}","size":true}}\n', "from 1 to 2**53 - 1"),
        (f'{{"digest":"{DIGEST}","size":"3"}}\n', "from 1 to 2**53 - 1"),
        (f'{{"digest":"{DIGEST}","size":3.0}}\n', "refused"),
        (f'{{"digest":"{DIGEST}","size":9007199254740992}}\n', "2**53 - 1"),
        (f'{{"digest":"{DIGEST}","size":3}}{{}}\n', "not JSON"),
        (f'{{"digest":"{DIGEST}","size":3,"file":"{"x" * 70_000}"}}\n', "at most"),
    ],
)
def test_a_line_that_is_no_digest_and_size_is_named(tmp_path: Path, text: str, told: str) -> None:
    path = write(tmp_path, line("good") + text)
    with pytest.raises(DocumentError) as caught, open_digest_list(path):
        pass
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "name", [b"\xe4", b"\xed\xa0\x80", b"\x00", b"\x1f"], ids=["latin", "half", "null", "control"]
)
def test_a_name_in_no_utf_8_or_with_control_characters_is_refused(
    tmp_path: Path, name: bytes
) -> None:
    text = b'{"digest":"%s","size":3,"file":"%s"}\n' % (DIGEST.encode(), name)
    with pytest.raises(DocumentError, match="line 1: "), open_digest_list(write(tmp_path, text)):
        pass


def test_an_empty_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="is empty"), open_digest_list(write(tmp_path, "")):
        pass


def test_a_list_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot read"), open_digest_list(tmp_path):
        pass


def test_a_list_is_cut_into_chunks_that_leave_nothing_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest_lists, "LINES_PER_BUNDLE", 4)
    path = write_list(tmp_path / "list", "document", 9)
    with open_digest_list(path) as listed:
        assert [(chunk.first_line, chunk.size) for chunk in listed.chunks] == [
            (1, 4),
            (5, 4),
            (9, 1),
        ]
        assert [chunk.lines for chunk in listed.chunks] == [
            "lines 1 to 4",
            "lines 5 to 8",
            "lines 9 to 9",
        ]
        assert listed.size == 9
        path.unlink()  # what was read stays as it was read
        bodies = [listed.body(chunk) for chunk in listed.chunks]
    assert b"".join(bodies) == "".join(line(f"document {n}") for n in range(1, 10)).encode()


def test_chunks_are_alike_exactly_if_what_is_handed_in_is(tmp_path: Path) -> None:
    def chunk(text: str) -> Chunk:
        with open_digest_list(write(tmp_path, text)) as listed:
            return listed.chunks[0]

    first = chunk(line("one", file="a.pdf") + line("two"))
    assert chunk(line("one", file="moved.pdf") + line("two")).fingerprint == first.fingerprint
    assert chunk(line("two") + line("one")).fingerprint != first.fingerprint
    assert chunk(line("one")).fingerprint != first.fingerprint


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**53 - 1), st.binary(min_size=1))
def test_what_is_written_is_read_again(digest: bytes, size: int, name: bytes) -> None:
    file = name.decode("utf-8", "surrogateescape")
    text = list_line(DocumentDigest(Digest(digest), size), file)
    assert text.count(b"\n") == 1
    read = json.loads(text)
    assert (read["digest"], read["size"]) == ("0x" + digest.hex(), size)
    assert digest_lists._handed_in(text, Path("list"), 1) == (
        b'{"digest":"0x%s","size":%d}\n' % (digest.hex().encode(), size)
    )


_ALMOST = st.sampled_from(list('{}[]":,0123456789abcdefx \\ud\r\n\té')) | st.characters()


@given(st.text(_ALMOST, max_size=6), st.integers(0, 98), st.booleans())
def test_no_bad_line_raises_anything_but_our_own_error(
    change: str,
    place: int,
    replacing: bool,  # noqa: FBT001 - hypothesis passes it
) -> None:
    good = line("good", file="a.pdf")
    changed = good[:place] + change + good[place + (len(change) if replacing else 0) :]
    with suppress(DocumentError):
        taken = digest_lists._handed_in(changed.encode("utf-8", "replace"), Path("list"), 1)
        assert json.loads(taken) == {name: json.loads(changed)[name] for name in ("digest", "size")}
