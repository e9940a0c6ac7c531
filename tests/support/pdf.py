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


def packed(bodies: Sequence[bytes], inside: Sequence[bytes], *, entries: bytes = b"") -> bytes:
    """A PDF 1.5 that has the objects of `inside` in an object stream, numbered after `bodies`.

    entries: of the dictionary of the table, which is the trailer too.
    """
    document = bytearray(b"%PDF-1.5\n")
    places = [(0, 0, 255)]
    container = len(bodies) + len(inside) + 1
    numbers, texts = b"", b""
    for index, body in enumerate(inside):
        numbers += b"%d %d " % (len(bodies) + 1 + index, len(texts))
        texts += body + b" "
    header = b"/Type /ObjStm /N %d /First %d " % (len(inside), len(numbers))
    plain = [*bodies, *[b""] * len(inside), flate(numbers + texts, header)]
    for number, body in enumerate(plain, start=1):
        if len(bodies) < number < container:
            places.append((2, container, number - len(bodies) - 1))
            continue
        places.append((1, len(document), 0))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(document)
    places.append((1, table, 0))
    rows = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + index.to_bytes(2, "big")
        for kind, place, index in places
    )
    size = len(places)
    header = b"/Type /XRef /Size %d /W [1 4 2] /Root 1 0 R %b" % (size, entries)
    document += b"%d 0 obj\n%s\nendobj\n" % (size - 1, flate(rows, header))
    return bytes(document + b"startxref\n%d\n%%%%EOF\n" % table)
