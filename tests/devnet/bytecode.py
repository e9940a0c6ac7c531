"""Small contracts, assembled by hand for the Paris EVM."""

from typing import Final

STORE: Final = bytes.fromhex("602036116013576000355460005260206000f35b6020356000355500")
"""Return the slot that the first word of the call data names; with a second word, set it."""

FORWARD: Final = bytes.fromhex("60406020600037600060006040600060006000355af1601e5760006000fd5b00")
"""Call the address in the first word with the two following ones; revert when that fails."""

ECHO_REVERT: Final = bytes.fromhex("366000600037366000fd")
"""Revert with the call data."""

CONTEXT: Final = bytes.fromhex("436000524260205260406000f3")
"""Return the block's number and timestamp."""

RECORD_CONTEXT: Final = bytes.fromhex("4260005544600155600143034060025500")
"""Store the timestamp, PREVRANDAO, and the hash of the block before, in slots 0 to 2."""


def logger(topics: int) -> bytes:
    """Emit a log: its data is the first word of the call data, its topics are those after it."""
    code = bytes.fromhex("600035600052")  # MSTORE(0, CALLDATALOAD(0))
    for position in range(topics, 0, -1):
        code += bytes([0x60, 32 * position, 0x35])  # CALLDATALOAD(32 * position)
    return code + bytes([0x60, 32, 0x60, 0, 0xA0 + topics, 0x00])  # LOG<topics>(0, 32), STOP


def creation(runtime: bytes) -> bytes:
    """Code that creates a contract with this runtime code."""
    # PUSH1 length, DUP1, PUSH1 9, RETURNDATASIZE, CODECOPY, RETURNDATASIZE, RETURN
    return b"\x60" + bytes([len(runtime)]) + bytes.fromhex("8060093d393df3") + runtime


def words(*values: int) -> bytes:
    """Numbers as 32-byte words."""
    return b"".join(value.to_bytes(32) for value in values)
