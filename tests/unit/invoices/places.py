"""Where fields stand in an e-invoice's XML, written down apart from the readers that are tested.

Paths are those of EN 16931's syntax bindings, in names without namespaces.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

_VAT_SCHEMES = {"VAT", "GST", "VA"}


@dataclass(frozen=True)
class Places:
    """Paths from the root; those of a party's fields from the party, any number for each."""

    number: str
    issue_date: str
    type_code: str
    currency: str
    due_date: str
    account: str
    gross: str
    payable: str
    seller: str
    buyer: str
    line: str
    item: str
    names: tuple[str, ...]
    plain_ids: tuple[str, ...]
    other_ids: tuple[str, ...]
    tax_numbers: str


_UBL = Places(
    number="ID",
    issue_date="IssueDate",
    type_code="InvoiceTypeCode",
    currency="DocumentCurrencyCode",
    due_date="DueDate",
    account="PaymentMeans/PayeeFinancialAccount/ID",
    gross="LegalMonetaryTotal/TaxInclusiveAmount",
    payable="LegalMonetaryTotal/PayableAmount",
    seller="AccountingSupplierParty/Party",
    buyer="AccountingCustomerParty/Party",
    line="InvoiceLine",
    item="InvoiceLine/Item/Name",
    names=("PartyLegalEntity/RegistrationName", "PartyName/Name"),
    plain_ids=("PartyIdentification/ID",),
    other_ids=("PartyLegalEntity/CompanyID", "EndpointID"),
    tax_numbers="PartyTaxScheme/CompanyID",
)


def _cii(*, document: str, agreement: str, settlement: str, summation: str, line: str) -> Places:
    return Places(
        number=f"{document}/ID",
        issue_date=f"{document}/IssueDateTime/DateTimeString",
        type_code=f"{document}/TypeCode",
        currency=f"{settlement}/InvoiceCurrencyCode",
        due_date=f"{settlement}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString",
        account=f"{settlement}/SpecifiedTradeSettlementPaymentMeans"
        "/PayeePartyCreditorFinancialAccount/IBANID",
        gross=f"{settlement}/{summation}/GrandTotalAmount",
        payable=f"{settlement}/{summation}/DuePayableAmount",
        seller=f"{agreement}/SellerTradeParty",
        buyer=f"{agreement}/BuyerTradeParty",
        line=line,
        item=f"{line}/SpecifiedTradeProduct/Name",
        names=("Name", "SpecifiedLegalOrganization/TradingBusinessName"),
        plain_ids=("ID", "GlobalID"),
        other_ids=("SpecifiedLegalOrganization/ID", "URIUniversalCommunication/URIID"),
        tax_numbers="SpecifiedTaxRegistration/ID",
    )


_D16B = _cii(
    document="ExchangedDocument",
    agreement="SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement",
    settlement="SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement",
    summation="SpecifiedTradeSettlementHeaderMonetarySummation",
    line="SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem",
)
_ZUGFERD_1 = _cii(
    document="HeaderExchangedDocument",
    agreement="SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeAgreement",
    settlement="SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeSettlement",
    summation="SpecifiedTradeSettlementMonetarySummation",
    line="SpecifiedSupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem",
)
_BY_ROOT = {
    "Invoice": _UBL,
    "CrossIndustryInvoice": _D16B,
    "CrossIndustryDocument": _ZUGFERD_1,
}


def parse(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(huge_tree=True, remove_comments=True))


def written(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def places_of(root: etree._Element) -> Places:
    return _BY_ROOT[etree.QName(root).localname]


def at(element: etree._Element, path: str) -> list[etree._Element]:
    """All elements at a path, whatever their namespaces."""
    return element.findall("/".join(f"{{*}}{name}" for name in path.split("/")))


def ids(root: etree._Element, party: str) -> list[etree._Element]:
    """Every identifier of a party, tax numbers included."""
    places = places_of(root)
    paths = (*places.plain_ids, *places.other_ids, places.tax_numbers)
    return [one for path in paths for one in at(root, f"{party}/{path}")]


def vat_numbers(root: etree._Element, party: str) -> Iterator[etree._Element]:
    """The VAT identifiers of a party (BT-31, BT-48)."""
    for number in at(root, f"{party}/{places_of(root).tax_numbers}"):
        scheme = number.get("schemeID")
        if scheme is None:
            registration = number.getparent()
            assert registration is not None
            scheme = "".join(one.text or "" for one in at(registration, "TaxScheme/ID"))
        if scheme.strip().upper() in _VAT_SCHEMES:
            yield number
