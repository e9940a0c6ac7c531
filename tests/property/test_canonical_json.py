import json

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger.codec import JsonValue, canonical_json, parse_json_strict
from ledger.errors import VerificationError

INTEGERS = st.integers(-(2**53 - 1), 2**53 - 1)
STRINGS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127))
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | INTEGERS | STRINGS,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=30,
)


@given(VALUES)
def test_what_is_written_is_what_an_independent_rfc_8785_writer_writes(value: JsonValue) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_is_written_is_read_back(value: JsonValue) -> None:
    assert parse_json_strict(canonical_json(value), max_bytes=1_000_000) == value


@given(VALUES, st.integers(1, 4))
def test_any_layout_of_a_value_is_read_to_the_same_value(value: JsonValue, indent: int) -> None:
    spaced = json.dumps(value, indent=indent).encode()
    assert parse_json_strict(spaced, max_bytes=1_000_000) == value


@given(st.binary(max_size=200) | st.text(alphabet='[]{}",:0123456789.eE-+ntfu\\ ').map(str.encode))
def test_any_bytes_are_read_to_something_that_can_be_written_or_refused(data: bytes) -> None:
    try:
        value = parse_json_strict(data, max_bytes=1_000_000)
    except VerificationError:
        return
    assert parse_json_strict(canonical_json(value), max_bytes=1_000_000) == value
