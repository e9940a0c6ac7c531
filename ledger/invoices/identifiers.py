"""What names a party in identity keys: normalised identifiers, ranked by how far they bind.

A **strong** identifier is given out by a register to one organisation. A **weak** one is anything
else: an identifier with no known register, an electronic address, a local tax number (BT-32), a VAT
number of which nothing tells the country.

Check digits are demanded only where they alone tell what a value is (LEI, unified social credit
code): identifiers with wrong ones occur in official samples, and would bind nobody.
"""

import re
from typing import NamedTuple

from ledger.invoices.model import IdSource, Party, PartyId
from ledger.invoices.normalise import fold, fold_vat
from ledger.invoices.schemes import (
    FORMS,
    KNOWN,
    LEI,
    REGISTERS,
    SIREN,
    USCC,
    VAT,
    VAT_SCHEMES,
    qualified,
)

WEAK = ""
NAME = "name"

# Strong schemes, the most telling first. What other schemes name is one of these (`schemes`): a
# register's own code is left for a value that has not the form which makes it a VAT number.
_STRONG_SCHEMES = (
    VAT, SIREN, LEI, USCC, "0009", "0007", "0184", "0192", "0106", "0208", "0151", "0195",
    "0088", "0060",
)  # fmt: skip
_RANK = {scheme: rank for rank, scheme in enumerate((*_STRONG_SCHEMES, WEAK))}
_WEAK_RANK = _RANK[WEAK]
# Looked up once: members of an Enum are slow to reach.
_VAT_SOURCE = IdSource.VAT
_TAX_SOURCE = IdSource.TAX
_OF_A_REGISTER = (IdSource.IDENTIFIER, IdSource.LEGAL)
_LEI_FORM = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
# The key of a French VAT number follows from the SIREN after it (CGI, annex II, art. 74 sexies).
_FRENCH_VAT = re.compile(r"FR[0-9A-HJ-NP-Z]{2}([0-9]{9})")
# VAT numbers that no other number of a tax office looks like (VAT Directive, art. 215). Lithuania's
# are left out: there, the number of a company is as long and not the same.
_VAT_FORM = re.compile(
    "ATU[0-9]{8}|BE[01][0-9]{9}|CHE[0-9]{9}|DE[0-9]{9}|DK[0-9]{8}|EL[0-9]{9}"
    "|ES[0-9A-Z][0-9]{7}[0-9A-Z]|FI[0-9]{8}|FR[0-9A-HJ-NP-Z]{2}[0-9]{9}|IT[0-9]{11}"
    "|NL[0-9]{9}B[0-9]{2}|NO[0-9]{9}|PL[0-9]{10}|PT[0-9]{9}|SE[0-9]{10}01"
)

# What stands where an identifier is asked for and there is none: no digit at all, or zeros alone,
# but for the end that every number of that form has.
_PLACEHOLDER = re.compile(r"[^1-9]*|NL0{9}B[0-9]{2}|SE0{10}[0-9]{2}")
_VAT_PREFIX = re.compile(r"[A-Z]{2}")

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_FORM = re.compile(f"[{_USCC_ALPHABET}]{{18}}")
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


class Identifier(NamedTuple):
    """A normalised identifier.

    scheme: `vat`, `uscc` or an ISO 6523 code if strong; WEAK for weak ones, whatever scheme the
        document gave them, because renderings drop and change it; NAME for a folded name.
    value: folded, never empty.
    """

    scheme: str
    value: str


class PartyNames(NamedTuple):
    """All that names one party: each tuple without repetition and in a fixed order."""

    strong: tuple[Identifier, ...]
    weak: tuple[Identifier, ...]
    name: tuple[Identifier, ...]

    @property
    def all(self) -> tuple[Identifier, ...]:
        """Every identifier, the most telling first."""
        return self.strong + self.weak + self.name


def names_of(party: Party) -> PartyNames:
    """Normalise and rank what names a party.

    A value without a digit is a remark ("approved for F-tax"), one of zeros a placeholder: both are
    left out, as they name nobody.
    """
    found = {_identifier(party_id, party.country) for party_id in party.ids}
    ranked = sorted([(_RANK[one.scheme], one) for one in found if not _is_placeholder(one.value)])
    strong = tuple([one for rank, one in ranked if rank < _WEAK_RANK])
    weak = tuple([one for _, one in ranked[len(strong) :]])
    name = fold(party.name)
    return PartyNames(strong, weak, (Identifier(NAME, name),) if name else ())


def is_lei(value: str) -> bool:
    """Whether a folded value is a Legal Entity Identifier (ISO 17442, check digits ISO 7064)."""
    if _LEI_FORM.fullmatch(value) is None:
        return False
    return int("".join(str(int(character, 36)) for character in value)) % 97 == 1


def is_uscc(value: str) -> bool:
    """Whether a folded value is a Chinese unified social credit code (GB 32100-2015)."""
    if _USCC_FORM.fullmatch(value) is None:
        return False
    digits = [_USCC_ALPHABET.index(character) for character in value]
    weighted = sum(d * w for d, w in zip(digits[:17], _USCC_WEIGHTS, strict=True))
    return (weighted + digits[17]) % 31 == 0


def _is_placeholder(value: str) -> bool:
    return _PLACEHOLDER.fullmatch(value) is not None


def _identifier(party_id: PartyId, country: str) -> Identifier:
    source, value = party_id.source, party_id.value
    if source is _VAT_SOURCE:
        return _vat(value, country)
    if source not in _OF_A_REGISTER:
        folded = fold(value)
        return _tax(folded) if source is _TAX_SOURCE else Identifier(WEAK, folded)
    scheme = party_id.scheme
    if scheme not in KNOWN or ":" in value:
        scheme, value = qualified(scheme, value)
    if scheme in VAT_SCHEMES:
        return _vat(value, VAT_SCHEMES[scheme] or country)
    return _registered(scheme, fold(value))


def _vat(value: str, country: str) -> Identifier:
    number = fold_vat(value, country)
    prefix = number[:2]
    if prefix == "FR":
        french = _FRENCH_VAT.fullmatch(number)
        if french is not None:
            return Identifier(SIREN, french[1])
    elif prefix == "CN" and is_uscc(number[2:]):
        return Identifier(USCC, number[2:])
    return Identifier(VAT if _VAT_PREFIX.fullmatch(prefix) else WEAK, number)


def _tax(number: str) -> Identifier:
    """A tax number (BT-32), where sellers give their VAT number too."""
    if number[:2].isalpha():
        vat = fold_vat(number, "")
        if _VAT_FORM.fullmatch(vat) is not None:
            return _vat(vat, "")
    # In China, the tax number of an organisation is its unified social credit code.
    return Identifier(USCC if is_uscc(number) else WEAK, number)


def _registered(scheme: str, value: str) -> Identifier:
    form = FORMS.get(scheme)
    if form is not None:
        written = form.written.fullmatch(value)
        if written is not None:
            return Identifier(form.scheme, form.text.format(written[1]))
    if scheme in {USCC, ""} and is_uscc(value):
        return Identifier(USCC, value)
    if scheme not in REGISTERS or (scheme == LEI and not is_lei(value)):
        return Identifier(WEAK, value)
    return Identifier(scheme, value)
