"""What is done to an invoice, and the rules under which the result must meet the original.

The numbers are those of `IdentityRule`: K1 decides, the others inform.
"""

from dataclasses import dataclass

from tests.unit.invoices import mutations as m
from tests.unit.invoices import rewritings as r
from tests.unit.invoices.places import Places
from tests.unit.invoices.renderings import RENDERERS, in_pdf
from tests.unit.invoices.samples import read

FILE, INVOICE, NUMBER, AMOUNT, SIMILAR, RECEIPT = range(6)
EVERY = frozenset({FILE, INVOICE, NUMBER, AMOUNT, SIMILAR, RECEIPT})
ALL_BUT_FILE = EVERY - {FILE}


@dataclass(frozen=True)
class Case:
    """A change of an invoice.

    met: rules that meet the original in every document that the change applies to.
    never: rules that meet it in none.
    note: what a reader of the table has to know.
    """

    change: r.Mutation
    met: frozenset[int]
    never: frozenset[int]
    note: str = ""


def same(change: r.Mutation, note: str = "") -> Case:
    """The same invoice in other bytes: every rule but that of the file."""
    return Case(change, ALL_BUT_FILE, frozenset({FILE}), note)


def caught(
    change: r.Mutation, met: set[int], note: str = "", *, also: set[int] | None = None
) -> Case:
    """Caught under some rules everywhere, under others (`also`) in some documents, or never."""
    return Case(change, frozenset(met), EVERY - met - (also or set()), note)


def seller(places: Places) -> str:
    return places.seller


def buyer(places: Places) -> str:
    return places.buyer


def _rendered(syntax: str) -> Case:
    return same(lambda data: RENDERERS[syntax](read(data)))


REWRITINGS = {
    "UTF-16": same(r.encoded("UTF-16")),
    "ISO-8859-1": same(r.encoded("ISO-8859-1")),
    "Windows-1252": same(r.encoded("windows-1252")),
    "GB18030": same(r.encoded("GB18030")),
    "US-ASCII with character references": same(r.encoded("US-ASCII")),
    "UTF-8 with a byte order mark": same(r.with_mark),
    "canonical XML": same(r.canonical),
    "other namespace prefixes": same(r.other_prefixes),
    "indented": same(r.indented),
    "comment inside the number": same(r.split_by_comments),
    "number in lower case": same(r.number(str.lower)),
    "number spaced": same(r.number(r.spaced)),
    "number with dashes": same(r.number(r.dashed)),
    "other punctuation in the number": same(r.number(r.other_punctuation)),
    "number in full width": same(r.number(lambda text: text.translate(r.FULL_WIDTH))),
    "number in Arabic digits": same(r.number(lambda text: text.translate(r.ARABIC_DIGITS))),
    "number in Cyrillic look-alikes": same(
        r.number(lambda text: text.upper().translate(r.CYRILLIC))
    ),
    "number with zero-width spaces": same(r.number("\u200b".join)),
    "amount with more zeros": same(r.gross(r.trailing_zeros)),
    "amount with a sign": same(r.gross(lambda text: text if "-" in text else f"+{text}")),
    "date with a time zone": same(r.issue_date(r.with_time_zone)),
    "VAT number spaced": same(r.seller_vat(r.spaced)),
    "VAT number with dots": same(r.seller_vat(".".join)),
    "VAT number in lower case": same(r.seller_vat(str.lower)),
    "VAT number without its country": same(r.seller_vat(r.without_prefix)),
    "seller's name in capitals": same(r.seller_name(str.upper)),
    "seller's own identifiers (BT-29) dropped": same(r.without_plain_ids),
    "invoice lines dropped": same(r.without(lambda places: places.line)),
    "put into a PDF": caught(in_pdf, set(EVERY), "K0 holds the XML inside the PDF, too."),
    **{f"rendered anew as {syntax}": _rendered(syntax) for syntax in RENDERERS},
    "number without leading zeros": caught(
        r.number(r.drop_leading_zeros),
        {AMOUNT, SIMILAR},
        "Leading zeros tell numbers of one series apart, so this informs and does not block.",
    ),
}

TAMPERINGS = {
    "amount one cent up": caught(r.gross(m.increased("0.01")), {INVOICE, NUMBER, SIMILAR}),
    "issue date one day later": caught(r.issue_date(m.other_day(1)), {NUMBER, SIMILAR, RECEIPT}),
    "issue date one day earlier": caught(r.issue_date(m.other_day(-1)), {NUMBER, SIMILAR, RECEIPT}),
    "one digit of the number": caught(r.number(m.last_digit_up), {AMOUNT}),
    "letters that look like digits in the number": caught(r.number(m.misread), {AMOUNT, SIMILAR}),
    "something put before the number": caught(r.number(lambda text: f"R-{text}"), {AMOUNT}),
    "seller's VAT number": caught(
        m.other_vat,
        {AMOUNT, SIMILAR, RECEIPT},
        "K1 and K2 still meet under another identifier of a seller that has several.",
        also={INVOICE, NUMBER},
    ),
    "all identifiers of the seller": caught(m.other_ids(seller), {AMOUNT, SIMILAR, RECEIPT}),
    "all identifiers of the seller left out": caught(
        m.without_ids(seller), {AMOUNT, SIMILAR, RECEIPT}
    ),
    "seller's name alone": caught(m.other_name_alone(seller), set(ALL_BUT_FILE)),
    "name of a seller without a registered identifier": caught(
        m.other_name_of_the_unregistered(seller),
        {RECEIPT},
        "Many share a weak identifier, so K1 and K2 take it only together with the name; K3 and K4"
        " look for it.",
        also={AMOUNT, SIMILAR},
    ),
    "seller's identifiers and name": caught(m.other_party(seller), {RECEIPT}),
    "buyer's identifiers and name": caught(m.other_party(buyer), {INVOICE, NUMBER, SIMILAR}),
    "currency": caught(m.other_currency, {INVOICE, NUMBER, SIMILAR}),
    "called a credit note": caught(m.type_code("381"), {AMOUNT, SIMILAR, RECEIPT}),
    "called corrected": caught(m.type_code("384"), set(ALL_BUT_FILE)),
    "called self-billed": caught(
        m.type_code("389"),
        {AMOUNT, RECEIPT},
        "A self-billed number is the buyer's: K1, K2 and K4 look for it there. K4 still meets where"
        " seller and buyer are one.",
        also={SIMILAR},
    ),
    "due date": caught(
        m.of(lambda places: places.due_date, m.other_day(30)),
        set(ALL_BUT_FILE),
        "No key rests on the due date: it is the same invoice, and blocked as such.",
    ),
    "account to pay to": caught(
        m.of(lambda places: places.account, m.other_digits),
        set(ALL_BUT_FILE),
        "No key rests on the account: it is the same invoice, and blocked as such.",
    ),
    "amount due, the total unchanged": caught(
        m.of(lambda places: places.payable, m.increased("1")),
        set(ALL_BUT_FILE),
        "No key rests on the amount due: a part that was paid makes no other invoice.",
    ),
    "invoice lines, the totals unchanged": caught(
        m.of(lambda places: places.item, lambda text: f"{text}, used"),
        set(ALL_BUT_FILE),
        "No key rests on the lines: it is the same invoice, and blocked as such.",
    ),
    "number and amount": caught(
        m.then(r.number(m.last_digit_up), r.gross(m.increased("0.01"))),
        set(),
        "Nothing catches it: it is the next honest invoice of the day. The buyer, who has to accept"
        " the record, does not know it.",
    ),
    "number and issue date": caught(
        m.then(r.number(m.last_digit_up), r.issue_date(m.other_day(1))),
        set(),
        "Nothing catches it: a subscription's next invoice looks like this. The buyer, who has to"
        " accept the record, does not know it.",
    ),
}

SERIES = {
    "next number, next month, another amount": caught(
        m.then(
            r.number(m.next_number), r.issue_date(m.other_day(31)), r.gross(m.increased("17.4"))
        ),
        set(),
    ),
    "next number, the same day, another amount": caught(
        m.then(r.number(m.next_number), r.gross(m.increased("17.4"))), set()
    ),
    "next number, next month, the same amount": caught(
        m.then(r.number(m.next_number), r.issue_date(m.other_day(31))), set()
    ),
    "next number, the same day and amount, another buyer": caught(
        m.then(r.number(m.next_number), m.other_party(buyer)), set()
    ),
    "the same number, day and amount, another seller and buyer": caught(
        m.then(m.other_party(seller), m.other_party(buyer)), set()
    ),
    "the same number next year, another amount": caught(
        m.then(r.issue_date(m.other_day(366)), r.gross(m.increased("17.4"))),
        {NUMBER, SIMILAR},
        "Series that begin anew each year: K2 asks for a look, and the dates settle it.",
    ),
    "next number, the same day and amount": caught(
        r.number(m.next_number),
        {AMOUNT},
        "Two equal deliveries on one day: K3 asks for a look, as at a changed number.",
    ),
    "credit note over the amount, the same day": caught(
        m.then(r.number(m.next_number), m.type_code("381")),
        {AMOUNT},
        "K3 finds the credit note beside its invoice; it never takes the invoice's place.",
    ),
}
