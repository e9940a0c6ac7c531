from dataclasses import replace
from pathlib import Path

import pytest

from ledger.chain.membership import Role
from ledger.errors import DocumentError
from ledger.services.principals import Principal
from ledger.services.register import InvoiceUpload, register_invoice
from tests.support.consortium import BUYER, SUPPLIER, Consortium
from tests.support.service import running_service

INVOICE = Path(__file__).parent.parent / "vectors" / "good" / "kosit__01.01a-INVOICE_ubl.xml"
LARGEST_READ = 16 * 1024 * 1024


def test_no_invoice_is_registered_that_is_larger_than_what_verifiers_read(
    consortium: Consortium, tmp_path: Path
) -> None:
    content = INVOICE.read_bytes()
    upload = InvoiceUpload(content.ljust(LARGEST_READ + 1), "application/xml", BUYER)
    with running_service(consortium, tmp_path) as service:
        ledger = replace(service.ledger, max_document_bytes=2 * LARGEST_READ)
        with pytest.raises(DocumentError, match=str(LARGEST_READ)):
            register_invoice(ledger, Principal(SUPPLIER, Role.SUPPLIER), upload, None)
