"""Peak memory of reading one invoice, in a process of its own. Linux only."""

import re
import subprocess
import sys
from pathlib import Path

_UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:ID>1</cbc:ID><cbc:IssueDate>2024-03-18</cbc:IssueDate>
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{parties}
<cac:LegalMonetaryTotal><cbc:PayableAmount>1</cbc:PayableAmount></cac:LegalMonetaryTotal>
{bulk}</Invoice>"""
_PARTY = (
    "<cac:Accounting{side}Party><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>{side} 1"
    "</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:Accounting{side}Party>"
)
_LINE = (
    "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount>1.00</cbc:LineExtensionAmount>"
    "<cac:Item><cbc:Name>something of no great interest</cbc:Name></cac:Item></cac:InvoiceLine>\n"
)


def with_lines(count: int) -> bytes:
    """An invoice of many short lines, which takes the most memory for its size."""
    return _invoice(_LINE * count)


def with_attachment(size: int) -> bytes:
    """An invoice with one long text, as attachments are."""
    name = "cbc:EmbeddedDocumentBinaryObject"
    return _invoice(f"<{name}>{'A' * size}</{name}>")


def _invoice(bulk: str) -> bytes:
    parties = "".join(_PARTY.format(side=side) for side in ("Supplier", "Customer"))
    return _UBL.format(parties=parties, bulk=bulk).encode()


def peak_bytes(document: bytes) -> int:
    """How far reading a document raises a process's memory, the document's own bytes included.

    Raises CalledProcessError if it cannot be read.
    """
    command = [sys.executable, "-m", __name__]
    done = subprocess.run(command, input=document, capture_output=True, check=True)  # noqa: S603 - ourselves
    return int(done.stdout)


def _main() -> None:
    from scripts.bench.invoice_readers import ours  # noqa: PLC0415 - what it loads is not to be counted

    ours(with_lines(1))
    before = _peak()
    ours(sys.stdin.buffer.read())
    print(_peak() - before)


def _peak() -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    if found is None:
        raise OSError("this system does not tell a process its peak memory")
    return int(found[1]) * 1024


if __name__ == "__main__":
    _main()
