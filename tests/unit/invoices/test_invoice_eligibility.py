import re

import pytest

from ledger.invoices import InvoiceClass, Obstacle, eligibility
from ledger.invoices.eligibility import (
    FACTORED_TYPE_CODES,
    INFORMATION_TYPE_CODE,
    PRO_FORMA_TYPE_CODE,
)
from ledger.invoices.model import CREDIT_TYPE_CODES, SELF_BILLED_TYPE_CODES, TYPE_CODES
from tests.unit.invoices.samples import GOOD, VAT_ID, party_id, read, ubl

OTHER_PAYEE = {Obstacle.OTHER_PAYEE}
# Not as UNTDID 1001 writes it, of other documents in it (order, packing list), and of none.
NO_TYPE_CODES = (
    "0380",
    "380x",
    "38 0",
    "\uff13\uff18\uff10",
    "foo",
    "220",
    "271",
    "918",
    "999",
    "-380",
)


def payee(content: str, name: str = "") -> str:
    named = f"<cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>" if name else ""
    return f"<cac:PayeeParty>{content}{named}</cac:PayeeParty>"


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
        ubl(more=payee("", "SELLER GmbH.")),
        ubl(more=payee(VAT_ID.replace("DE123", "DE 123"))),
        ubl(more=payee(VAT_ID, "Another Ltd")),
        ubl(seller=party_id("77"), more=payee(party_id("77"))),
        ubl(type_code=" 380\n"),
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
        *((ubl(type_code=code), {Obstacle.FACTORED}) for code in ("393", "472", "473", "501")),
        (ubl(type_code="396"), {Obstacle.CREDIT, Obstacle.FACTORED}),
        (ubl(type_code="502"), {Obstacle.CREDIT, Obstacle.FACTORED}),
        *((ubl(type_code=code), {Obstacle.UNKNOWN_TYPE}) for code in NO_TYPE_CODES),
        (
            ubl(root="CreditNote", type_code="\uff13\uff18\uff11"),
            {Obstacle.CREDIT, Obstacle.UNKNOWN_TYPE},
        ),
        (ubl(more=payee("", "Factor AB")), OTHER_PAYEE),
        (ubl(more=payee(party_id("5566778899", "0007"))), OTHER_PAYEE),
        (ubl(more=payee("")), OTHER_PAYEE),
        (ubl(more=payee(party_id("DEUTDEFF"))), OTHER_PAYEE),
        (ubl(seller=VAT_ID + party_id("1"), more=payee(party_id("1"), "Factor")), OTHER_PAYEE),
        (ubl(more=payee(party_id("5566778899", "0007"), "Seller GmbH")), OTHER_PAYEE),
        (ubl(seller=party_id("1"), more=payee(party_id("2"))), OTHER_PAYEE),
        (ubl(payable=due("0")), {Obstacle.NOTHING_DUE}),
        (ubl(payable=due("-1")), {Obstacle.NOTHING_DUE}),
        (ubl(seller=""), {Obstacle.UNNAMED_SELLER}),
    ],
)
def test_what_stands_against_financing_is_named(document: str, reasons: set[Obstacle]) -> None:
    verdict = eligibility(read(document))
    assert not verdict.financeable
    assert set(verdict.reasons) == reasons


def test_codes_of_every_kind_are_codes_of_invoices_and_credit_notes() -> None:
    kinds = CREDIT_TYPE_CODES | SELF_BILLED_TYPE_CODES | FACTORED_TYPE_CODES
    assert kinds | {PRO_FORMA_TYPE_CODE, INFORMATION_TYPE_CODE} <= TYPE_CODES
    assert all(re.fullmatch("[1-9][0-9]{1,2}", code) for code in TYPE_CODES)
    assert len(TYPE_CODES) == 62


@pytest.mark.parametrize("type_code", ["389", "471", "473", "500", "501", "527", "261", "502"])
def test_what_the_buyer_writes_is_self_billed(type_code: str) -> None:
    assert read(ubl(type_code=type_code)).self_billed


@pytest.mark.parametrize("type_code", ["380", "381", "384", "386", "393", "472", "503", "0389"])
def test_what_the_seller_writes_is_not_self_billed(type_code: str) -> None:
    assert not read(ubl(type_code=type_code)).self_billed


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
