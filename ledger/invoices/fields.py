"""Looking up fields in a parsed document.

A field that two readers could read differently is refused and never chosen: one that stands
twice where the standard allows it once, or whose text is broken up by other elements. Names,
countries and the like may be repeated, as long as they say the same.
"""

from collections.abc import Iterable, Sequence
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

MAX_IDENTIFIERS = 32
"""Identifiers of one party. They are folded and paired for identity keys, which multiplies work."""

MAX_IDENTIFIER = 100
"""Characters in an identifier of a party, and likewise in the name of its scheme."""

MAX_ITEMS = 100
"""Values of a field that may stand several times."""

MAX_CHILDREN = 100_000
"""Elements directly inside one that is read; an invoice line is one of them."""

Path = str
"""Names of elements in Clark notation, from a child of the root to the element meant, with a space
between them."""

# The creditor identifier of a SEPA direct debit (BT-90) stands among the party's own identifiers.
_DIRECT_DEBIT_SCHEME = "SEPA"


@dataclass(frozen=True, slots=True)
class Field:
    """A business term as messages name it, and where it stands.

    several: whether it may stand several times and say different things; the first counts then.
    """

    term: str
    path: Path
    several: bool = False


Places = dict[str, "Place"]
"""What is looked for among the children of an element, by name."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in documents: its path, and the places below it."""

    path: Path
    below: Places


def places_of(paths: Iterable[Path]) -> Places:
    """All places on the way to these, from the children of the root on."""
    places: Places = {}
    for path in paths:
        below, names = places, path.split()
        for depth, name in enumerate(names, start=1):
            below = below.setdefault(name, Place(" ".join(names[:depth]), {})).below
    return places


class Fields:
    """The fields of one document. Every method raises DocumentError for what it cannot read.

    root: the document's, or another element that paths begin at.
    places: what is looked for. The document is walked once for all of it, because most fields of
        the standard are absent, and a search for each would cost more.
    """

    def __init__(self, root: "Element", places: Places) -> None:
        self._found: dict[Path, list[Element]] = {}
        found, parents = self._found, [(root, places)]
        for parent, wanted in parents:
            if len(parent) > MAX_CHILDREN:
                raise DocumentError(f"an element holds more than {MAX_CHILDREN} others")
            for child in parent:
                place = wanted.get(child.tag)
                if place is None:
                    continue
                if place.path in found:
                    found[place.path].append(child)
                else:
                    found[place.path] = [child]
                if place.below:
                    parents.append((child, place.below))

    def elements(self, path: Path) -> Sequence["Element"]:
        """All elements at a path, in document order."""
        return self._found.get(path, ())

    def only(self, field: Field) -> "Element | None":
        """The one element of a field, or None; DocumentError if there are several."""
        found = self._found.get(field.path)
        if found is None:
            return None
        if len(found) > 1:
            raise DocumentError(f"{field.term} stands more than once")
        return found[0]

    def text(self, field: Field) -> str:
        """The text of a field that may stand once; empty if it is absent."""
        element = self.only(field)
        return "" if element is None else text_of(element, field.term)

    def texts(self, field: Field) -> tuple[str, ...]:
        """The texts of a field that may stand up to MAX_ITEMS times: each once, and none empty."""
        elements = self._found.get(field.path)
        if elements is None:
            return ()
        if len(elements) > MAX_ITEMS:
            raise DocumentError(f"{field.term} stands more than {MAX_ITEMS} times")
        found = dict.fromkeys([text_of(each, field.term) for each in elements])
        return tuple(filter(None, found))

    def agreed_text(self, *fields: Field) -> str:
        """The text of the first field that has one; empty if none has.

        DocumentError if that field stands several times and does not say the same each time.
        """
        for field in fields:
            elements = self._found.get(field.path)
            if elements is None:
                continue
            texts = [text_of(element, field.term) for element in elements]
            if len(texts) > 1:
                texts = [*dict.fromkeys(filter(None, texts))]
                if len(texts) > 1 and not field.several:
                    raise DocumentError(f"{field.term} stands more than once and differs")
            if texts and texts[0]:
                return texts[0]
        return ""

    def date(self, field: Field) -> date | None:
        """The day of a field; None if it is absent. Repetition is as for `agreed_text`."""
        text = self.agreed_text(field)
        return parse_date(text, field.term) if text else None

    def money(self, field: Field, currency: str) -> Money | None:
        """An amount, which must be in `currency` if it names one."""
        element = self.only(field)
        text = "" if element is None else text_of(element, field.term)
        if element is None or not text:
            return None
        own = element.get("currencyID", currency)
        if own != currency and (own := _currency_of(element, field)) not in {"", currency}:
            raise DocumentError(f"{field.term} is in {own}, but the invoice (BT-5) in {currency}")
        return Money(parse_amount(text, field.term), currency)

    def currency_of(self, field: Field) -> str:
        """The currency that an amount itself names; empty if it is absent or names none."""
        element = self.only(field)
        return "" if element is None else _currency_of(element, field)

    def ids(
        self, places: Iterable[tuple[IdSource, Field]], party: Field, others: int
    ) -> list[PartyId]:
        """Identifiers of a party with their `schemeID`, except those that do not name the party.

        others: how many more the party has; with them there may be MAX_IDENTIFIERS.
        """
        ids = []
        room = MAX_IDENTIFIERS - others
        for source, field in places:
            elements = self._found.get(field.path, ())
            room -= len(elements)
            if room < 0:
                raise DocumentError(f"{party.term} has more than {MAX_IDENTIFIERS} identifiers")
            for element in elements:
                scheme = element.get("schemeID", "").strip()
                if scheme != _DIRECT_DEBIT_SCHEME and (text := text_of(element, field.term)):
                    ids.append(bounded(PartyId(source, scheme, text), field.term))
        return ids


def bounded(party_id: PartyId, term: str) -> PartyId:
    """The identifier itself; DocumentError if it or its scheme is longer than MAX_IDENTIFIER."""
    if len(party_id.value) > MAX_IDENTIFIER or len(party_id.scheme) > MAX_IDENTIFIER:
        raise DocumentError(f"{term} or its scheme is longer than {MAX_IDENTIFIER} characters")
    return party_id


def _currency_of(amount: "Element", field: Field) -> str:
    own = amount.get("currencyID", "").strip()
    return parse_currency(own, field.term) if own else ""


def text_of(element: "Element", term: str) -> str:
    """The text of an element, with each run of white space as one space and none outside.

    Raises DocumentError if elements stand inside the text or it is longer than MAX_TEXT.
    """
    if len(element):
        raise DocumentError(f"{term} has other elements inside its text")
    text = element.text
    if not text:
        return ""
    if len(text) > MAX_TEXT:
        raise DocumentError(f"{term} is longer than {MAX_TEXT} characters")
    return " ".join(text.split())
