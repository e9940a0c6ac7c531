from random import Random
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.invoices import Invoice
from tests.property.invoices.damage import JSON_SEEDS, PDF_SEEDS, XML_SEEDS, damaged
from tests.property.invoices.reading import use
from tests.unit.invoices.samples import legal_name, party_id, ubl

# `use` measures processor time itself; hypothesis would measure that of other processes, too.
unhurried = settings(deadline=None)
xml_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(escape)


@unhurried
@given(st.binary(max_size=400))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert isinstance(use(data), str)


@unhurried
@given(st.sampled_from([*XML_SEEDS, *JSON_SEEDS, *PDF_SEEDS]), st.data())
def test_a_damaged_invoice_is_read_or_refused(seed: bytes, data: st.DataObject) -> None:
    damaged_seed = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged_seed)))
        cut = data.draw(st.integers(0, 20))
        damaged_seed[start : start + cut] = data.draw(st.binary(max_size=20))
    use(bytes(damaged_seed))


@settings(unhurried, max_examples=400)
@given(st.randoms(use_true_random=False))
def test_a_forged_document_of_any_form_is_read_or_refused(random: Random) -> None:
    use(damaged(random))


def test_forgeries_reach_behind_the_parsers() -> None:
    random = Random("always the same documents")  # noqa: S311 - no secret
    outcomes = [use(damaged(random)) for _ in range(300)]
    read = [outcome for outcome in outcomes if isinstance(outcome, Invoice)]
    assert {invoice.format.value for invoice in read} >= {"ubl-invoice", "cii", "factur-x", "json"}
    assert len({outcome for outcome in outcomes if isinstance(outcome, str)}) > 30


@unhurried
@given(
    number=xml_text,
    issue_date=st.one_of(st.dates().map(str), xml_text),
    type_code=st.one_of(st.sampled_from(["380", "381", "389"]), xml_text),
    seller_name=xml_text.map(legal_name),
    seller=st.lists(st.builds(party_id, xml_text, st.sampled_from(["", "0088", "0199"]))).map(
        "".join
    ),
)
def test_any_text_in_a_field_is_read_or_refused(**parts: str) -> None:
    invoice = use(ubl(**parts))
    if isinstance(invoice, Invoice):
        assert invoice.number
