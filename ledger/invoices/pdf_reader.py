"""Opening a PDF that a stranger sent: pypdf, held to what the file says and to a bounded effort.

pypdf repairs broken files by searching them, so that a damaged or crafted file yields objects that
another reader does not see. Here such a file is refused. pypdf bounds single objects; what a file
can repeat (tables of objects, packed objects, overlapping ones) is bounded here.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import SEEK_SET, BufferedIOBase, BytesIO
from typing import BinaryIO, cast

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import (
    DictionaryObject,
    IndirectObject,
    NullObject,
    PdfObject,
    StreamObject,
)

from ledger.errors import DocumentError

MAX_READS = 400_000
"""Pieces, mostly single bytes, that are read of one file: about half a second's work."""

MAX_PACKED_BYTES = 1_000_000
"""Of all packed tables and objects of one file together, unpacked."""

_MAX_TABLE_BYTES = 500_000  # of one packed table or container of objects
_MAX_OBJECTS = 100_000
_MAX_READ_TIMES = 4  # how often, on average, each byte of a file is read

_TAIL_BYTES = 1024
_TAIL = re.compile(rb"startxref\s+[0-9]{1,12}\s+%%EOF[\s\0]*\Z")

_BROKEN = "the PDF is broken: its table of objects does not fit its objects; save it anew"
_TOO_MUCH = "the PDF is made so that reading it takes too much effort; save it anew"

# What pypdf has to say about a file goes into a refusal or nowhere.
logging.getLogger("pypdf").addHandler(logging.NullHandler())
logging.getLogger("pypdf").propagate = False


@contextmanager
def open_pdf(data: bytes) -> Iterator[DictionaryObject]:
    """Give the document catalog (ISO 32000-2, 7.7.2) while its objects are read.

    Raises DocumentError, from here and from whatever is done within, if the PDF is cut off,
    encrypted or broken, or takes too much effort.
    """
    if _TAIL.search(data[-_TAIL_BYTES:]) is None:
        raise DocumentError("the PDF is cut off, or other data stands after its end")
    try:
        with apply_configuration(
            maximum_declared_stream_length=len(data),
            zlib_maximum_output_length=_MAX_TABLE_BYTES,
            zlib_maximum_recovery_input_length=0,
            array_maximum_element_count=_MAX_OBJECTS,
            disable_legacy_handling=True,
        ):
            yield _Reader(_Bytes(data)).catalog()
    except DocumentError:
        raise
    except (LimitReachedError, MemoryError):
        raise DocumentError(_TOO_MUCH) from None
    except RecursionError:
        raise DocumentError("the PDF has objects nested too deep inside each other") from None
    except Exception:  # noqa: BLE001 - pypdf says that broken files cause any exception
        raise DocumentError(_BROKEN) from None


def resolved(value: object) -> object:
    """The object that a reference stands for; any other object itself."""
    if not isinstance(value, IndirectObject):
        return value
    found = value.get_object()
    if isinstance(found, IndirectObject):
        raise DocumentError(_BROKEN)
    return found


def entry(dictionary: DictionaryObject, key: str) -> object:
    """The value of a key, resolved; None if it is absent or null."""
    value = resolved(dictionary.get(key))
    return None if isinstance(value, NullObject) else value


def is_packed(stream: StreamObject) -> bool:
    """Whether a stream is packed with Flate; DocumentError if it is packed in another way.

    No other filter is of use for tables and files, and pypdf unpacks them in Python, slowly.
    """
    filters = entry(stream, "/Filter")
    names = list(filters) if isinstance(filters, list) else [] if filters is None else [filters]
    if [resolved(name) for name in names] not in ([], ["/FlateDecode"]):
        raise DocumentError("the PDF packs its parts in a way that is not read here; save it anew")
    return bool(names)


class _Bytes(BufferedIOBase):
    """The file, which can be read in pieces only, and not forever."""

    def __init__(self, data: bytes) -> None:
        self._file = BytesIO(data)
        self._reads = MAX_READS
        self._bytes = len(data) * _MAX_READ_TIMES + MAX_READS

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            # pypdf takes all of it only to search for objects that are not where they should be.
            raise DocumentError(_BROKEN)
        piece = self._file.read(size)
        self._reads -= 1
        self._bytes -= len(piece)
        if self._reads < 0 or self._bytes < 0:
            raise DocumentError(_TOO_MUCH)
        return piece

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


class _Reader(PdfReader):
    def __init__(self, stream: _Bytes) -> None:
        self._packed_bytes = MAX_PACKED_BYTES
        file = cast("BinaryIO", stream)  # which has more methods, none of them used
        super().__init__(file, strict=True, xref_stream_maximum_entries=_MAX_OBJECTS)

    @property
    def is_encrypted(self) -> bool:
        if "/Encrypt" in self.trailer:
            raise DocumentError("the PDF is encrypted; save it without a password")
        return False

    def catalog(self) -> DictionaryObject:
        root = entry(self.trailer, "/Root")
        if not isinstance(root, DictionaryObject) or entry(root, "/Type") != "/Catalog":
            raise DocumentError(_BROKEN)
        return root

    def cache_indirect_object(
        self, generation: int, idnum: int, obj: PdfObject | None
    ) -> PdfObject | None:
        """Keep an object that was read; every table and container of objects comes by here."""
        if isinstance(obj, StreamObject) and obj.get("/Type") in ("/XRef", "/ObjStm"):
            is_packed(obj)
            self._packed_bytes -= len(obj.get_data())
            if self._packed_bytes < 0:
                raise DocumentError(_TOO_MUCH)
        return super().cache_indirect_object(generation, idnum, obj)
