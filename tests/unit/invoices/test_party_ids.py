import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import DocumentError
from ledger.invoices.identifiers import names_of
from ledger.invoices.model import IdSource, Party, PartyId
from ledger.invoices.party_ids import parse_party_id, party_id_text

WRITTEN = [
    ("vat:DE123456789", PartyId(IdSource.VAT, "", "DE123456789")),
    ("tax:201/113/40209", PartyId(IdSource.TAX, "", "201/113/40209")),
    ("0088:4000001123452", PartyId(IdSource.IDENTIFIER, "0088", "4000001123452")),
    ("id:549910", PartyId(IdSource.IDENTIFIER, "", "549910")),
    ("id:a:b", PartyId(IdSource.IDENTIFIER, "", "a:b")),
    ("legal:HRB 1234", PartyId(IdSource.LEGAL, "", "HRB 1234")),
    ("endpoint:991-1", PartyId(IdSource.ENDPOINT, "", "991-1")),
    ("endpoint:0088:4000001123452", PartyId(IdSource.ENDPOINT, "0088", "4000001123452")),
    ("endpoint:EM:a@b.example", PartyId(IdSource.ENDPOINT, "EM", "a@b.example")),
    ("endpoint::https://b.example", PartyId(IdSource.ENDPOINT, "", "https://b.example")),
    ("uscc:91350100M000100Y43", PartyId(IdSource.IDENTIFIER, "uscc", "91350100M000100Y43")),
    ("SE%3AORGNR:5560", PartyId(IdSource.IDENTIFIER, "SE:ORGNR", "5560")),
    ("%56AT:DE1", PartyId(IdSource.IDENTIFIER, "VAT", "DE1")),
    ("%6Cei:7", PartyId(IdSource.IDENTIFIER, "lei", "7")),
]
words = st.text(min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
schemes = st.one_of(
    st.sampled_from(["", "0088", "0199", "vat", "LEI", "Endpoint", "uscc", "a:b", "%3A"]),
    words.filter(lambda text: text != ""),
)


@pytest.mark.parametrize(("text", "party_id"), WRITTEN)
def test_an_identifier_is_one_text_both_ways(text: str, party_id: PartyId) -> None:
    assert party_id_text(party_id) == text
    assert parse_party_id(text) == party_id


def test_a_legal_identifier_with_a_scheme_is_read_as_an_identifier_of_that_scheme() -> None:
    assert party_id_text(PartyId(IdSource.LEGAL, "0002", "999999998")) == "0002:999999998"
    assert parse_party_id("0002:999999998").source is IdSource.IDENTIFIER


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("VAT: DE 123\n456", "vat:DE 123 456"),
        ("lei:5493001KJTIIGC8Y1R12", "0199:5493001KJTIIGC8Y1R12"),
        ("LEI:5493001KJTIIGC8Y1R12", "0199:5493001KJTIIGC8Y1R12"),
        ("USCC:91350100M000100Y43", "uscc:91350100M000100Y43"),
        ("endpoint: EM : a@b.example", "endpoint:EM:a@b.example"),
    ],
)
def test_people_may_write_an_identifier_in_other_ways(text: str, same: str) -> None:
    assert parse_party_id(text) == parse_party_id(same)


@pytest.mark.parametrize(
    "text", ["", "DE123456789", ":17", "id:", "vat: ", "endpoint:", "endpoint:EM:"]
)
def test_a_text_without_scheme_or_value_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match=r"is no identifier such as|has no electronic address"):
        parse_party_id(text)


@given(st.sampled_from(IdSource), schemes, words)
def test_writing_and_reading_keeps_what_identity_rests_on(
    source: IdSource, scheme: str, value: str
) -> None:
    scheme = "" if source in {IdSource.VAT, IdSource.TAX} else scheme
    before = PartyId(source, scheme, value)
    after = parse_party_id(party_id_text(before))
    assert names_of(Party("", (after,), "DE")) == names_of(Party("", (before,), "DE"))


@given(st.text(max_size=40))
def test_any_text_is_an_identifier_or_refused(text: str) -> None:
    try:
        found = parse_party_id(text)
    except DocumentError:
        return
    assert found.value
