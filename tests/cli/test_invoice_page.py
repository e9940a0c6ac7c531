from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ledger.cli import party_words
from ledger.cli.inspection import Readable, Refused
from ledger.cli.invoice_lines import inspection_lines
from ledger.cli.main import main
from ledger.cli.party_words import id_rows
from ledger.invoices import (
    DocumentFormat,
    IdSource,
    Invoice,
    Money,
    Party,
    PartyId,
    identifiers,
)
from tests.cli.commands import sealbook
from tests.unit.invoices.samples import BAD, GOOD, legal_name, party_id, read, ubl

KEY = bytes(range(32)).hex()
CII = GOOD / "cen__cii__CII_business_example_01.xml"
SELF_BILLED = GOOD / "kosit__01.20a-INVOICE_ubl.xml"
STYLES = ["\x1b[1m", "\x1b[0m", "\x1b[31m", "\x1b[32m", "\x1b[33m"]


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SEALBOOK_FINGERPRINT_KEY", raising=False)
    monkeypatch.delenv("SEALBOOK_CONFIG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


def test_a_page_says_who_owes_whom_how_much_and_what_names_them(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(CII.read_bytes())
    printed = sealbook("inspect", "a.xml")
    assert (printed.code, printed.err) == (0, "")
    assert printed.out == (
        """\
a.xml
  The Buyercompany owes Salescompany ltd. 801.78 NOK, due on 2013-07-20.

  Number      TOSL108
  Format      CII
  Type        380, commercial invoice
  Issued      2013-06-30
  Due         2013-07-20
  Gross       1,801.78 NOK
  Payable       801.78 NOK
  Seller      Salescompany ltd. (NO)
              strong  GLN       1238764941386
              weak    legal id  123456789
              strong  VAT       NO123456789MVA
  Buyer       The Buyercompany (NO)
              strong  GLN       3456789012098
              weak    legal id  987654321
              strong  VAT       NO987654321MVA
  Payee       Ebeneser Scrooge AS
              weak    id        2298740918237
              weak    legal id  989823401
  Account     NO9386011117947
  Order       123
  Profile     urn:cen.eu:en16931:2017
  Financeable no: it is to be paid to somebody other than the seller: perhaps
              assigned already

  Keys        none, because there is no fingerprint key: set
              $SEALBOOK_FINGERPRINT_KEY, or key_file in the table [fingerprint]
              of the configuration file
"""
    )


def test_a_page_says_what_a_match_of_each_key_would_mean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", KEY)
    (tmp_path / "a.xml").write_bytes(SELF_BILLED.read_bytes())
    brief = sealbook("inspect", "a.xml").out
    assert brief.endswith("\n  Keys        1 that block and 10 that inform: --keys lists them\n")
    shown = sealbook("inspect", "--keys", "a.xml").masked
    assert (
        "\n  Type        389, self-billed invoice; the number is of the buyer's series\n" in shown
    )
    assert "\n  Financeable yes, by its own words\n" in shown
    assert "\n              unused  e-mail address  buyer@info.de\n" in shown
    assert shown.endswith(
        """
  A match of one of these keys with another document would mean:
  K1          the same invoice: its number, date and issuer
              HASH
  K0          the very same file, or one with the same XML in it
              HASH
  K2          the same number of the same issuer, whatever the date
              HASH
  K3          the same parties, total and date, whatever the number
              HASH
              HASH
              HASH
              HASH
  K4          a number of the same issuer that is easily misread as this one
              HASH
              HASH
  K5          the same number and total for the same buyer, whoever sold to it
              HASH
              HASH
  K1 is strict: it blocks a second registration. The others inform.
"""
    )


def test_refused_files_have_their_reason_and_all_files_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(ubl())
    (tmp_path / "b.xml").write_bytes((BAD / "xxe.xml").read_bytes())
    printed = sealbook("inspect", "b.xml", "a.xml")
    assert (printed.code, printed.err) == (1, "")
    assert printed.out.startswith(
        "b.xml\n"
        "  REFUSED: the XML has a DOCTYPE, which no e-invoice may have; remove it.\n"
        "\n"
        "a.xml\n"
        "  Buyer AG owes Seller GmbH 119.00 EUR.\n"
    )
    assert printed.out.endswith("\n\n2 files: 1 read, 1 refused.\n")


@pytest.mark.parametrize(
    ("gross", "payable", "claim"),
    [
        ("119", "119", "Buyer AG owes Seller GmbH 119 EUR."),
        ("119", "-1.50", "Buyer AG has paid 1.50 EUR too much to Seller GmbH."),
        ("119", "0.00", "Buyer AG has nothing left to pay to Seller GmbH."),
        ("-1234.50", "-1234.50", "Seller GmbH gives 1,234.50 EUR back to Buyer AG."),
    ],
)
def test_the_claim_follows_the_direction_of_the_money(gross: str, payable: str, claim: str) -> None:
    invoice = replace(
        read(ubl()), gross=Money(Decimal(gross), "EUR"), payable=Money(Decimal(payable), "EUR")
    )
    assert page(invoice)[1] == f"  {claim}"


@pytest.mark.parametrize(
    ("gross", "payable", "shown"),
    [
        ("1801.78", "801.78", ["1,801.78 EUR", "  801.78 EUR"]),
        ("10157.5", "10158", ["10,157.5 EUR", "10,158   EUR"]),
        ("9", "-1234567.125", ["         9     EUR", "-1,234,567.125 EUR"]),
    ],
)
def test_totals_stand_with_their_decimal_points_in_one_column(
    gross: str, payable: str, shown: list[str]
) -> None:
    invoice = replace(
        read(ubl()), gross=Money(Decimal(gross), "EUR"), payable=Money(Decimal(payable), "EUR")
    )
    assert [line[14:] for line in page(invoice) if line.startswith(("  Gross", "  Payab"))] == shown


def page(invoice: Invoice, width: int = 80) -> list[str]:
    return list(map(click.unstyle, inspection_lines(Readable("a", invoice, None), width=width)))


@pytest.mark.parametrize(
    ("one", "row"),
    [
        (PartyId(IdSource.VAT, "", "DE123456789"), ("strong", "VAT", "DE123456789")),
        (
            PartyId(IdSource.LEGAL, "0199", "5493001KJTIIGC8Y1R12"),
            ("strong", "LEI", "5493001KJTIIGC8Y1R12"),
        ),
        (
            PartyId(IdSource.LEGAL, "0199", "5493001KJTIIGC8Y1R13"),
            ("weak", "LEI legal id", "5493001KJTIIGC8Y1R13"),
        ),
        (
            PartyId(IdSource.IDENTIFIER, "", "91350100M000100Y43"),
            ("strong", "USCC", "91350100M000100Y43"),
        ),
        (PartyId(IdSource.LEGAL, "0009", "12345678200010"), ("strong", "SIRET", "12345678200010")),
        (PartyId(IdSource.VAT, "", "FR27123456782"), ("strong", "VAT", "FR27123456782")),
        (PartyId(IdSource.TAX, "", "DE123456789"), ("strong", "VAT", "DE123456789")),
        (PartyId(IdSource.LEGAL, "0212", "1234567-8"), ("strong", "VAT", "1234567-8")),
        (PartyId(IdSource.IDENTIFIER, "0088", "4000001123452"), ("strong", "GLN", "4000001123452")),
        (
            PartyId(IdSource.ENDPOINT, "0088", "4000001123452"),
            ("weak", "GLN address", "4000001123452"),
        ),
        (PartyId(IdSource.ENDPOINT, "9930", "DE1"), ("weak", "address 9930", "DE1")),
        (PartyId(IdSource.ENDPOINT, "EM", "a@b.de"), ("unused", "e-mail address", "a@b.de")),
        (PartyId(IdSource.LEGAL, "", "HRB 1"), ("weak", "legal id", "HRB 1")),
        (PartyId(IdSource.TAX, "", "F-skatt"), ("unused", "tax no.", "F-skatt")),
    ],
)
def test_an_identifier_is_named_with_how_far_it_binds(
    one: PartyId, row: tuple[str, str, str]
) -> None:
    assert id_rows(Party("", (one, one), "DE")) == [row]


def test_every_register_has_a_name() -> None:
    assert set(identifiers._STRONG_SCHEMES) <= party_words._SCHEMES.keys()


def test_colours_are_for_terminals_only(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(ubl())
    arguments = ["inspect", "a.xml", "missing.xml"]
    coloured = CliRunner().invoke(main, arguments, color=True)
    assert "\x1b[1ma.xml\x1b[0m\n" in coloured.stdout
    assert "\x1b[32myes, by its own words\x1b[0m" in coloured.stdout
    assert "\x1b[31m\x1b[1mREFUSED\x1b[0m: the file" in coloured.stdout
    assert "\x1b" not in sealbook(*arguments).out


@pytest.mark.parametrize("columns", ["40", "80", "100", "300"])
def test_a_page_fits_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("SEALBOOK_FINGERPRINT_KEY", KEY)
    words = "many words and one " + "long" * 80
    (tmp_path / "a.xml").write_text(ubl(seller_name=legal_name(words), number="1" * 90))
    printed = sealbook("inspect", "--keys", "a.xml", BAD / "plain-text.xml")
    lines = [line for line in printed.out.splitlines() if not line.startswith(" " * 14 + "0x")]
    widest = max(map(len, lines))
    assert widest <= min(max(int(columns), 60), 100)
    assert "long" * 80 in "".join(printed.out.split())


def test_what_commands_a_terminal_does_not_reach_it(tmp_path: Path) -> None:
    evil = "\N{RIGHT-TO-LEFT OVERRIDE}001\N{ZERO WIDTH SPACE}\x9b2J\x85\N{LINE SEPARATOR}"
    (tmp_path / "a.xml").write_text(
        ubl(
            number=f"{evil}1",
            seller_name=legal_name(evil),
            buyer=party_id(f"{evil}2", scheme=evil),
        )
    )
    (tmp_path / f"\x1b[2J{evil}").write_text("no invoice")
    for color in (True, False):
        done = CliRunner().invoke(
            main, ["inspect", "a.xml", f"\x1b[2J{evil}", f"{evil}missing"], color=color
        )
        assert done.exit_code == 1
        assert is_harmless(done.stdout.split("\n"))


def is_harmless(lines: list[str]) -> bool:
    text = "".join(lines)
    for style in STYLES:
        text = text.replace(style, "")
    return text.isprintable()


TEXT = st.text(min_size=1)
PARTY = st.builds(
    Party,
    name=st.text(),
    ids=st.lists(st.builds(PartyId, st.sampled_from(IdSource), st.text(), TEXT)).map(tuple),
    country=st.text(),
)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)


@given(number=TEXT, seller=PARTY, payee=PARTY, accounts=TEXTS, earlier=TEXTS, order=st.text())
def test_no_text_of_an_invoice_commands_a_terminal_or_breaks_the_page(
    number: str,
    seller: Party,
    payee: Party,
    accounts: tuple[str, ...],
    earlier: tuple[str, ...],
    order: str,
) -> None:
    invoice = replace(
        read(ubl()),
        number=number,
        seller=seller,
        payee=payee,
        payee_accounts=accounts,
        preceding=earlier,
        purchase_order=order,
        profile=order,
        type_code=order,
    )
    lines = inspection_lines(Readable("a", invoice, None), width=80)
    assert is_harmless(lines)
    assert all(len(line) <= 80 for line in map(click.unstyle, lines))


@given(st.text(), st.sampled_from([None, *DocumentFormat]), st.text())
def test_no_refusal_commands_a_terminal(
    name: str, form: DocumentFormat | None, reason: str
) -> None:
    assert is_harmless(inspection_lines(Refused(name, form, reason), width=80))


def test_a_page_is_no_longer_than_a_person_reads() -> None:
    many = tuple(f"A-{number}" for number in range(10_000))
    invoice = replace(read(ubl()), preceding=many, payee_accounts=("9" * 100_000,))
    lines = page(invoice)
    assert "              and 9980 more" in lines
    assert len(lines) < 60
