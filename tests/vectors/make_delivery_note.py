"""Write `good/delivery-note.pdf`: a document of the trade that is no invoice.

Run `python -m tests.vectors.make_delivery_note > tests/vectors/good/delivery-note.pdf`.
"""

import sys

from tests.support.pdf import assemble

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
    return assemble(bodies)


if __name__ == "__main__":
    sys.stdout.buffer.write(delivery_note())
