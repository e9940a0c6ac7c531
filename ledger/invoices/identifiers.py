"""What names a party in identity keys: normalised identifiers, ranked by how far they bind.

A **strong** identifier is given out by a register to one organisation. A **weak** one is anything
else: an identifier with no known register, an electronic address, a local tax number (BT-32).
"""

import re
from typing import NamedTuple

from ledger.invoices.model import IdSource, Party, PartyId
from ledger.invoices.normalise import fold, fold_vat

VAT = "vat"
USCC = "uscc"
WEAK = ""
NAME = "name"

# Strong schemes, the most telling first. Codes are ISO 6523 (ICD): 0199 LEI; the registers of
# France (0002 SIREN, 0009 SIRET), Sweden, Denmark, Norway, the Netherlands, Belgium, Australia and
# Singapore; 0088 GLN; 0060 DUNS.
_STRONG_SCHEMES = (
    VAT, "0199", USCC, "0002", "0009", "0007", "0184", "0192", "0106", "0208", "0151", "0195",
    "0088", "0060",
)  # fmt: skip
_RANK = {scheme: rank for rank, scheme in enumerate((*_STRONG_SCHEMES, WEAK))}
_WEAK_RANK = _RANK[WEAK]
_REGISTERS = frozenset(_STRONG_SCHEMES) - {VAT, USCC}  # the words are ours, no `schemeID`
# Looked up once: members of an Enum are slow to reach.
_VAT_SOURCE = IdSource.VAT
_OF_A_REGISTER = (IdSource.IDENTIFIER, IdSource.LEGAL)
_LEI = "0199"
_LEI_FORM = re.compile(r"[0-9A-Z]{18}[0-9]{2}")

_DIGIT = re.compile(r"[0-9]")

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

    @property
    def binding(self) -> tuple[Identifier, ...]:
        """The strong identifiers, or everything else where there is no strong one."""
        return self.strong or self.weak + self.name


def names_of(party: Party) -> PartyNames:
    """Normalise and rank what names a party.

    A value without a digit is a remark or a placeholder ("approved for F-tax") and is left out.
    """
    found = {_identifier(party_id, party.country) for party_id in party.ids}
    ranked = sorted([(_RANK[one.scheme], one) for one in found if _DIGIT.search(one.value)])
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


def _identifier(party_id: PartyId, country: str) -> Identifier:
    source = party_id.source
    if source is _VAT_SOURCE:
        return Identifier(VAT, fold_vat(party_id.value, country))
    value = fold(party_id.value)
    if source not in _OF_A_REGISTER:
        return Identifier(WEAK, value)
    if party_id.scheme.casefold() in {USCC, ""} and is_uscc(value):
        return Identifier(USCC, value)
    if party_id.scheme not in _REGISTERS or (party_id.scheme == _LEI and not is_lei(value)):
        return Identifier(WEAK, value)
    return Identifier(party_id.scheme, value)
