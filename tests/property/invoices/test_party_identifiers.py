import re
from contextlib import suppress
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import DocumentError
from ledger.invoices import IdSource, Party, PartyId
from ledger.invoices.identifiers import WEAK, Identifier, is_lei, is_uscc, names_of
from ledger.invoices.normalise import fold
from ledger.invoices.party_ids import parse_party_id, party_id_text
from ledger.invoices.schemes import KNOWN, VAT
from tests.property.invoices.strategies import (
    DIGITS,
    USCC_ALPHABET,
    leis,
    parties,
    respelled,
    usccs,
)

any_text = st.text(max_size=40)
any_ids = st.builds(
    PartyId,
    st.sampled_from(IdSource),
    st.sampled_from(["", "0088", "0199", "uscc", "vat", "name", "EM", "SIRET", "DK:CVR"])
    | st.sampled_from(sorted(KNOWN))
    | st.text(max_size=6),
    st.text(min_size=1, max_size=20)
    | st.from_regex(r"(0088:|FR|DK|NO|BE|0037|SG|T)?[0-9]{7,14}(MVA|01)?", fullmatch=True),
)
# A register of each country, with the digits of its numbers.
REGISTERED = {
    "0002": r"[0-9]{9}", "0007": r"[0-9]{10}", "0106": r"[0-9]{8}", "0151": r"[0-9]{11}",
    "0183": r"[0-9]{9}", "0184": r"[0-9]{8}", "0188": r"[0-9]{13}", "0192": r"[0-9]{9}",
    "0195": r"[0-9]{9}[A-Z]", "0208": r"[01][0-9]{9}", "0212": r"[0-9]{8}", "0211": r"[0-9]{11}",
    "9910": r"[0-9]{8}", "9930": r"[0-9]{9}", "9945": r"[0-9]{10}",
}  # fmt: skip
registered_numbers = st.sampled_from(sorted(REGISTERED)).flatmap(
    lambda scheme: st.builds(
        PartyId,
        st.just(IdSource.LEGAL),
        st.just(scheme),
        st.from_regex(REGISTERED[scheme], fullmatch=True).filter(re.compile("[1-9]").search),
    )
)
any_parties = st.builds(
    Party, any_text, st.lists(any_ids, max_size=6).map(tuple), st.sampled_from(["", "DE", "GR"])
)


@given(any_parties)
def test_names_of_any_party_are_folded_and_without_repetition(party: Party) -> None:
    names = names_of(party)
    assert len(set(names.all)) == len(names.all)
    assert all(one.value and fold(one.value) == one.value for one in names.all)
    assert all(one.scheme != WEAK for one in names.strong)
    assert all(one.scheme == WEAK for one in names.weak)


@given(any_parties)
def test_order_and_repetition_of_identifiers_name_nobody_else(party: Party) -> None:
    shuffled = (*reversed(party.ids), *party.ids)
    assert names_of(replace(party, ids=shuffled)) == names_of(party)


@given(st.data(), parties())
def test_another_spelling_of_its_identifiers_names_the_same_party(
    data: st.DataObject, party: Party
) -> None:
    assert names_of(data.draw(respelled(party))) == names_of(party)


@given(any_parties, any_ids)
def test_a_further_identifier_takes_none_away(party: Party, more: PartyId) -> None:
    before, after = names_of(party), names_of(replace(party, ids=(*party.ids, more)))
    assert set(before.strong) <= set(after.strong)
    assert set(before.weak) <= set(after.weak)
    assert before.name == after.name


@given(any_parties)
def test_an_identifier_names_itself(party: Party) -> None:
    for one in names_of(party).strong:
        again = names_of(replace(party, ids=(_written(one),)))
        assert again.strong == (one,)


def _written(one: Identifier) -> PartyId:
    if one.scheme == VAT:
        return PartyId(IdSource.VAT, "", one.value)
    return PartyId(IdSource.IDENTIFIER, one.scheme, one.value)


@given(registered_numbers, registered_numbers, st.sampled_from(["", "DE", "FR"]))
def test_two_numbers_or_two_registers_are_two_parties(
    one: PartyId, other: PartyId, country: str
) -> None:
    names = [names_of(Party("", (each,), country)).strong for each in (one, other)]
    assert all(names)
    assert (names[0] == names[1]) == (one == other)


@given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.from_regex(r"[0-9]{5}", fullmatch=True))
def test_every_establishment_of_a_french_company_is_the_company(siren: str, number: str) -> None:
    company = names_of(Party("", (PartyId(IdSource.LEGAL, "0002", siren),), "FR"))
    shop = names_of(Party("", (PartyId(IdSource.LEGAL, "0009", siren + number),), "FR"))
    assert shop == company


@given(leis(), st.integers(0, 19), st.sampled_from(DIGITS))
def test_another_digit_in_a_lei_is_found_out(lei: str, place: int, digit: str) -> None:
    assert is_lei(lei)
    if lei[place].isdigit() and lei[place] != digit:
        assert not is_lei(lei[:place] + digit + lei[place + 1 :])


@given(usccs(), st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_another_character_in_a_uscc_is_found_out(code: str, place: int, other: str) -> None:
    assert is_uscc(code)
    if code[place] != other:
        assert not is_uscc(code[:place] + other + code[place + 1 :])


@given(any_text)
def test_any_text_has_check_digits_or_has_not(text: str) -> None:
    assert is_lei(text) in {True, False}
    assert is_uscc(text) in {True, False}


@given(any_ids)
def test_the_text_of_an_identifier_stays_when_it_is_read_and_written_again(one: PartyId) -> None:
    with suppress(DocumentError):
        text = party_id_text(parse_party_id(party_id_text(one)))
        assert party_id_text(parse_party_id(text)) == text


@given(any_text)
def test_any_text_that_is_read_as_an_identifier_is_written_so_that_it_stays(text: str) -> None:
    with suppress(DocumentError):
        once = parse_party_id(text)
        assert parse_party_id(party_id_text(once)) == once
