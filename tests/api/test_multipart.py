from dataclasses import dataclass, field

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.multipart import MultipartReader
from ledger.errors import InvalidRequest

FORM = "multipart/form-data; boundary=xYz"
FILE = b'Content-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
TYPE = b"Content-Type: application/pdf\r\n"


@dataclass
class Kept:
    """The files of a body, kept."""

    files: list[tuple[str | None, bytes]] = field(default_factory=list)
    open: bool = False

    def begin(self, content_type: str | None) -> None:
        assert not self.open
        self.open = True
        self.files.append((content_type, b""))

    def data(self, content: bytes) -> None:
        assert self.open
        assert content
        content_type, before = self.files[-1]
        self.files[-1] = (content_type, before + content)

    def end(self) -> None:
        self.open = False


def read(*pieces: bytes, form: str = FORM) -> list[tuple[str | None, bytes]]:
    kept = Kept()
    reader = MultipartReader(form, kept)
    for piece in pieces:
        reader.feed(piece)
    reader.finish()
    assert not kept.open
    return kept.files


def part(header: bytes = FILE + TYPE, content: bytes = b"abc", begin: bytes = b"--xYz") -> bytes:
    return begin + b"\r\n" + header + b"\r\n" + content + b"\r\n"


END = b"--xYz--\r\n"


def test_files_come_with_their_types_and_bytes() -> None:
    assert read(part() + part(FILE, b"second") + END) == [
        ("application/pdf", b"abc"),
        (None, b"second"),
    ]


def test_an_empty_file_is_seen_as_one() -> None:
    assert read(part(FILE, b"") + END) == [(None, b"")]


def test_the_last_line_break_may_be_missing() -> None:
    assert read(part() + END[:-2]) == read(part() + END[:-1]) == read(part() + END)


def test_no_parts_are_no_files() -> None:
    assert read(END) == []


@pytest.mark.parametrize(
    "content",
    [b"--xYz", b"\r\n--xY", b"\r\n--xyz\r\n", b"\n--xYz\n", b"\r\n\r\n", b"\r\r\n-", b"-" * 9],
)
def test_what_is_like_a_boundary_is_content(content: bytes) -> None:
    body = part(content=content) + END
    assert read(body) == read(*(body[at : at + 1] for at in range(len(body))))
    assert read(body) == [("application/pdf", content)]


@pytest.mark.parametrize(
    "form",
    [
        'multipart/form-data; boundary="xYz"',
        "Multipart/Form-Data; charset=utf-8; Boundary=xYz",
        "multipart/form-data;boundary=xYz; charset=utf-8",
    ],
)
def test_a_boundary_may_be_quoted_and_stand_anywhere(form: str) -> None:
    assert len(read(part() + END, form=form)) == 1


@pytest.mark.parametrize(
    "header",
    [
        b'content-disposition:form-data;name=file;filename="a \\"b\\" ; c.pdf"\r\n',
        b"Content-Disposition: form-data; name=\"f\"; filename*=UTF-8''%c3%a4.pdf\r\n",
        b'Content-Disposition: form-data; name="\xc3\xa4"; filename="\xc3\xa4.pdf"\r\n',
        FILE + b"Content-Transfer-Encoding: binary\r\nX-Other: 1\r\n",
        FILE.replace(b"; n", b" ; n").replace(b"\r\n", b" \t\r\n") + b"X:\r\nY: \t\r\n",
    ],
)
def test_headers_as_clients_write_them_are_read(header: bytes) -> None:
    assert read(part(header) + END) == [(None, b"abc")]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "ends before its last delimiter"),
        (part(), "ends before its last delimiter"),
        (part() + b"--xYz", "ends before its last delimiter"),
        (part() + b"--xYz-", "ends before its last delimiter"),
        (part()[:-1], "ends before its last delimiter"),
        (b"--xYz\r\n" + FILE, "ends before its last delimiter"),
        (b"text\r\n" + part() + END, "does not begin with the boundary"),
        (b"\r\n" + part() + END, "does not begin with the boundary"),
        (part(begin=b"--other") + END, "does not begin with the boundary"),
        (part() + END + b"text", "follows its last delimiter"),
        (part() + END + part(), "follows its last delimiter"),
        (part() + b"--xYzz\r\n" + END, "follows a boundary on its line"),
        (part() + b"--xYz  \r\n" + END, "follows a boundary on its line"),
        (part(b"") + END, "malformed"),
        (part(TYPE) + END, "no Content-Disposition of form data"),
        (part(FILE + b" folded\r\n") + END, "malformed"),
        (part(FILE + b"no colon\r\n") + END, "malformed"),
        (part(FILE + b"X:" + b" " * 8000 + b"\0\r\n") + END, "malformed"),
        (part(FILE + b"X:" + b" \t" * 4000 + b"\rx\r\n") + END, "malformed"),
        (part(FILE + FILE) + END, "malformed"),
        (part(FILE + TYPE + TYPE.lower()) + END, "malformed"),
        (part(b'Content-Disposition: attachment; filename="a"\r\n') + END, "form data"),
        (part(b'Content-Disposition: form-data; name="a\r\n') + END, "form data"),
        (part(b'Content-Disposition: form-data; name="a"\r\n') + END, "is no file"),
        (part(b'Content-Disposition: form-data; name="; filename=b"\r\n') + END, "is no file"),
        (part(FILE + b"Content-Transfer-Encoding: base64\r\n") + END, "transfer encoding"),
        (part(FILE + b"X: " + b"x" * 8192 + b"\r\n") + END, "more than 8192 bytes"),
        (b"--xYz\r\n" + b"x" * 9000, "more than 8192 bytes"),
    ],
)
def test_what_is_no_body_of_files_is_refused(body: bytes, reason: str) -> None:
    for pieces in ([body], [body[at : at + 1] for at in range(len(body))]):
        with pytest.raises(InvalidRequest, match=reason) as caught:
            read(*pieces)
        assert caught.value.rule == "invalid-multipart"


@pytest.mark.parametrize(
    "form",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        f"multipart/form-data; boundary={'x' * 71}",
        "multipart/form-data; boundary=\xe9",
    ],
)
def test_a_form_without_a_boundary_is_refused(form: str) -> None:
    with pytest.raises(InvalidRequest, match="boundary"):
        read(part() + END, form=form)


def test_a_header_of_exactly_the_limit_is_read_in_any_pieces() -> None:
    header = FILE + b"X: " + b"x" * (8192 - len(FILE) - 3 - 4) + b"\r\n"
    body = part(header) + END
    assert read(body) == read(body[:8000], body[8000:]) == [(None, b"abc")]


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=9)
FILES = st.lists(st.tuples(NAMES, st.binary(max_size=40)), min_size=1, max_size=6)


@given(FILES, st.data())
def test_what_another_library_writes_is_read_in_any_pieces(
    files: list[tuple[str, bytes]], data: st.DataObject
) -> None:
    request = httpx.Request(
        "POST",
        "http://localhost/",
        files=[("file", (name, content, "text/plain")) for name, content in files],
    )
    body = request.read()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    pieces = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    found = read(*pieces, form=request.headers["Content-Type"])
    assert found == [("text/plain", content) for _, content in files]
