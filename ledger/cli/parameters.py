"""Types of arguments, read where they enter; what cannot be read is wrong usage."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from ledger.types import (
    Address,
    Digest,
    MemberId,
    RecordId,
    parse_address,
    parse_hex32,
    parse_member_id,
)

_Value = TypeVar("_Value")


class Parsed(click.ParamType[_Value]):
    """A value that a parser reads from text; its ValueError is the message."""

    def __init__(self, name: str, parse: Callable[[str], _Value]) -> None:
        self.name = name
        self._parse = parse

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> _Value:
        """Read the text."""
        try:
            return self._parse(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


def _parse_seat(text: str) -> tuple[MemberId, Address]:
    member, separator, address = text.partition("=")
    if not separator:
        raise ValueError(f"{text[:80]!r} is not MEMBER=ADDRESS")
    return parse_member_id(member), parse_address(address)


MEMBER = Parsed("member", parse_member_id)
ADDRESS = Parsed("address", parse_address)
SEAT = Parsed("seat", _parse_seat)
BLOCK_HASH = Parsed("hash", parse_hex32)
DIGEST = Parsed("digest", lambda text: Digest(parse_hex32(text)))
RECORD = Parsed("record", lambda text: RecordId(parse_hex32(text)))
FILE = click.Path(dir_okay=False, path_type=Path)
"""A file that is there, or is to be made."""
EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A file that is to be read: it is wrong usage to name one that cannot be."""
