import json
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from ledger.errors import DocumentError
from ledger.invoices import read_invoice
from tests.support.pdf import assemble, flate, packed, stream
from tests.unit.invoices.pdfs import OTHER_XML, attachment, bodies, names, pdf
from tests.unit.invoices.samples import GOOD, party_id, read, ubl

MEBIBYTE = 2**20
NO_LIMIT = 110 * MEBIBYTE
ADDRESS_SPACE = 640 * MEBIBYTE
SECONDS = 20
PYTHONS_OWN_LIMIT = 1_000
LIFTED_LIMIT = 100_000

BROKEN = "the PDF is broken"
TOO_MUCH = "reading it takes too much effort"
TOO_DEEP = "objects nested too deep"
MANY_IDS = "the seller (BG-4) has more than 32 identifiers"
ANNOTATED = b"/Annots [6 0 R]"


def overlapping(count: int) -> bytes:
    """Streams that each begin in the one before and all end together."""
    size = 10 * MEBIBYTE
    inner = b""
    for number in range(count, 0, -1):
        length = b"%010d" % (size + len(inner))
        inner = b"%d 0 obj\n<< /Length %b >>\nstream\n%b" % (number + 5, length, inner)
    references = b" ".join(b"%d 0 R" % (number + 6) for number in range(count))
    start = bodies(page=b"/Annots [%b]" % references)
    document = assemble([*start, b"0"])
    place = document.index(b"6 0 obj")
    document = document[:place] + inner + bytes(size) + b"\nendstream\nendobj\n"
    offsets = [document.index(b"\n%d 0 obj" % number) + 1 for number in range(1, count + 6)]
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"xref\n0 %d\n0000000000 65535 f \n%b" % (count + 6, table)
    end += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (count + 6)
    return document + end + b"startxref\n%d\n%%%%EOF\n" % len(document)


def tables(count: int) -> bytes:
    """Tables of objects that each refer to the one before."""
    document, last = bytearray(b"%PDF-1.4\n"), b""
    for _ in range(count):
        place = len(document)
        document += b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 %b>>\n" % last
        last = b"/Prev %d " % place
    return bytes(document + b"startxref\n%d\n%%%%EOF\n" % place)


def packed_tables(count: int) -> bytes:
    """The same, each table unpacking to half a megabyte of deltas between rows of one byte."""
    document, last = bytearray(b"%PDF-1.5\n"), b""
    for number in range(1, count + 1):
        place = len(document)
        header = b"/Type /XRef /Size 9 /W [0 1 0] %b" % last
        header += b"/DecodeParms << /Predictor 12 /Columns 1 >> "
        document += b"%d 0 obj\n%b\nendobj\n" % (number, flate(bytes(490_000), header))
        last = b"/Prev %d " % place
    return bytes(document + b"startxref\n%d\n%%%%EOF\n" % place)


def in_container(content: bytes, **parts: bytes) -> bytes:
    return packed(bodies(page=ANNOTATED), [content], **parts)


def long_ids(letter: str) -> bytes:
    """A PDF of some 40 kB whose XML has 16 MB of identifiers."""
    ids = "".join(party_id(f"{number}{letter * 990}") for number in range(5_300))
    return pdf(file=flate(ubl(seller=ids).encode()))


def linked(form: bytes, count: int, **parts: bytes) -> bytes:
    """Objects from 6 on, each of which refers to the next."""
    return pdf(*(form % (number + 7) for number in range(count)), b"1", **parts)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "an attachment of 120 MB, packed": (
        lambda: pdf(file=flate(b"<" + bytes(120 * MEBIBYTE))),
        "the XML in the PDF has more than 115343360 bytes",
    ),
    "an attachment of 100 MB of tags": (
        lambda: pdf(file=stream(b"<" * 100 * MEBIBYTE)),
        "more than 1000000 tags",
    ),
    "an attachment of long identifiers in Hangul": (lambda: long_ids("\uac00"), MANY_IDS),
    "an attachment of long identifiers that grow": (lambda: long_ids("\ufdfa"), MANY_IDS),
    "a container of objects of 50 MB, packed": (
        lambda: in_container(b"(%b)" % bytes(50 * MEBIBYTE)),
        TOO_MUCH,
    ),
    "60000 objects in one container": (
        lambda: packed(bodies(page=ANNOTATED), [b"<<>>"] * 60_000),
        TOO_MUCH,
    ),
    "many packed tables of objects": (lambda: packed_tables(50), TOO_MUCH),
    "30000 tables of objects": (lambda: tables(30_000), TOO_MUCH),
    "a million objects": (lambda: pdf(*[b""] * 1_000_000), TOO_MUCH),
    "3000 attachments": (
        lambda: pdf(
            *(part for n in range(3_000) for part in (attachment(7 + 2 * n), flate(b"PNG"))),
            tree=names(*range(6, 6_006, 2)),
        ),
        "more than 100 files",
    ),
    "30000 annotations that are one": (
        lambda: pdf(b"<<>>", page=b"/Annots [%b]" % (b"6 0 R " * 30_000)),
        "more than 10000 pages, annotations and files",
    ),
    "9000 pages that share an array of 9000 files": (
        lambda: pdf(
            b"[%b]" % (b"4 0 R " * 9_000),
            *[b"<< /Type /Page /AF 6 0 R >>"] * 9_000,
            kids=b"".join(b"%d 0 R " % (n + 7) for n in range(9_000)),
        ),
        "more than 10000 pages, annotations and files",
    ),
    "related files that share an array": (
        lambda: pdf(
            b"[%b]" % (b"5 0 R " * 9_000),
            specification=attachment(
                5, b"/RF << %b >> " % b"".join(b"/%d 6 0 R " % n for n in range(9_000))
            ),
        ),
        "more than 10000 pages, annotations and files",
    ),
    "9000 annotations": (
        lambda: linked(
            b"<< /Next %d 0 R /Rect [0 0 1 1 0 0 1 1 0 0 1 1] >>",
            9_000,
            page=b"/Annots [%b]" % b"".join(b"%d 0 R " % (n + 6) for n in range(9_000)),
        ),
        TOO_MUCH,
    ),
    "a name tree 20000 levels deep": (
        lambda: linked(b"<< /Kids [%d 0 R] >>", 20_000, tree=b"/Kids [6 0 R]"),
        "more than 10000 pages, annotations and files",
    ),
    "a page tree 20000 levels deep": (
        lambda: linked(b"<< /Kids [%d 0 R] >>", 20_000, kids=b"6 0 R"),
        "more than 10000 pages, annotations and files",
    ),
    "a million arrays in each other": (lambda: pdf(b"[" * 1_000_000, page=ANNOTATED), TOO_DEEP),
    "500000 dictionaries in each other": (
        lambda: pdf(b"<</A" * 500_000, page=ANNOTATED),
        TOO_DEEP,
    ),
    "arrays in each other in a container": (lambda: in_container(b"[" * 400_000), TOO_DEEP),
    "dictionaries in each other in a container": (
        lambda: in_container(b"<</A" * 100_000),
        TOO_DEEP,
    ),
    "lengths that refer to each other": (
        lambda: linked(b"<< /Length %d 0 R >>\nstream\nx\nendstream", 20_000, page=ANNOTATED),
        TOO_DEEP,
    ),
    "a length that refers to itself": (
        lambda: pdf(b"<< /Length 6 0 R >>\nstream\nx\nendstream", page=ANNOTATED),
        TOO_MUCH,
    ),
    "a string of 5 MB": (lambda: pdf(b"(%b)" % (b"a" * 5_000_000), page=ANNOTATED), TOO_MUCH),
    "a hexadecimal string of 5 MB": (
        lambda: pdf(b"<%b>" % (b"a" * 5_000_000), page=ANNOTATED),
        TOO_MUCH,
    ),
    "a name of 5 MB": (lambda: pdf(b"/%b" % (b"a" * 5_000_000), page=ANNOTATED), TOO_MUCH),
    "a number of 5 MB": (lambda: pdf(b"1" * 5_000_000, page=ANNOTATED), TOO_MUCH),
    "5 MB of comments": (lambda: pdf(b"%\n" * 2_500_000, page=ANNOTATED), TOO_MUCH),
    "an array of a million": (
        lambda: pdf(b"[%b]" % (b"null " * 1_000_000), page=ANNOTATED),
        TOO_MUCH,
    ),
    "streams inside each other": (lambda: overlapping(400), TOO_MUCH),
    "100 MB of zeros": (lambda: b"%PDF-1.4" + bytes(100 * MEBIBYTE), "the PDF is cut off"),
    "100 MB of zeros with an end": (
        lambda: b"%PDF-1.4" + bytes(100 * MEBIBYTE) + b"\nstartxref\n9\n%%EOF\n",
        BROKEN,
    ),
    "100 MB of line ends": (
        lambda: b"%PDF-1.4" + b"\n" * 100 * MEBIBYTE + b"startxref\n9\n%%EOF\n",
        "the PDF is cut off",
    ),
    "100 MB of one line": (
        lambda: b"%PDF-1.4" + b"1" * 100 * MEBIBYTE + b"\nstartxref\n9\n%%EOF\n",
        BROKEN,
    ),
}
REFUSED = {
    "encrypted": (
        assemble(bodies(), trailer=b"/Encrypt << /Filter /Standard /V 5 /R 6 >> "),
        "the PDF is encrypted; save it without a password",
    ),
    "encrypted, with a packed table": (
        packed(bodies(), [], entries=b"/Encrypt << /Filter /Standard /V 1 /R 2 >> "),
        "the PDF is encrypted",
    ),
    "an object that is not there": (pdf(page=b"/Annots [77 0 R]"), BROKEN),
    "an object that is deleted": (pdf(page=b"/Annots [0 65535 R]"), BROKEN),
    "an object that is a reference": (pdf(b"4 0 R", page=ANNOTATED), BROKEN),
    "a reference to itself": (pdf(b"6 0 R", page=ANNOTATED), BROKEN),
    "a table that points elsewhere": (
        pdf().replace(b"0000000009 00000 n", b"0000000019 00000 n"),
        BROKEN,
    ),
    "a container that has another object": (in_container(b"<<>>", index=b"7 0 "), BROKEN),
    "a container that has one object twice": (in_container(b"<<>>", index=b"6 0 6 2 "), BROKEN),
    "a container whose index has an odd number": (in_container(b"<<>>", index=b"6 0 7 "), BROKEN),
    "a container whose index has a sign": (in_container(b"<<>>", index=b"6 -1 "), BROKEN),
    "a container that begins after its end": (
        in_container(b"<<>>", header=b"/Type /ObjStm /N 1 /First 99 "),
        BROKEN,
    ),
    "a container that is called something else": (
        in_container(b"<<>>", header=b"/Type /EmbeddedFile /N 1 /First 4 "),
        BROKEN,
    ),
    "no catalog": (assemble([b"<< /Type /Pages >>"]), BROKEN),
    "a key that stands twice": (pdf(catalog=b"/AF [] /AF [4 0 R]"), BROKEN),
    "a filter that is not for files": (
        pdf(file=stream(b"<~87cURD]~>", b"/Filter /ASCII85Decode ")),
        "packs its parts in a way that is not read here",
    ),
    "a file that is packed twice": (
        pdf(file=stream(b"", b"/Filter [/FlateDecode /FlateDecode] ")),
        "packs its parts in a way that is not read here",
    ),
    "a file with a predictor": (
        pdf(file=flate(OTHER_XML, b"/DecodeParms << /Predictor 12 >> ")),
        "packs a file in a way that is not read here",
    ),
    "a file with a predictor for its only filter": (
        pdf(file=flate(OTHER_XML, b"/DecodeParms [<< /Predictor 2 >>] ")),
        "packs a file in a way that is not read here",
    ),
    "a file that is not packed as it says": (
        pdf(file=stream(b"<a/>", b"/Filter /FlateDecode ")),
        "a file in the PDF is damaged",
    ),
    "bytes before the header": (b"\n" + pdf(), "other bytes before a PDF's header"),
    "bytes after the end": (pdf() + b"PK\x03\x04", "other data stands after its end"),
    "XML that is a PDF too": (
        ubl(number="1<!-- %PDF-1.4 -->").replace(" xmlns", "\n xmlns", 1).encode()[:900] + pdf(),
        "other bytes before a PDF's header",
    ),
    "JSON that is a PDF too": (b'{"a": "' + pdf(), "other bytes before a PDF's header"),
}


@pytest.mark.parametrize(("document", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_pdf_that_could_be_read_in_two_ways_or_none_is_refused(
    document: bytes, reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        read(document)


def test_nodes_that_refer_to_each_other_are_visited_once() -> None:
    loop = b"<< /Kids [6 0 R 2 0 R 3 0 R] /Names [(a) 4 0 R] >>"
    assert read(pdf(loop, kids=b"2 0 R 6 0 R 3 0 R", tree=b"/Kids [6 0 R]")).number == "471102"


def test_every_prefix_of_a_pdf_is_refused_as_cut_off() -> None:
    data = (GOOD / "zfcorpus__FNFE-factur-x-examples__Facture_FR_BASICWL.pdf").read_bytes()
    for length in (*range(5, len(data) - 1, 97), *range(len(data) - 60, len(data.rstrip()))):
        with pytest.raises(DocumentError, match="the PDF is cut off"):
            read(data[:length])


def test_a_large_pdf_with_one_invoice_in_it_is_read() -> None:
    pages = b"".join(b"%d 0 R " % (number + 7) for number in range(300))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R >>"
    document = pdf(stream(bytes(100 * MEBIBYTE)), *[page] * 300, kids=pages)
    assert read_invoice(document, max_bytes=NO_LIMIT).number == "471102"


# Some libraries lift Python's limit, which holds for the whole process.
@pytest.mark.parametrize(
    ("recursion_limit", "part"), [(PYTHONS_OWN_LIMIT, "in each other"), (LIFTED_LIMIT, "")]
)
def test_hostile_pdfs_are_refused_for_their_defect_in_bounded_memory_and_without_a_word(
    recursion_limit: int, part: str
) -> None:
    code = (
        "import resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({ADDRESS_SPACE},) * 2)\n"
        f"sys.setrecursionlimit({recursion_limit})\n"
        "from tests.unit.invoices.test_hostile_pdfs import read_all\n"
        f"read_all({part!r})\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=200
    )
    assert (child.returncode, child.stderr) == (0, "")
    found: dict[str, tuple[str, float]] = json.loads(child.stdout)
    assert found.keys() == {name for name in HOSTILE if part in name}
    wrong = {name: said for name, (said, _) in found.items() if HOSTILE[name][1] not in said}
    assert wrong == {}
    assert [name for name, (_, seconds) in found.items() if seconds > SECONDS] == []


def read_all(part: str) -> None:
    """Print the refusals of hostile PDFs by name, each with its processor time in seconds."""
    found = {}
    for name, (make, _) in HOSTILE.items():
        if part in name:
            data = make()
            start = time.process_time()
            try:
                said = f"read as {read_invoice(data, max_bytes=NO_LIMIT).number}"
            except DocumentError as refusal:
                said = str(refusal)
            found[name] = (said, time.process_time() - start)
    sys.stdout.write(json.dumps(found))
