import pytest

from ledger.invoices import InvoiceClass, Obstacle, eligibility
from ledger.invoices.model import CREDIT_TYPE_CODES
from tests.unit.invoices.samples import GOOD, VAT_ID, party_id, read, ubl


def payee(content: str) -> str:
    return f"<cac:PayeeParty>{content}</cac:PayeeParty>"


def payee_name(name: str) -> str:
    return payee(f"<cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>")


def total(amount: str) -> str:
    return f'<cbc:TaxInclusiveAmount currencyID="EUR">{amount}</cbc:TaxInclusiveAmount>'


def due(amount: str) -> str:
    return f'<cbc:PayableAmount currencyID="EUR">{amount}</cbc:PayableAmount>'


@pytest.mark.parametrize(
    "document",
    [
        ubl(),
        ubl(type_code="326"),
        ubl(type_code="384"),
        ubl(type_code="386"),
        ubl(type_code="389"),
        ubl(type_code=""),
        ubl(payable=due("0.01")),
        ubl(payable=""),
        ubl(more=payee_name("SELLER GmbH.")),
        ubl(more=payee(VAT_ID.replace("DE123", "DE 123"))),
        ubl(more=payee("")),
        ubl(seller=party_id("77")),
    ],
)
def test_an_invoice_with_something_due_to_its_seller_can_be_financed(document: str) -> None:
    verdict = eligibility(read(document))
    assert verdict.financeable
    assert verdict.reasons == ()


@pytest.mark.parametrize(
    ("document", "reasons"),
    [
        (ubl(root="CreditNote", type_code="381"), {Obstacle.CREDIT}),
        (ubl(root="CreditNote", type_code=""), {Obstacle.CREDIT}),
        (ubl(gross=total("-119"), payable=due("-119")), {Obstacle.CREDIT, Obstacle.NOTHING_DUE}),
        (ubl(type_code="261"), {Obstacle.CREDIT}),
        (ubl(gross=total("-0.01")), {Obstacle.CREDIT}),
        (ubl(type_code="325"), {Obstacle.PRO_FORMA}),
        (ubl(type_code="751"), {Obstacle.INFORMATION}),
        (ubl(type_code="393"), {Obstacle.FACTORED}),
        (ubl(type_code="396"), {Obstacle.CREDIT, Obstacle.FACTORED}),
        (ubl(more=payee_name("Factor AB")), {Obstacle.OTHER_PAYEE}),
        (ubl(more=payee(party_id("5566778899", "0007"))), {Obstacle.OTHER_PAYEE}),
        (ubl(payable=due("0")), {Obstacle.NOTHING_DUE}),
        (ubl(payable=due("-1")), {Obstacle.NOTHING_DUE}),
        (ubl(seller=""), {Obstacle.UNNAMED_SELLER}),
    ],
)
def test_what_stands_against_financing_is_named(document: str, reasons: set[Obstacle]) -> None:
    verdict = eligibility(read(document))
    assert not verdict.financeable
    assert set(verdict.reasons) == reasons


@pytest.mark.parametrize("type_code", sorted(CREDIT_TYPE_CODES))
def test_credit_type_codes_give_money_back(type_code: str) -> None:
    invoice = read(ubl(type_code=type_code))
    assert invoice.invoice_class is InvoiceClass.CREDIT
    assert Obstacle.CREDIT in eligibility(invoice).reasons


@pytest.mark.parametrize(
    ("file", "reasons"),
    [
        ("kosit__01.01a-INVOICE_ubl.xml", ()),
        ("kosit__01.01a-INVOICE_uncefact.xml", ()),
        ("cen__ubl__ubl-tc434-creditnote1.xml", (Obstacle.CREDIT,)),
        ("cen__test__BIS_Billing_30-Factoring.xml", (Obstacle.OTHER_PAYEE,)),
        ("cen__ubl__BIS3_Invoice_negativ.xml", (Obstacle.CREDIT, Obstacle.NOTHING_DUE)),
    ],
)
def test_official_samples_are_judged_by_what_they_are(
    file: str, reasons: tuple[Obstacle, ...]
) -> None:
    assert eligibility(read((GOOD / file).read_bytes())).reasons == reasons
