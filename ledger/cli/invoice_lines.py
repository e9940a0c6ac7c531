"""An e-invoice as a page for a person.

Whatever stands in the document goes through `_row` or `_said`, which let nothing through that could
command a terminal, and nothing that is longer than a person reads.
"""

import shutil
from collections.abc import Iterable, Sequence
from textwrap import wrap

import click

from ledger.cli.inspection import ALERT_RULES, Inspection, Refused, alert_keys
from ledger.cli.output import printable, sentence
from ledger.cli.party_words import id_rows
from ledger.invoices import (
    DocumentFormat,
    IdentityKeys,
    IdentityRule,
    Invoice,
    InvoiceClass,
    Money,
    Party,
    eligibility,
)
from ledger.services.settings import FINGERPRINT_KEY_VARIABLE
from ledger.types import to_hex

_INDENT = "  "
_LABEL_WIDTH = 12
_NARROWEST, _USUAL, _WIDEST = 60, 80, 100
_LONGEST_TEXT = 400
_MOST_LINES = 20

_FORMATS = {
    DocumentFormat.UBL_INVOICE: "UBL invoice",
    DocumentFormat.UBL_CREDIT_NOTE: "UBL credit note",
    DocumentFormat.CII: "CII",
    DocumentFormat.FACTUR_X: "Factur-X: CII in a PDF",
    DocumentFormat.JSON: "JSON",
}
# UNTDID 1001, as far as invoices mostly go.
_TYPES = {
    "261": "self-billed credit note",
    "325": "pro-forma invoice",
    "326": "partial invoice",
    "380": "commercial invoice",
    "381": "credit note",
    "383": "debit note",
    "384": "corrected invoice",
    "386": "prepayment invoice",
    "389": "self-billed invoice",
    "393": "factored invoice",
    "396": "factored credit note",
    "471": "self-billed corrected invoice",
    "472": "factored corrected invoice",
    "473": "self-billed factored corrected invoice",
    "500": "self-billed prepayment invoice",
    "501": "self-billed factored invoice",
    "502": "self-billed factored credit note",
    "503": "prepayment credit note",
    "527": "self-billed debit note",
    "751": "invoice information for accounting",
}
_MATCHES = {
    IdentityRule.SAME_FILE: "the very same file, or one with the same XML in it",
    IdentityRule.SAME_INVOICE: "the same invoice: its number, date and issuer",
    IdentityRule.SAME_NUMBER: "the same number of the same issuer, whatever the date",
    IdentityRule.SAME_AMOUNT: "the same parties, total and date, whatever the number",
    IdentityRule.SIMILAR_NUMBER: "a number of the same issuer that is easily misread as this one",
    IdentityRule.SAME_RECEIPT: "the same number and total for the same buyer, whoever sold to it",
}
_REFUSED = "REFUSED"
_NO_KEYS = (
    f"none, because there is no fingerprint key: set ${FINGERPRINT_KEY_VARIABLE}, or key_file in"
    " the table [fingerprint] of the configuration file"
)


def page_width() -> int:
    """Columns that a page may take, on this terminal or where it goes instead."""
    columns = shutil.get_terminal_size((_USUAL, 24)).columns
    return max(_NARROWEST, min(columns, _WIDEST))


def inspection_lines(found: Inspection, *, width: int, with_keys: bool = False) -> list[str]:
    """The page of one file.

    width: in columns; only keys are never broken to fit it. with_keys: all of them, and what a
    match of each would mean.
    """
    title = click.style(printable(click.format_filename(found.file)), bold=True)
    if isinstance(found, Refused):
        return [title, *_refusal(found, width)]
    return [
        title,
        *_indented(_claim(found.invoice), width),
        "",
        *_facts(found.invoice, width),
        *_judgement(found.invoice, width),
        "",
        *_keys(found.keys, width, with_all=with_keys),
    ]


def _refusal(found: Refused, width: int) -> list[str]:
    known = f" as {_FORMATS[found.format]}" if found.format else ""
    first, *others = _indented(f"{_REFUSED}{known}: {sentence(found.reason)}", width)
    return [first.replace(_REFUSED, click.style(_REFUSED, fg="red", bold=True), 1), *others]


def _claim(invoice: Invoice) -> str:
    """Who owes whom how much, by the document's own words."""
    seller, buyer = _name(invoice.seller), _name(invoice.buyer)
    due = invoice.payable or invoice.gross
    if invoice.invoice_class is InvoiceClass.CREDIT:
        back = Money(abs(due.amount), due.currency)
        return f"{seller} gives {_amount(back)} back to {buyer}."
    if due.amount < 0:
        return f"{buyer} has paid {_amount(Money(-due.amount, due.currency))} too much to {seller}."
    if due.amount == 0:
        return f"{buyer} has nothing left to pay to {seller}."
    when = f", due on {invoice.due_date.isoformat()}" if invoice.due_date else ""
    return f"{buyer} owes {seller} {_amount(due)}{when}."


def _facts(invoice: Invoice, width: int) -> list[str]:
    amounts = _amounts(invoice)
    rows: list[tuple[str, Sequence[str]]] = [
        ("Number", [invoice.number]),
        ("Format", [_FORMATS[invoice.format]]),
        ("Type", [_type(invoice)]),
        ("Issued", [invoice.issue_date.isoformat()]),
        ("Due", [invoice.due_date.isoformat() if invoice.due_date else "not stated"]),
        *zip(("Gross", "Payable"), ([amount] for amount in amounts), strict=False),
        ("Seller", _party(invoice.seller)),
        ("Buyer", _party(invoice.buyer)),
        ("Payee", _party(invoice.payee) if invoice.payee else []),
        ("Account", invoice.payee_accounts),
        ("Order", [invoice.purchase_order] if invoice.purchase_order else []),
        ("Refers to", [f"invoice {number}" for number in invoice.preceding]),
        ("Profile", [invoice.profile] if invoice.profile else []),
    ]
    return [line for label, values in rows for line in _row(label, values, width)]


def _judgement(invoice: Invoice, width: int) -> list[str]:
    judged = eligibility(invoice)
    if judged.financeable:
        return _row("Financeable", ["yes, by its own words"], width, colour="green")
    reasons = [f"no: {obstacle.value}" for obstacle in judged.reasons]
    return _row("Financeable", reasons, width, colour="yellow")


def _keys(keys: IdentityKeys | None, width: int, *, with_all: bool) -> list[str]:
    if keys is None:
        return _row("Keys", [_NO_KEYS], width)
    if not with_all:
        made = f"{len(keys.strict)} that block and {len(keys.alert)} that inform: --keys lists them"
        return _row("Keys", [made], width)
    rules = ((rule, alert_keys(keys, rule)) for rule in ALERT_RULES)
    return [
        *_indented("A match of one of these keys with another document would mean:", width),
        *_key_lines(IdentityRule.SAME_INVOICE, keys.strict, width),
        *(line for rule, alert in rules for line in _key_lines(rule, alert, width)),
        *_indented("K1 is strict: it blocks a second registration. The others inform.", width),
    ]


def _key_lines(rule: IdentityRule, keys: Sequence[bytes], width: int) -> list[str]:
    if not keys:
        return []
    indent = " " * (len(_INDENT) + _LABEL_WIDTH)
    return [
        *_row(f"K{rule.value}", [_MATCHES[rule]], width),
        *(indent + to_hex(key) for key in keys),
    ]


def _type(invoice: Invoice) -> str:
    if not invoice.type_code:
        return "not stated"
    named = ", ".join(filter(None, (invoice.type_code, _TYPES.get(invoice.type_code))))
    return f"{named}; the number is of the buyer's series" if invoice.self_billed else named


def _amounts(invoice: Invoice) -> list[str]:
    """The totals, one below the other, with their decimal points in one column."""
    totals = [money for money in (invoice.gross, invoice.payable) if money]
    parts = [f"{money.amount:,f}".partition(".") for money in totals]
    before = max(len(whole) for whole, _, _ in parts)
    after = max(len(point + fraction) for _, point, fraction in parts)
    return [
        f"{whole:>{before}}{point + fraction:{after}} {money.currency}"
        for (whole, point, fraction), money in zip(parts, totals, strict=True)
    ]


def _amount(money: Money) -> str:
    return f"{money.amount:,f} {money.currency}"


def _party(party: Party) -> list[str]:
    rows = id_rows(party)
    kinds = max((len(kind) for _, kind, _ in rows), default=0)
    country = f" ({party.country})" if party.country else ""
    return [
        _name(party) + country,
        *(f"{strength:6}  {kind:{kinds}}  {value}" for strength, kind, value in rows),
    ]


def _name(party: Party) -> str:
    return party.name or "a party without a name"


def _row(label: str, values: Iterable[str], width: int, *, colour: str | None = None) -> list[str]:
    """A label, and beside it the values, each on a line or more of its own."""
    texts = [_said(value) for value in values]
    if len(texts) > _MOST_LINES:
        texts = [*texts[:_MOST_LINES], f"and {len(texts) - _MOST_LINES} more"]
    beside = width - len(_INDENT) - _LABEL_WIDTH
    broken = [line for text in texts for line in _broken(text, beside)]
    labels = [label, *([""] * len(broken))]
    return [
        f"{_INDENT}{shown:{_LABEL_WIDTH}}{click.style(line, fg=colour) if colour else line}"
        for shown, line in zip(labels, broken, strict=False)
    ]


def _broken(text: str, width: int) -> list[str]:
    # Spaces inside are columns of the page: only what has to be broken loses them.
    return [text] if len(text) <= width else wrap(text, width, break_on_hyphens=False)


def _indented(text: str, width: int) -> list[str]:
    return wrap(_said(text), width, initial_indent=_INDENT, subsequent_indent=_INDENT)


def _said(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= _LONGEST_TEXT else f"{shown[:_LONGEST_TEXT]}…"
