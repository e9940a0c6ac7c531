"""The JSON form of an invoice, `sealbook-invoice/1`, which `JSON.md` beside this file specifies.

For systems that write neither UBL nor CII. People write it too, so the order of keys and white
space are free; all else is strict, because two readers must not read one document in two ways.
"""

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from ledger.codec import Fields, parse_json_strict
from ledger.errors import DocumentError, VerificationError
from ledger.invoices.fields import MAX_IDENTIFIERS, MAX_ITEMS, MAX_TEXT, bounded
from ledger.invoices.model import DocumentFormat, Invoice, Money, Party, PartyId
from ledger.invoices.party_ids import parse_party_id
from ledger.invoices.values import parse_amount, parse_currency, parse_date
from ledger.types import Digest

T = TypeVar("T")

FORMAT = "sealbook-invoice/1"

MAX_FORM_BYTES = 256 * 1024
"""Size of the largest document in this form, whatever else is accepted."""

_INVOICE = "380"  # UNTDID 1001: commercial invoice
_UTF_8_MARK = b"\xef\xbb\xbf"
_REQUIRED = ("format", "number", "issue_date", "currency", "gross_amount", "seller", "buyer")
_OPTIONAL = (
    "type_code",
    "due_date",
    "payable_amount",
    "purchase_order",
    "profile",
    "preceding",
    "payee",
    "payee_accounts",
)


def read_json_form(data: bytes, files: tuple[Digest, ...]) -> Invoice:
    """Read an invoice in the JSON form. files: see `Invoice`.

    Raises DocumentError, which names the field, for anything that `JSON.md` does not allow.
    """
    text = data.removeprefix(_UTF_8_MARK)
    if b"\0" in text:
        raise DocumentError("the JSON is not in UTF-8; save it in UTF-8")
    try:
        value = parse_json_strict(text, max_bytes=MAX_FORM_BYTES)
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise DocumentError(f'the JSON is no invoice: it has no "format": "{FORMAT}"')
        return _invoice(_read(value, "invoice", _REQUIRED, _OPTIONAL), files)
    except VerificationError as error:
        raise DocumentError(f"{error}; JSON.md says how to write {FORMAT}") from None


def _invoice(form: Fields, files: tuple[Digest, ...]) -> Invoice:
    currency = _required(form, "currency", parse_currency)
    return Invoice(
        format=DocumentFormat.JSON,
        number=_required(form, "number", _as_it_is),
        issue_date=_required(form, "issue_date", parse_date),
        type_code=_text(form, "type_code") or _INVOICE,
        due_date=_date(form, "due_date"),
        purchase_order=_text(form, "purchase_order"),
        profile=_text(form, "profile"),
        preceding=_texts(form, "preceding"),
        seller=_party(form, "seller"),
        buyer=_party(form, "buyer"),
        payee=_party(form, "payee") if form.has("payee") else None,
        payee_accounts=_texts(form, "payee_accounts"),
        gross=Money(_required(form, "gross_amount", parse_amount), currency),
        payable=_payable(form, currency),
        files=files,
    )


def _read(value: object, path: str, required: tuple[str, ...], optional: tuple[str, ...]) -> Fields:
    """An object whose optional keys are as good as absent where they are null."""
    if isinstance(value, dict):
        value = {
            key: item for key, item in value.items() if item is not None or key not in optional
        }
    return Fields.read(value, path, required=required, optional=optional)


def _party(form: Fields, key: str) -> Party:
    path = form.path(key)
    party = _read(form.value(key), path, (), ("name", "country", "ids"))
    return Party(name=_text(party, "name"), ids=_party_ids(party), country=_text(party, "country"))


def _party_ids(party: Fields) -> tuple[PartyId, ...]:
    found: list[PartyId] = []
    path = party.path("ids")
    for text in _texts(party, "ids", MAX_IDENTIFIERS):
        try:
            party_id = parse_party_id(text)
        except DocumentError as error:
            raise DocumentError(f"{path}: {error}") from None
        found.append(bounded(party_id, f"an identifier in {path}"))
    return tuple(found)


def _payable(form: Fields, currency: str) -> Money | None:
    if not form.has("payable_amount"):
        return None
    return Money(_required(form, "payable_amount", parse_amount), currency)


def _date(form: Fields, key: str) -> date | None:
    return _required(form, key, parse_date) if form.has(key) else None


def _required(form: Fields, key: str, parse: Callable[[str, str], T]) -> T:
    text = _text(form, key)
    if not text:
        raise DocumentError(f"{form.path(key)} is empty")
    return parse(text, form.path(key))


def _as_it_is(text: str, _path: str) -> str:
    return text


def _text(form: Fields, key: str) -> str:
    return _clean(form.value(key), form.path(key)) if form.has(key) else ""


def _texts(form: Fields, key: str, max_items: int = MAX_ITEMS) -> tuple[str, ...]:
    """The items of an array: each once, and none empty."""
    if not form.has(key):
        return ()
    found = dict.fromkeys(_clean(item, path) for item, path in form.items(key, max_items))
    return tuple(filter(None, found))


def _clean(value: object, path: str) -> str:
    """A text with each run of white space as one space and none outside, as in XML."""
    if not isinstance(value, str):
        raise DocumentError(f'{path} is not a string; put it in quotes, such as "1234.50"')
    if len(value) > MAX_TEXT:
        raise DocumentError(f"{path} is longer than {MAX_TEXT} characters")
    text = " ".join(value.split())
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise DocumentError(f"{path} has a control character in it")
    return text
