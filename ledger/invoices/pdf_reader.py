"""Opening a PDF that a stranger sent: pypdf, held to what the file says and to a bounded effort.

pypdf repairs broken files by searching them, so that a damaged or crafted file yields objects that
another reader does not see. Here such a file is refused.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NullObject,
    PdfObject,
    StreamObject,
    read_object,
)

from ledger.errors import DocumentError
from ledger.invoices.pdf_effort import BROKEN, TOO_DEEP, TOO_MUCH, BoundedBytes, Effort

MAX_PACKED_BYTES = 2_000_000
"""Of all packed tables and containers of objects in one file together, unpacked."""

_MAX_TABLE_BYTES = 500_000  # of one of them
_MAX_OBJECTS = 100_000

_TAIL_BYTES = 1024
# pypdf goes back over line ends before the keyword one by one, so they are few.
_TAIL = re.compile(rb"[^\r\n][\r\n]{0,8}startxref\s+[0-9]{1,12}\s+%%EOF[\s\0]*\Z")

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
            yield _Reader(data).catalog()
    except Exception as error:  # noqa: BLE001 - pypdf says that broken files cause any exception
        raise DocumentError(_reason(error)) from None


def resolved(value: object) -> object:
    """The object that a reference stands for; any other object itself."""
    if not isinstance(value, IndirectObject):
        return value
    found = value.get_object()
    if isinstance(found, IndirectObject):
        raise DocumentError(BROKEN)
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
    if isinstance(filters, ArrayObject) and len(filters) < 2:  # noqa: PLR2004 - one or none
        filters = resolved(filters[0]) if filters else None
    if filters not in (None, "/FlateDecode"):
        raise DocumentError("the PDF packs its parts in a way that is not read here; save it anew")
    return filters is not None


def _reason(error: BaseException | None) -> str:
    """The reason that pypdf wrapped into others of its own, if one is known."""
    while error is not None:
        if isinstance(error, DocumentError):
            return str(error)
        if isinstance(error, RecursionError):
            return TOO_DEEP
        if isinstance(error, LimitReachedError | MemoryError):
            return TOO_MUCH
        error = error.__cause__ or error.__context__
    return BROKEN


class _Reader(PdfReader):
    def __init__(self, data: bytes) -> None:
        self._effort = Effort(len(data))
        self._packed_bytes = MAX_PACKED_BYTES
        self._contents: dict[int, dict[int, int]] = {}
        file = BoundedBytes(data, self._effort)
        super().__init__(file, strict=True, xref_stream_maximum_entries=_MAX_OBJECTS)

    @property
    def is_encrypted(self) -> bool:
        if "/Encrypt" in self.trailer:
            raise DocumentError("the PDF is encrypted; save it without a password")
        return False

    def catalog(self) -> DictionaryObject:
        root = entry(self.trailer, "/Root")
        if not isinstance(root, DictionaryObject) or entry(root, "/Type") != "/Catalog":
            raise DocumentError(BROKEN)
        return root

    def get_object(self, indirect_reference: int | IndirectObject) -> PdfObject | None:
        """An object by its reference; DocumentError for one that the file calls deleted.

        The standard takes such a reference for null, but old and new readers may disagree on what
        is deleted (ISO 32000-2, 7.5.8.4, hybrid-reference files).
        """
        if isinstance(indirect_reference, int):
            indirect_reference = IndirectObject(indirect_reference, 0, self)
        number, generation = indirect_reference.idnum, indirect_reference.generation
        if (generation, number) in self.resolved_objects:
            return self.resolved_objects[generation, number]
        if generation == 0 and number in self.xref_objStm:
            return self.cache_indirect_object(generation, number, self._contained(number))
        if self.xref_free_entry.get(generation, {}).get(number):
            raise DocumentError(BROKEN)
        return super().get_object(indirect_reference)

    def cache_indirect_object(
        self, generation: int, idnum: int, obj: PdfObject | None
    ) -> PdfObject | None:
        """Keep an object that was read; every table and container of objects comes by here."""
        if isinstance(obj, StreamObject) and obj.get("/Type") in ("/XRef", "/ObjStm"):
            is_packed(obj)
            self._packed_bytes -= len(obj.get_data())
            if self._packed_bytes < 0:
                self._effort.refuse(TOO_MUCH)
        return super().cache_indirect_object(generation, idnum, obj)

    def _contained(self, number: int) -> PdfObject:
        """An object out of its container (ISO 32000-2, 7.5.7); pypdf would parse all in there."""
        container_number, _ = self.xref_objStm[number]
        if container_number in self.xref_objStm:
            raise DocumentError(BROKEN)
        container = self.get_object(container_number)
        if not isinstance(container, StreamObject) or entry(container, "/Type") != "/ObjStm":
            raise DocumentError(BROKEN)
        data, first = container.get_data(), entry(container, "/First")
        if not isinstance(first, int) or not 0 <= first <= len(data):
            raise DocumentError(BROKEN)
        if container_number not in self._contents:
            self._contents[container_number] = _contents(data[:first])
        stream = BoundedBytes(data, self._effort)
        stream.seek(first + self._contents[container_number][number])
        return read_object(stream, self)


def _contents(index: bytes) -> dict[int, int]:
    """Where the objects of a container stand, by number. index: pairs of number and offset."""
    texts = index.split()
    if len(texts) % 2 or not all(text.isdigit() for text in texts):
        raise DocumentError(BROKEN)
    pairs = [*zip(map(int, texts[::2]), map(int, texts[1::2]), strict=True)]
    places = dict(pairs)
    if len(places) < len(pairs):
        raise DocumentError(BROKEN)
    return places
