from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.codec.canonical import MAX_INTEGER
from ledger.documents import DigestLines
from ledger.documents.digest_lines import MAX_LINE_BYTES
from ledger.errors import InvalidRequest

HEX = sha256(b"a document").hexdigest()
LINE = b'{"digest":"0x%b","size":10}' % HEX.encode()


def read(*pieces: bytes, max_lines: int = 1000) -> list[tuple[str, int]]:
    lines = DigestLines(max_lines=max_lines)
    for piece in pieces:
        lines.feed(piece)
    return [(digest.hex(), size) for digest, size in lines.finish()]


def refused(body: bytes, *, max_lines: int = 1000) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        read(body, max_lines=max_lines)
    return caught.value


def test_a_line_names_a_digest_and_a_size() -> None:
    assert read(LINE + b"\n") == [(HEX, 10)]


def test_the_last_line_needs_no_line_break() -> None:
    assert read(LINE + b"\n" + LINE) == [(HEX, 10)] * 2


def test_nothing_is_no_documents() -> None:
    assert read() == read(b"") == []


def test_the_same_document_twice_is_two() -> None:
    assert len(read((LINE + b"\n") * 2)) == 2


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace(b",", b", ").replace(b":", b": "),
        b'  { "size" :\t10 , "digest": "0x%b" } \r' % HEX.encode(),
        LINE + b"\r",
        LINE.replace(b"digest", b"\\u0064igest"),
        LINE.replace(b"0x", b"\\u0030x"),
    ],
)
def test_white_space_order_and_escapes_are_free(line: bytes) -> None:
    assert read(line + b"\n" + LINE + b"\n" + line) == [(HEX, 10)] * 3


@pytest.mark.parametrize("size", [1, 9, 10, 2**53 - 2, 2**53 - 1])
def test_every_size_from_one_to_two_to_the_53_less_one_is_taken(size: int) -> None:
    assert read(LINE.replace(b"10}", b"%d}" % size)) == [(HEX, size)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "is empty"),
        (b" \r", "is empty"),
        (LINE.replace(b"10}", b"0}"), "size is 0"),
        (LINE.replace(b"10}", b"-1}"), "size is -1"),
        (LINE.replace(b"10}", b"9007199254740992}"), "beyond"),
        (LINE.replace(b"10}", b"9999999999999999}"), "beyond"),
        (LINE.replace(b"10}", b"99999999999999999999}"), "beyond"),
        (LINE.replace(b"10}", b"010}"), "not JSON"),
        (LINE.replace(b"10}", b"1.0}"), "not an integer"),
        (LINE.replace(b"10}", b"1e1}"), "not an integer"),
        (LINE.replace(b"10}", b'"10"}'), "not an integer"),
        (LINE.replace(b"10}", b"true}"), "not an integer"),
        (LINE.replace(b"10}", b"null}"), "not an integer"),
        (LINE.replace(b"0x", b""), "hex digits"),
        (LINE.replace(HEX.encode(), HEX[:-1].encode()), "hex digits"),
        (LINE.replace(HEX.encode(), HEX[:-2].encode()), "31 bytes"),
        (LINE.replace(HEX.encode(), HEX.encode() + b"00"), "more than 32 bytes"),
        (LINE.replace(HEX.encode(), HEX.upper().encode()), "lower-case"),
        (LINE.replace(HEX.encode(), HEX[:-1].encode() + b"g"), "hex digits"),
        (LINE.replace(b'"0x%b"' % HEX.encode(), b"1"), "not a string"),
        (b'{"digest":"0x%b"}' % HEX.encode(), "lacks size"),
        (b'{"size":10}', "lacks digest"),
        (b"{}", "lacks digest, size"),
        (LINE[:-1] + b',"file":"a.pdf"}', "unknown field: 'file'"),
        (LINE[:-1] + b',"file":"a.pdf"}', "hand the list in with sealbook anchor --digests"),
        (b"no JSON", "line {n}: not JSON at column 1: "),
        (LINE[:-1] + b',"size":10}', "'size' is repeated"),
        (LINE.replace(b'"size"', b'"digest"'), "'digest' is repeated"),
        (LINE + LINE, "not JSON"),
        (LINE + b",", "not JSON"),
        (LINE[:-1], "not JSON"),
        (b"[" + LINE + b"]", "not an object"),
        (b'"0x%b"' % HEX.encode(), "not an object"),
        (HEX.encode(), "not JSON"),
        (b"\xef\xbb\xbf" + LINE, "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"\x00", "not JSON"),
        (b"[" * 200, "nested"),
        (LINE + b" " * MAX_LINE_BYTES, f"more than {MAX_LINE_BYTES} bytes"),
    ],
)
@pytest.mark.parametrize("before", [0, 3])
def test_a_bad_line_refuses_all_and_is_named(line: bytes, reason: str, before: int) -> None:
    for behind in (b"", LINE + b"\n"):
        error = refused((LINE + b"\n") * before + line + b"\n" + behind)
        assert reason.replace("{n}", str(before + 1)) in str(error)
        assert error.rule == "invalid-line"
        assert error.details == {"line": before + 1}
        assert f"line {before + 1}" in str(error)


def test_lines_are_counted_through_all_pieces() -> None:
    lines = DigestLines(max_lines=1000)
    for _ in range(5):
        lines.feed((LINE + b"\n") * 7)
    with pytest.raises(InvalidRequest) as caught:
        lines.feed(LINE + b"\n{}\n")
    assert caught.value.details == {"line": 37}


def test_a_line_without_end_is_refused_before_it_is_held() -> None:
    lines = DigestLines(max_lines=1000)
    lines.feed(LINE + b"\n" + b"x" * MAX_LINE_BYTES)
    with pytest.raises(InvalidRequest, match=f"line 2 has more than {MAX_LINE_BYTES} bytes"):
        lines.feed(b"x")


def test_no_more_than_the_most_lines_are_taken() -> None:
    assert len(read((LINE + b"\n") * 3, max_lines=3)) == 3
    for more in (LINE, LINE + b"\n", b"\n"):
        error = refused((LINE + b"\n") * 3 + more, max_lines=3)
        assert (error.rule, error.details) == ("bundle-too-large", {"max_documents": 3})


DOCUMENTS = st.lists(
    st.tuples(st.binary(min_size=32, max_size=32), st.integers(1, MAX_INTEGER)), max_size=20
)
FORMS = (
    b'{"digest":"0x%b","size":%b}',
    b'{"digest": "0x%b", "size": %b}',
    b'\t{"digest":"0x%b","siz\\u0065":%b} ',
)


@given(DOCUMENTS, st.lists(st.sampled_from(FORMS), min_size=20, max_size=20), st.data())
def test_lines_in_any_forms_and_pieces_say_what_was_written(
    documents: list[tuple[bytes, int]], forms: list[bytes], data: st.DataObject
) -> None:
    body = b"".join(
        form % (digest.hex().encode(), b"%d" % size) + b"\n"
        for (digest, size), form in zip(documents, forms, strict=False)
    )
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=5)))
    pieces = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert read(*pieces) == [(digest.hex(), size) for digest, size in documents]
