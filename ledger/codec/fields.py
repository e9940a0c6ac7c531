"""A reader for JSON objects that came from outside: exactly these keys, of exactly these types."""

import re
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Self, TypeVar

from ledger.codec.canonical import MAX_INTEGER
from ledger.errors import VerificationError
from ledger.types import DIGEST_BYTES, Digest

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

_HEX = re.compile(r"0x(?:[0-9a-f]{2})*")


class Fields:
    """One untrusted JSON object whose keys are known to be the expected ones.

    Each reading method takes one key and raises VerificationError, naming the path to the value,
    if the value is not of the type, the form or the size that was asked for.
    """

    __slots__ = ("_path", "_values")

    def __init__(self, path: str, values: dict[str, object]) -> None:
        self._path = path
        self._values = values

    @classmethod
    def read(
        cls,
        value: object,
        path: str,
        *,
        required: Collection[str],
        optional: Collection[str] = (),
    ) -> Self:
        """Take a parsed JSON value that must be an object with these keys and no others.

        path: how messages call the object, such as `evidence.event`.

        Raises VerificationError for anything else.
        """
        if not isinstance(value, dict):
            raise VerificationError(f"{path} is not an object")
        if missing := sorted(set(required) - value.keys()):
            raise VerificationError(f"{path} lacks {', '.join(missing)}")
        if unknown := sorted(value.keys() - {*required, *optional}):
            raise VerificationError(f"{path} has an unknown field: {unknown[0][:60]!r}")
        return cls(path, value)

    def has(self, key: str) -> bool:
        """Whether an optional key is there."""
        return key in self._values

    def path(self, key: str) -> str:
        """How messages call the value of a key."""
        return f"{self._path}.{key}"

    def value(self, key: str) -> object:
        """The value as it was parsed."""
        return self._values[key]

    def text(self, key: str) -> str:
        """A string."""
        return _text(self._values[key], self.path(key))

    def integer(self, key: str, *, minimum: int = 0, maximum: int = MAX_INTEGER) -> int:
        """An integer between two bounds, both included."""
        value = self._values[key]
        if not isinstance(value, int) or isinstance(value, bool):
            raise VerificationError(f"{self.path(key)} is not an integer")
        if not minimum <= value <= maximum:
            raise VerificationError(
                f"{self.path(key)} is {value}, and must be from {minimum} to {maximum}"
            )
        return value

    def parsed(self, key: str, parse: Callable[[str], T]) -> T:
        """A string that `parse` reads, and that the result is written as again.

        parse: raises ValueError for what it does not read; `str` of its result is the one
        canonical form.
        """
        text = self.text(key)
        try:
            result = parse(text)
        except ValueError as error:
            raise VerificationError(f"{self.path(key)}: {error}") from error
        if str(result) != text:
            raise VerificationError(f"{self.path(key)} must be written {result}")
        return result

    def choice(self, key: str, choices: type[E]) -> E:
        """A string that is one of an enumeration's values."""
        text = self.text(key)
        try:
            return choices(text)
        except ValueError as error:
            known = ", ".join(choices)
            raise VerificationError(f"{self.path(key)} is not one of: {known}") from error

    def octets(self, key: str, *, max_bytes: int) -> bytes:
        """Bytes in hex."""
        return _octets(self._values[key], self.path(key), max_bytes)

    def digest(self, key: str) -> Digest:
        """32 bytes in hex."""
        return _digest(self._values[key], self.path(key))

    def octet_strings(self, key: str, *, max_items: int, max_bytes: int) -> tuple[bytes, ...]:
        """An array of bytes in hex, with limits for the array and for each item."""
        return tuple(_octets(item, path, max_bytes) for item, path in self.items(key, max_items))

    def digests(self, key: str, *, max_items: int) -> tuple[Digest, ...]:
        """An array of 32-byte values in hex."""
        return tuple(_digest(item, path) for item, path in self.items(key, max_items))

    def items(self, key: str, max_items: int) -> list[tuple[object, str]]:
        """The items of an array, each with its path."""
        value = self._values[key]
        path = self.path(key)
        if not isinstance(value, list):
            raise VerificationError(f"{path} is not an array")
        if len(value) > max_items:
            raise VerificationError(f"{path} has {len(value)} items; at most {max_items} are read")
        return [(item, f"{path}[{index}]") for index, item in enumerate(value)]


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise VerificationError(f"{path} is not a string")
    return value


def _octets(value: object, path: str, max_bytes: int) -> bytes:
    text = _text(value, path)
    if len(text) > 2 + 2 * max_bytes:
        raise VerificationError(f"{path} has more than {max_bytes} bytes")
    if _HEX.fullmatch(text) is None:
        raise VerificationError(f"{path} is not 0x and lower-case hex digits in pairs")
    return bytes.fromhex(text[2:])


def _digest(value: object, path: str) -> Digest:
    octets = _octets(value, path, DIGEST_BYTES)
    if len(octets) != DIGEST_BYTES:
        raise VerificationError(f"{path} has {len(octets)} bytes, and must have {DIGEST_BYTES}")
    return Digest(octets)
