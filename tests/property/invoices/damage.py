"""Documents that were damaged or forged, in every form that is read.

All randomness comes from the `Random` that is given, so that hypothesis can shrink what fails and a
long run can go without it.
"""

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from random import Random

from lxml import etree

from tests.support.pdf import assemble, flate, packed
from tests.unit.invoices.pdfs import FILE, attachment, bodies, names
from tests.unit.invoices.renderings import as_json
from tests.unit.invoices.samples import GOOD, read

Change = Callable[[Random, bytes], bytes]

XML_SEEDS = [
    (GOOD / name).read_bytes()
    for name in (
        "kosit__01.20a-INVOICE_ubl.xml",
        "kosit__01.20a-INVOICE_uncefact.xml",
        "cen__ubl__ubl-tc434-creditnote1.xml",
        "cen__cii__CII_business_example_01.xml",
        "zfcorpus__Intarsys__ZUGFeRD_1p0_COMFORT_Einfach.xml",
    )
]
PDF_SEEDS = [path.read_bytes() for path in sorted(GOOD.glob("*.pdf"))]
JSON_SEEDS = [as_json(read(seed)) for seed in XML_SEEDS]

_MOST_BYTES = 400_000
_INSIDE = 6  # number of the first object that `packed` puts inside another
_TOKENS = (
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>", b"&b;", b"&#0;",
    b"&#x10FFFF;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?x y?>", b"<a>", b"</a>", b"<a/>",
    b" xmlns='urn:x'", b" encoding='UTF-7'", b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"\xed\xa0\x80",
    b"%PDF-", b"%%EOF", b"startxref 0", b"endobj", b"stream", b"endstream", b"<<", b">>", b" 0 R",
    b"/Type", b"/Kids [2 0 R]", b"/Names [", b"/AF [4 0 R]", b"/Filter /FlateDecode", b"/Prev 9",
    b"/Length 999999999", b"/Encrypt 3 0 R", b"[[[[[[[[", b"((((((((", b"null", b"true", b"-1",
    b"99999999999999999999", b"1e999", b"NaN", b"{", b"}", b'"', b"\\u0000", b"\\ud800", b",", b":",
)  # fmt: skip
_VALUES: tuple[object, ...] = (
    None, True, 0, -1, 10**400, 1.5, "", " ", "\0", "\ud800", "380", "2024-02-30", "vat:", [], {},
    [[[]]], {"format": "sealbook-invoice/1"}, "9" * 2000, ["a"] * 200,
)  # fmt: skip


def damaged(random: Random) -> bytes:
    """One document, changed in one to six places."""
    form = random.choice((_damaged_xml, _damaged_pdf, _rebuilt_pdf, _damaged_json))
    return form(random)[:_MOST_BYTES]


def altered(random: Random, data: bytes) -> bytes:
    """Any document, changed by what fits its form."""
    changes = {b"<": (*_BYTE_CHANGES, *_TREE_CHANGES), b"%": (*_BYTE_CHANGES, _other_reference)}
    return _changed(random, data, changes.get(data[:1], _BYTE_CHANGES))


def _damaged_xml(random: Random) -> bytes:
    return altered(random, random.choice(XML_SEEDS))


def _damaged_pdf(random: Random) -> bytes:
    return altered(random, random.choice(PDF_SEEDS))


def _rebuilt_pdf(random: Random) -> bytes:
    """A PDF whose table of objects fits, though the objects were tampered with."""
    file = flate(_damaged_xml(random), b"/Type /EmbeddedFile ")
    if random.random() < 0.3:
        inside = _tampered(random, [attachment(FILE)])
        return packed(_tampered(random, bodies(file=file, tree=names(_INSIDE))), inside)
    return assemble(_tampered(random, bodies(file=file)))


def _tampered(random: Random, objects: list[bytes]) -> list[bytes]:
    changes = (_insert_token, _other_reference, _flip, _cut, _double)
    for _ in range(random.randint(0, 3)):
        place = random.randrange(len(objects))
        objects[place] = random.choice(changes)(random, objects[place])
    return objects


def _damaged_json(random: Random) -> bytes:
    data = random.choice(JSON_SEEDS)
    if random.random() < 0.5:
        form = json.loads(data)
        for _ in range(random.randint(1, 3)):
            _set_anything(random, form)
        data = json.dumps(form).encode()
    return altered(random, data) if random.random() < 0.5 else data


def _changed(random: Random, data: bytes, changes: Sequence[Change]) -> bytes:
    for _ in range(random.randint(1, 6)):
        data = random.choice(changes)(random, data)
    return data


def _span(random: Random, data: bytes, most: int = 200) -> tuple[int, int]:
    start = random.randint(0, len(data))
    return start, min(len(data), start + random.randint(0, most))


def _flip(random: Random, data: bytes) -> bytes:
    """One bit."""
    if not data:
        return data
    place = random.randrange(len(data))
    bit = 1 << random.randrange(8)
    return data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]


def _cut(random: Random, data: bytes) -> bytes:
    start, end = _span(random, data)
    return data[:start] + data[end:]


def _truncate(random: Random, data: bytes) -> bytes:
    return data[: random.randint(0, len(data))]


def _double(random: Random, data: bytes) -> bytes:
    start, end = _span(random, data, 2_000)
    return data[:end] + data[start:]


def _splice(random: Random, data: bytes) -> bytes:
    """A part of another document, of this form or another."""
    other = random.choice((*XML_SEEDS, *PDF_SEEDS, *JSON_SEEDS))
    start, end = _span(random, other, 2_000)
    place, behind = _span(random, data)
    return data[:place] + other[start:end] + data[behind:]


def _insert_token(random: Random, data: bytes) -> bytes:
    place = random.randint(0, len(data))
    return data[:place] + random.choice(_TOKENS) + data[place:]


def _other_reference(random: Random, data: bytes) -> bytes:
    """Another digit before a PDF's `0 R`, so that an object points elsewhere, or at itself."""
    places = [place for place in range(1, len(data)) if data.startswith(b" 0 R", place)]
    if not places:
        return data
    place = random.choice(places)
    return data[: place - 1] + b"%d" % random.randrange(10) + data[place:]


_BYTE_CHANGES: tuple[Change, ...] = (
    _flip, _cut, _truncate, _double, _splice, _insert_token,
)  # fmt: skip


def _on_tree(change: Callable[[Random, list[etree._Element]], None]) -> Change:
    """A change of elements, where the document is still well-formed XML."""

    def changed(random: Random, data: bytes) -> bytes:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError):
            return data
        inner = [one for one in root.iter(etree.Element) if one is not root]
        if inner:
            change(random, inner)
        return etree.tostring(root)

    return changed


def _double_element(random: Random, elements: list[etree._Element]) -> None:
    one, other = random.choice(elements), random.choice(elements)
    other.append(etree.fromstring(etree.tostring(one, with_tail=False)))


def _swap_tags(random: Random, elements: list[etree._Element]) -> None:
    one, other = random.choice(elements), random.choice(elements)
    one.tag, other.tag = other.tag, one.tag


def _swap_texts(random: Random, elements: list[etree._Element]) -> None:
    one, other = random.choice(elements), random.choice(elements)
    one.text, other.text = other.text, one.text


def _drop_element(random: Random, elements: list[etree._Element]) -> None:
    one = random.choice(elements)
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)


def _odd_text(random: Random, elements: list[etree._Element]) -> None:
    one = random.choice(elements)
    one.text = random.choice(("", "\u202e", "\u0661", "-0", "1e5", "9" * 1500, "\u1e9e", "0" * 300))


def _odd_attribute(random: Random, elements: list[etree._Element]) -> None:
    name = random.choice(("schemeID", "currencyID", "format"))
    random.choice(elements).set(name, random.choice(("", " ", "0088", "XXX", "\u0130", "9" * 1500)))


def _nest(random: Random, elements: list[etree._Element]) -> None:
    inside = random.choice(elements)
    for _ in range(random.choice((3, 300))):
        inside = etree.SubElement(inside, "a")


_TREE_CHANGES = tuple(
    map(
        _on_tree,
        (
            _double_element, _swap_tags, _swap_texts, _drop_element, _odd_text, _odd_attribute,
            _nest,
        ),
    )
)  # fmt: skip


def _set_anything(random: Random, form: dict[str, object]) -> None:
    """Put any value at any key of the form, or of a party in it, or one under an unknown key."""
    inner = [value for value in form.values() if isinstance(value, dict)]
    holder = random.choice([form, *inner])
    key = random.choice([*holder, "unknown", "preceding", "payee", "due_date"])
    holder[key] = deepcopy(random.choice(_VALUES))
