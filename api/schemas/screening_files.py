"""Files that are to be screened, as clients send them."""

import base64
import binascii
from typing import Annotated

from pydantic import Field, PlainValidator, StringConstraints, WithJsonSchema

from api.schemas.base import Form, MemberParameter, RecordParameter
from ledger.services.screening import MAX_FILES, ScreeningUpload


def _octets(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("it must be text")  # noqa: TRY004 - pydantic reports ValueErrors only
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("it must be base64 (RFC 4648, section 4), without line breaks") from error


_Base64 = Annotated[
    bytes,
    PlainValidator(_octets),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
_Name = Annotated[
    str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class ScreeningFile(Form):
    """One file, and what it was offered as."""

    name: _Name = Field(description="by which the answer calls it; each file has its own")
    content_base64: _Base64 = Field(description="the file's bytes, in base64")
    record: RecordParameter | None = Field(
        default=None, description="the record that the file was offered as"
    )
    supplier: MemberParameter | None = Field(
        default=None, description="the member that its seller is, if you know"
    )
    buyer: MemberParameter | None = Field(
        default=None, description="the member that its buyer is, if you know"
    )

    def upload(self) -> ScreeningUpload:
        """What is handed to the service."""
        return ScreeningUpload(
            self.name, self.content_base64, self.record, self.supplier, self.buyer
        )


class ScreeningFiles(Form):
    """Files to be screened, also against each other."""

    files: list[ScreeningFile] = Field(min_length=1, max_length=MAX_FILES)
