"""Canonical JSON (RFC 8785) for the profile of I-JSON that Sealbook writes, and its strict parser.

The profile: objects whose keys are ASCII, arrays, strings of Unicode scalar values, integers
within ±(2**53 - 1), booleans and null, nested at most `MAX_DEPTH` deep. There are no floats. For
such values sorted compact JSON is what RFC 8785 prescribes: ASCII keys sort alike as bytes and as
UTF-16, and integers have one notation. What the parser returns is always within the profile.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias

import orjson

from ledger.errors import VerificationError

JsonValue: TypeAlias = "bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""What the profile can express. Arrays are lists and objects are dicts; nothing else will do."""

MAX_DEPTH = 32
"""Arrays and objects inside one another."""

MAX_INTEGER = 2**53 - 1
"""Beyond it, I-JSON readers may round (RFC 7493, section 2.2)."""

_SURROGATE = re.compile("[\ud800-\udfff]")
# To the end of the text if it is not closed: nothing in it is looked through a second time, and the
# decoder, which reads from the beginning too, refuses the text there.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_MAX_INTEGER_CHARACTERS = 17  # a sign and the 16 digits of MAX_INTEGER


def canonical_json(value: JsonValue) -> bytes:
    """Write a value as RFC 8785 prescribes, in UTF-8.

    Raises ValueError if the value is outside the profile.
    """
    _require_profile(value, MAX_DEPTH)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS)
    except TypeError as error:  # a subclass of what the profile has
        raise ValueError(f"the value cannot be written as canonical JSON: {error}") from error


def parse_json_strict(data: bytes, *, max_bytes: int) -> JsonValue:
    """Read one JSON text from untrusted bytes.

    Insignificant white space and the order of keys are free; a caller that needs one form only
    compares with `canonical_json`.

    Raises VerificationError if the text is larger than max_bytes, is not UTF-8 without a byte
    order mark, repeats a key, or is outside the profile.
    """
    if len(data) > max_bytes:
        raise VerificationError(f"a JSON text of {len(data)} bytes; at most {max_bytes} are read")
    try:
        _require_shallow(data)
        value: JsonValue = _DECODER.decode(data.decode("utf-8"))
        _require_profile(value, MAX_DEPTH)
    except UnicodeDecodeError as error:
        raise VerificationError(f"byte {error.start} of the JSON text is not UTF-8") from error
    except json.JSONDecodeError as error:
        # A text of one line may itself be a line of something larger, which has other numbers.
        line = f"line {error.lineno}, " if b"\n" in data else ""
        raise VerificationError(f"not JSON at {line}column {error.colno}: {error.msg}") from error
    except ValueError as error:
        raise VerificationError(f"the JSON text is refused: {error}") from error
    return value


def _require_shallow(data: bytes) -> None:
    # Before the decoder sees it: that one recurses, and some libraries lift Python's limit so far
    # that the process would run out of its stack.
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            raise ValueError(f"arrays and objects are nested deeper than {MAX_DEPTH}")


def _require_profile(value: object, depth: int) -> None:
    if isinstance(value, dict | list):
        if depth == 0:
            raise ValueError(f"arrays and objects are nested deeper than {MAX_DEPTH}")
        if isinstance(value, dict):
            _require_ascii_keys(value)
        for member in value.values() if isinstance(value, dict) else value:
            # Most members are plain text, and a call of their own would cost most of the writing.
            if type(member) is not str or not member.isascii():
                _require_profile(member, depth - 1)
    else:
        _require_scalar(value)


def _require_scalar(value: object) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if not value.isascii() and _SURROGATE.search(value):
            raise ValueError("a string has half a surrogate pair")
    elif isinstance(value, int):
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise ValueError("an integer is beyond 2**53 - 1")
    else:
        # One kind of error for everything outside the profile.
        raise ValueError(f"a {type(value).__name__} has no canonical form")  # noqa: TRY004 - as said


def _require_ascii_keys(value: Mapping[str, object]) -> None:
    try:
        ascii_keys = "".join(value).isascii()  # all at once: objects have many keys
    except TypeError:
        ascii_keys = False
    if not ascii_keys:
        raise ValueError("a key is not an ASCII string")


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members: dict[str, JsonValue] = {}
    for key, value in pairs:
        if key in members:
            raise ValueError(f"the key {key[:60]!r} is repeated")
        members[key] = value
    return members


def _integer(text: str) -> int:
    if len(text) > _MAX_INTEGER_CHARACTERS:
        raise ValueError("an integer is beyond 2**53 - 1")
    return int(text)


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"{text[:60]} is not an integer; write fractions as strings")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_no_fraction,
    parse_constant=_no_fraction,
)
