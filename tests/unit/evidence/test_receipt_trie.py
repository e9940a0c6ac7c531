from collections.abc import Callable

import pytest
import rlp
from eth_utils.crypto import keccak

from ledger.errors import VerificationError
from ledger.evidence import prove_receipt, verify_receipt
from tests.unit.evidence.ledger_world import receipt

Nodes = tuple[bytes, ...]

RECEIPTS = [receipt([], kind=number % 5) for number in range(300)]
ROOT, NODES = prove_receipt(RECEIPTS, 130)


def test_block_46147_of_ethereum_has_its_known_receipts_root() -> None:
    state_root = "96a8e009d2b88b1483e6941e6812e32263b05683fac202abc622a3e31aed1957"
    only = rlp.encode([bytes.fromhex(state_root), 21_000, bytes(256), []])
    root, nodes = prove_receipt([only], 0)
    assert root.hex() == "fe2bf2a941abf41d72637e5b91750332a30283efd40c424dc522b77e6f0ed8c4"
    assert verify_receipt(root, 0, nodes) == only


@pytest.mark.parametrize("size", [1, 2, 3, 16, 17, 127, 128, 129, 256, 257, 300])
def test_every_receipt_is_proved_at_its_place(size: int) -> None:
    for index in {0, 1, 127, 128, 255, 256, size // 2, size - 1} & set(range(size)):
        root, nodes = prove_receipt(RECEIPTS[:size], index)
        assert verify_receipt(root, index, nodes) == RECEIPTS[index]


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_proof_outside_the_block(index: int) -> None:
    with pytest.raises(IndexError):
        prove_receipt(RECEIPTS[:3], index)


@pytest.mark.parametrize("index", [0, 1, 129, 131, 300, 2**32 - 1])
def test_a_proof_holds_for_one_place_only(index: int) -> None:
    with pytest.raises(VerificationError):
        verify_receipt(ROOT, index, NODES)


def test_a_proof_holds_for_one_root_only() -> None:
    with pytest.raises(VerificationError):
        verify_receipt(keccak(b"another root"), 130, NODES)


@pytest.mark.parametrize(
    "change",
    [
        lambda nodes: nodes[:0],
        lambda nodes: nodes[:-1],
        lambda nodes: nodes[1:],
        lambda nodes: nodes[::-1],
        lambda nodes: (*nodes, nodes[-1]),
        lambda nodes: (nodes[0], *nodes),
        lambda nodes: (*nodes, rlp.encode([b"\x20", b"stray"])),
        lambda nodes: (nodes[0][:-1], *nodes[1:]),
        lambda nodes: (nodes[0] + b"\x00", *nodes[1:]),
        lambda nodes: (*nodes[:-1], b""),
        lambda nodes: (*nodes[:-1], rlp.encode([])),
        lambda nodes: (*nodes[:-1], rlp.encode([b""] * 16)),
        lambda nodes: (*nodes[:-1], rlp.encode([b"\x20", [b"\x20", b"embedded"]])),
        lambda nodes: (*nodes[:-1], rlp.encode([b"short"] + [b""] * 16)),
        lambda nodes: (*nodes[:-1], rlp.encode(b"string")),
    ],
)
def test_a_proof_of_other_nodes_is_refused(change: Callable[[Nodes], Nodes]) -> None:
    assert verify_receipt(ROOT, 130, NODES) == RECEIPTS[130]
    with pytest.raises(VerificationError):
        verify_receipt(ROOT, 130, change(NODES))


@pytest.mark.parametrize(
    "node",
    [
        [b"", b"no path"],
        [b"\x40", b"no such flag"],
        [b"\xff", b"no such flag"],
        [b"\x20\x01", b"a leaf of another transaction"],
        [b"\x00", keccak(b"elsewhere")],
        [b"\x00\x80", b"not a hash"],
        [b"\x18", keccak(b"elsewhere")],
        [b"\x20", b"a leaf on the way to nothing"],
        [b""] * 17,
        [keccak(b"elsewhere")] * 16 + [b""],
    ],
)
def test_a_root_over_a_senseless_node_is_refused(node: list[bytes]) -> None:
    encoded = rlp.encode(node)
    with pytest.raises(VerificationError):
        verify_receipt(keccak(encoded), 0, [encoded])


def test_a_way_that_goes_on_after_the_key_is_refused() -> None:
    leaf = rlp.encode([b"\x20", RECEIPTS[0]])
    beyond = rlp.encode([b"", keccak(leaf)] + [b""] * 15)
    second = rlp.encode([keccak(beyond)] + [b""] * 16)
    root = rlp.encode([b""] * 8 + [keccak(second)] + [b""] * 8)
    with pytest.raises(VerificationError, match="leaves the way"):
        verify_receipt(keccak(root), 0, [root, second, beyond, leaf])


def test_a_way_through_a_leaf_is_refused() -> None:
    leaf = rlp.encode([b"\x20\x80", RECEIPTS[0]])
    through = rlp.encode([b"\x20", keccak(leaf)])
    with pytest.raises(VerificationError, match="leaves the way"):
        verify_receipt(keccak(through), 0, [through, leaf])
