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

_INVISIBLE = frozenset({"Cf", "Cc"})
_KEPT = 0x3000  # alphabets; beyond them are too many characters to keep
_COUNTRY = re.compile(r"[A-Z]{2}")
_SHORT_BELGIAN = re.compile(r"BE[0-9]{9}")
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
    if not folded:
        return ""
    home = country.upper()
    if not folded[:2].isalpha() and _COUNTRY.fullmatch(home):
        folded = home + folded
    if folded.startswith("GR"):
        folded = "EL" + folded[2:]
    if folded.startswith("NO"):
        return re.sub(r"(?:MVA)+$", "", folded)
    if folded.startswith("CHE"):
        return re.sub(r"(?:MWST|TVA|IVA)+$", "", folded)
    if _SHORT_BELGIAN.fullmatch(folded):
        return "BE0" + folded[2:]
    return folded


class _Folded(dict[int, str]):
    """What each character becomes, by its code point, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if code < _KEPT:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    # Marks are decomposed and dropped, and invisible characters dropped before that: otherwise
    # one put between a letter and its accent would make another spelling.
    if unicodedata.category(character) in _INVISIBLE:
        return ""
    plain = unicodedata.normalize("NFKD", character).casefold().upper()
    plain = unicodedata.normalize("NFKD", plain).translate(_LOOK_ALIKES)
    return "".join(_ascii_digit(c) for c in plain if c.isalnum())


def _ascii_digit(character: str) -> str:
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)


_FOLDED = _Folded()
