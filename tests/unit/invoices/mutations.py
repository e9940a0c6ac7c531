"""Ways in which one invoice is written again, and ways in which it is tampered with.

Each takes a document and returns the changed one, or None where it does not apply.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from lxml import etree

from ledger.invoices import cii, ubl
from ledger.invoices.fields import Field, Fields
from ledger.invoices.identifiers import names_of
from ledger.invoices.layout import Layout, read_by
from ledger.invoices.model import IdSource
from ledger.invoices.values import parse_date

Mutation = Callable[[bytes], bytes | None]
Edit = Callable[[str], str | None]

_LAYOUTS = {**ubl.LAYOUTS, **cii.LAYOUTS}
FULL_WIDTH = {code: code - 0x20 + 0xFF00 for code in range(0x21, 0x7F)}
CYRILLIC = str.maketrans(
    "ABEKMHOPCTX", "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425"
)


def _parse(data: bytes) -> etree._Element:
    return etree.fromstring(data, etree.XMLParser(huge_tree=True, remove_comments=True))


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _set(data: bytes, field: Callable[[Layout], Field], edit: Edit) -> bytes | None:
    """Change the texts of one field; None if nothing changes."""
    root = _parse(data)
    changed = False
    for element in Fields(root).elements(field(_LAYOUTS[root.tag]).path):
        new = edit(element.text or "")
        if new is not None and new != element.text:
            element.text, changed = new, True
    return _written(root) if changed else None


def number(edit: Edit) -> Mutation:
    return lambda data: _set(data, lambda layout: layout.number, edit)


def issue_date(edit: Edit) -> Mutation:
    return lambda data: _set(data, lambda layout: layout.issue_date, edit)


def gross(edit: Edit) -> Mutation:
    return lambda data: _set(data, lambda layout: layout.gross, edit)


def type_code(new: str) -> Mutation:
    return lambda data: _set(data, lambda layout: layout.type_code, lambda _: new)


def seller_name(edit: Edit) -> Mutation:
    return lambda data: _set(data, lambda layout: layout.seller.names[0], edit)


def other_day(text: str) -> str:
    day = parse_date(text.strip(), "it") + timedelta(days=1)
    return day.strftime("%Y%m%d" if text.strip().isdigit() else "%Y-%m-%d")


def with_time_zone(text: str) -> str | None:
    return text.strip() + "+01:00" if "-" in text else None


def last_digit_up(text: str) -> str | None:
    last = re.search(r"[0-9](?=[^0-9]*$)", text)
    if last is None:
        return None
    return text[: last.start()] + str((int(last[0]) + 1) % 10) + text[last.end() :]


def more(text: str) -> str:
    return str(Decimal(text) + Decimal("0.01"))


def trailing_zeros(text: str) -> str:
    return text.strip() + ("00" if "." in text else ".00")


def spaced(text: str) -> str:
    return " ".join(text.strip())


def drop_leading_zeros(text: str) -> str | None:
    return text.lstrip("0") or None


def _vat_numbers(root: etree._Element) -> list[etree._Element]:
    layout = _LAYOUTS[root.tag].seller
    found: list[etree._Element] = []
    for registration in Fields(root).elements(layout.tax_registrations):
        one = layout.tax_id(registration)
        if one is not None and one.source is IdSource.VAT:
            numbers = [registration, *registration.iter("{*}CompanyID")]
            found.extend(element for element in numbers if not len(element))
    return found


def seller_vat(edit: Edit) -> Mutation:
    def mutation(data: bytes) -> bytes | None:
        root = _parse(data)
        numbers = _vat_numbers(root)
        for element in numbers:
            element.text = edit((element.text or "").strip())
        return _written(root) if numbers else None

    return mutation


def other_seller_ids(data: bytes) -> bytes | None:
    """Another number in every identifier of a seller that has a strong one; the name stays."""
    root = _parse(data)
    layout = _LAYOUTS[root.tag]
    if not names_of(read_by(layout, root, ()).seller).strong:
        return None
    fields = Fields(root)
    elements = [one for _, field in layout.seller.ids for one in fields.elements(field.path)]
    for registration in fields.elements(layout.seller.tax_registrations):
        elements.extend(one for one in registration.iter() if not len(one))
    for element in elements:
        element.text = re.sub("[0-9]", lambda digit: str(9 - int(digit[0])), element.text or "")
    return _written(root)


def without_plain_ids(data: bytes) -> bytes | None:
    """Drop the seller's own identifiers (BT-29), as conversions do; keep VAT and legal ones."""
    root = _parse(data)
    layout = _LAYOUTS[root.tag].seller
    paths = [field.path for source, field in layout.ids if source is IdSource.IDENTIFIER]
    dropped = [one for path in paths for one in Fields(root).elements(path)]
    for element in dropped:
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
    return _written(root) if dropped and _vat_numbers(root) else None


def encoded(encoding: str) -> Mutation:
    def mutation(data: bytes) -> bytes:
        written = etree.tostring(_parse(data), encoding=encoding, xml_declaration=True)
        assert isinstance(written, bytes)
        return written

    return mutation


def with_mark(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + etree.tostring(_parse(data), encoding="UTF-8")


def canonical(data: bytes) -> bytes:
    return etree.tostring(_parse(data), method="c14n")


def other_prefixes(data: bytes) -> bytes:
    root = _parse(data)
    spaces = {str(tag)[1:].partition("}")[0] for tag in (one.tag for one in root.iter())}
    names = {f"x{number}": space for number, space in enumerate(sorted(spaces))}
    renamed = etree.Element(root.tag, nsmap=names)
    renamed.extend(list(root))
    etree.cleanup_namespaces(renamed, top_nsmap=names)
    return _written(renamed)


def indented(data: bytes) -> bytes:
    root = _parse(data)
    etree.indent(root, space="\t")
    return _written(root)


def split_by_comments(data: bytes) -> bytes:
    root = _parse(data)
    element = Fields(root).elements(_LAYOUTS[root.tag].number.path)[0]
    text = (element.text or "").strip()
    element.text = text[:1]
    comment = etree.Comment(" x ")
    comment.tail = text[1:]
    element.append(comment)
    return _written(root)
