"""Invoices as they may come: parties under all identifier schemes, oddly spelled."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from ledger.invoices import DocumentFormat, IdSource, Invoice, Money, Party, PartyId
from ledger.invoices.identifiers import names_of
from ledger.invoices.normalise import fold

Draw = st.DrawFn

DIGITS = "0123456789"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Separators and characters that show nothing; XML can carry all of them.
NOISE = ("", "", " ", ".", "-", "/", "\u00a0", "\u200b", "\u00ad", "\u2060", "\ufeff")
COUNTRIES = ("DE", "FR", "NO", "CH", "BE", "GR", "HU", "SE", "PL", "US", "CN", "AU", "SG")
CURRENCIES = {"EUR": 2, "HUF": 2, "NOK": 2, "USD": 2, "JPY": 0, "KWD": 3}
TYPE_CODES = ("380", "381", "384", "326", "386", "389", "393")

printable = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"])
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
names = st.text(printable, min_size=1, max_size=20).filter(fold)
numbers = st.one_of(
    st.from_regex(r"[A-Z]{0,4}[-/ ]?[0-9]{1,9}([-/.][0-9]{1,4})?", fullmatch=True),
    st.text(printable, min_size=1, max_size=16),
).filter(fold)


def _digits(length: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=length, max_size=length)


@st.composite
def leis(draw: Draw) -> str:
    base = draw(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18))
    number = "".join(str(int(character, 36)) for character in base + "00")
    return f"{base}{98 - int(number) % 97:02}"


@st.composite
def usccs(draw: Draw) -> str:
    base = draw(st.text(USCC_ALPHABET, min_size=17, max_size=17))
    weighted = sum(USCC_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(base))
    return base + USCC_ALPHABET[-weighted % 31]


def _id(source: IdSource, scheme: str, value: st.SearchStrategy[str]) -> st.SearchStrategy[PartyId]:
    # A number of zeros is a placeholder; the middle is in the number itself in every form.
    return st.builds(PartyId, st.just(source), st.just(scheme), value.filter(_is_no_placeholder))


def _is_no_placeholder(value: str) -> bool:
    return bool(value[4:9].strip("0"))


VAT_FORMS = (
    r"DE[0-9]{9}", r"FR[0-9A-HJ-NP-Z]{2}[0-9]{9}", r"NO[0-9]{9}", r"CHE[0-9]{9}",
    r"BE[01][0-9]{9}", r"EL[0-9]{9}", r"HU[0-9]{8}", r"SE[0-9]{10}01", r"ATU[0-9]{8}",
    r"NL[0-9]{9}B[0-9]{2}", r"ES[A-Z][0-9]{8}", r"IE[0-9]{7}[A-W]{1,2}", r"CY[0-9]{8}[A-Z]",
    r"GB[0-9]{9}", r"XI[0-9]{9}", r"IT[0-9]{11}", r"PL[0-9]{10}", r"DK[0-9]{8}",
)  # fmt: skip
vats = st.sampled_from(VAT_FORMS).flatmap(
    lambda form: _id(IdSource.VAT, "", st.from_regex(form, fullmatch=True))
)
registered = st.one_of(
    _id(IdSource.IDENTIFIER, "0199", leis()),
    _id(IdSource.IDENTIFIER, "uscc", usccs()),
    _id(IdSource.IDENTIFIER, "", usccs()),
    *(
        _id(IdSource.IDENTIFIER, scheme, _digits(length))
        for scheme, length in [
            ("0088", 13), ("0060", 9), ("0002", 9), ("0009", 14), ("0007", 10), ("0184", 8),
            ("0192", 9), ("0106", 8), ("0208", 10), ("0151", 11), ("0195", 10),
        ]
    ),
)  # fmt: skip
weak = st.one_of(
    _id(IdSource.IDENTIFIER, "", _digits(6)),
    _id(IdSource.IDENTIFIER, "0130", _digits(8)),
    _id(IdSource.TAX, "", st.from_regex(r"[0-9]{3}/[0-9]{3}/[0-9]{5}", fullmatch=True)),
)
endpoints = st.one_of(
    _id(IdSource.ENDPOINT, "EM", st.just("billing7@seller.example")),
    _id(IdSource.ENDPOINT, "0088", _digits(13)),
    _id(IdSource.ENDPOINT, "0204", st.just("991-33333TEST-33")),
)


@st.composite
def parties(draw: Draw, *, strong: int = 1) -> Party:
    """A party with `strong` to 4 strong identifiers and up to two weak ones."""
    ids = draw(st.lists(st.one_of(vats, registered), min_size=strong, max_size=4, unique=True))
    ids += draw(st.lists(weak, max_size=2, unique=True))
    if ids and ids[0].source is IdSource.IDENTIFIER and draw(st.booleans()):
        ids[0] = replace(ids[0], source=IdSource.LEGAL)
    ids += draw(st.lists(endpoints, max_size=1))
    return Party(draw(names), tuple(ids), draw(st.sampled_from(COUNTRIES)))


@st.composite
def invoices(draw: Draw, *, strong: int = 1) -> Invoice:
    """An invoice as a reader would make it, of no file."""
    currency = draw(st.sampled_from([*CURRENCIES]))
    units = draw(st.integers(-(10**6), 10**12))
    gross = Money(Decimal(units).scaleb(-CURRENCIES[currency]), currency)
    return Invoice(
        format=DocumentFormat.CII,
        number=_collapsed(draw(numbers)),
        issue_date=draw(days),
        type_code=draw(st.sampled_from(TYPE_CODES)),
        due_date=draw(st.none() | days),
        purchase_order="",
        profile="",
        preceding=(),
        seller=draw(parties(strong=strong)),
        buyer=draw(parties(strong=strong)),
        payee=None,
        payee_accounts=(),
        gross=gross,
        payable=draw(st.sampled_from([None, gross])),
        files=(),
    )


@st.composite
def spelled(draw: Draw, invoice: Invoice, kept: PartyId | None = None) -> Invoice:
    """The same invoice as another system may write it.

    kept: the identifier of the issuer that stays; others may be dropped. None keeps them all.
    """
    seller, buyer = invoice.seller, invoice.buyer
    issuer_kept = (None, kept) if invoice.self_billed else (kept, None)
    zeros = Decimal(1).scaleb(-draw(st.integers(4, 8)))
    return replace(
        invoice,
        number=draw(_spelling(invoice.number)),
        seller=draw(respelled(seller, issuer_kept[0])),
        buyer=draw(respelled(buyer, issuer_kept[1])),
        gross=replace(invoice.gross, amount=invoice.gross.amount.quantize(zeros)),
        due_date=draw(st.sampled_from([invoice.due_date, None])),
    )


@st.composite
def respelled(draw: Draw, party: Party, kept: PartyId | None = None) -> Party:
    """The same party as another system may write it. kept: see `spelled`."""
    ids = [one for one in party.ids if kept is None or one == kept or draw(st.booleans())]
    ids = [replace(one, value=draw(_id_spelling(one, party.country))) for one in ids]
    return replace(party, ids=tuple(draw(st.permutations(ids))), name=draw(_spelling(party.name)))


@st.composite
def _id_spelling(draw: Draw, one: PartyId, country: str) -> str:
    value = one.value
    if one.source is IdSource.VAT:
        value = draw(st.sampled_from(vat_spellings(value, country)))
    return draw(_spelling(value)) if one.source is not IdSource.ENDPOINT else value


def vat_spellings(value: str, country: str) -> list[str]:
    """Ways to write a VAT number that are in use."""
    found = [value]
    if value.startswith("EL"):
        found.append("GR" + value[2:])
    if value.startswith("NO"):
        found.append(value + "MVA")
    if value.startswith("CHE"):
        found += [value + suffix for suffix in ("MWST", "TVA", "IVA")]
    if value.startswith("BE0"):
        found.append("BE" + value[3:])
    home = "EL" if country == "GR" else country
    if value.startswith(home) and not value[2:4].isalpha():
        found.append(value[2:])
    return found


@st.composite
def _spelling(draw: Draw, text: str) -> str:
    """The text in other case, with separators and unseen characters between."""
    recased = draw(st.sampled_from([text, text.lower(), text.upper()]))
    return _collapsed(draw(st.sampled_from(NOISE)).join(recased))


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def strong_ids(party: Party) -> list[PartyId]:
    """The identifiers of a party that are strong."""
    return [one for one in party.ids if names_of(replace(party, ids=(one,))).strong]
