import pytest

from ledger.codec import RlpItem, parse_rlp_strict, rlp_bytes, rlp_integer, rlp_list
from ledger.errors import VerificationError


@pytest.mark.parametrize(
    ("encoded", "item"),
    [
        # Examples of the Ethereum documentation on RLP.
        ("83646f67", b"dog"),
        ("c88363617483646f67", [b"cat", b"dog"]),
        ("80", b""),
        ("c0", []),
        ("0f", b"\x0f"),
        ("8180", b"\x80"),
        ("820400", b"\x04\x00"),
        ("c7c0c1c0c3c0c1c0", [[], [[]], [[], [[]]]]),
        ("b838" + "61" * 56, b"a" * 56),
    ],
)
def test_canonical_encodings_are_read(encoded: str, item: RlpItem) -> None:
    assert parse_rlp_strict(bytes.fromhex(encoded), "it") == item


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "810f",
        "83646f",
        "83646f6700",
        "c883636174",
        "c88363617483646f6700",
        "b80361626300",
        "b8376161",
        "b90038" + "61" * 56,
        "f800",
        "f837" + "61" * 55,
        "c281",
        "bfffffffffffffffff",
        "ffffffffffffffffff",
    ],
)
def test_other_encodings_are_refused(encoded: str) -> None:
    with pytest.raises(VerificationError, match="it is not one item of canonical RLP"):
        parse_rlp_strict(bytes.fromhex(encoded), "it")


@pytest.mark.parametrize(
    "bomb", [b"\xc1" * 100_000, b"\xf9" * 100_000, b"\xfb\xff\xff\xff\xff" * 20_000]
)
def test_deep_nesting_is_refused_and_not_followed(bomb: bytes) -> None:
    with pytest.raises(VerificationError):
        parse_rlp_strict(bomb, "it")


def test_an_item_is_taken_as_what_it_must_be() -> None:
    assert rlp_list([b""], "it") == [b""]
    assert rlp_bytes(b"ab", "it", length=2) == b"ab"
    assert rlp_integer(b"", "it") == 0
    assert rlp_integer(b"\xff" * 8, "it") == 2**64 - 1


def test_an_item_of_another_kind_is_refused() -> None:
    with pytest.raises(VerificationError, match="it is not an RLP list"):
        rlp_list(b"", "it")
    with pytest.raises(VerificationError, match="it is not an RLP string"):
        rlp_bytes([], "it")
    with pytest.raises(VerificationError, match="it has 1 bytes, and must have 2"):
        rlp_bytes(b"a", "it", length=2)
    with pytest.raises(VerificationError, match="it is not an RLP string"):
        rlp_integer([], "it")


@pytest.mark.parametrize("octets", [b"\x00", b"\x00\x01", b"\x01" * 9])
def test_an_integer_is_minimal_and_has_64_bits(octets: bytes) -> None:
    with pytest.raises(VerificationError, match="it is not an RLP integer"):
        rlp_integer(octets, "it")
