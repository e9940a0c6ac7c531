import json
from typing import Any

import rlp
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from ledger.codec import canonical_json
from ledger.errors import VerificationError
from ledger.evidence import (
    Verdict,
    Verifier,
    decode_header,
    decode_receipt,
    verify_receipt,
)
from tests.unit.evidence.ledger_world import (
    FINGERPRINTS,
    INVOICE,
    INVOICE_EVIDENCE,
    POLICY,
    HeldChain,
    receipt,
)

FILE = INVOICE_EVIDENCE.serialise()
VERIFIER = Verifier(POLICY, HeldChain.holding(INVOICE_EVIDENCE), FINGERPRINTS)
JSON_BYTES = st.sampled_from(b'{}[]":,x \\\n\xff') | st.sampled_from(b"0123456789abcdef")
RLP_BYTES = st.sampled_from(b"\x00\x01\x20\x7f\x80\x81\xa0\xb7\xb8\xc0\xc1\xf8\xf9\xff")


@st.composite
def mutations(draw: st.DrawFn, original: bytes, octets: st.SearchStrategy[int]) -> bytes:
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 3) | st.integers(0, len(data)))
        data[start : start + length] = bytes(draw(st.lists(octets, max_size=4)))
    return bytes(data)


@given(mutations(FILE, JSON_BYTES))
def test_any_mutation_of_a_file_gets_a_report_and_only_the_file_itself_verifies(
    data: bytes,
) -> None:
    assert (VERIFIER.verify(INVOICE, data).verdict is Verdict.VERIFIED) == (data == FILE)


@given(st.binary(max_size=300))
def test_any_bytes_get_a_report(data: bytes) -> None:
    assert VERIFIER.verify(INVOICE, data).verdict is Verdict.REFUTED


@given(st.data())
def test_any_mutation_of_header_or_proof_gets_a_report_and_does_not_verify(
    data: st.DataObject,
) -> None:
    value: dict[str, Any] = json.loads(FILE)
    nodes = [bytes.fromhex(node[2:]) for node in value["event"]["proof"]]
    header = bytes.fromhex(value["header"][2:])
    place = data.draw(st.integers(0, len(nodes)))
    if place == len(nodes):
        changed = data.draw(mutations(header, RLP_BYTES))
        value["header"] = "0x" + changed.hex()
    else:
        changed = data.draw(mutations(nodes[place], RLP_BYTES))
        value["event"]["proof"][place] = "0x" + changed.hex()
    mutated = canonical_json(value)
    assert (VERIFIER.verify(INVOICE, mutated).verdict is Verdict.VERIFIED) == (mutated == FILE)


@given(mutations(INVOICE_EVIDENCE.header, RLP_BYTES))
def test_any_mutation_of_a_header_is_read_or_refused(data: bytes) -> None:
    try:
        assert decode_header(data).ref.hash == keccak(data)
    except VerificationError:
        return


@given(mutations(receipt([]), RLP_BYTES))
def test_any_mutation_of_a_receipt_is_read_or_refused(data: bytes) -> None:
    try:
        decode_receipt(data)
    except VerificationError:
        return


PATHS = st.binary(max_size=3) | st.sampled_from([b"\x00", b"\x20", b"\x16", b"\x36", b"\x20\x80"])
CHILDREN = st.lists(st.binary(max_size=33), min_size=17, max_size=17)
NODES = CHILDREN | st.tuples(PATHS, st.binary(max_size=40)).map(list)


@given(st.lists(NODES, min_size=1, max_size=4), st.integers(0, 300), st.data())
def test_any_chain_of_nodes_is_followed_or_refused(
    nodes: list[list[bytes]], index: int, data: st.DataObject
) -> None:
    encoded = [rlp.encode(nodes[-1])]
    for node in reversed(nodes[:-1]):
        node[data.draw(st.integers(0, len(node) - 1))] = keccak(encoded[0])
        encoded.insert(0, rlp.encode(node))
    try:
        verify_receipt(keccak(encoded[0]), index, encoded)
    except VerificationError:
        return
