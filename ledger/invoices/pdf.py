"""Factur-X and ZUGFeRD: the one XML file inside a PDF.

A second XML file could be found by one reader and missed by another, so all places are looked at
in which a file may be attached: the name tree of embedded files, associated files (`AF`) of the
document, of its pages and of their annotations, and file attachment annotations (ISO 32000-2,
7.11.4, 14.13 and 12.5.6.15). One file that stands in several places is one.
"""

import zlib
from collections.abc import Iterable, Iterator

from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from ledger.errors import DocumentError
from ledger.invoices.content import HEAD_BYTES, may_be_xml
from ledger.invoices.pdf_reader import entry, is_packed, open_pdf, resolved

MAX_NODES = 10_000
"""Pages, annotations, entries of the name tree and other places for files in one PDF."""

MAX_ATTACHMENTS = 100

_NO_INVOICE = "the PDF has no invoice in it: its fields can only be declared"


def embedded_xml(data: bytes, *, max_bytes: int) -> bytes:
    """Take the one XML file out of a PDF.

    max_bytes: size of the largest XML file that is accepted.

    Raises DocumentError, whose message names the reason, if there is none or more than one, if it
    is larger, or if the PDF is broken, encrypted or takes too much effort to read.
    """
    with open_pdf(data) as catalog:
        streams = _Attachments(catalog).streams()
        found = [stream for stream in streams if may_be_xml(_unpacked(stream, HEAD_BYTES))]
        if len(found) > 1:
            raise DocumentError(
                f"the PDF has {len(found)} XML files in it, so it is not clear which is the invoice"
            )
        if not found:
            raise DocumentError(_NO_INVOICE)
        xml = _unpacked(found[0], max_bytes + 1)
    if len(xml) > max_bytes:
        raise DocumentError(f"the XML in the PDF has more than {max_bytes} bytes")
    return xml


def _unpacked(stream: StreamObject, limit: int) -> bytes:
    """The first `limit` bytes of an attached file."""
    raw: bytes = stream._data  # noqa: SLF001 - pypdf has no other way to the bytes as they stand
    if not is_packed(stream):
        return raw[:limit]
    parameters = entry(stream, "/DecodeParms")
    if isinstance(parameters, ArrayObject):
        parameters = resolved(parameters[0]) if parameters else None
    if isinstance(parameters, DictionaryObject) and entry(parameters, "/Predictor") not in (
        None,
        1,
    ):
        raise DocumentError("the PDF packs a file in a way that is not read here; save it anew")
    try:
        return zlib.decompressobj().decompress(raw, limit)
    except zlib.error:
        raise DocumentError("a file in the PDF is damaged and cannot be unpacked") from None


class _Attachments:
    """Walks from the catalog to every attached file.

    In each role an object is visited once: one that is a page may be a file specification, too.
    """

    def __init__(self, catalog: DictionaryObject) -> None:
        self._catalog = catalog
        self._nodes = MAX_NODES

    def streams(self) -> list[StreamObject]:
        """The attached files, each once."""
        found: dict[int, StreamObject] = {}
        for specification in _fresh(self._specifications(), set()):
            for stream in self._files(specification):
                found[id(stream)] = stream
                if len(found) > MAX_ATTACHMENTS:
                    raise DocumentError(f"the PDF has more than {MAX_ATTACHMENTS} files in it")
        return list(found.values())

    def _specifications(self) -> Iterator[object]:
        """File specifications (ISO 32000-2, 7.11.3) and what stands in their place."""
        yield from self._items(self._catalog, "/AF")
        names = entry(self._catalog, "/Names")
        if isinstance(names, DictionaryObject):
            for node in self._tree(names.get("/EmbeddedFiles")):
                yield from self._items(node, "/Names")[1::2]
        annotations: set[int] = set()
        for page in self._tree(self._catalog.get("/Pages")):
            yield from self._items(page, "/AF")
            for annotation in _fresh(self._items(page, "/Annots"), annotations):
                yield from self._items(annotation, "/AF")
                yield annotation.get("/FS")

    def _files(self, specification: DictionaryObject) -> Iterator[StreamObject]:
        """The streams of a file specification: one for each platform, and related files."""
        embedded, related = entry(specification, "/EF"), entry(specification, "/RF")
        values = [*embedded.values()] if isinstance(embedded, DictionaryObject) else []
        if isinstance(related, DictionaryObject):
            values.extend(value for key in related for value in self._items(related, key))
        for value in values:
            stream = resolved(value)
            if isinstance(stream, StreamObject):
                yield stream

    def _tree(self, root: object) -> Iterator[DictionaryObject]:
        """All nodes of a tree whose inner nodes have `Kids`."""
        visited: set[int] = set()
        waiting = [root]
        while waiting:
            for node in _fresh([waiting.pop()], visited):
                waiting.extend(self._items(node, "/Kids"))
                yield node

    def _items(self, dictionary: DictionaryObject, key: str) -> list[object]:
        """The items of an array; one that is absent, or is something else, has none."""
        array = entry(dictionary, key)
        if not isinstance(array, ArrayObject):
            return []
        self._nodes -= len(array)
        if self._nodes < 0:
            raise DocumentError(f"the PDF has more than {MAX_NODES} pages, annotations and files")
        return array


def _fresh(values: Iterable[object], visited: set[int]) -> Iterator[DictionaryObject]:
    """The dictionaries among these values, or referred to by them, that are not in `visited`."""
    for value in values:
        # The reader keeps every object that it has read, so that no two have one identity.
        node = resolved(value)
        if isinstance(node, DictionaryObject) and id(node) not in visited:
            visited.add(id(node))
            yield node
