import hashlib
import hmac
from dataclasses import replace

import pytest

from ledger.errors import DocumentError
from ledger.invoices import Fingerprints, HmacFingerprint, IdentityRule, identity_keys
from ledger.invoices.keys import MAX_ALERT_KEYS, MAX_STRICT_KEYS
from ledger.types import Digest
from tests.unit.invoices.samples import (
    FINGERPRINT,
    FINGERPRINTS,
    VAT_ID,
    address,
    keys_of,
    legal_name,
    party_id,
    read,
    rules_met,
    ubl,
)

NEXT = HmacFingerprint(bytes(range(1, 33)), version=2)
FILE, INVOICE, NUMBER, AMOUNT, SIMILAR, RECEIPT = range(6)
VAT_OF_BUYER = VAT_ID.replace("DE123456789", "FR11999999998")
GLN_OF_SELLER = party_id("4012345000009", "0088")


def expected(rule: int, *parts: str) -> bytes:
    message = "".join(f"{len(part)}:{part}" for part in parts)
    tagged = b"sealbook/invoice-identity\x01" + bytes([rule]) + message.encode()
    return hmac.new(FINGERPRINT.key, tagged, hashlib.sha256).digest()


def test_the_keys_of_an_invoice_are_fingerprints_of_these_fields() -> None:
    document = ubl(buyer=VAT_OF_BUYER)
    keys = keys_of(document)
    seller, buyer = ("vat", "DE123456789"), ("0002", "999999998")
    seller_name, buyer_name = ("name", "SELLERGMBH"), ("name", "BUYERAG")
    total_and_day = ("EUR", "11900", "2024-03-18")
    assert keys.strict == (expected(INVOICE, *seller, "A1", "2024-03-18", "invoice"),)
    assert [(alert.kind, alert.key) for alert in keys.alert] == [
        (FILE, expected(FILE, hashlib.sha256(document.encode()).hexdigest())),
        (NUMBER, expected(NUMBER, *seller, "A1", "invoice")),
        (AMOUNT, expected(AMOUNT, *seller, *buyer, *total_and_day)),
        (AMOUNT, expected(AMOUNT, *seller, *buyer_name, *total_and_day)),
        (AMOUNT, expected(AMOUNT, *seller_name, *buyer, *total_and_day)),
        (AMOUNT, expected(AMOUNT, *seller_name, *buyer_name, *total_and_day)),
        (SIMILAR, expected(SIMILAR, *seller, "A1")),
        (SIMILAR, expected(SIMILAR, *seller_name, "A1")),
        (RECEIPT, expected(RECEIPT, *buyer, "A1", "EUR", "11900")),
        (RECEIPT, expected(RECEIPT, *buyer_name, "A1", "EUR", "11900")),
    ]


def test_each_strong_identifier_of_the_seller_gives_a_strict_key() -> None:
    both, vat, gln = (
        keys_of(ubl(seller=seller)) for seller in (GLN_OF_SELLER + VAT_ID, VAT_ID, GLN_OF_SELLER)
    )
    assert set(both.strict) == set(vat.strict) | set(gln.strict)
    assert set(vat.strict).isdisjoint(gln.strict)


def test_a_weak_identifier_gives_no_strict_key_beside_a_strong_one() -> None:
    assert keys_of(ubl(seller=party_id("77") + VAT_ID)).strict == keys_of(ubl()).strict


def test_without_a_strong_identifier_a_weak_one_binds_together_with_the_name() -> None:
    both = keys_of(ubl(seller=party_id("77") + party_id("78")))
    assert both.strict == tuple(
        expected(INVOICE, "", weak, "name", "SELLERGMBH", "A1", "2024-03-18", "invoice")
        for weak in ("77", "78")
    )
    assert INVOICE in rules_met(both, keys_of(ubl(seller=party_id("78"))))


def test_two_sellers_who_share_a_weak_identifier_alone_or_a_name_alone_are_two() -> None:
    seller = keys_of(ubl(seller=party_id("1")))
    same_id = ubl(seller=party_id("1"), seller_name=legal_name("Another GmbH"))
    assert rules_met(seller, keys_of(same_id)) == {AMOUNT, SIMILAR, RECEIPT}
    same_name = keys_of(ubl(seller=party_id("2")))
    assert rules_met(seller, same_name) == {AMOUNT, SIMILAR, RECEIPT}
    without_names = [
        keys_of(ubl(seller=party_id("1") + address(country), seller_name=""))
        for country in ("DE", "DE", "FR")
    ]
    assert INVOICE in rules_met(*without_names[:2])
    assert INVOICE not in rules_met(*without_names[1:])


def test_without_any_identifier_the_name_binds_together_with_the_country() -> None:
    german, again, french = (keys_of(ubl(seller=address(where))) for where in ("DE", "de", "FR"))
    assert german.strict == (
        expected(INVOICE, "name", "SELLERGMBH", "country", "DE", "A1", "2024-03-18", "invoice"),
    )
    assert german.strict == again.strict
    assert rules_met(german, french) == {AMOUNT, SIMILAR, RECEIPT}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (party_id("0000000000000", "0088"), party_id("0000000000000", "0088")),
        (VAT_ID.replace("123456789", "000000000"), VAT_ID.replace("123456789", "000 000 000")),
        (VAT_ID.replace("DE123456789", "12345678"), VAT_ID.replace("DE123456789", "12345678")),
    ],
    ids=["GLN of zeros", "VAT number of zeros", "VAT number of no country"],
)
def test_two_sellers_with_the_same_placeholder_are_two(one: str, other: str) -> None:
    keys = keys_of(ubl(seller=one))
    assert INVOICE not in rules_met(keys, keys_of(ubl(seller=other, seller_name=legal_name("S"))))
    assert INVOICE in rules_met(keys, keys_of(ubl(seller=other)))


def test_an_issuer_without_name_and_identifier_is_refused() -> None:
    with pytest.raises(DocumentError, match="neither a name nor an identifier"):
        keys_of(ubl(seller="", seller_name=legal_name("-")))


@pytest.mark.parametrize("identifiers", [VAT_ID, ""], ids=["strong", "weak"])
def test_an_issuer_with_more_identifiers_than_keys_is_refused(identifiers: str) -> None:
    scheme = "0088" if identifiers else ""
    seller = "".join(party_id(str(10**12 + n), scheme) for n in range(MAX_STRICT_KEYS - 1))
    most = seller + (identifiers or party_id("1"))
    assert len(keys_of(ubl(seller=most)).strict) == MAX_STRICT_KEYS
    with pytest.raises(DocumentError, match="has 7 identifiers; at most 6 can be kept"):
        keys_of(ubl(seller=most + party_id("2", scheme)))


def test_a_number_without_letter_or_digit_is_refused() -> None:
    with pytest.raises(DocumentError, match="neither a letter nor a digit"):
        keys_of(ubl(number="---"))


def test_a_self_billed_invoice_is_keyed_on_the_buyers_series() -> None:
    one = keys_of(ubl(type_code="389", buyer=VAT_OF_BUYER))
    other_seller = VAT_ID.replace("DE123456789", "DE999999999")
    other = ubl(
        type_code="389",
        buyer=VAT_OF_BUYER,
        seller=other_seller,
        seller_name=legal_name("Other GmbH"),
    )
    assert rules_met(one, keys_of(other)) == {INVOICE, NUMBER, SIMILAR, RECEIPT}
    sellers_own = keys_of(ubl(buyer=VAT_OF_BUYER))
    assert rules_met(one, sellers_own) == {AMOUNT, RECEIPT}
    assert one.strict == (
        expected(INVOICE, "0002", "999999998", "A1", "2024-03-18", "invoice", "self-billed"),
    )


def test_what_the_buyer_sells_itself_is_of_another_series_than_what_it_bills_itself() -> None:
    billed_by_itself = keys_of(ubl(type_code="389", buyer=VAT_OF_BUYER))
    total = '<cbc:TaxInclusiveAmount currencyID="EUR">99.00</cbc:TaxInclusiveAmount>'
    own_sale = ubl(seller=VAT_OF_BUYER, seller_name=legal_name("Buyer AG"), gross=total)
    assert rules_met(billed_by_itself, keys_of(own_sale)) == {SIMILAR}


def test_an_invoice_that_is_called_self_billed_on_another_day_is_met() -> None:
    self_billed = ubl(type_code="389", issue_date="2024-03-19")
    assert rules_met(keys_of(ubl()), keys_of(self_billed)) == {RECEIPT}


def test_a_credit_note_does_not_take_the_number_of_an_invoice() -> None:
    invoice = keys_of(ubl())
    by_root = keys_of(ubl(root="CreditNote", type_code="381"))
    by_type = keys_of(ubl(type_code="381"))
    by_total = keys_of(
        ubl(gross='<cbc:TaxInclusiveAmount currencyID="EUR">-119.00</cbc:TaxInclusiveAmount>')
    )
    assert by_root.strict == by_type.strict == by_total.strict
    assert INVOICE not in rules_met(invoice, by_root)
    assert {AMOUNT, SIMILAR, RECEIPT} <= rules_met(invoice, by_root)


@pytest.mark.parametrize("type_code", ["384", "386", "326"])
def test_a_document_of_the_same_number_and_date_takes_the_same_key_whatever_its_type(
    type_code: str,
) -> None:
    assert keys_of(ubl(type_code=type_code)).strict == keys_of(ubl()).strict


def test_a_corrected_invoice_of_a_later_date_meets_the_first_in_alerts_only() -> None:
    corrected = keys_of(ubl(type_code="384", issue_date="2024-03-25"))
    assert rules_met(keys_of(ubl()), corrected) == {NUMBER, SIMILAR, RECEIPT}
    gross = '<cbc:TaxInclusiveAmount currencyID="EUR">99.00</cbc:TaxInclusiveAmount>'
    of_less = keys_of(ubl(type_code="384", issue_date="2024-03-25", gross=gross))
    assert rules_met(keys_of(ubl()), of_less) == {NUMBER, SIMILAR}


def test_partial_invoices_of_one_number_meet_in_alerts_only() -> None:
    first, second = (
        keys_of(ubl(type_code="326", issue_date=day)) for day in ("2024-03-18", "2024-04-18")
    )
    assert rules_met(first, second) == {NUMBER, SIMILAR, RECEIPT}


def test_numbers_that_fold_alike_meet_though_they_are_divided_differently() -> None:
    assert keys_of(ubl(number="1/23")).strict == keys_of(ubl(number="12/3")).strict


def test_a_self_billed_credit_note_is_of_the_buyers_series_and_no_invoice() -> None:
    credit = keys_of(ubl(type_code="261", buyer=VAT_OF_BUYER))
    invoice = keys_of(ubl(type_code="389", buyer=VAT_OF_BUYER))
    assert rules_met(credit, invoice) == {AMOUNT, SIMILAR, RECEIPT}


def test_a_pdf_has_a_key_for_itself_and_one_for_the_xml_in_it() -> None:
    document = ubl()
    inside = read(document)
    around = replace(inside, files=(Digest(bytes(32)), *inside.files))
    keys = identity_keys(around, FINGERPRINTS)
    assert [alert.key for alert in keys.alert if alert.kind == FILE] == [
        expected(FILE, "00" * 32),
        expected(FILE, hashlib.sha256(document.encode()).hexdigest()),
    ]
    assert FILE in rules_met(keys, keys_of(document))


def test_prepayment_and_final_invoice_of_one_number_meet_in_an_alert_only() -> None:
    final = ubl(
        issue_date="2024-08-02", gross="", payable="<cbc:PayableAmount>75</cbc:PayableAmount>"
    )
    assert rules_met(keys_of(ubl(type_code="386")), keys_of(final)) == {NUMBER, SIMILAR}


def test_the_next_invoice_of_a_series_meets_nothing() -> None:
    following = ubl(
        number="A-2",
        issue_date="2024-03-19",
        gross='<cbc:TaxInclusiveAmount currencyID="EUR">120.00</cbc:TaxInclusiveAmount>',
    )
    assert rules_met(keys_of(ubl()), keys_of(following)) == set()


def test_parts_of_a_key_cannot_run_into_each_other() -> None:
    one = keys_of(ubl(seller=party_id("123", "0088"), number="1A"))
    other = keys_of(ubl(seller=party_id("1231", "0088"), number="A"))
    shared = rules_met(one, other)
    assert INVOICE not in shared
    assert NUMBER not in shared


def test_another_key_version_gives_other_keys_throughout() -> None:
    invoice = read(ubl())
    old, new = (identity_keys(invoice, Fingerprints(version)) for version in (FINGERPRINT, NEXT))
    assert rules_met(old, new) == set()
    assert [alert.kind for alert in old.alert] == [alert.kind for alert in new.alert]


def test_during_a_rotation_an_invoice_has_the_keys_of_both_versions() -> None:
    invoice = read(ubl())
    old, new = (identity_keys(invoice, Fingerprints(version)) for version in (FINGERPRINT, NEXT))
    both = identity_keys(invoice, Fingerprints(NEXT, FINGERPRINT))
    assert both.strict == new.strict + old.strict
    assert both.alert == new.alert + old.alert


def test_two_versions_that_are_one_add_nothing() -> None:
    invoice = read(ubl())
    once = identity_keys(invoice, Fingerprints(FINGERPRINT))
    assert identity_keys(invoice, Fingerprints(FINGERPRINT, FINGERPRINT)) == once


def test_two_versions_of_the_most_keys_fit_into_one_registration() -> None:
    seller = "".join(party_id(str(10**12 + n), "0088") for n in range(MAX_STRICT_KEYS))
    buyer = VAT_OF_BUYER + party_id("4012345000009", "0088")
    invoice = read(ubl(seller=seller, buyer=buyer))
    of_a_pdf = replace(invoice, files=(Digest(bytes(32)), *invoice.files))
    keys = identity_keys(of_a_pdf, Fingerprints(NEXT, FINGERPRINT))
    assert len(keys.strict) == 2 * MAX_STRICT_KEYS <= 16
    assert len(keys.alert) == 2 * MAX_ALERT_KEYS == 32


def test_no_number_of_invented_identifiers_hides_the_one_that_was_registered() -> None:
    invented = "".join(VAT_ID.replace("DE123456789", f"AA{n}") for n in range(1, MAX_STRICT_KEYS))
    forged = ubl(
        seller=invented + VAT_ID,
        seller_name=legal_name("Another GmbH"),
        issue_date="2024-03-19",
        gross='<cbc:TaxInclusiveAmount currencyID="EUR">120.00</cbc:TaxInclusiveAmount>',
    )
    assert rules_met(keys_of(ubl()), keys_of(forged)) == {NUMBER}


def test_alerts_name_the_rule_that_made_them() -> None:
    assert {alert.kind for alert in keys_of(ubl()).alert} == set(IdentityRule) - {
        IdentityRule.SAME_INVOICE
    }
