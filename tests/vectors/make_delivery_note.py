"""Write `good/delivery-note.pdf`: a document of the trade that is no invoice.

Run `python -m tests.vectors.make_delivery_note > tests/vectors/good/delivery-note.pdf`.
"""

import sys

LINES = (
    "Delivery note 2024-0815",
    "",
    "Delivered to:    Buyer AG, Dock 4, 20457 Hamburg",
    "Delivered on:    2024-03-18",
    "Order:           PO-77120",
    "",
    "   12 pallets    Steel brackets, galvanised",
    "    3 pallets    Fixing screws M8",
    "",
    "Received complete and undamaged.",
)
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"


def delivery_note() -> bytes:
    """One A4 page of text as PDF 1.4 (ISO 32000-1), the same bytes each time."""
    shown = "".join(f"({line}) Tj T*\n" for line in LINES)
    content = f"BT\n/F1 12 Tf\n16 TL\n72 760 Td\n{shown}ET\n".encode()
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        _PAGE + b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%sendstream" % (len(content), content),
        _FONT,
    )
    document = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    document += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    document += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(bodies) + 1)
    document += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(document)


if __name__ == "__main__":
    sys.stdout.buffer.write(delivery_note())
