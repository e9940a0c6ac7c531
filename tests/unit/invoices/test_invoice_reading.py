from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ledger.errors import DocumentError
from ledger.invoices import DocumentFormat, IdSource, Money, PartyId, read_invoice
from tests.unit.invoices.samples import GOOD, VAT_ID, legal_name, party_id, read, ubl

CII = (GOOD / "kosit__01.20a-INVOICE_uncefact.xml").read_text()
CREDIT_NOTE = (GOOD / "cen__ubl__ubl-tc434-creditnote1.xml").read_text()
ZUGFERD_1 = GOOD / "zfcorpus__Intarsys__ZUGFeRD_1p0_COMFORT_Einfach.xml"


def test_ubl_is_read_field_by_field() -> None:
    found = read(
        ubl(
            seller=party_id("4012345000009", "0088") + VAT_ID,
            buyer='<cbc:EndpointID schemeID="0204">991-1</cbc:EndpointID>' + party_id("K 7"),
            more="<cbc:DueDate>2024-04-17</cbc:DueDate><cbc:CustomizationID>urn:x</cbc:CustomizationID>"
            "<cac:OrderReference><cbc:ID>PO 9</cbc:ID></cac:OrderReference>"
            "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>A-0</cbc:ID>"
            "</cac:InvoiceDocumentReference></cac:BillingReference>"
            "<cac:PayeeParty><cac:PartyName><cbc:Name>Factor AB</cbc:Name></cac:PartyName>"
            "</cac:PayeeParty>"
            "<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>DE02</cbc:ID>"
            "</cac:PayeeFinancialAccount></cac:PaymentMeans>",
        )
    )
    assert found.format is DocumentFormat.UBL_INVOICE
    assert (found.number, found.type_code, found.profile) == ("A-1", "380", "urn:x")
    assert (found.issue_date, found.due_date) == (date(2024, 3, 18), date(2024, 4, 17))
    assert (found.purchase_order, found.preceding) == ("PO 9", ("A-0",))
    assert found.seller.ids == (
        PartyId(IdSource.IDENTIFIER, "0088", "4012345000009"),
        PartyId(IdSource.VAT, "", "DE123456789"),
    )
    assert found.buyer.ids == (
        PartyId(IdSource.IDENTIFIER, "", "K 7"),
        PartyId(IdSource.ENDPOINT, "0204", "991-1"),
    )
    assert found.payee is not None
    assert (found.payee.name, found.payee_accounts) == ("Factor AB", ("DE02",))
    assert found.gross == found.payable == Money(Decimal("119.00"), "EUR")


def test_cii_is_read_field_by_field() -> None:
    found = read(CII)
    assert found.format is DocumentFormat.CII
    assert (found.number, found.type_code) == ("1234567890", "389")
    assert (found.issue_date, found.due_date) == (date(2021, 1, 25), date(2021, 2, 4))
    assert found.seller.country == "DE"
    assert PartyId(IdSource.ENDPOINT, "EM", "buyer@info.de") in found.buyer.ids
    assert found.payable == Money(Decimal("357.00"), "EUR")


def test_zugferd_1_is_read_as_cii() -> None:
    found = read(ZUGFERD_1.read_bytes())
    assert found.format is DocumentFormat.CII
    assert (found.number, found.due_date) == ("471102", date(2013, 4, 4))
    assert found.payee_accounts == ("DE08700901001234567890",)


def test_a_credit_note_takes_its_due_date_from_the_payment_means() -> None:
    due = "<cac:PaymentMeans><cbc:PaymentDueDate>2019-10-23</cbc:PaymentDueDate></cac:PaymentMeans>"
    found = read(ubl(root="CreditNote", type_code="381", more=due))
    assert found.format is DocumentFormat.UBL_CREDIT_NOTE
    assert found.due_date == date(2019, 10, 23)
    assert read(CREDIT_NOTE).due_date is None


@pytest.mark.parametrize(
    "number",
    ["A<!-- - -->-1", "A<?x y?>-1", "<![CDATA[A-1]]>", "&#x41;-1", "\n\tA-1 ", "<!---->A-1<!---->"],
)
def test_markup_that_carries_no_text_does_not_split_a_number(number: str) -> None:
    assert read(ubl(number=number)).number == "A-1"


def test_white_space_inside_a_text_is_one_space() -> None:
    assert read(ubl(seller_name=legal_name("Seller\n\t GmbH "))).seller.name == "Seller GmbH"


def test_a_party_without_registered_name_has_its_trading_name() -> None:
    trading = "<cac:PartyName><cbc:Name>Corner Shop</cbc:Name></cac:PartyName>"
    assert read(ubl(seller=trading, seller_name="")).seller.name == "Corner Shop"
    assert read(ubl(seller=trading)).seller.name == "Seller GmbH"


def test_the_creditor_identifier_of_a_direct_debit_does_not_name_the_party() -> None:
    assert read(ubl(seller=party_id("DE98ZZZ09999999999", "SEPA"))).seller.ids == ()


@pytest.mark.parametrize(("scheme", "source"), [("GST", "vat"), ("vat", "vat"), ("F-tax", "tax")])
def test_a_tax_registration_is_a_vat_number_by_its_scheme(scheme: str, source: str) -> None:
    registration = VAT_ID.replace("VAT", scheme)
    assert [one.source for one in read(ubl(seller=registration)).seller.ids] == [source]


def test_without_a_currency_code_the_total_names_the_currency() -> None:
    assert read(ubl(currency="")).gross.currency == "EUR"


def test_without_a_currency_code_two_currencies_are_refused() -> None:
    in_sek = '<cbc:PayableAmount currencyID="SEK">119.00</cbc:PayableAmount>'
    with pytest.raises(DocumentError, match=r"the amount due \(BT-115\) is in SEK"):
        read(ubl(currency="", payable=in_sek))


def test_without_any_currency_an_invoice_is_refused() -> None:
    bare = "<cbc:PayableAmount>1</cbc:PayableAmount>"
    with pytest.raises(DocumentError, match=r"the currency \(BT-5\) is missing"):
        read(ubl(currency="", gross="", payable=bare))


def test_without_a_total_the_amount_due_stands_for_it() -> None:
    found = read(ubl(gross=""))
    assert found.gross == found.payable == Money(Decimal("119.00"), "EUR")
    assert read(ubl(payable="")).payable is None
    with pytest.raises(DocumentError, match=r"the total with VAT \(BT-112\) is missing"):
        read(ubl(gross="", payable=""))


def test_the_first_of_several_payment_terms_gives_the_due_date() -> None:
    terms = (
        "<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>"
        '<udt:DateTimeString format="102">20210301</udt:DateTimeString>'
        "</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>"
    )
    end = "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
    assert read(CII.replace(end, terms + end)).due_date == date(2021, 2, 4)


def test_the_first_of_several_means_of_payment_gives_a_credit_notes_due_date() -> None:
    due = "<cac:PaymentMeans><cbc:PaymentDueDate>2019-10-{}</cbc:PaymentDueDate></cac:PaymentMeans>"
    note = ubl(root="CreditNote", type_code="381", more=due.format("23") + due.format("24"))
    assert read(note).due_date == date(2019, 10, 23)


UBL_COUNTRY = (
    "<cac:PostalAddress><cac:Country><cbc:IdentificationCode>{}</cbc:IdentificationCode>"
    "</cac:Country></cac:PostalAddress>"
)
TWICE = {
    "country": (lambda one, two: ubl(seller=UBL_COUNTRY.format(one) + UBL_COUNTRY.format(two))),
    "name": (lambda one, two: ubl(seller_name=legal_name(one) + legal_name(two))),
    "name of two legal entities": (
        lambda one, two: ubl(
            seller_name=f"{legal_name(one)}</cac:PartyLegalEntity><cac:PartyLegalEntity>"
            + legal_name(two)
        )
    ),
    "trading name": (
        lambda one, two: ubl(
            seller="".join(
                f"<cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>" for name in (one, two)
            ),
            seller_name="",
        )
    ),
    "purchase order": (
        lambda one, two: ubl(
            more="".join(
                f"<cac:OrderReference><cbc:ID>{n}</cbc:ID></cac:OrderReference>" for n in (one, two)
            )
        )
    ),
    "country in CII": (
        lambda one, two: CII.replace(
            "<ram:CountryID>DE</ram:CountryID>",
            f"<ram:CountryID>{one}</ram:CountryID><ram:CountryID>{two}</ram:CountryID>",
            1,
        )
    ),
}


@pytest.mark.parametrize("twice", TWICE.values(), ids=TWICE.keys())
def test_what_stands_twice_must_say_the_same(twice: Callable[[str, str], str]) -> None:
    found = read(twice("FR", " FR\n"))
    assert replace(found, files=()) == replace(read(twice("FR", "")), files=())
    assert replace(found, files=()) == replace(read(twice("", "FR")), files=())
    with pytest.raises(DocumentError, match="stands more than once and differs"):
        read(twice("FR", "DE"))


def test_two_due_dates_of_an_invoice_are_refused() -> None:
    one, other = (f"<cbc:DueDate>2024-04-{day}</cbc:DueDate>" for day in (17, 18))
    assert read(ubl(more=one + one)).due_date == date(2024, 4, 17)
    with pytest.raises(
        DocumentError, match=r"the due date \(BT-9\) stands more than once and diff"
    ):
        read(ubl(more=one + other))


def test_a_field_that_stands_twice_is_refused_in_cii_too() -> None:
    twice = CII.replace("<ram:TypeCode>389", "<ram:TypeCode>380</ram:TypeCode><ram:TypeCode>389")
    with pytest.raises(DocumentError, match=r"type code \(BT-3\) stands more than once"):
        read(twice)


def test_a_document_over_the_callers_limit_is_refused() -> None:
    data = ubl().encode()
    assert read_invoice(data, max_bytes=len(data)).number == "A-1"
    with pytest.raises(DocumentError, match=f"has {len(data)} bytes; at most {len(data) - 1}"):
        read_invoice(data, max_bytes=len(data) - 1)


def test_an_empty_tax_number_is_none() -> None:
    assert read(ubl(seller=VAT_ID.replace("DE123456789", " "))).seller.ids == ()
