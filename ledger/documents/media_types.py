"""Media types of documents (RFC 9110, section 8.3.1), in one form."""

import re

# The characters of RFC 6838, section 4.2, which are a part of RFC 9110's token.
_NAME = r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}"
_MEDIA_TYPE = re.compile(rf"{_NAME}/{_NAME}")


def is_media_type(text: str) -> bool:
    """Whether the text is `type/subtype` in lower case, without parameters."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def parse_media_type(text: str) -> str:
    """Read the value of a Content-Type field: its type and subtype, in lower case.

    Parameters such as charset are dropped: what a document says is in its bytes.

    Raises ValueError for anything else.
    """
    essence = text.partition(";")[0].strip(" \t").lower()
    if not is_media_type(essence):
        raise ValueError(f"{text[:60]!r} is not a media type such as application/pdf")
    return essence
