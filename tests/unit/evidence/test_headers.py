import pytest
import rlp

from ledger.errors import VerificationError
from ledger.evidence import decode_header
from ledger.types import BlockRef
from tests.unit.evidence.ledger_world import BLOCK_NUMBER, BLOCK_TIME, header

ROOT = b"\x77" * 32
EMPTY_TRIE = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
GENESIS = rlp.encode(
    [
        bytes(32),
        bytes.fromhex("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"),
        bytes(20),
        bytes.fromhex("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"),
        bytes.fromhex(EMPTY_TRIE),
        bytes.fromhex(EMPTY_TRIE),
        bytes(256),
        0x400000000,
        0,
        5000,
        0,
        0,
        bytes.fromhex("11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa"),
        bytes(32),
        bytes.fromhex("0000000000000042"),
    ]
)


def test_the_first_block_of_ethereum_has_its_known_hash() -> None:
    block = decode_header(GENESIS)
    known = "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
    assert block.ref == BlockRef(0, bytes.fromhex(known))
    assert block.receipts_root.hex() == EMPTY_TRIE
    assert block.timestamp == 0


@pytest.mark.parametrize("later", [(), (7,), (7, b"\x08" * 32, 1, 0, b"\x09" * 32, b"\x0a" * 32)])
def test_fields_that_forks_append_are_hashed_and_not_interpreted(later: tuple[object, ...]) -> None:
    block = decode_header(header(ROOT, later=later))
    assert (block.parent_hash, block.state_root) == (b"\x01" * 32, b"\x04" * 32)
    assert (block.receipts_root, block.timestamp) == (ROOT, BLOCK_TIME)
    assert block.ref.number == BLOCK_NUMBER
    assert block.ref.hash != decode_header(header(ROOT, later=(*later, 1))).ref.hash


def test_a_header_may_grow_to_32_fields() -> None:
    assert decode_header(header(ROOT, later=(1,) * 17)).receipts_root == ROOT
    with pytest.raises(VerificationError, match="has 33 fields"):
        decode_header(header(ROOT, later=(1,) * 18))


@pytest.mark.parametrize("index", [7, 8, 9, 10, 11])
def test_numbers_in_a_header_are_minimal_and_have_64_bits(index: int) -> None:
    decode_header(with_field(index, b"\xff" * 8))
    for number in (b"\x00\x01", b"\x01" * 9):
        with pytest.raises(VerificationError, match=f"field {index} of the block header"):
            decode_header(with_field(index, number))


def with_field(index: int, value: object) -> bytes:
    fields = rlp.decode(header(ROOT))
    fields[index] = value
    encoded: bytes = rlp.encode(fields)
    return encoded


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"\x80",
        rlp.encode([]),
        rlp.encode(rlp.decode(GENESIS)[:-1]),
        GENESIS + b"\x00",
        GENESIS[:-1],
        with_field(0, b"\x01" * 31),
        with_field(2, b"\x01" * 21),
        with_field(5, b"\x01" * 33),
        with_field(6, bytes(255)),
        with_field(14, bytes(7)),
        with_field(12, [b"extra"]),
        with_field(15, [b"later"]),
    ],
)
def test_bytes_that_are_no_header_are_refused(encoded: bytes) -> None:
    with pytest.raises(VerificationError):
        decode_header(encoded)
