"""From which register an identifier comes, whatever a document calls it, and its one form there.

Where a VAT number is made from the number of a register, both become one identifier, so that a
rendering which keeps only one of them still names the same party. What is made from what is laid
down by law, so no other party can have it; a value of another form stays as it is.

Sources: the ICD list of ISO 6523; the EAS code list of the European Commission and the Peppol list
of participant identifier schemes, for the codes from 9900 on and the names such as `DK:CVR`.
"""

import re
from typing import NamedTuple

from ledger.invoices.normalise import fold

VAT = "vat"
USCC = "uscc"
LEI = "0199"
SIREN = "0002"

_COUNTRIES_OF_VAT_SCHEMES = {
    "0198": "DK", "0211": "IT", "0213": "FI", "9904": "DK", "9906": "IT", "9909": "NO",
    "9910": "HU", "9914": "AT", "9920": "ES", "9922": "AD", "9923": "AL", "9924": "BA",
    "9925": "BE", "9926": "BG", "9927": "CH", "9928": "CY", "9929": "CZ", "9930": "DE",
    "9931": "EE", "9932": "GB", "9933": "GR", "9934": "HR", "9935": "IE", "9936": "LI",
    "9937": "LT", "9938": "LU", "9939": "LV", "9940": "MC", "9941": "ME", "9942": "MK",
    "9943": "MT", "9944": "NL", "9945": "PL", "9946": "PT", "9947": "RO", "9948": "RS",
    "9949": "SI", "9950": "SK", "9951": "SM", "9952": "TR", "9953": "VA", "9955": "SE",
    "9957": "FR",
}  # fmt: skip

VAT_SCHEMES = {VAT: "", "0223": "", "9912": "", **_COUNTRIES_OF_VAT_SCHEMES}
"""Schemes of VAT numbers, each with the country that gives them out; empty if several do."""


class Form(NamedTuple):
    """How values of a scheme are written, folded, and the identifier they are.

    written: with the number in its only group. scheme: of the identifier. text: its value, with a
    place for the number.
    """

    written: re.Pattern[str]
    scheme: str
    text: str


# Of a SIRET the first nine digits are the SIREN of the legal person whose establishment it is.
_SIREN = Form(re.compile(r"(?:FR)?([0-9]{9})(?:[0-9]{5})?"), SIREN, "{}")
_FINNISH = Form(re.compile(r"(?:FI)?([0-9]{8})"), VAT, "FI{}")
_JAPANESE = Form(re.compile(r"(?:JP)?T?([0-9]{13})"), VAT, "JPT{}")

FORMS = {
    SIREN: _SIREN,
    "0009": _SIREN,
    # 01 is the first VAT registration under a number; those under 02 and on stay apart from it. Of
    # twelve digits alone, the last may be a person's, with the century before them.
    "0007": Form(re.compile(r"(?:SE)?([0-9]{10})(?:(?<=SE[0-9]{10})01)?"), VAT, "SE{}01"),
    # A business id, which may stand after 0037 and before the five digits of a unit. Thirteen
    # digits from 0037 on may be either with a shorter unit.
    "0037": Form(re.compile(r"(?!0037[0-9]{9}\Z)(?:FI|0037)?([0-9]{8})(?:[0-9]{5})?"), VAT, "FI{}"),
    "0151": Form(re.compile(r"(?:AU)?([0-9]{11})"), VAT, "AU{}"),
    "0183": Form(re.compile(r"(?:CHE?)?([0-9]{9})(?:MWST|TVA|IVA|VAT)?"), VAT, "CHE{}"),
    "0184": Form(re.compile(r"(?:DK)?([0-9]{8})"), VAT, "DK{}"),
    "0188": _JAPANESE,
    "0192": Form(re.compile(r"(?:NO)?([0-9]{9})(?:MVA)?"), VAT, "NO{}"),
    "0195": Form(re.compile(r"(?:SGUEN|SG)?([0-9A-Z]{9,10})"), "0195", "{}"),
    # Numbers were of nine digits until 2008 and have begun with a zero since.
    "0208": Form(re.compile(r"(?:BE)?([01]?[0-9]{9})"), VAT, "BE{:0>10}"),
    "0212": _FINNISH,
    "0216": Form(re.compile(r"0037([0-9]{8})[0-9A-Z]{0,5}"), VAT, "FI{}"),
    "0221": _JAPANESE,
}
"""Schemes whose values have one form, which may be that of another scheme."""

_CODES = {
    "9902": "0184", "9908": "0192", "9956": "0208", "CVR": "0184", "DKCVR": "0184",
    "DKDIGST": "0184", "DKERST": "0198", "DKSE": "9904", "NOORG": "0192", "NOORGNR": "0192",
    "SEORGNR": "0007", "BEEN": "0208", "BECBE": "0208", "FIOVT": "0037", "FIOVT2": "0216",
    "FIORG": "0212", "FRSIRENE": SIREN, "SIRENE": SIREN, "SIREN": SIREN, "FRSIRET": "0009",
    "SIRET": "0009", "NLKVK": "0106", "KVK": "0106", "AUABN": "0151", "ABN": "0151",
    "SGUEN": "0195", "UEN": "0195", "CHUIDB": "0183", "JPSST": "0188", "JPIIN": "0221",
    "ITIVA": "0211", "EUVAT": "9912", "GLN": "0088", "DUNS": "0060", "LEI": LEI, "USCC": USCC,
    "VAT": VAT, "VA": VAT,
    **{f"{country}VAT": code for code, country in _COUNTRIES_OF_VAT_SCHEMES.items()},
}  # fmt: skip

REGISTERS = frozenset(
    (LEI, SIREN, "0009", "0007", "0184", "0192", "0106", "0208", "0151", "0195", "0088", "0060")
)
"""Schemes that name one organisation, whatever form a value has."""

KNOWN = frozenset({"", USCC, *REGISTERS, *FORMS, *VAT_SCHEMES})
"""Schemes that say something about a value, and the empty one."""

_PEPPOL = "ISO6523ACTORIDUPIS"
_QUALIFIED = re.compile(r"(?:iso6523-actorid-upis)?:*([^:]+):(.+)", re.IGNORECASE | re.DOTALL)


def qualified(scheme: str, value: str) -> tuple[str, str]:
    """The code of a scheme, and the value alone.

    A document may name a scheme in words (`GLN`), or before the value, as Peppol does:
    `iso6523-actorid-upis::0088:4012345000009`. Unchanged if it names no known one, or two.
    """
    code = _code(scheme)
    written = _QUALIFIED.fullmatch(value)
    if written is not None:
        named = _code(written[1])
        if named and named in KNOWN and code in {"", named}:
            return named, written[2]
    return code, value


def _code(scheme: str) -> str:
    if scheme in KNOWN:
        return scheme
    name = fold(scheme).removeprefix(_PEPPOL)
    return _CODES.get(name, name if name in KNOWN else scheme)
