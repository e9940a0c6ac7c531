"""What the forms share: how identifiers, digests and times are written."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from ledger.types import Digest, MemberId, RecordId, parse_hex32, parse_member_id

_RECORD_FORM = {"type": "string", "pattern": "^0x[0-9a-f]{64}$"}
_MEMBER_FORM = {
    "type": "string",
    "maxLength": 32,
    "pattern": "^[a-z][a-z0-9]{1,11}:[A-Za-z0-9._-]{1,28}$",
    "examples": ["lei:5493001KJTIIGC8Y1R12"],
}


GREATEST_NUMBER = 2**32 - 1
"""Of a record's offers, pledges, payments and disputes."""


def _record(value: object) -> RecordId:
    return RecordId(parse_hex32(_text(value)))


def _digest(value: object) -> Digest:
    return Digest(parse_hex32(_text(value)))


def _member(value: object) -> MemberId:
    return parse_member_id(_text(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("it must be text")  # noqa: TRY004 - pydantic reports ValueErrors only
    return value


RecordParameter = Annotated[RecordId, PlainValidator(_record), WithJsonSchema(_RECORD_FORM)]
"""A record's name, as a client writes it."""

DigestParameter = Annotated[Digest, PlainValidator(_digest), WithJsonSchema(_RECORD_FORM)]
"""A commitment, key or running hash, as a client writes it."""

MemberParameter = Annotated[MemberId, PlainValidator(_member), WithJsonSchema(_MEMBER_FORM)]
"""A member's name, as a client writes it."""

Word = Annotated[str, WithJsonSchema(_RECORD_FORM)]
"""32 bytes as the service writes them."""

MemberName = Annotated[str, WithJsonSchema(_MEMBER_FORM)]
"""A member's name as the service writes it."""

Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
"""A time in UTC (RFC 3339), in whole seconds."""


class Form(BaseModel):
    """The base of what clients send: exactly what is described, of exactly these types."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Resource(BaseModel):
    """The base of what the service shows. Later versions may show more."""

    model_config = ConfigDict(frozen=True, strict=True)


class Problem(BaseModel):
    """Problem details (RFC 9457). Further members are the refusal's details."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:sealbook:problem:already-registered"])
    title: str
    status: int
    detail: str = Field(description="what is wrong, and what to do about it")
    code: str = Field(description="the last part of type: stable, for programs")
