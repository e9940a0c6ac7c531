"""Ways in which one invoice is written again, honestly.

Each takes a document and returns the rewritten one, or None where it does not apply.
"""

from collections.abc import Callable

from lxml import etree

from tests.unit.invoices.places import Places, at, parse, places_of, vat_numbers, written

Mutation = Callable[[bytes], bytes | None]
Edit = Callable[[str], str | None]

FULL_WIDTH = {code: code - 0x20 + 0xFF00 for code in range(0x21, 0x7F)}
ARABIC_DIGITS = {code: code - 0x30 + 0x0660 for code in range(0x30, 0x3A)}
CYRILLIC = str.maketrans(
    "ABEKMHOPCTX", "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425"
)


def changed(data: bytes, path: Callable[[Places], str], edit: Edit) -> bytes | None:
    """Change the texts at one path; None if nothing changes."""
    root = parse(data)
    return edited(root, at(root, path(places_of(root))), edit)


def edited(root: etree._Element, elements: list[etree._Element], edit: Edit) -> bytes | None:
    """Change the texts of elements; None if nothing changes."""
    different = False
    for element in elements:
        old = (element.text or "").strip()
        new = edit(old)
        if new is not None and new != old:
            element.text, different = new, True
    return written(root) if different else None


def number(edit: Edit) -> Mutation:
    return lambda data: changed(data, lambda places: places.number, edit)


def issue_date(edit: Edit) -> Mutation:
    return lambda data: changed(data, lambda places: places.issue_date, edit)


def gross(edit: Edit) -> Mutation:
    return lambda data: changed(data, lambda places: places.gross, edit)


def seller_name(edit: Edit) -> Mutation:
    def mutation(data: bytes) -> bytes | None:
        root = parse(data)
        places = places_of(root)
        names = [one for path in places.names for one in at(root, f"{places.seller}/{path}")]
        return edited(root, names, edit)

    return mutation


def seller_vat(edit: Edit) -> Mutation:
    def mutation(data: bytes) -> bytes | None:
        root = parse(data)
        return edited(root, list(vat_numbers(root, places_of(root).seller)), edit)

    return mutation


def with_time_zone(text: str) -> str | None:
    return text + "+01:00" if "-" in text else None


def trailing_zeros(text: str) -> str:
    return text + ("00" if "." in text else ".00")


def spaced(text: str) -> str:
    return " ".join(text)


def dashed(text: str) -> str:
    return "-".join(text)


def other_punctuation(text: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in text)


def without_prefix(text: str) -> str | None:
    """A VAT number without its country, which the address (BT-40) tells."""
    return text[2:].strip() if text[:2] == "DE" else None


def drop_leading_zeros(text: str) -> str | None:
    return text.lstrip("0") or None


def without(path: Callable[[Places], str]) -> Mutation:
    """Drop every element at a path."""

    def mutation(data: bytes) -> bytes | None:
        root = parse(data)
        return removed(root, at(root, path(places_of(root))))

    return mutation


def without_plain_ids(data: bytes) -> bytes | None:
    """Drop the seller's own identifiers (BT-29), as conversions do, where a VAT number stays."""
    root = parse(data)
    places = places_of(root)
    plain = [one for path in places.plain_ids for one in at(root, f"{places.seller}/{path}")]
    return removed(root, plain) if list(vat_numbers(root, places.seller)) else None


def removed(root: etree._Element, elements: list[etree._Element]) -> bytes | None:
    """Drop elements; None if there are none."""
    for element in elements:
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)
    return written(root) if elements else None


def encoded(encoding: str) -> Mutation:
    def mutation(data: bytes) -> bytes:
        document = etree.tostring(parse(data), encoding=encoding, xml_declaration=True)
        assert isinstance(document, bytes)
        return document

    return mutation


def with_mark(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + etree.tostring(parse(data), encoding="UTF-8")


def canonical(data: bytes) -> bytes:
    return etree.tostring(parse(data), method="c14n")


def other_prefixes(data: bytes) -> bytes:
    root = parse(data)
    spaces = {etree.QName(one).namespace or "" for one in root.iter()}
    names = {f"x{place}": space for place, space in enumerate(sorted(spaces))}
    renamed = etree.Element(root.tag, nsmap=names)
    renamed.extend(list(root))
    etree.cleanup_namespaces(renamed, top_nsmap=names)
    return written(renamed)


def indented(data: bytes) -> bytes:
    root = parse(data)
    etree.indent(root, space="\t")
    return written(root)


def split_by_comments(data: bytes) -> bytes:
    root = parse(data)
    element = at(root, places_of(root).number)[0]
    text = (element.text or "").strip()
    element.text = text[:1]
    comment = etree.Comment(" x ")
    comment.tail = text[1:]
    element.append(comment)
    return written(root)
