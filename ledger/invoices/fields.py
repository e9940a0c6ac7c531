"""Looking up fields in a parsed document.

A field that two readers could read differently is refused and never chosen: one that stands
twice where the standard allows it once, or whose text is broken up by other elements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ledger.errors import DocumentError
from ledger.invoices.model import IdSource, Money, PartyId
from ledger.invoices.values import parse_amount, parse_currency, parse_date

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_TEXT = 1_000
"""Characters in one field."""

MAX_CHILDREN = 100_000
"""Elements directly inside one that is read; an invoice line is one of them."""

Path = tuple[str, ...]
"""Names of elements in Clark notation, from a child of the root to the element meant."""

# The creditor identifier of a SEPA direct debit (BT-90) stands among the party's own identifiers.
_DIRECT_DEBIT_SCHEME = "SEPA"


@dataclass(frozen=True, slots=True)
class Field:
    """A business term as messages name it, and where it stands."""

    term: str
    path: Path


class Fields:
    """The fields of one document. Every method raises DocumentError for what it cannot read."""

    def __init__(self, root: "Element") -> None:
        self._root = root
        # Children by name, for each place whose children were asked for: one pass over them is
        # cheaper than a search for each name, since most fields of the standard are absent.
        self._below: dict[Path, dict[str, list[Element]]] = {}

    def elements(self, path: Path) -> Sequence["Element"]:
        """All elements at a path, in document order."""
        if not path:
            return (self._root,)
        place = path[:-1]
        below = self._below.get(place)
        if below is None:
            below = self._below[place] = {}
            for parent in self.elements(place):
                if len(parent) > MAX_CHILDREN:
                    raise DocumentError(f"an element holds more than {MAX_CHILDREN} others")
                for child in parent:
                    below.setdefault(child.tag, []).append(child)
        return below.get(path[-1], ())

    def only(self, field: Field) -> "Element | None":
        """The one element of a field, or None; DocumentError if there are several."""
        found = self.elements(field.path)
        if len(found) > 1:
            raise DocumentError(f"{field.term} stands more than once")
        return found[0] if found else None

    def text(self, field: Field) -> str:
        """The text of a field that may stand once; empty if it is absent."""
        element = self.only(field)
        return "" if element is None else text_of(element, field.term)

    def texts(self, field: Field) -> tuple[str, ...]:
        """The texts of a field that may stand several times: each once, and none empty."""
        found = dict.fromkeys(text_of(each, field.term) for each in self.elements(field.path))
        return tuple(filter(None, found))

    def first_text(self, *fields: Field) -> str:
        """The first text, of the first field that has one; empty if none has."""
        for field in fields:
            for element in self.elements(field.path):
                if text := text_of(element, field.term):
                    return text
        return ""

    def date(self, field: Field) -> date | None:
        """The day of a field that may stand several times: the first; None if it is absent."""
        text = self.first_text(field)
        return parse_date(text, field.term) if text else None

    def money(self, field: Field, currency: str) -> Money | None:
        """An amount, which must be in `currency` if it names one."""
        text = self.text(field)
        if not text:
            return None
        own = self.currency_of(field)
        if own not in {"", currency}:
            raise DocumentError(f"{field.term} is in {own}, but the invoice (BT-5) in {currency}")
        return Money(parse_amount(text, field.term), currency)

    def currency_of(self, field: Field) -> str:
        """The currency that an amount itself names; empty if it is absent or names none."""
        element = self.only(field)
        own = "" if element is None else element.get("currencyID", "").strip()
        return parse_currency(own, field.term) if own else ""

    def ids(self, source: IdSource, field: Field) -> list[PartyId]:
        """Identifiers with their `schemeID`, except those that do not name the party."""
        return [
            PartyId(source, scheme, text)
            for element in self.elements(field.path)
            if (scheme := element.get("schemeID", "").strip()) != _DIRECT_DEBIT_SCHEME
            and (text := text_of(element, field.term))
        ]


def text_of(element: "Element", term: str) -> str:
    """The text of an element, with each run of white space as one space and none outside.

    Raises DocumentError if elements stand inside the text or it is longer than MAX_TEXT.
    """
    if len(element):
        raise DocumentError(f"{term} has other elements inside its text")
    text = element.text or ""
    if len(text) > MAX_TEXT:
        raise DocumentError(f"{term} is longer than {MAX_TEXT} characters")
    return " ".join(text.split())
