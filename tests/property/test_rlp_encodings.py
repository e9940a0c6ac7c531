import rlp
from hypothesis import given
from hypothesis import strategies as st

from ledger.codec import RlpItem, parse_rlp_strict
from ledger.errors import VerificationError

ITEMS: st.SearchStrategy[RlpItem] = st.recursive(st.binary(max_size=80), st.lists, max_leaves=20)
# Bytes that begin items, so that random input is often nearly valid.
PREFIXES = st.sampled_from([0x00, 0x7F, 0x80, 0x81, 0xB7, 0xB8, 0xBF, 0xC0, 0xC1, 0xF7, 0xF8, 0xFF])
NEARLY_RLP = st.lists(PREFIXES | st.integers(0, 255), max_size=70).map(bytes)


@given(ITEMS)
def test_every_item_is_read_back(item: RlpItem) -> None:
    assert parse_rlp_strict(rlp.encode(item), "it") == item


@given(NEARLY_RLP)
def test_bytes_that_are_read_have_no_other_encoding(data: bytes) -> None:
    try:
        item = parse_rlp_strict(data, "it")
    except VerificationError:
        return
    assert rlp.encode(item) == data
