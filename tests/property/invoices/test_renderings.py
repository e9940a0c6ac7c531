from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ledger.invoices import IdentityRule, Invoice, Party, identity_keys
from ledger.invoices.normalise import fold
from tests.property.invoices.strategies import invoices, parties, spelled, strong_ids
from tests.unit.invoices.renderings import RENDERERS
from tests.unit.invoices.samples import FINGERPRINTS, read

unhurried = settings(deadline=None)  # documents take long to make
syntaxes = st.sampled_from([*RENDERERS.values()])


def strict(invoice: Invoice) -> set[bytes]:
    return set(identity_keys(invoice, FINGERPRINTS).strict)


def issuer_of(invoice: Invoice) -> Party:
    return invoice.buyer if invoice.self_billed else invoice.seller


@unhurried
@given(invoices(), syntaxes)
def test_every_syntax_gives_the_keys_of_the_invoice_that_it_was_written_from(
    invoice: Invoice, render: Callable[[Invoice], bytes]
) -> None:
    found = identity_keys(read(render(invoice)), FINGERPRINTS)
    expected = identity_keys(invoice, FINGERPRINTS)
    assert set(found.strict) == set(expected.strict)
    alerts = {alert for alert in found.alert if alert.kind is not IdentityRule.SAME_FILE}
    assert alerts == set(expected.alert)


@unhurried
@given(st.data(), invoices(), syntaxes, syntaxes)
def test_two_renderings_share_a_strict_key_as_long_as_one_strong_identifier_is_in_both(
    data: st.DataObject,
    invoice: Invoice,
    one_syntax: Callable[[Invoice], bytes],
    other_syntax: Callable[[Invoice], bytes],
) -> None:
    kept = data.draw(st.sampled_from(strong_ids(issuer_of(invoice))))
    one = read(one_syntax(data.draw(spelled(invoice, kept))))
    other = read(other_syntax(data.draw(spelled(invoice, kept))))
    assert strict(one) & strict(other)


@unhurried
@given(st.data(), invoices(strong=0), syntaxes, syntaxes)
def test_two_full_renderings_have_the_same_strict_keys_however_they_are_spelled(
    data: st.DataObject,
    invoice: Invoice,
    one_syntax: Callable[[Invoice], bytes],
    other_syntax: Callable[[Invoice], bytes],
) -> None:
    one = read(one_syntax(data.draw(spelled(invoice))))
    other = read(other_syntax(data.draw(spelled(invoice))))
    assert strict(one) == strict(other) == strict(invoice)


@unhurried
@given(invoices(strong=0), st.integers(1, 400), syntaxes)
def test_another_day_is_another_invoice(
    invoice: Invoice, days: int, render: Callable[[Invoice], bytes]
) -> None:
    other = replace(invoice, issue_date=invoice.issue_date + timedelta(days=days))
    assert strict(read(render(invoice))).isdisjoint(strict(read(render(other))))


@unhurried
@given(invoices(strong=0), invoices(strong=0), syntaxes)
def test_another_number_is_another_invoice(
    invoice: Invoice, other: Invoice, render: Callable[[Invoice], bytes]
) -> None:
    assume(fold(invoice.number) != fold(other.number))
    other = replace(invoice, number=other.number)
    assert strict(read(render(invoice))).isdisjoint(strict(read(render(other))))


@unhurried
@given(invoices(), parties(), syntaxes)
def test_another_issuer_is_another_invoice(
    invoice: Invoice, party: Party, render: Callable[[Invoice], bytes]
) -> None:
    invoice = replace(invoice, type_code="380")
    other = replace(invoice, seller=party)
    values = {fold(one.value)[-6:] for one in invoice.seller.ids}
    assume(values.isdisjoint(fold(one.value)[-6:] for one in party.ids))
    assert strict(read(render(invoice))).isdisjoint(strict(read(render(other))))
