"""CII D16B: where EN 16931 puts each business term (CEN/TS 16931-3-3); and ZUGFeRD 1.0.

ZUGFeRD 1.0 is an earlier CII with other namespaces and longer names for the same elements.
"""

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.invoices.fields import Field, text_of
from ledger.invoices.layout import Layout, PartyLayout
from ledger.invoices.model import DocumentFormat, IdSource, PartyId

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


@dataclass(frozen=True, slots=True)
class _Version:
    """Names that differ between versions of CII; the first three are namespaces."""

    rsm: str
    ram: str
    udt: str
    root: str
    context: str
    document: str
    transaction: str
    agreement: str
    settlement: str
    summation: str
    reference: str


_D16B = _Version(
    rsm="{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}",
    ram="{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}",
    udt="{urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100}",
    root="CrossIndustryInvoice",
    context="rsm:ExchangedDocumentContext",
    document="rsm:ExchangedDocument",
    transaction="rsm:SupplyChainTradeTransaction",
    agreement="ram:ApplicableHeaderTradeAgreement",
    settlement="ram:ApplicableHeaderTradeSettlement",
    summation="ram:SpecifiedTradeSettlementHeaderMonetarySummation",
    reference="ram:IssuerAssignedID",
)
_ZUGFERD_1 = _Version(
    rsm="{urn:ferd:CrossIndustryDocument:invoice:1p0}",
    ram="{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12}",
    udt="{urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15}",
    root="CrossIndustryDocument",
    context="rsm:SpecifiedExchangedDocumentContext",
    document="rsm:HeaderExchangedDocument",
    transaction="rsm:SpecifiedSupplyChainTradeTransaction",
    agreement="ram:ApplicableSupplyChainTradeAgreement",
    settlement="ram:ApplicableSupplyChainTradeSettlement",
    summation="ram:SpecifiedTradeSettlementMonetarySummation",
    reference="ram:ID",
)

_DATE = "udt:DateTimeString"
_TAX_SOURCES = {"VA": IdSource.VAT, "FC": IdSource.TAX}


def _tax_id(number: "Element") -> PartyId | None:
    text = text_of(number, "a party's tax number")
    source = _TAX_SOURCES.get(number.get("schemeID", "").strip().upper())
    return PartyId(source, "", text) if text and source else None


def _at(version: _Version, term: str, *names: str) -> Field:
    """A field by the names of its elements, in CII's usual prefixes."""
    path = " ".join(names)
    for prefix in ("rsm", "ram", "udt"):
        path = path.replace(f"{prefix}:", getattr(version, prefix))
    return Field(term, path)


def _party(version: _Version, term: str, *base: str) -> PartyLayout:
    def at(what: str, *names: str) -> Field:
        return _at(version, f"{what} of {term}", *base, *names)

    organisation = "ram:SpecifiedLegalOrganization"
    return PartyLayout(
        root=_at(version, term, *base),
        names=(
            at("the name", "ram:Name"),
            at("the trading name", organisation, "ram:TradingBusinessName"),
        ),
        ids=(
            (IdSource.IDENTIFIER, at("an identifier", "ram:ID")),
            (IdSource.IDENTIFIER, at("a global identifier", "ram:GlobalID")),
            (IdSource.LEGAL, at("the legal identifier", organisation, "ram:ID")),
            (
                IdSource.ENDPOINT,
                at("the electronic address", "ram:URIUniversalCommunication", "ram:URIID"),
            ),
        ),
        tax_registrations=at("a tax registration", "ram:SpecifiedTaxRegistration", "ram:ID").path,
        tax_id=_tax_id,
        country=at("the country", "ram:PostalTradeAddress", "ram:CountryID"),
    )


def _layout(version: _Version) -> Layout:
    agreement = (version.transaction, version.agreement)
    settlement = (version.transaction, version.settlement)

    def at(term: str, *names: str) -> Field:
        return _at(version, term, *names)

    return Layout(
        format=DocumentFormat.CII,
        number=at("the invoice number (BT-1)", version.document, "ram:ID"),
        issue_date=at("the issue date (BT-2)", version.document, "ram:IssueDateTime", _DATE),
        type_code=at("the invoice type code (BT-3)", version.document, "ram:TypeCode"),
        currency=at("the currency (BT-5)", *settlement, "ram:InvoiceCurrencyCode"),
        # One for each of the payment terms.
        due_date=dataclasses.replace(
            at(
                "the due date (BT-9)",
                *settlement,
                "ram:SpecifiedTradePaymentTerms",
                "ram:DueDateDateTime",
                _DATE,
            ),
            several=True,
        ),
        purchase_order=at(
            "the purchase order (BT-13)",
            *agreement,
            "ram:BuyerOrderReferencedDocument",
            version.reference,
        ),
        profile=at(
            "the specification identifier (BT-24)",
            version.context,
            "ram:GuidelineSpecifiedDocumentContextParameter",
            "ram:ID",
        ),
        preceding=at(
            "a preceding invoice (BT-25)",
            *settlement,
            "ram:InvoiceReferencedDocument",
            version.reference,
        ),
        seller=_party(version, "the seller (BG-4)", *agreement, "ram:SellerTradeParty"),
        buyer=_party(version, "the buyer (BG-7)", *agreement, "ram:BuyerTradeParty"),
        payee=_party(version, "the payee (BG-10)", *settlement, "ram:PayeeTradeParty"),
        payee_account=at(
            "a payment account (BT-84)",
            *settlement,
            "ram:SpecifiedTradeSettlementPaymentMeans",
            "ram:PayeePartyCreditorFinancialAccount",
            "ram:IBANID",
        ),
        gross=at(
            "the total with VAT (BT-112)", *settlement, version.summation, "ram:GrandTotalAmount"
        ),
        payable=at(
            "the amount due (BT-115)", *settlement, version.summation, "ram:DuePayableAmount"
        ),
    )


LAYOUTS = {version.rsm + version.root: _layout(version) for version in (_D16B, _ZUGFERD_1)}
"""The layout that belongs to each root element."""
