"""One spelling for the numbers, names and identifiers that systems write in many ways.

Every function is total over text, and applying one to its own result changes nothing.
"""

import re
import unicodedata

# Capitals of Cyrillic and Greek that look like a Latin one.
_LOOK_ALIKES = str.maketrans(
    {
        look_alike: latin
        for latin, look_alikes in {
            "A": "\u0410\u0391",
            "B": "\u0412\u0392",
            "C": "\u0421\u03f9",
            "D": "\u0500",
            "E": "\u0415\u0395",
            "G": "\u050c",
            "H": "\u041d\u04ba\u0397",
            "I": "\u0406\u04c0\u0399",
            "J": "\u0408\u037f",
            "K": "\u041a\u039a",
            "M": "\u041c\u039c",
            "N": "\u039d",
            "O": "\u041e\u039f",
            "P": "\u0420\u03a1",
            "Q": "\u051a",
            "S": "\u0405",
            "T": "\u0422\u03a4",
            "V": "\u0474",
            "W": "\u051c",
            "X": "\u0425\u03a7",
            "Y": "\u0423\u04ae\u03a5",
            "Z": "\u0396",
        }.items()
        for look_alike in look_alikes
    }
)
_MISREAD = str.maketrans("OILSZB", "011528")

_KEPT = 0x3000  # alphabets; beyond them are too many characters to keep
_COUNTRY = re.compile(r"[A-Z]{2}")

# Prefixes of VAT numbers that are not the country's own code (VAT Directive, art. 215; the customs
# territories of Monaco and of the Isle of Man are those of France and of the United Kingdom).
_PREFIXES = {"GR": "EL", "MC": "FR", "IM": "GB"}

# A French number without its prefix, whose key is of two letters: unless they are the code of a
# country (ISO 3166-1, with EL, EU, UK, XI and XK), whose number it is then.
_FRENCH_KEY_OF_LETTERS = re.compile(
    "(?!A[DEFGILMOQRSTUWXZ]|B[ABDEFGHIJLMNOQRSTVWYZ]|C[ACDFGHIKLMNORUVWXYZ]|D[EJKMOZ]"
    "|E[CEGHLRSTU]|F[IJKMOR]|G[ABDEFGHILMNPQRSTUWY]|H[KMNRTU]|I[DELMNOQRST]|J[EMOP]"
    "|K[EGHIMNPRWYZ]|L[ABCIKRSTUVY]|M[ACDEFGHKLMNOPQRSTUVWXYZ]|N[ACEFGILOPRUZ]|OM"
    "|P[AEFGHKLMNRSTWY]|QA|R[EOSUW]|S[ABCDEGHIJKLMNORSTVXYZ]|T[CDFGHJKLMNORTVWZ]|U[AGKMSYZ]"
    "|V[ACEGINU]|W[FS]|X[IK]|Y[ET]|Z[AMW])[A-HJ-NP-Z]{2}[0-9]{9}"
)

# Words before a number. "VAT NO 123456789" stays: it may be Norway's number or any other.
_LABEL = re.compile(
    r"(?:VAT(?:REG|ID)?|USTID|UID|N?TVA|P?IVA|BTW|MWST|MOMS)"
    r"(?:(?:NR|NUMBER)?(?=[0-9])"
    r"|(?:NR|NO|NUMBER)?(?=(?:AT|BE|BG|CHE|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|GR|HR|HU|IE|IT|LT|LU|LV"
    r"|MT|NL|PL|PT|RO|SE|SI|SK|XI)[0-9A-Z]*[0-9]|NO[0-9]+MVA))"
)

# By the first two letters: numbers of one form, the number itself in a group, and what goes before.
_FORMS = {
    "BE": (re.compile(r"BE([0-9]{9})"), "BE0"),
    # The six digits of numbers before 2014 have no E and are others.
    "CH": (re.compile(r"CHE?([0-9]{9})(?:MWST|TVA|IVA|VAT)*"), "CHE"),
    "GR": (re.compile(r"GR(.*)"), "EL"),
    # The domestic number goes on with a code for the kind of taxpayer and one for its county.
    "HU": (re.compile(r"HU([0-9]{8})[0-9]{3}"), "HU"),
    "JP": (re.compile(r"JP([0-9]{13})"), "JPT"),
    "NO": (re.compile(r"NO(.*?)(?:MVA)+"), "NO"),
    # Northern Ireland's traders write the number of the United Kingdom with another prefix.
    "XI": (re.compile(r"XI(.*)"), "GB"),
}
_NOT_ASCII_ALPHANUMERIC = re.compile(r"[^0-9A-Z]+")


def fold(text: str) -> str:
    """Letters and digits alone, in capitals, without accents, look-alikes made Latin.

    `inv-001/a` becomes `INV001A`, also if its last letter is the Cyrillic one. Leading zeros stay,
    and so do letters without a Latin look-alike. Empty if no letter or digit is left.
    """
    if text.isascii():
        if text.isalnum():
            return text.upper()
        return _NOT_ASCII_ALPHANUMERIC.sub("", text.upper())
    return unicodedata.normalize("NFC", text.translate(_FOLDED))


def skeleton(folded: str) -> str:
    """A folded number with letters that are misread as digits made digits, no leading zeros."""
    return folded.translate(_MISREAD).lstrip("0")


def fold_vat(number: str, country: str) -> str:
    """A VAT identifier (BT-31, BT-48) with its country prefix and nothing else.

    country: ISO 3166-1 code of the party's address, whose prefix is put before a number that has
        none; may be empty.
    """
    folded = fold(number)
    home = country.upper()
    home = _PREFIXES.get(home, home)
    # A word that begins like the country's prefix may be a number, to which that was put.
    if folded[:3].isalpha() and not folded.startswith(home or " "):
        folded = folded[_label_length(folded) :]
    if folded and _has_no_prefix(folded, home) and _COUNTRY.fullmatch(home):
        folded = home + folded
    form = _FORMS.get(folded[:2])
    if form is None:
        return folded
    written = form[0].fullmatch(folded)
    return folded if written is None else form[1] + written[1]


def _label_length(folded: str) -> int:
    label = _LABEL.match(folded)
    return 0 if label is None else label.end()


def _has_no_prefix(folded: str, home: str) -> bool:
    if not folded[:2].isalpha():
        return True
    return home == "FR" and _FRENCH_KEY_OF_LETTERS.fullmatch(folded) is not None


class _Folded(dict[int, str]):
    """What each character becomes, by its code point, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if code < _KEPT:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    # Alone, so that nothing invisible between a letter and its accent makes another spelling: what
    # is no letter or digit once decomposed is dropped, accents and invisible characters too.
    plain = unicodedata.normalize("NFKD", character).casefold().upper()
    plain = unicodedata.normalize("NFKD", plain).translate(_LOOK_ALIKES)
    return "".join(_ascii_digit(c) for c in plain if c.isalnum())


def _ascii_digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)


_FOLDED = _Folded()
