import json

import pytest

from ledger.invoices import IdentityRule, identity_keys, read_invoice
from ledger.types import to_hex
from tests.api.clients import PDF, VECTORS, Api, problem
from tests.api.test_api_clearance import clearance
from tests.api.trading import SHARE, holdings, offer
from tests.support.consortium import BUYER, FINANCIER
from tests.support.pdf import flate
from tests.support.service import FINGERPRINTS
from tests.unit.invoices.pdfs import SPECIFICATION, attachment, names, pdf

GOOD = VECTORS / "good"
AS_UBL = (GOOD / "zfcorpus__UBL__EN16931_Einfach.ubl.xml").read_bytes()
AS_PDF = (GOOD / "zfcorpus__FX__EN16931_Einfach.pdf").read_bytes()
AS_JSON = json.dumps(
    {
        "format": "sealbook-invoice/1",
        "number": "471102",
        "issue_date": "2018-03-05",
        "currency": "EUR",
        "gross_amount": "529.87",
        "seller": {"name": "Lieferant GmbH", "ids": ["vat:DE123456789"]},
        "buyer": {"name": "Kunden AG Mitte"},
    }
).encode()
ZUGFERD_PDF = (GOOD / "zfcorpus__Intarsys__ZUGFeRD_1p0_COMFORT_Einfach.pdf").read_bytes()
ZUGFERD_XML = (GOOD / "zfcorpus__Intarsys__ZUGFeRD_1p0_COMFORT_Einfach.xml").read_bytes()
FORMS = {"UBL": AS_UBL, "PDF": AS_PDF, "JSON": AS_JSON}
TYPES = ["application/xml", "text/xml", "application/pdf", "application/json"]


@pytest.mark.parametrize("first", FORMS)
def test_one_receivable_in_every_form_is_refused_with_the_record_that_stands(
    api: Api, first: str
) -> None:
    supplier = api.supplier
    record = api.done(supplier, supplier.register(FORMS[first]))["record"]
    for content in FORMS.values():
        body = problem(supplier.register(content), 409, "already-registered")
        assert body["record"] == record


@pytest.mark.parametrize("media_type", TYPES)
@pytest.mark.parametrize("form", FORMS)
def test_the_content_tells_the_form_and_the_media_type_need_only_be_one_of_them(
    api: Api, form: str, media_type: str
) -> None:
    headers, query = {"Content-Type": media_type}, {"buyer": BUYER}
    supplier = api.supplier
    response = supplier.post("/v1/invoices", params=query, content=FORMS[form], headers=headers)
    assert response.status_code == 202, response.text
    document = supplier.get(f"/v1/documents/{response.json()['document']}").json()
    assert document["size"] == len(FORMS[form])


@pytest.mark.parametrize("media_type", ["application/octet-stream", "text/plain", "image/png"])
def test_a_media_type_that_is_no_invoices_is_refused(refusing: Api, media_type: str) -> None:
    headers, query = {"Content-Type": media_type}, {"buyer": BUYER}
    response = refusing.supplier.post("/v1/invoices", params=query, content=AS_PDF, headers=headers)
    detail = problem(response, 415, "unsupported-media-type")["detail"]
    assert all(form in detail for form in ("XML", "Factur-X PDF", "sealbook-invoice/1"))


def test_who_has_only_the_xml_of_a_pdf_knows_its_record_by_the_alert_key_of_the_file(
    api: Api,
) -> None:
    supplier, buyer, financier = api.supplier, api.buyer, api.financier
    record = api.done(supplier, supplier.register(ZUGFERD_PDF))["links"]["record"]
    api.done(buyer, buyer.post(f"{record}/acceptance"))
    api.done(supplier, offer(supplier, record))
    path = f"{record}/offers/0/acceptance"

    other = clearance(api, record, alert_keys=[key_of_the_file(AS_UBL)])
    problem(financier.post(path, json=other), 409, "similarity-key-not-noted")

    same = clearance(api, record, alert_keys=[key_of_the_file(ZUGFERD_XML)])
    api.done(financier, financier.post(path, json=same))
    assert holdings(api, record)[FINANCIER] == (SHARE, 0, 0)


def key_of_the_file(xml: bytes) -> str:
    keys = identity_keys(read_invoice(xml, max_bytes=len(xml)), FINGERPRINTS)
    (found,) = (key.key for key in keys.alert if key.kind is IdentityRule.SAME_FILE)
    return to_hex(found)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (PDF, "the PDF has no invoice in it: its fields can only be declared"),
        (
            pdf(attachment(7), flate(ZUGFERD_XML), tree=names(SPECIFICATION, 6)),
            "the PDF has 2 XML files in it",
        ),
        (AS_PDF[:-1_000], "the PDF is cut off"),
        (b"{}", 'the JSON is no invoice: it has no "format": "sealbook-invoice/1"'),
        (AS_JSON.replace(b'"529.87"', b"529.87"), "write fractions as strings"),
        (b"number,date\n", "not an e-invoice in a form that is read here"),
    ],
)
def test_a_document_that_is_no_invoice_is_refused_with_the_reason(
    refusing: Api, content: bytes, reason: str
) -> None:
    assert reason in problem(refusing.supplier.register(content), 422, "document-refused")["detail"]
