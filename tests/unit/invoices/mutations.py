"""Ways in which an invoice is tampered with, and honest invoices that follow one.

Each takes a document and returns the changed one, or None where it does not apply.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal

from lxml import etree

from ledger.invoices import read_invoice
from ledger.invoices.identifiers import names_of
from tests.unit.invoices.places import Places, at, ids, parse, places_of, vat_numbers, written
from tests.unit.invoices.rewritings import Edit, Mutation, changed, edited, removed

Party = Callable[[Places], str]


def then(*mutations: Mutation) -> Mutation:
    """One change after the other; None if one of them does not apply."""

    def mutation(data: bytes) -> bytes | None:
        after: bytes | None = data
        for each in mutations:
            after = each(after) if after is not None else None
        return after

    return mutation


def of(path: Callable[[Places], str], edit: Edit) -> Mutation:
    """A change of the texts at one path."""
    return lambda data: changed(data, path, edit)


def type_code(new: str) -> Mutation:
    return of(lambda places: places.type_code, lambda _: new)


def other_day(days: int) -> Edit:
    """The day so many days later."""

    def edit(text: str) -> str:
        day = date.fromisoformat(text[:10]) + timedelta(days=days)
        return day.strftime("%Y%m%d" if text.isdigit() else "%Y-%m-%d")

    return edit


def last_digit_up(text: str) -> str | None:
    """The last digit one up, 9 becoming 0."""
    last = re.search(r"[0-9](?=[^0-9]*$)", text)
    if last is None:
        return None
    return text[: last.start()] + str((int(last[0]) + 1) % 10) + text[last.end() :]


def next_number(text: str) -> str | None:
    """The number that follows in the series: its last run of digits one up."""
    last = re.search(r"[0-9]+(?=[^0-9]*$)", text)
    if last is None:
        return None
    following = str(int(last[0]) + 1).zfill(len(last[0]))
    return text[: last.start()] + following + text[last.end() :]


def misread(text: str) -> str:
    """Letters in place of the digits that look like them."""
    return text.replace("0", "O").replace("1", "l")


def increased(by: str) -> Edit:
    return lambda text: str(Decimal(text) + Decimal(by))


def other_digits(text: str) -> str:
    return re.sub("[0-9]", lambda digit: str(9 - int(digit[0])), text)


def other_vat(data: bytes) -> bytes | None:
    """Another VAT number of the seller; its other identifiers and its name stay."""
    root = parse(data)
    return edited(root, list(vat_numbers(root, places_of(root).seller)), other_digits)


def other_ids(party: Party) -> Mutation:
    """Another number in every identifier of a party that has a strong one; the name stays."""

    def mutation(data: bytes) -> bytes | None:
        root = parse(data)
        path = party(places_of(root))
        return edited(root, ids(root, path), other_digits) if _is_strong(root, path, data) else None

    return mutation


def without_ids(party: Party) -> Mutation:
    """No identifier at all of a party that has a strong one; the name stays."""

    def mutation(data: bytes) -> bytes | None:
        root = parse(data)
        path = party(places_of(root))
        return removed(root, ids(root, path)) if _is_strong(root, path, data) else None

    return mutation


def _is_strong(root: etree._Element, path: str, data: bytes) -> bool:
    invoice = read_invoice(data, max_bytes=len(data))
    party = invoice.seller if path == places_of(root).seller else invoice.buyer
    return bool(names_of(party).strong)


def other_name(party: Party) -> Mutation:
    def mutation(data: bytes) -> bytes | None:
        root = parse(data)
        places = places_of(root)
        names = [one for path in places.names for one in at(root, f"{party(places)}/{path}")]
        return edited(root, names, lambda _: "Someone Else Ltd")

    return mutation


def other_name_alone(party: Party) -> Mutation:
    """Another name of a party that has a strong identifier, which stays."""

    def mutation(data: bytes) -> bytes | None:
        root = parse(data)
        return other_name(party)(data) if _is_strong(root, party(places_of(root)), data) else None

    return mutation


def legal_form(party: Party) -> Mutation:
    """A legal form put after the name of a party."""

    def mutation(data: bytes) -> bytes | None:
        root = parse(data)
        places = places_of(root)
        names = [one for path in places.names for one in at(root, f"{party(places)}/{path}")]
        return edited(root, names, lambda text: f"{text} GmbH & Co. KG")

    return mutation


def ids_dropped(party: Party) -> Mutation:
    """No identifier of a party, whether it had a strong one, a weak one or none."""

    def mutation(data: bytes) -> bytes:
        root = parse(data)
        removed(root, ids(root, party(places_of(root))))
        return written(root)

    return mutation


def invented_vats(data: bytes) -> bytes | None:
    """Three invented VAT numbers of the seller, which come before its own in every order."""
    root = parse(data)
    own = next(vat_numbers(root, places_of(root).seller), None)
    if own is None:
        return None
    registration = own.getparent()
    assert registration is not None
    for number in ("AA1111", "AA2222", "AA3333"):
        own.text, kept = number, own.text
        registration.addprevious(deepcopy(registration))
        own.text = kept
    return written(root)


def vat_as_tax_number(data: bytes) -> bytes | None:
    """The seller's VAT number as a tax number (BT-32) of no known form."""
    root = parse(data)
    found = list(vat_numbers(root, places_of(root).seller))
    for number in found:
        number.text = f"No. {(number.text or '').strip()}"
        if number.get("schemeID") is not None:
            number.set("schemeID", "FC")
            continue
        registration = number.getparent()
        assert registration is not None
        at(registration, "TaxScheme/ID")[0].text = "TAX"
    return written(root) if found else None


def other_name_of_the_unregistered(party: Party) -> Mutation:
    """Another name of a party that has no strong identifier; its weak ones stay."""

    def mutation(data: bytes) -> bytes | None:
        root = parse(data)
        return None if _is_strong(root, party(places_of(root)), data) else other_name(party)(data)

    return mutation


def other_party(party: Party) -> Mutation:
    """Another party: no identifier and no name stays."""

    def mutation(data: bytes) -> bytes | None:
        root = parse(data)
        edited(root, ids(root, party(places_of(root))), other_digits)
        return other_name(party)(written(root))

    return mutation


def other_currency(data: bytes) -> bytes | None:
    """All amounts in another currency."""
    root = parse(data)
    codes = at(root, places_of(root).currency)
    old = (codes[0].text or "").strip()
    new = "USD" if old != "USD" else "EUR"
    for element in root.iter(etree.Element):
        if element.get("currencyID") == old:
            element.set("currencyID", new)
    for code in codes:
        code.text = new
    return written(root)
