"""What the typed contract classes share: calls to be signed, and reads pinned to a block."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

from ledger.chain.abi import ContractAbi
from ledger.chain.port import Chain
from ledger.codec import member_from_word
from ledger.errors import NodeError, VerificationError
from ledger.types import Address, BlockRef, MemberId

_Enum = TypeVar("_Enum", bound=IntEnum)


def known(kind: type[_Enum], value: int) -> _Enum:
    """A value of a contract's enum. Raises NodeError for one that the contract cannot give."""
    try:
        return kind(value)
    except ValueError as error:
        raise NodeError(f"the node answered {value}, which is no {kind.__name__}") from error


@dataclass(frozen=True, slots=True)
class ContractCall:
    """A state-changing call: to be signed by an operator key, or decided by the council."""

    to: Address
    data: bytes


class Contract:
    """A contract at an address. Subclasses have one typed method for each function they use."""

    def __init__(self, chain: Chain, address: Address, abi: ContractAbi) -> None:
        self._chain = chain
        self.address = address
        self.abi = abi

    def _call(self, function: str, *arguments: Any) -> ContractCall:
        return ContractCall(self.address, self.abi.encode_call(function, *arguments))

    def _read(self, at: BlockRef, function: str, *arguments: Any) -> tuple[Any, ...]:
        data = self.abi.encode_call(function, *arguments)
        return self.abi.decode_result(function, self._chain.call(self.address, data, at=at))


def member_of(word: bytes) -> MemberId:
    """The member that a contract names. Raises NodeError for a word that names none."""
    try:
        return member_from_word(word)
    except VerificationError as error:
        raise NodeError(f"the node names a member that cannot be one: {error}") from error
