from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import DocumentError
from ledger.invoices import Invoice, eligibility, identity_keys
from tests.unit.invoices.samples import FINGERPRINTS, GOOD, legal_name, party_id, read, ubl

MAX_MESSAGE = 500
SEEDS = [
    (GOOD / name).read_bytes()
    for name in (
        "kosit__01.20a-INVOICE_ubl.xml",
        "kosit__01.20a-INVOICE_uncefact.xml",
        "cen__ubl__ubl-tc434-creditnote1.xml",
    )
]
xml_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(escape)


def use(data: bytes | str) -> Invoice | None:
    """Do all that is done with a document; anything but DocumentError is a failure."""
    try:
        invoice = read(data)
        identity_keys(invoice, FINGERPRINTS)
        eligibility(invoice)
    except DocumentError as error:
        refusal = str(error)
    else:
        return invoice
    assert 0 < len(refusal) < MAX_MESSAGE
    return None


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert use(data) is None


@given(st.sampled_from(SEEDS), st.data())
def test_a_damaged_invoice_is_read_or_refused(seed: bytes, data: st.DataObject) -> None:
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged)))
        cut = data.draw(st.integers(0, 20))
        damaged[start : start + cut] = data.draw(st.binary(max_size=20))
    use(bytes(damaged))


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
    if invoice is not None:
        assert invoice.number
