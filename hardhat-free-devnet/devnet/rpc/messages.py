"""Reading transaction objects: what `eth_call`, `eth_estimateGas`, `eth_sendTransaction` take."""

from dataclasses import dataclass
from typing import Final, TypeVar

from devnet.errors import InvalidParams
from devnet.rpc import params
from devnet.rpc.params import Parser
from devnet.rpc.values import Json
from devnet.simulation import AccessList, Message

T = TypeVar("T")

_MOST_LIST_ENTRIES: Final = 10_000
_ZERO_ADDRESS: Final = bytes(20)


@dataclass(frozen=True, slots=True)
class TransactionRequest:
    """A transaction object (execution-apis, GenericTransaction); None where nothing was said.

    sender, to: 20 bytes; an empty `to` creates a contract. Fees are in wei for one gas.
    """

    sender: bytes | None
    to: bytes
    gas: int | None
    gas_price: int | None
    max_fee_per_gas: int | None
    max_priority_fee_per_gas: int | None
    value: int
    data: bytes
    nonce: int | None
    access_list: AccessList | None
    chain_id: int | None

    def message(self) -> Message:
        """What is to be run; the zero address sends when nobody is named."""
        return Message(
            sender=self.sender or _ZERO_ADDRESS,
            to=self.to,
            gas=self.gas,
            value=self.value,
            data=self.data,
            access_list=self.access_list or (),
        )


def transaction_request(value: Json) -> TransactionRequest:
    """Read a transaction object; InvalidParams when it contradicts itself."""
    members = params.members(value)

    def member(name: str, parse: Parser[T]) -> T | None:
        return parse(members[name]) if name in members else None

    data, input_data = member("data", params.data), member("input", params.data)
    if data is not None and input_data is not None and data != input_data:
        raise InvalidParams("data and input are both given and differ: give input alone")
    request = TransactionRequest(
        sender=member("from", params.address),
        to=member("to", params.address) or b"",
        gas=member("gas", params.quantity),
        gas_price=member("gasPrice", params.quantity),
        max_fee_per_gas=member("maxFeePerGas", params.quantity),
        max_priority_fee_per_gas=member("maxPriorityFeePerGas", params.quantity),
        value=member("value", params.quantity) or 0,
        data=input_data or data or b"",
        nonce=member("nonce", params.quantity),
        access_list=member("accessList", params.array(_access, longest=_MOST_LIST_ENTRIES)),
        chain_id=member("chainId", params.quantity),
    )
    highest, tip = request.max_fee_per_gas, request.max_priority_fee_per_gas
    if request.gas_price is not None and (highest, tip) != (None, None):
        raise InvalidParams("gasPrice excludes maxFeePerGas and maxPriorityFeePerGas")
    return request


def _access(value: Json) -> tuple[bytes, tuple[int, ...]]:
    members = params.members(value)
    slots = params.array(params.storage_slot, longest=_MOST_LIST_ENTRIES)
    return params.address(members.get("address")), slots(members.get("storageKeys", []))
