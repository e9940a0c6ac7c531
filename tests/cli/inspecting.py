"""Running `sealbook inspect` on sample invoices."""

import json
from pathlib import Path
from typing import Any

from tests.cli.commands import sealbook
from tests.unit.invoices.samples import GOOD

KEY = bytes(range(32)).hex()
OLD_KEY = bytes(32).hex()
UBL = GOOD / "cen__ubl__guide-example2.xml"
CREDIT_NOTE = GOOD / "cen__ubl__ubl-tc434-creditnote1.xml"
CII = GOOD / "cen__cii__CII_example8.xml"
FACTUR_X = GOOD / "zfcorpus__FNFE-factur-x-examples__Facture_FR_BASICWL.pdf"
ZUGFERD_1 = GOOD / "zfcorpus__Intarsys__ZUGFeRD_1p0_COMFORT_Einfach.xml"
SELF_BILLED = GOOD / "kosit__01.20a-INVOICE_ubl.xml"
DOCTYPE = "the XML has a DOCTYPE, which no e-invoice may have; remove it"


def objects(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def inspected(*arguments: str | Path) -> list[Any]:
    printed = sealbook("inspect", "--json", *arguments)
    assert (printed.code, printed.err) == (0, "")
    return objects(printed.out)
