from enum import StrEnum

import pytest

from ledger.codec import Fields
from ledger.errors import VerificationError
from ledger.types import ChainId


def read(value: object) -> Fields:
    return Fields.read(value, "thing", required=("a",), optional=("b",))


def test_an_object_with_exactly_the_expected_keys_is_taken() -> None:
    fields = read({"a": "x", "b": 3})
    assert fields.text("a") == "x"
    assert fields.integer("b") == 3
    assert fields.has("b")
    assert not read({"a": 1}).has("b")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([], "thing is not an object"),
        (None, "thing is not an object"),
        ({}, "thing lacks a"),
        ({"a": 1, "c": 2}, "thing has an unknown field: 'c'"),
    ],
)
def test_other_shapes_are_refused(value: object, reason: str) -> None:
    with pytest.raises(VerificationError, match=reason):
        read(value)


@pytest.mark.parametrize("value", ["1", True, None, [1], 1.0])
def test_only_an_integer_is_an_integer(value: object) -> None:
    with pytest.raises(VerificationError, match=r"thing\.a is not an integer"):
        read({"a": value}).integer("a")


@pytest.mark.parametrize("value", [-1, 6])
def test_an_integer_keeps_its_bounds(value: int) -> None:
    assert read({"a": 5}).integer("a", maximum=5) == 5
    with pytest.raises(VerificationError, match=r"thing\.a is -?\d, and must be from 0 to 5"):
        read({"a": value}).integer("a", maximum=5)


def test_bytes_are_read_from_lower_case_hex() -> None:
    assert read({"a": "0x00ff"}).octets("a", max_bytes=2) == b"\x00\xff"
    assert read({"a": "0x"}).octets("a", max_bytes=2) == b""


@pytest.mark.parametrize("value", ["00ff", "0xFF", "0X00", "0x0", "0x0g", "0x00\n", "", 0, None])
def test_other_notations_of_bytes_are_refused(value: object) -> None:
    with pytest.raises(VerificationError, match=r"thing\.a is not"):
        read({"a": value}).octets("a", max_bytes=8)


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(VerificationError, match=r"thing\.a has more than 2 bytes"):
        read({"a": "0x000000"}).octets("a", max_bytes=2)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_digest_has_32_bytes(size: int) -> None:
    assert read({"a": "0x" + "ab" * 32}).digest("a") == b"\xab" * 32
    with pytest.raises(VerificationError, match=r"thing\.a has"):
        read({"a": "0x" + "ab" * size}).digest("a")


def test_items_of_an_array_are_named_by_their_position() -> None:
    assert read({"a": ["0x01", "0x"]}).octet_strings("a", max_items=2, max_bytes=1) == (
        b"\x01",
        b"",
    )
    with pytest.raises(VerificationError, match=r"thing\.a\[1\] is not a string"):
        read({"a": ["0x01", 2]}).octet_strings("a", max_items=2, max_bytes=1)
    with pytest.raises(VerificationError, match=r"thing\.a\[0\] has 1 bytes"):
        read({"a": ["0x01"]}).digests("a", max_items=2)


def test_an_array_is_an_array_and_has_a_limit() -> None:
    with pytest.raises(VerificationError, match=r"thing\.a is not an array"):
        read({"a": "0x"}).items("a", 2)
    with pytest.raises(VerificationError, match=r"thing\.a has 3 items; at most 2"):
        read({"a": [1, 2, 3]}).items("a", 2)


def test_a_parsed_value_is_taken_in_its_canonical_form_only() -> None:
    def lenient(text: str) -> ChainId:
        return ChainId.parse(text.strip())

    assert read({"a": "eip155:1337"}).parsed("a", ChainId.parse) == ChainId(1337)
    with pytest.raises(VerificationError, match=r"thing\.a: 'eip155:01' is not a CAIP-2 name"):
        read({"a": "eip155:01"}).parsed("a", ChainId.parse)
    with pytest.raises(VerificationError, match=r"thing\.a must be written eip155:1"):
        read({"a": " eip155:1"}).parsed("a", lenient)


def test_a_choice_is_one_of_the_values() -> None:
    class Fruit(StrEnum):
        APPLE = "apple"
        PEAR = "pear"

    assert read({"a": "pear"}).choice("a", Fruit) is Fruit.PEAR
    with pytest.raises(VerificationError, match=r"thing\.a is not one of: apple, pear"):
        read({"a": "PEAR"}).choice("a", Fruit)
