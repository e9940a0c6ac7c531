import hashlib
import hmac
from collections.abc import Mapping

import pytest

from tests.unit.invoices.key_vectors import kept, rows
from tests.unit.invoices.samples import FINGERPRINT, GOOD, samples

# Written by hand from the documents: issuer's scheme and identifier, number, day and class.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "kosit__01.01a-INVOICE_ubl.xml": ("vat", "DE123456789", "123456XX", "2016-04-04", "invoice"),
    "kosit__01.01a-INVOICE_uncefact.xml": (
        "vat",
        "DE123456789",
        "123456XX",
        "2016-04-04",
        "invoice",
    ),
    "cen__cii__CII_business_example_01.xml": (
        "vat",
        "NO123456789",
        "TOSL108",
        "2013-06-30",
        "invoice",
    ),
    "cen__test__BIS_Billing_30-DataIT.xml": (
        "vat",
        "SE123456789001",
        "0800355",
        "2008-02-08",
        "invoice",
    ),
}


def test_committed_invoices_have_the_keys_that_records_carry() -> None:
    assert list(rows()) == kept()


def test_every_committed_invoice_has_its_keys_kept() -> None:
    assert {file for file, _, _ in kept()} == {sample.path.name for sample in samples(GOOD)}
    assert {rule for _, rule, _ in kept()} == set(range(6))


@pytest.mark.parametrize("file", FIELDS)
def test_a_kept_key_is_the_fingerprint_of_fields_read_by_hand(file: str) -> None:
    message = "".join(f"{len(part)}:{part}" for part in FIELDS[file])
    tagged = b"sealbook/invoice-identity\x01\x01" + message.encode()
    key = hmac.new(FINGERPRINT.key, tagged, hashlib.sha256).hexdigest()
    assert next(one for name, rule, one in kept() if (name, rule) == (file, 1)) == key
