"""Contract calls, results, errors and events as bytes, by a contract's ABI."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_abi import abi
from eth_abi.exceptions import DecodingError
from eth_typing import ABI
from eth_utils.abi import (
    event_abi_to_log_topic,
    function_abi_to_4byte_selector,
    get_abi_input_names,
    get_abi_input_types,
    get_abi_output_types,
)

from ledger.chain.port import Log
from ledger.errors import NodeError
from ledger.types import to_hex

_SELECTOR_BYTES = 4

# What eth_abi raises on bytes that are not of the types asked for.
_MALFORMED = (DecodingError, UnicodeDecodeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded call, event or error: its name and its arguments by name."""

    name: str
    arguments: Mapping[str, Any]


class ContractAbi:
    """Encodes and decodes for one contract, by the ABI that the compiler wrote."""

    def __init__(self, elements: ABI) -> None:
        def of_type(kind: str) -> list[Any]:
            return [element for element in elements if element["type"] == kind]

        self._constructor = next(iter(of_type("constructor")), None)
        self._functions = {element["name"]: element for element in of_type("function")}
        self._selectors = {
            function_abi_to_4byte_selector(element): element for element in self._functions.values()
        }
        self._events = {event_abi_to_log_topic(element): element for element in of_type("event")}
        self._errors = {
            function_abi_to_4byte_selector(element): element for element in of_type("error")
        }

    def encode_call(self, function: str, *arguments: Any) -> bytes:
        """Call data for a function: selector and arguments."""
        element = self._functions[function]
        types = get_abi_input_types(element)
        return function_abi_to_4byte_selector(element) + abi.encode(types, arguments)

    def decode_call(self, data: bytes) -> Decoded | None:
        """The function that call data is for, with its arguments; None if the ABI has none."""
        return _decode(self._selectors, data)

    def encode_constructor(self, *arguments: Any) -> bytes:
        """Constructor arguments, to be appended to the bytecode."""
        types = get_abi_input_types(self._constructor) if self._constructor else []
        return abi.encode(types, arguments)

    def decode_result(self, function: str, data: bytes) -> tuple[Any, ...]:
        """What a function returned. Raises NodeError if it is not of the ABI's form."""
        try:
            return abi.decode(get_abi_output_types(self._functions[function]), data)
        except _MALFORMED as error:
            raise NodeError(
                f"the node's answer to {function} is not of the contract's form; is this address"
                " the contract that the deployment names?"
            ) from error

    def decode_error(self, data: bytes) -> Decoded | None:
        """The custom error in revert data; None if the ABI does not know it."""
        return _decode(self._errors, data)

    def decode_log(self, log: Log) -> Decoded | None:
        """The event in a log; None if the ABI does not know it."""
        element = self._events.get(log.topics[0]) if log.topics else None
        if element is None:
            return None
        indexed = [item for item in element["inputs"] if item["indexed"]]
        plain = [item for item in element["inputs"] if not item["indexed"]]
        if len(indexed) != len(log.topics) - 1:
            return None
        pairs = zip(indexed, log.topics[1:], strict=True)
        try:
            values = [abi.decode([item["type"]], topic)[0] for item, topic in pairs]
            values += abi.decode([item["type"] for item in plain], log.data)
        except _MALFORMED:
            return None
        named = dict(zip((item["name"] for item in indexed + plain), values, strict=True))
        ordered = {name: _readable(named[name]) for name in _names(element)}
        return Decoded(element["name"], ordered)

    def topic(self, event: str) -> bytes:
        """The first topic of an event's logs."""
        return next(t for t, element in self._events.items() if element["name"] == event)


def _decode(elements: Mapping[bytes, Any], data: bytes) -> Decoded | None:
    element = elements.get(data[:_SELECTOR_BYTES])
    if element is None:
        return None
    try:
        values = abi.decode(get_abi_input_types(element), data[_SELECTOR_BYTES:])
    except _MALFORMED:
        return None
    return Decoded(element["name"], dict(zip(_names(element), values, strict=True)))


def _names(element: Any) -> list[str]:
    return [name or "" for name in get_abi_input_names(element)]


def _readable(value: Any) -> Any:
    return to_hex(value) if isinstance(value, bytes) else value
