"""Factur-X and ZUGFeRD: the one XML file inside a PDF.

A second XML file could be found by one reader and missed by another, so all places are looked at
in which a file may be attached: the name tree of embedded files, associated files (`AF`) of the
document, of its pages and of their annotations, and file attachment annotations (ISO 32000-2,
7.11.4, 14.13 and 12.5.6.15). One file that stands in several places is one.
"""

import zlib
from collections.abc import Iterable, Iterator

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from ledger.errors import DocumentError
from ledger.invoices.content import HEAD_BYTES, may_be_xml
from ledger.invoices.pdf_reader import entry, is_packed, open_pdf, resolved

MAX_NODES = 10_000
"""Pages, annotations and nodes of the name tree in one PDF."""

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
    for each in _array(parameters) or [parameters]:
        found = resolved(each)
        if isinstance(found, DictionaryObject) and entry(found, "/Predictor") not in (None, 1):
            raise DocumentError("the PDF packs a file in a way that is not read here; save it anew")
    try:
        return zlib.decompressobj().decompress(raw, limit)
    except zlib.error:
        raise DocumentError("a file in the PDF is damaged and cannot be unpacked") from None


class _Attachments:
    """Walks from the catalog to every attached file, and into nothing twice."""

    def __init__(self, catalog: DictionaryObject) -> None:
        self._catalog = catalog
        self._visited: set[tuple[int, int]] = set()
        self._nodes = MAX_NODES

    def streams(self) -> list[StreamObject]:
        """The attached files, each once."""
        found: dict[int, StreamObject] = {}
        for specification in self._specifications():
            for stream in _files_of(specification):
                found[id(stream)] = stream
                if len(found) > MAX_ATTACHMENTS:
                    raise DocumentError(f"the PDF has more than {MAX_ATTACHMENTS} files in it")
        return list(found.values())

    def _specifications(self) -> Iterator[object]:
        """File specifications (ISO 32000-2, 7.11.3) and what stands in their place."""
        yield from _array(entry(self._catalog, "/AF"))
        names = entry(self._catalog, "/Names")
        if isinstance(names, DictionaryObject):
            for node in self._tree(names.get("/EmbeddedFiles")):
                yield from _array(entry(node, "/Names"))[1::2]
        for page in self._tree(self._catalog.get("/Pages")):
            yield from _array(entry(page, "/AF"))
            for annotation in self._dictionaries(_array(entry(page, "/Annots"))):
                yield from _array(entry(annotation, "/AF"))
                yield annotation.get("/FS")

    def _tree(self, root: object) -> Iterator[DictionaryObject]:
        """All nodes of a tree whose inner nodes have `Kids`."""
        waiting = [root]
        while waiting:
            for node in self._dictionaries([waiting.pop()]):
                waiting.extend(_array(entry(node, "/Kids")))
                yield node

    def _dictionaries(self, values: Iterable[object]) -> Iterator[DictionaryObject]:
        """The dictionaries among these values that were not met before."""
        for value in values:
            self._nodes -= 1
            if self._nodes < 0:
                raise DocumentError(f"the PDF has more than {MAX_NODES} pages and annotations")
            if isinstance(value, IndirectObject):
                reference = (value.idnum, value.generation)
                if reference in self._visited:
                    continue
                self._visited.add(reference)
            node = resolved(value)
            if isinstance(node, DictionaryObject):
                yield node


def _files_of(specification: object) -> Iterator[StreamObject]:
    """The streams that a file specification names: one for each platform, and related files."""
    specification = resolved(specification)
    if not isinstance(specification, DictionaryObject):
        return
    embedded, related = entry(specification, "/EF"), entry(specification, "/RF")
    values = [*embedded.values()] if isinstance(embedded, DictionaryObject) else []
    if isinstance(related, DictionaryObject):
        values.extend(value for files in related.values() for value in _array(resolved(files)))
    for value in values:
        stream = resolved(value)
        if isinstance(stream, StreamObject):
            yield stream


def _array(value: object) -> ArrayObject:
    """An array; one that is absent, or is something else, is empty."""
    return value if isinstance(value, ArrayObject) else ArrayObject()
