"""An invoice written in each syntax: a minimal document with the fields that identity rests on.

Written apart from the tables of the readers, so that a term looked up in the wrong place is seen.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from pypdf import PdfWriter

from ledger.invoices import IdSource, Invoice, Money, Party
from ledger.invoices.party_ids import party_id_text

Renderer = Callable[[Invoice], bytes]

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CII = "urn:un:unece:uncefact:data:standard:"
_ZUGFERD_1_NAMES = {
    f"{_CII}CrossIndustryInvoice:100": "urn:ferd:CrossIndustryDocument:invoice:1p0",
    "AggregateBusinessInformationEntity:100": "AggregateBusinessInformationEntity:12",
    "UnqualifiedDataType:100": "UnqualifiedDataType:15",
    "rsm:CrossIndustryInvoice": "rsm:CrossIndustryDocument",
    "ExchangedDocument>": "HeaderExchangedDocument>",
    "SupplyChainTradeTransaction": "SpecifiedSupplyChainTradeTransaction",
    "ApplicableHeader": "ApplicableSupplyChain",
    "SettlementHeaderMonetary": "SettlementMonetary",
}


def as_ubl(invoice: Invoice) -> bytes:
    """UBL 2.1: a CreditNote for type 381, otherwise an Invoice."""
    root = "CreditNote" if invoice.type_code == "381" else "Invoice"
    spaces = (
        f'xmlns="{_UBL}{root}-2" xmlns:cac="{_UBL}CommonAggregateComponents-2"'
        f' xmlns:cbc="{_UBL}CommonBasicComponents-2"'
    )
    total = _ubl_money("cbc:TaxInclusiveAmount", invoice.gross)
    if invoice.payable is not None:
        total += _ubl_money("cbc:PayableAmount", invoice.payable)
    due = invoice.due_date.isoformat() if invoice.due_date and root == "Invoice" else ""
    body = (
        _text("cbc:ID", invoice.number)
        + _text("cbc:IssueDate", invoice.issue_date.isoformat())
        + _text("cbc:DueDate", due)
        + _text(f"cbc:{root}TypeCode", invoice.type_code)
        + _text("cbc:DocumentCurrencyCode", invoice.gross.currency)
        + _in("cac:AccountingSupplierParty/cac:Party", _ubl_party(invoice.seller))
        + _in("cac:AccountingCustomerParty/cac:Party", _ubl_party(invoice.buyer))
        + _in("cac:LegalMonetaryTotal", total)
    )
    return f"<{root} {spaces}>{body}</{root}>".encode()


def as_cii(invoice: Invoice) -> bytes:
    """CII D16B."""
    return _cii(invoice).encode()


def as_zugferd_1(invoice: Invoice) -> bytes:
    """ZUGFeRD 1.0: the same with names and namespaces of an earlier CII."""
    document = _cii(invoice)
    for name, older in _ZUGFERD_1_NAMES.items():
        document = document.replace(name, older)
    return document.encode()


def as_json(invoice: Invoice) -> bytes:
    """The JSON form, `sealbook-invoice/1`."""
    form: dict[str, object] = {
        "format": "sealbook-invoice/1",
        "number": invoice.number,
        "issue_date": invoice.issue_date.isoformat(),
        "type_code": invoice.type_code,
        "currency": invoice.gross.currency,
        "gross_amount": f"{invoice.gross.amount:f}",
        "seller": _json_party(invoice.seller),
        "buyer": _json_party(invoice.buyer),
    }
    if invoice.due_date is not None:
        form["due_date"] = invoice.due_date.isoformat()
    if invoice.payable is not None:
        form["payable_amount"] = f"{invoice.payable.amount:f}"
    return json.dumps(form).encode()


def in_pdf(xml: bytes) -> bytes:
    """A Factur-X PDF: a page with nothing on it, and the XML attached."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.add_attachment("factur-x.xml", xml)
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def as_factur_x(invoice: Invoice) -> bytes:
    """CII in a PDF."""
    return in_pdf(as_cii(invoice))


RENDERERS: dict[str, Renderer] = {
    "UBL": as_ubl,
    "CII": as_cii,
    "ZUGFeRD 1.0": as_zugferd_1,
    "Factur-X": as_factur_x,
    "JSON": as_json,
}


def _json_party(party: Party) -> dict[str, object]:
    ids = [party_id_text(one) for one in party.ids]
    return {"name": party.name, "country": party.country, "ids": ids}


def _ubl_party(party: Party) -> str:
    vat = _in("cac:TaxScheme/cbc:ID", "VAT")
    tax = _in("cac:TaxScheme/cbc:ID", "TAX")
    registrations = [(one, vat) for one in _of(party, IdSource.VAT)]
    registrations += [(one, tax) for one in _of(party, IdSource.TAX)]
    return (
        _texts("cbc:EndpointID", _of(party, IdSource.ENDPOINT))
        + _texts("cac:PartyIdentification/cbc:ID", _of(party, IdSource.IDENTIFIER))
        + _text("cac:PostalAddress/cac:Country/cbc:IdentificationCode", party.country)
        + "".join(
            _in("cac:PartyTaxScheme", _text("cbc:CompanyID", value) + scheme)
            for (_, value), scheme in registrations
        )
        + _in(
            "cac:PartyLegalEntity",
            _text("cbc:RegistrationName", party.name)
            + _texts("cbc:CompanyID", _of(party, IdSource.LEGAL)),
        )
    )


def _ubl_money(name: str, money: Money) -> str:
    return f'<{name} currencyID="{money.currency}">{money.amount:f}</{name}>'


def _cii(invoice: Invoice) -> str:
    spaces = (
        f'xmlns:rsm="{_CII}CrossIndustryInvoice:100"'
        f' xmlns:ram="{_CII}ReusableAggregateBusinessInformationEntity:100"'
        f' xmlns:udt="{_CII}UnqualifiedDataType:100"'
    )
    document = (
        _text("ram:ID", invoice.number)
        + _text("ram:TypeCode", invoice.type_code)
        + _in("ram:IssueDateTime", _cii_date(invoice.issue_date))
    )
    agreement = _in("ram:SellerTradeParty", _cii_party(invoice.seller)) + _in(
        "ram:BuyerTradeParty", _cii_party(invoice.buyer)
    )
    due = invoice.due_date
    terms = _in("ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime", _cii_date(due)) if due else ""
    total = _text("ram:GrandTotalAmount", f"{invoice.gross.amount:f}")
    if invoice.payable is not None:
        total += _text("ram:DuePayableAmount", f"{invoice.payable.amount:f}")
    settlement = (
        _text("ram:InvoiceCurrencyCode", invoice.gross.currency)
        + terms
        + _in("ram:SpecifiedTradeSettlementHeaderMonetarySummation", total)
    )
    body = _in("rsm:ExchangedDocument", document) + _in(
        "rsm:SupplyChainTradeTransaction",
        _in("ram:ApplicableHeaderTradeAgreement", agreement)
        + _in("ram:ApplicableHeaderTradeSettlement", settlement),
    )
    return f"<rsm:CrossIndustryInvoice {spaces}>{body}</rsm:CrossIndustryInvoice>"


def _cii_party(party: Party) -> str:
    plain = _of(party, IdSource.IDENTIFIER)
    return (
        _texts("ram:ID", (one for one in plain if not one[0]))
        + _texts("ram:GlobalID", (one for one in plain if one[0]))
        + _text("ram:Name", party.name)
        + _texts("ram:SpecifiedLegalOrganization/ram:ID", _of(party, IdSource.LEGAL))
        + _text("ram:PostalTradeAddress/ram:CountryID", party.country)
        + _texts("ram:URIUniversalCommunication/ram:URIID", _of(party, IdSource.ENDPOINT))
        + _texts(
            "ram:SpecifiedTaxRegistration/ram:ID",
            (("VA", value) for _, value in _of(party, IdSource.VAT)),
        )
        + _texts(
            "ram:SpecifiedTaxRegistration/ram:ID",
            (("FC", value) for _, value in _of(party, IdSource.TAX)),
        )
    )


def _cii_date(day: date) -> str:
    return f'<udt:DateTimeString format="102">{day:%Y%m%d}</udt:DateTimeString>'


def _of(party: Party, source: IdSource) -> list[tuple[str, str]]:
    return [(one.scheme, one.value) for one in party.ids if one.source is source]


def _texts(path: str, values: Iterable[tuple[str, str]]) -> str:
    return "".join(_text(path, value, scheme) for scheme, value in values)


def _text(path: str, value: str, scheme: str = "") -> str:
    return _in(path, escape(value), scheme) if value else ""


def _in(path: str, content: str, scheme: str = "") -> str:
    *outer, last = path.split("/")
    attribute = f" schemeID={quoteattr(scheme)}" if scheme else ""
    opened = "".join(f"<{name}>" for name in outer)
    closed = "".join(f"</{name}>" for name in reversed(outer))
    return f"{opened}<{last}{attribute}>{content}</{last}>{closed}"
