"""Sends transactions and notes what they cost."""

from collections.abc import Iterator
from typing import Any

from web3.contract import Contract

from tests.contracts.cast import Ledger
from tests.contracts.harness import Member

FAR = 4_000_000_000
"""A date that no test comes to, in Unix seconds: always the same bytes to send."""


class Meter:
    """Gas of a contract's functions."""

    def __init__(self, ledger: Ledger, name: str, contract: Contract) -> None:
        self._ledger = ledger
        self._name = name
        self._contract = contract
        self.gas: dict[str, int] = {}

    def act(self, member: Member, function: str, *arguments: Any, note: str = "") -> None:
        """Let a member call a function."""
        receipt = self._ledger.act(member, self._contract.functions[function](*arguments))
        self._enter(function, note, receipt["gasUsed"])

    def decide(self, function: str, *arguments: Any, note: str = "executed") -> None:
        """Let the council call a function: the gas of the execution."""
        receipt = self._ledger.decide(self._contract.functions[function](*arguments))
        self._enter(function, note, receipt["gasUsed"])

    def _enter(self, function: str, note: str, gas: int) -> None:
        name = f"{self._name}.{function}"
        self.gas[f"{name}, {note}" if note else name] = gas


def words(first: int) -> Iterator[bytes]:
    """Words that are as dear to send as digests, almost without zero bytes; all of one `first`
    byte, and each another."""
    for number in range(1, 2**16):
        yield bytes([first, *number.to_bytes(2, "big")]) + b"\xee" * 29
