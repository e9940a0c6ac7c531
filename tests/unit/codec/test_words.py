import pytest
from eth_utils.crypto import keccak

from ledger.codec import member_from_word, member_to_word, record_id
from ledger.errors import VerificationError
from ledger.types import AccountName, Digest, MemberId

LEI = MemberId("lei:5493001KJTIIGC8Y1R12")
LEI_WORD = bytes.fromhex("6c65693a353439333030314b4a54494947433859315231320000000000000000")


def test_a_member_is_left_aligned_and_padded_with_zeros() -> None:
    assert member_to_word(LEI) == LEI_WORD
    assert member_from_word(LEI_WORD) == LEI


def test_a_name_may_fill_the_whole_word() -> None:
    name = MemberId("lei:" + "A" * 28)
    assert member_to_word(name) == name.encode()
    assert member_from_word(name.encode()) == name


@pytest.mark.parametrize(
    "word",
    [
        bytes(32),
        LEI_WORD[:31],
        LEI_WORD + b"\x00",
        b"\x00" + LEI_WORD[:31],
        LEI_WORD.replace(b"K", b"\x00"),
        LEI_WORD[:-1] + b"\x01",
        b"lei".ljust(32, b"\x00"),
        b"LEI:A".ljust(32, b"\x00"),
        "lei:é".encode().ljust(32, b"\x00"),
    ],
)
def test_another_word_names_no_member(word: bytes) -> None:
    with pytest.raises(VerificationError):
        member_from_word(word)


def test_a_record_is_named_by_chain_book_issuer_and_commitment_as_the_abi_encodes_them() -> None:
    book = AccountName.parse("eip155:1337:0x00000000000000000000000000000000000000b0")
    commitment = Digest(b"\xcc" * 32)
    words = (1337).to_bytes(32, "big") + (0xB0).to_bytes(32, "big") + LEI_WORD + commitment
    assert record_id(book, LEI, commitment) == keccak(words)
