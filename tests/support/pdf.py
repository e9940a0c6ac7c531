"""PDF files written byte by byte, so that tests can write bad ones too (ISO 32000-2, 7.5)."""

import zlib
from collections.abc import Sequence


def assemble(bodies: Sequence[bytes], *, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, of which the first is the catalog.

    trailer: more entries of the trailer dictionary.
    """
    document = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    document += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    document += b"trailer\n<< /Size %d /Root 1 0 R %b>>\n" % (len(bodies) + 1, trailer)
    document += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(document)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object as it stands. entries: more of its dictionary."""
    return b"<< /Length %d %b>>\nstream\n%b\nendstream" % (len(content), entries, content)


def flate(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object that is packed."""
    return stream(zlib.compress(content, 9), b"/Filter /FlateDecode " + entries)


def packed(
    bodies: Sequence[bytes],
    inside: Sequence[bytes],
    *,
    entries: bytes = b"",
    index: bytes | None = None,
    header: bytes | None = None,
) -> bytes:
    """A PDF 1.5 that has the objects of `inside` in an object stream, numbered after `bodies`.

    entries: of the dictionary of the table, which is the trailer too.
    index, header: what the object stream has in place of its own index and dictionary entries.
    """
    document = bytearray(b"%PDF-1.5\n")
    first = len(bodies) + 1
    container = first + len(inside)
    whole = _container(inside, first, index, header)
    offsets = {}
    for number, body in (*enumerate(bodies, start=1), (container, whole)):
        offsets[number] = len(document)
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(document)
    offsets[container + 1] = table
    rows = _row(0, 0, 255)
    for number in range(1, container + 2):
        in_file = number in offsets
        place = (1, offsets[number], 0) if in_file else (2, container, number - first)
        rows += _row(*place)
    own = b"/Type /XRef /Size %d /W [1 4 2] /Root 1 0 R %b" % (container + 2, entries)
    document += b"%d 0 obj\n%s\nendobj\n" % (container + 1, flate(bytes(rows), own))
    return bytes(document + b"startxref\n%d\n%%%%EOF\n" % table)


def _container(
    bodies: Sequence[bytes], first: int, index: bytes | None, header: bytes | None
) -> bytes:
    numbers, texts = bytearray(), bytearray()
    for number, body in enumerate(bodies, start=first):
        numbers += b"%d %d " % (number, len(texts))
        texts += body + b" "
    numbers = bytearray(numbers if index is None else index)
    own = b"/Type /ObjStm /N %d /First %d " % (len(bodies), len(numbers))
    return flate(bytes(numbers + texts), own if header is None else header)


def _row(kind: int, place: int, index: int) -> bytearray:
    """An entry of a packed table (ISO 32000-2, table 18)."""
    widths = ((kind, 1), (place, 4), (index, 2))
    return bytearray(b"".join(value.to_bytes(width, "big") for value, width in widths))
