"""eth_getProof: what a light client does with it, down from the state root in the header."""

import pytest
import rlp
from eth_utils.crypto import keccak
from trie.exceptions import MissingTrieNode
from trie.hexary import HexaryTrie

from tests.devnet.bytecode import STORE, words
from tests.devnet.client import Client, JsonObject, hexed, number, unhexed

UNUSED = "0x00000000000000000000000000000000000000aa"


def look_up(root: str, key: bytes, path: list[str]) -> bytes:
    """Follow a path from a root; MissingTrieNode where it does not lead on."""
    nodes = {keccak(unhexed(node)): unhexed(node) for node in path}
    found: bytes = HexaryTrie(nodes, unhexed(root))[keccak(key)]
    return found


@pytest.fixture
def contract(client: Client) -> str:
    sender = client.devnet.accounts[0]
    address = client.create(sender, STORE)
    for slot in range(20):
        client.send(sender, to=address, data=words(slot, slot + 1))
    return address


def prove(client: Client, address: str, slots: list[int], block: str) -> JsonObject:
    proof: JsonObject = client.ask("eth_getProof", address, [hex(slot) for slot in slots], block)
    assert proof["address"] == address or address == UNUSED
    return proof


def test_an_account_is_proved_against_the_state_root(client: Client, contract: str) -> None:
    for address in (contract, *(account.address for account in client.devnet.accounts)):
        for height in ("0x1", "0x9", "latest"):
            root = client.ask("eth_getBlockByNumber", height)["stateRoot"]
            proof = prove(client, address, [], height)
            encoded = look_up(root, unhexed(address), proof["accountProof"])
            nonce, balance, storage_root, code_hash = rlp.decode(encoded)
            assert int.from_bytes(nonce) == number(proof["nonce"])
            assert number(proof["balance"]) == int.from_bytes(balance)
            assert proof["balance"] == client.ask("eth_getBalance", address, height)
            assert hexed(storage_root) == proof["storageHash"]
            assert hexed(code_hash) == proof["codeHash"]


def test_the_code_hash_is_that_of_the_code(client: Client, contract: str) -> None:
    assert prove(client, contract, [], "latest")["codeHash"] == hexed(keccak(STORE))


def test_slots_are_proved_against_the_storage_root(client: Client, contract: str) -> None:
    proof = prove(client, contract, [0, 7, 19, 20, 2**256 - 1], "latest")
    values = []
    for each in proof["storageProof"]:
        key = number(each["key"]).to_bytes(32)
        encoded = look_up(proof["storageHash"], key, each["proof"])
        value = int.from_bytes(rlp.decode(encoded)) if encoded else 0
        assert number(each["value"]) == value
        values.append(value)
    assert values == [1, 8, 20, 0, 0]


def test_slots_are_proved_as_of_an_earlier_block(client: Client, contract: str) -> None:
    proof = prove(client, contract, [7], "0x8")
    assert [number(each["value"]) for each in proof["storageProof"]] == [0]
    proof = prove(client, contract, [7], "0x9")
    assert [number(each["value"]) for each in proof["storageProof"]] == [8]


def test_an_account_that_is_not_there_is_proved_absent(client: Client, contract: str) -> None:
    assert contract != UNUSED
    root = client.ask("eth_getBlockByNumber", "latest")["stateRoot"]
    proof = prove(client, UNUSED, [3], "latest")
    assert look_up(root, unhexed(UNUSED), proof["accountProof"]) == b""
    assert (proof["balance"], proof["nonce"]) == ("0x0", "0x0")
    assert proof["storageProof"] == [{"key": "0x3", "value": "0x0", "proof": []}]


def test_a_changed_node_leads_nowhere(client: Client, contract: str) -> None:
    root = client.ask("eth_getBlockByNumber", "latest")["stateRoot"]
    path = prove(client, contract, [], "latest")["accountProof"]
    for position, node in enumerate(path):
        changed = bytearray(unhexed(node))
        changed[-1] ^= 1
        damaged = [*path[:position], hexed(bytes(changed)), *path[position + 1 :]]
        with pytest.raises(MissingTrieNode):
            look_up(root, unhexed(contract), damaged)
