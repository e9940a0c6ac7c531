import pytest

from ledger.invoices import IdSource, Party, PartyId
from ledger.invoices.identifiers import NAME, WEAK, Identifier, is_lei, is_uscc, names_of
from ledger.invoices.schemes import USCC, VAT

LEI = "5493001KJTIIGC8Y1R12"
SOCIAL_CREDIT_CODE = "91350100M000100Y43"


def party(*ids: tuple[IdSource, str, str], name: str = "Seller GmbH", country: str = "") -> Party:
    return Party(name, tuple(PartyId(*one) for one in ids), country)


@pytest.mark.parametrize(
    ("source", "scheme", "value", "expected"),
    [
        (IdSource.VAT, "", "DE 123 456 789", Identifier(VAT, "DE123456789")),
        (IdSource.IDENTIFIER, "0088", "4012345-000009", Identifier("0088", "4012345000009")),
        (IdSource.LEGAL, "0007", "556677-8899", Identifier(VAT, "SE556677889901")),
        (IdSource.LEGAL, "0007", "556677-889", Identifier("0007", "556677889")),
        (IdSource.LEGAL, "0184", "DK 16 35 67 06", Identifier(VAT, "DK16356706")),
        (IdSource.LEGAL, "0192", "987 654 321", Identifier(VAT, "NO987654321")),
        (IdSource.LEGAL, "0208", "0123.456.789", Identifier(VAT, "BE0123456789")),
        (IdSource.LEGAL, "0208", "2.123.456.789", Identifier("0208", "2123456789")),
        (IdSource.LEGAL, "0009", "123 456 782 00010", Identifier("0002", "123456782")),
        (IdSource.LEGAL, "0002", "12345678200010", Identifier("0002", "123456782")),
        (IdSource.VAT, "", "FR 27 123456782", Identifier("0002", "123456782")),
        (IdSource.VAT, "", "FR 27 12345678", Identifier(VAT, "FR2712345678")),
        (IdSource.LEGAL, "9930", "DE123456789", Identifier(VAT, "DE123456789")),
        (IdSource.LEGAL, "9930", "ATU12345678", Identifier(VAT, "ATU12345678")),
        (IdSource.LEGAL, "0106", "12345678", Identifier("0106", "12345678")),
        (IdSource.LEGAL, "0212", "1234567", Identifier(WEAK, "1234567")),
        (IdSource.LEGAL, "9915", "DE123456789", Identifier(WEAK, "DE123456789")),
        (IdSource.LEGAL, "0204", "991-33333TEST-33", Identifier(WEAK, "99133333TEST33")),
        (IdSource.IDENTIFIER, "GLN", "4012345000009", Identifier("0088", "4012345000009")),
        (IdSource.IDENTIFIER, "", "0088:4012345000009", Identifier("0088", "4012345000009")),
        (IdSource.IDENTIFIER, "", "0089:4012345000009", Identifier(WEAK, "00894012345000009")),
        (IdSource.IDENTIFIER, "", ":4012345000009", Identifier(WEAK, "4012345000009")),
        (IdSource.LEGAL, "0199", LEI.lower(), Identifier("0199", LEI)),
        (IdSource.LEGAL, "", SOCIAL_CREDIT_CODE, Identifier(USCC, SOCIAL_CREDIT_CODE)),
        (IdSource.LEGAL, "USCC", SOCIAL_CREDIT_CODE, Identifier(USCC, SOCIAL_CREDIT_CODE)),
        (IdSource.LEGAL, "", "HRB 123456", Identifier(WEAK, "HRB123456")),
        (IdSource.LEGAL, "0082", "123456789", Identifier(WEAK, "123456789")),
        (IdSource.IDENTIFIER, "", "549910", Identifier(WEAK, "549910")),
        (IdSource.LEGAL, "0199", LEI[:-1] + "3", Identifier(WEAK, LEI[:-1] + "3")),
        (IdSource.LEGAL, "uscc", "91350100M000100Y44", Identifier(WEAK, "91350100M000100Y44")),
        (IdSource.LEGAL, "vat", "DE123456789", Identifier(VAT, "DE123456789")),
        (IdSource.LEGAL, "name", "Seller 1", Identifier(WEAK, "SELLER1")),
        (IdSource.TAX, "", "201/113/40209", Identifier(WEAK, "20111340209")),
        (IdSource.TAX, "", "DE 123 456 789", Identifier(VAT, "DE123456789")),
        (IdSource.TAX, "", "DE 123 456 78", Identifier(WEAK, "DE12345678")),
        (IdSource.TAX, "", "FR27123456782", Identifier("0002", "123456782")),
        (IdSource.ENDPOINT, "0088", "4012345000009", Identifier(WEAK, "4012345000009")),
        (IdSource.TAX, "0088", "4012345000009", Identifier(WEAK, "4012345000009")),
    ],
)
def test_an_identifier_is_strong_where_a_register_gives_it_out(
    source: IdSource, scheme: str, value: str, expected: Identifier
) -> None:
    names = names_of(party((source, scheme, value)))
    assert names.strong + names.weak == (expected,)
    assert bool(names.strong) == (expected.scheme != WEAK)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (IdSource.TAX, "Godkänd för F-skatt"),
        (IdSource.LEGAL, "[HRA-Eintrag]"),
        (IdSource.VAT, "XX"),
        (IdSource.ENDPOINT, "seller@example.org"),
        (IdSource.IDENTIFIER, "-"),
    ],
)
def test_a_value_without_a_digit_names_nobody(source: IdSource, value: str) -> None:
    names = names_of(party((source, "0088", value)))
    assert names.all == (Identifier(NAME, "SELLERGMBH"),)


def test_strong_identifiers_stand_in_the_order_of_their_schemes() -> None:
    names = names_of(
        party(
            (IdSource.IDENTIFIER, "0060", "123456789"),
            (IdSource.IDENTIFIER, "0088", "9"),
            (IdSource.IDENTIFIER, "0088", "1"),
            (IdSource.LEGAL, "0106", "12345678"),
            (IdSource.LEGAL, "0199", LEI),
            (IdSource.VAT, "", "DE1"),
            (IdSource.IDENTIFIER, "0088", "1"),
        )
    )
    schemes = [one.scheme for one in names.strong]
    assert schemes == [VAT, "0199", "0106", "0088", "0088", "0060"]
    assert [one.value for one in names.strong[3:5]] == ["1", "9"]


def test_one_legal_person_is_one_identifier_however_many_carry_it() -> None:
    swede = party(
        (IdSource.IDENTIFIER, "0007", "556677-8899"),
        (IdSource.LEGAL, "0007", "5566778899"),
        (IdSource.VAT, "", "SE556677889901"),
        (IdSource.TAX, "", "SE556677889901"),
    )
    assert names_of(swede).strong == (Identifier(VAT, "SE556677889901"),)
    shops = party(
        (IdSource.LEGAL, "0002", "123456782"),
        (IdSource.IDENTIFIER, "0009", "12345678200010"),
        (IdSource.IDENTIFIER, "0009", "12345678200028"),
        (IdSource.VAT, "", "FR27123456782"),
    )
    assert names_of(shops).strong == (Identifier("0002", "123456782"),)


def test_what_names_a_party_is_told_from_the_most_telling_on() -> None:
    weak = party((IdSource.LEGAL, "", "57151520"), (IdSource.TAX, "", "37/302"))
    assert names_of(weak).all == (
        Identifier(WEAK, "37302"),
        Identifier(WEAK, "57151520"),
        Identifier(NAME, "SELLERGMBH"),
    )
    both = party((IdSource.LEGAL, "", "57151520"), (IdSource.VAT, "", "37"), country="DE")
    assert names_of(both).all == (
        Identifier(VAT, "DE37"),
        Identifier(WEAK, "57151520"),
        Identifier(NAME, "SELLERGMBH"),
    )
    assert names_of(party(name="")).all == ()


@pytest.mark.parametrize(
    ("scheme", "value", "country"),
    [
        (VAT, "0", "DE"),
        (VAT, "DE 000 000 000", "DE"),
        (VAT, "DE000000000", ""),
        (VAT, "NL000000000B01", "NL"),
        (VAT, "SE000000000001", "SE"),
        (VAT, "FR27000000000", "FR"),
        (VAT, "T0000000000000", "JP"),
        (VAT, "\uff10\uff10\uff10\uff10", "DE"),
        ("0007", "000000-0000", "SE"),
        ("0009", "00000000000010", "FR"),
        ("0088", "0000000000000", "DE"),
        ("0060", "00-000-0000", "DE"),
        ("", "00000000", "DE"),
        ("", "HRB 0000", "DE"),
    ],
)
def test_a_placeholder_of_zeros_names_nobody(scheme: str, value: str, country: str) -> None:
    names = names_of(party((IdSource.LEGAL, scheme, value), name="", country=country))
    assert names.all == ()


@pytest.mark.parametrize("value", ["NL000000001B01", "SE000000000101", "DE000000001"])
def test_a_number_with_leading_zeros_is_no_placeholder(value: str) -> None:
    assert names_of(party((IdSource.VAT, "", value))).strong == (Identifier(VAT, value),)


@pytest.mark.parametrize("value", ["12345678", "B12345678", "\u0414\u0429123456789"])
def test_a_vat_number_of_no_country_is_weak(value: str) -> None:
    assert names_of(party((IdSource.VAT, "", value))).strong == ()
    assert names_of(party((IdSource.VAT, "", value))).weak == (Identifier(WEAK, value),)


def test_a_vat_number_takes_its_country_from_the_address() -> None:
    names = names_of(party((IdSource.VAT, "", "12345678"), country="DK"))
    assert names.strong == (Identifier(VAT, "DK12345678"),)


@pytest.mark.parametrize("lei", [LEI, "HWUPKR0MPOU8FGXBT394"])
def test_an_lei_is_known_by_its_check_digits(lei: str) -> None:
    assert is_lei(lei)
    assert not is_lei(lei[1] + lei[0] + lei[2:])
    assert not is_lei(lei[:-1])
    assert not is_lei(lei + "0")


@pytest.mark.parametrize("code", [SOCIAL_CREDIT_CODE, "91110000802100433B"])
def test_a_social_credit_code_is_known_by_its_check_character(code: str) -> None:
    assert is_uscc(code)
    assert not is_uscc(code[:-1] + ("1" if code[-1] != "1" else "2"))
    assert not is_uscc(code[:-1])
    assert not is_uscc(code.replace("0", "O"))
