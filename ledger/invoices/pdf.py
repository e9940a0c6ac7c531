"""Factur-X and ZUGFeRD: the one XML file inside a PDF.

A second XML file could be found by one reader and missed by another, so it is looked for where
readers look for files: in the name tree of embedded files, among the associated files (`AF`) of the
document, of its pages and of their annotations, and in file attachment annotations (ISO 32000-2,
7.11.4, 14.13 and 12.5.6.15). Not looked at are associated files of other things (structure
elements, graphics, document parts) and files that only actions or media refer to.

What is called XML by its name or type counts if it begins like XML; so does every other attachment,
unless its root element shows that it is no invoice, as in HTML and SVG. One file that stands in
several places, or several times, is one.
"""

import zlib
from collections.abc import Iterable, Iterator

from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from ledger.errors import DocumentError
from ledger.invoices import cii, ubl
from ledger.invoices.content import HEAD_BYTES, may_be_xml, root_name
from ledger.invoices.pdf_reader import entry, is_packed, open_pdf, resolved

MAX_NODES = 10_000
"""Pages, annotations, entries of the name tree and other places for files in one PDF."""

MAX_ATTACHMENTS = 100

MAX_COPIES = 8
"""Attached XML files that are compared, each packed in its own way."""

_LOOK_BYTES = 4 * HEAD_BYTES  # into a file, for its root element

_ROOTS = frozenset(tag.rpartition("}")[2] for tag in (*ubl.LAYOUTS, *cii.LAYOUTS))
_XML_TYPES = ("/text/xml", "/application/xml")
_XML_SUFFIX = ".xml"

_NO_INVOICE = "the PDF has no invoice in it: its fields can only be declared"


def embedded_xml(data: bytes, *, max_bytes: int) -> bytes:
    """Take the one XML file out of a PDF.

    max_bytes: size of the largest XML file that is accepted.

    Raises DocumentError, whose message names the reason, if there is none or more than one, if it
    is larger, or if the PDF is broken, encrypted or takes too much effort to read.
    """
    with open_pdf(data) as catalog:
        files = _Attachments(catalog).files()
        found = _distinct(
            [stream for stream, called in files if _counts(stream, is_called_xml=called)]
        )
        if not found:
            raise DocumentError(_NO_INVOICE)
        xml, others = _unpacked(found[0], max_bytes + 1), found[1:]
        if len(others) < MAX_COPIES:
            others = [each for each in others if _unpacked(each, max_bytes + 1) != xml]
        if others:
            raise DocumentError(
                f"the PDF has {len(others) + 1} XML files in it, so it is not clear which is the"
                " invoice"
            )
    if len(xml) > max_bytes:
        raise DocumentError(f"the XML in the PDF has more than {max_bytes} bytes")
    return xml


def _counts(stream: StreamObject, *, is_called_xml: bool) -> bool:
    """Whether a file may be taken for the invoice."""
    head = _unpacked(stream, _LOOK_BYTES)
    if not may_be_xml(head[:HEAD_BYTES]):
        return False
    if is_called_xml or entry(stream, "/Subtype") in _XML_TYPES:
        return True
    root = root_name(head)
    return root is None or root in _ROOTS


def _distinct(streams: list[StreamObject]) -> list[StreamObject]:
    """Those that do not repeat another as it stands in the PDF."""
    by_bytes = {(is_packed(each), bytes(each._data)): each for each in streams}  # noqa: SLF001 - as in `_unpacked`
    return [*by_bytes.values()]


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
        self._called_xml: set[int] = set()

    def files(self) -> list[tuple[StreamObject, bool]]:
        """The attached files, each once, and whether something that refers to it calls it XML."""
        found: dict[int, StreamObject] = {}
        called_xml: set[int] = set()
        for specification in [*_fresh(self._specifications(), set())]:
            is_called_xml = id(specification) in self._called_xml or _is_named_xml(specification)
            for stream, is_related in self._streams(specification):
                found[id(stream)] = stream
                if len(found) > MAX_ATTACHMENTS:
                    raise DocumentError(f"the PDF has more than {MAX_ATTACHMENTS} files in it")
                if is_called_xml or is_related:
                    called_xml.add(id(stream))
        return [(stream, key in called_xml) for key, stream in found.items()]

    def _specifications(self) -> Iterator[object]:
        """File specifications (ISO 32000-2, 7.11.3) and what stands in their place."""
        yield from self._associated(self._catalog)
        names = entry(self._catalog, "/Names")
        if isinstance(names, DictionaryObject):
            for node in self._tree(names.get("/EmbeddedFiles")):
                yield from self._named(self._items(node, "/Names"))
        annotations: set[int] = set()
        for page in self._tree(self._catalog.get("/Pages")):
            yield from self._associated(page)
            for annotation in _fresh(self._items(page, "/Annots"), annotations):
                yield from self._associated(annotation)
                yield annotation.get("/FS")

    def _associated(self, dictionary: DictionaryObject) -> list[object]:
        """The associated files of something; some programs write a single one without an array."""
        single = dictionary.get("/AF")
        if isinstance(resolved(single), DictionaryObject):
            return [single]
        return self._items(dictionary, "/AF")

    def _named(self, pairs: list[object]) -> list[object]:
        """The specifications in a leaf of the name tree, each behind its name."""
        specifications = pairs[1::2]
        for name, specification in zip(pairs[::2], specifications, strict=False):
            if _is_xml_name(resolved(name)):
                self._called_xml.add(id(resolved(specification)))
        return specifications

    def _streams(self, specification: DictionaryObject) -> Iterator[tuple[StreamObject, bool]]:
        """The streams of a file specification: one for each platform, and related files."""
        embedded, related = entry(specification, "/EF"), entry(specification, "/RF")
        values: list[tuple[object, bool]] = []
        if isinstance(embedded, DictionaryObject):
            values.extend((value, False) for value in embedded.values())
        if isinstance(related, DictionaryObject):
            values.extend((value, True) for key in related for value in self._items(related, key))
        for value, is_related in values:
            stream = resolved(value)
            if isinstance(stream, StreamObject):
                yield stream, is_related

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


def _is_named_xml(specification: DictionaryObject) -> bool:
    """Whether a file specification gives its file a name of XML, on any platform."""
    keys = ("/UF", "/F", "/Unix", "/DOS", "/Mac")
    return any(_is_xml_name(entry(specification, key)) for key in keys)


def _is_xml_name(name: object) -> bool:
    if isinstance(name, bytes):
        name = name.replace(b"\0", b"").decode("latin-1")
    return isinstance(name, str) and name.strip().casefold().endswith(_XML_SUFFIX)
