"""In which encodings XML is read, and whether a file says in one voice which one it is in.

The first bytes tell the encoding, and so does the declaration (XML 1.0, 4.3.3 and appendix F).
Where they disagree, some readers follow the mark and others the declaration, and see other text.
"""

import codecs
import re

from ledger.errors import DocumentError

# Names in capitals, as IANA registers them, and their usual aliases. In these encodings a tag is
# written in the bytes of ASCII, and any reader sees the same text.
_OF_BYTES = frozenset(
    {
        *("UTF-8", "UTF8", "US-ASCII", "ASCII", "LATIN1"),
        *("GB2312", "GBK", "CP936", "GB18030"),
        *(f"{iso}-{part}" for iso in ("ISO-8859", "ISO_8859", "ISO8859") for part in range(1, 17)),
        *(f"{windows}{page}" for windows in ("WINDOWS-", "CP") for page in range(1250, 1259)),
    }
)

# By the name that a file may declare, the codecs that it may then be in.
_OF_UNICODE = {
    "UTF-8": ("utf-8",),
    "UTF8": ("utf-8",),
    "UTF-16": ("utf-16-le", "utf-16-be"),
    "UTF-16LE": ("utf-16-le",),
    "UTF-16BE": ("utf-16-be",),
    "UTF-32": ("utf-32-le", "utf-32-be"),
    "UTF-32LE": ("utf-32-le",),
    "UTF-32BE": ("utf-32-be",),
}

# What a file may begin with other than a character of ASCII, the codec that it is then in, and
# whether that is a mark, which is no part of the text. The mark of UTF-32 begins with UTF-16's.
_BEGINNINGS = (
    (codecs.BOM_UTF8, "utf-8", True),
    (codecs.BOM_UTF32_LE, "utf-32-le", True),
    (codecs.BOM_UTF32_BE, "utf-32-be", True),
    (codecs.BOM_UTF16_LE, "utf-16-le", True),
    (codecs.BOM_UTF16_BE, "utf-16-be", True),
    (b"<\0\0\0", "utf-32-le", False),
    (b"\0\0\0<", "utf-32-be", False),
    (b"<\0", "utf-16-le", False),
    (b"\0<", "utf-16-be", False),
)

_HEAD_BYTES = 512
_DECLARATION_BEGINS = re.compile(r"<\?xml\s")
_DECLARATION = re.compile(
    r"""<\?xml\s+version\s*=\s*(?:"[^"]*"|'[^']*')"""
    r"""(?:\s+encoding\s*=\s*["'](?P<encoding>[A-Za-z0-9._-]+)["'])?"""
    r"""(?:\s+standalone\s*=\s*["'][a-z]+["'])?\s*\?>"""
)


def check_encoding(data: bytes, used: str) -> None:
    """Raise DocumentError unless every reader takes a document to be in the same encoding.

    data: a well-formed document. used: the encoding that the parser took it to be in.
    """
    if data[0] == ord("<") and data[1]:  # the usual case, in which the parser used what is declared
        _check_name(used)
        return
    for beginning, codec, is_mark in _BEGINNINGS:
        if data.startswith(beginning):
            start = len(beginning) if is_mark else 0
            text = data[start:_HEAD_BYTES].decode(codec, errors="replace")
            _check_declared(text, codec, may_be_absent=is_mark)
            return
    _check_name(used)


def has_tags_in_ascii(data: bytes) -> bool:
    """Whether the tags of a document, which need not be well-formed, can be found in its bytes."""
    head = data[:_HEAD_BYTES].removeprefix(codecs.BOM_UTF8)
    if head[:1] != b"<" or head[1:2] == b"\0":
        return False
    text = head.decode("latin-1")
    declaration = _DECLARATION.match(text)
    if declaration is None:
        return _DECLARATION_BEGINS.match(text) is None
    return (declaration["encoding"] or "UTF-8").upper() in _OF_BYTES


def _check_name(used: str) -> None:
    if used.upper() not in _OF_BYTES:
        raise DocumentError("the XML is in an uncommon encoding; send it in UTF-8")


def _check_declared(text: str, codec: str, *, may_be_absent: bool) -> None:
    declaration = _DECLARATION.match(text)
    declared = None if declaration is None else declaration["encoding"]
    absent = declaration is not None or _DECLARATION_BEGINS.match(text) is None
    if declared is None and absent and may_be_absent:
        return
    if codec not in _OF_UNICODE.get((declared or "").upper(), ()):
        raise DocumentError(
            f"the XML begins as {codec.upper()} and declares another encoding, or none; send it in"
            " UTF-8"
        )
