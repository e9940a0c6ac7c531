import sys

import pytest

from ledger.codec import JsonValue, canonical_json, parse_json_strict
from ledger.errors import VerificationError

MAX_BYTES = 10_000
MAX_DEPTH = 32


def nested(depth: int) -> JsonValue:
    value: JsonValue = 1
    for _ in range(depth):
        value = [value]
    return value


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    assert canonical_json({"b": [1, None], "a": {"d": True, "c": ""}}) == (
        b'{"a":{"c":"","d":true},"b":[1,null]}'
    )


def test_strings_are_escaped_as_rfc_8785_section_3_2_2_2_prescribes() -> None:
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/\u007f"
    assert canonical_json(text) == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'


def test_integers_are_written_up_to_the_last_one_that_is_exact() -> None:
    assert (
        canonical_json([2**53 - 1, -(2**53 - 1), -0]) == b"[9007199254740991,-9007199254740991,0]"
    )


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        2**53,
        -(2**53),
        {"é": 1},
        {1: 1},
        (1, 2),
        b"bytes",
        "\ud800",
        {"a": {"b": float("nan")}},
        {1, 2},
        object(),
        nested(MAX_DEPTH + 1),
    ],
)
def test_what_is_outside_the_profile_is_not_written(value: JsonValue) -> None:
    with pytest.raises(ValueError, match=r"canonical|integer|key|nested|surrogate"):
        canonical_json(value)


def test_a_subclass_of_a_string_is_not_written() -> None:
    class Name(str):
        __slots__ = ()

    with pytest.raises(ValueError, match="cannot be written"):
        canonical_json(Name("x"))


def test_the_deepest_value_is_written_and_read_back() -> None:
    value = nested(MAX_DEPTH)
    assert parse_json_strict(canonical_json(value), max_bytes=MAX_BYTES) == value


def test_white_space_and_the_order_of_keys_are_free() -> None:
    assert parse_json_strict(b' {"b": 1,\n"a" : [true]} ', max_bytes=MAX_BYTES) == {
        "a": [True],
        "b": 1,
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": 1,}', "not JSON"),
        (b'"tab\there"', "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b'"\xff"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b'{"a":1,"a":1}', "'a' is repeated"),
        (b'{"a":{"b":1,"c":2,"b":3}}', "'b' is repeated"),
        (b'{"\\u0061":1,"a":2}', "'a' is repeated"),
        (b"1.0", "not an integer"),
        (b"1e3", "not an integer"),
        (b"NaN", "not an integer"),
        (b"-Infinity", "not an integer"),
        (b"9007199254740992", "beyond"),
        (b"-9007199254740992", "beyond"),
        (b"1" * 5000, "beyond"),
        (b'"\\ud800"', "surrogate"),
        (b'{"a":["\\udfff"]}', "surrogate"),
        ('{"é":1}'.encode(), "not an ASCII string"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "nested deeper"),
        (b"[" * 9_000, "nested deeper|not JSON"),
        (b'{"a":' * 1_900, "nested deeper|not JSON"),
        (b" " * (MAX_BYTES + 1), "10001 bytes"),
    ],
)
def test_what_is_malformed_or_outside_the_profile_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        parse_json_strict(text, max_bytes=MAX_BYTES)


def test_a_large_string_of_quotes_that_is_not_closed_is_refused() -> None:
    text = b'{"a":"' + b'\\"' * 128 * 1024
    with pytest.raises(VerificationError, match="not JSON"):
        parse_json_strict(text, max_bytes=len(text))


def test_brackets_behind_a_string_of_quotes_count_and_those_inside_do_not() -> None:
    text = b'["' + b'\\"[' * 100 + b'"]'
    assert parse_json_strict(text, max_bytes=MAX_BYTES) == ['"[' * 100]
    with pytest.raises(VerificationError, match="nested deeper"):
        parse_json_strict(text[:-1] + b"," + b"[" * 100, max_bytes=MAX_BYTES)


def test_a_text_as_large_as_the_limit_is_read() -> None:
    assert parse_json_strict(b"[]" + b" " * (MAX_BYTES - 2), max_bytes=MAX_BYTES) == []


@pytest.mark.parametrize("text", [b"[" * 300_000, b'{"a":' * 150_000, b'["\\"",' + b"[" * 300_000])
def test_nesting_is_refused_even_where_a_library_has_lifted_the_limit_of_recursion(
    text: bytes,
) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        with pytest.raises(VerificationError, match="nested deeper than 32"):
            parse_json_strict(text, max_bytes=2**20)
    finally:
        sys.setrecursionlimit(before)


def test_brackets_inside_strings_are_no_nesting() -> None:
    text = b'{"\\"[[[": "' + b"[{" * 100 + b'"}'
    assert parse_json_strict(text, max_bytes=2**20) == {'"[[[': "[{" * 100}
