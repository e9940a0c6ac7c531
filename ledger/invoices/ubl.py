"""UBL 2.1 Invoice and CreditNote: where EN 16931 puts each business term (CEN/TS 16931-3-2)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger.invoices.fields import Field, Fields, places_of
from ledger.invoices.layout import Layout, PartyLayout
from ledger.invoices.model import DocumentFormat, IdSource, PartyId

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


def _at(term: str, *names: str) -> Field:
    """A field by the names of its elements, in UBL's usual prefixes."""
    return Field(term, " ".join(names).replace("cac:", _CAC).replace("cbc:", _CBC))


_DUE_DATE = "the due date (BT-9)"
_TAX_NUMBER = _at("a party's tax number", "cbc:CompanyID")
_TAX_SCHEME = _at("a party's tax scheme", "cac:TaxScheme", "cbc:ID")
_VAT_SCHEMES = frozenset({"VAT", "GST"})


_TAX_PLACES = places_of((_TAX_NUMBER.path, _TAX_SCHEME.path))


def _tax_id(registration: "Element") -> PartyId | None:
    fields = Fields(registration, _TAX_PLACES)
    number = fields.text(_TAX_NUMBER)
    if not number:
        return None
    is_vat = fields.text(_TAX_SCHEME).upper() in _VAT_SCHEMES
    return PartyId(IdSource.VAT if is_vat else IdSource.TAX, "", number)


def _party(term: str, *base: str) -> PartyLayout:
    def at(what: str, *names: str) -> Field:
        return _at(f"{what} of {term}", *base, *names)

    return PartyLayout(
        root=_at(term, *base),
        names=(
            at("the name", "cac:PartyLegalEntity", "cbc:RegistrationName"),
            at("the trading name", "cac:PartyName", "cbc:Name"),
        ),
        ids=(
            (IdSource.IDENTIFIER, at("an identifier", "cac:PartyIdentification", "cbc:ID")),
            (IdSource.LEGAL, at("the legal identifier", "cac:PartyLegalEntity", "cbc:CompanyID")),
            (IdSource.ENDPOINT, at("the electronic address", "cbc:EndpointID")),
        ),
        tax_registrations=at("a tax registration", "cac:PartyTaxScheme").path,
        tax_id=_tax_id,
        country=at("the country", "cac:PostalAddress", "cac:Country", "cbc:IdentificationCode"),
    )


def _layout(document_format: DocumentFormat, type_code: str, due_date: Field) -> Layout:
    return Layout(
        format=document_format,
        number=_at("the invoice number (BT-1)", "cbc:ID"),
        issue_date=_at("the issue date (BT-2)", "cbc:IssueDate"),
        type_code=_at("the invoice type code (BT-3)", type_code),
        currency=_at("the currency (BT-5)", "cbc:DocumentCurrencyCode"),
        due_date=due_date,
        purchase_order=_at("the purchase order (BT-13)", "cac:OrderReference", "cbc:ID"),
        profile=_at("the specification identifier (BT-24)", "cbc:CustomizationID"),
        preceding=_at(
            "a preceding invoice (BT-25)",
            "cac:BillingReference",
            "cac:InvoiceDocumentReference",
            "cbc:ID",
        ),
        seller=_party("the seller (BG-4)", "cac:AccountingSupplierParty", "cac:Party"),
        buyer=_party("the buyer (BG-7)", "cac:AccountingCustomerParty", "cac:Party"),
        payee=_party("the payee (BG-10)", "cac:PayeeParty"),
        payee_account=_at(
            "a payment account (BT-84)", "cac:PaymentMeans", "cac:PayeeFinancialAccount", "cbc:ID"
        ),
        gross=_at(
            "the total with VAT (BT-112)", "cac:LegalMonetaryTotal", "cbc:TaxInclusiveAmount"
        ),
        payable=_at("the amount due (BT-115)", "cac:LegalMonetaryTotal", "cbc:PayableAmount"),
    )


LAYOUTS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": _layout(
        DocumentFormat.UBL_INVOICE, "cbc:InvoiceTypeCode", _at(_DUE_DATE, "cbc:DueDate")
    ),
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": _layout(
        DocumentFormat.UBL_CREDIT_NOTE,
        "cbc:CreditNoteTypeCode",
        # One for each of the means of payment.
        replace(_at(_DUE_DATE, "cac:PaymentMeans", "cbc:PaymentDueDate"), several=True),
    ),
}
"""The layout that belongs to each root element."""
