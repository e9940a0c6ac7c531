"""Which fields of an invoice can be shown one by one, in which order and in which form.

Every name stands in every tree, so that the tree of one invoice looks like that of any other.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from ledger.codec import JsonValue, canonical_json
from ledger.codec.canonical import MAX_INTEGER
from ledger.documents import Disclosure, DocumentDigest, Field
from ledger.errors import DocumentError, InvalidRequest, VerificationError
from ledger.invoices.model import Invoice, Money, Party
from ledger.invoices.party_ids import party_id_text
from ledger.types import Digest, parse_hex32, to_hex

MAX_FIELDS_BYTES = 256 * 1024
"""All fields of one invoice together, in canonical JSON: evidence must stay small."""

DIGEST = "document.digest"
SIZE = "document.size"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")


def _is_digest(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(parse_hex32(value))
    except ValueError:
        return False


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_INTEGER


def _is_date(value: object) -> bool:
    try:
        return _matches(_DATE, value) and bool(date.fromisoformat(str(value)))
    except ValueError:
        return False


def _is_amount(value: object) -> bool:
    return _matches(_DECIMAL, value)


def _is_currency(value: object) -> bool:
    return _matches(_CURRENCY, value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_party(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"name", "ids", "country"}
        and _or_null(_is_text)(value["name"])
        and _is_texts(value["ids"])
        and _or_null(_is_text)(value["country"])
    )


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _or_null(form: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or form(value)


_FORMS: Mapping[str, Callable[[object], bool]] = {
    DIGEST: _is_digest,
    SIZE: _is_size,
    "number": _is_text,
    "issue_date": _is_date,
    "type_code": _or_null(_is_text),
    "currency": _is_currency,
    "due_date": _or_null(_is_date),
    "purchase_order": _or_null(_is_text),
    "profile": _or_null(_is_text),
    "preceding": _is_texts,
    "seller.name": _or_null(_is_text),
    "seller.ids": _is_texts,
    "seller.country": _or_null(_is_text),
    "buyer.name": _or_null(_is_text),
    "buyer.ids": _is_texts,
    "buyer.country": _or_null(_is_text),
    "payee": _or_null(_is_party),
    "payee_accounts": _is_texts,
    "gross_amount": _is_amount,
    "payable_amount": _or_null(_is_amount),
}

FIELD_NAMES = tuple(_FORMS)
"""Names of all fields, in the order of the tree."""


def invoice_fields(invoice: Invoice, document: DocumentDigest) -> tuple[Field, ...]:
    """What an invoice says, and the digest and size of the document, in the order of the tree.

    Dates are written as ISO 8601, amounts as decimals with the digits of the document, identifiers
    as `party_id_text`; what the document leaves out is null, or an empty list.

    Raises DocumentError if that takes more than MAX_FIELDS_BYTES.
    """
    values: dict[str, JsonValue] = {
        DIGEST: to_hex(document.digest),
        SIZE: document.size,
        "number": invoice.number,  # BT-1
        "issue_date": invoice.issue_date.isoformat(),  # BT-2
        "type_code": invoice.type_code or None,  # BT-3
        "currency": invoice.gross.currency,  # BT-5
        "due_date": None if invoice.due_date is None else invoice.due_date.isoformat(),  # BT-9
        "purchase_order": invoice.purchase_order or None,  # BT-13
        "profile": invoice.profile or None,  # BT-24
        "preceding": list(invoice.preceding),  # BT-25
        **{f"seller.{key}": value for key, value in _party(invoice.seller).items()},  # BG-4
        **{f"buyer.{key}": value for key, value in _party(invoice.buyer).items()},  # BG-7
        "payee": None if invoice.payee is None else _party(invoice.payee),  # BG-10
        "payee_accounts": list(invoice.payee_accounts),  # BT-84
        "gross_amount": _amount(invoice.gross),  # BT-112
        "payable_amount": None if invoice.payable is None else _amount(invoice.payable),  # BT-115
    }
    if len(canonical_json(values)) > MAX_FIELDS_BYTES:
        raise DocumentError(
            f"the fields of the invoice take more than {MAX_FIELDS_BYTES} bytes, which is too much"
            " for its evidence"
        )
    return tuple(Field(name, values[name]) for name in FIELD_NAMES)


def _party(party: Party) -> dict[str, JsonValue]:
    return {
        "name": party.name or None,  # BT-27, BT-44, BT-59
        "ids": [party_id_text(each) for each in party.ids],
        "country": party.country or None,  # BT-40, BT-55
    }


def _amount(money: Money) -> str:
    return f"{money.amount:f}"


def require_forms(disclosure: Disclosure) -> None:
    """Raise VerificationError, naming the field, if a shown value is not of its field's form."""
    for name, field in disclosure.shown.items():
        if not _FORMS[name](field.value):
            raise VerificationError(f"the field {name} has a value that no invoice has there")


def shown_document(disclosure: Disclosure) -> DocumentDigest | None:
    """Digest and size of the document; None unless both are shown.

    Raises VerificationError if they are not of their form.
    """
    if DIGEST not in disclosure.shown or SIZE not in disclosure.shown:
        return None
    require_forms(disclosure)
    digest, size = disclosure.shown[DIGEST].value, disclosure.shown[SIZE].value
    return DocumentDigest(Digest(parse_hex32(str(digest))), int(str(size)))


def select_names(words: Iterable[str]) -> tuple[str, ...]:
    """The fields that are asked for by name, or by group (document, seller, buyer), in order.

    Raises InvalidRequest, which lists all names, for a word that is neither.
    """
    wanted: set[str] = set()
    for word in words:
        found = [name for name in FIELD_NAMES if name == word or name.startswith(f"{word}.")]
        if not found:
            raise InvalidRequest(
                f"there is no field {word[:60]!r}; the fields are: {', '.join(FIELD_NAMES)};"
                " document, seller and buyer name all of theirs",
                code="unknown-field",
            )
        wanted.update(found)
    return tuple(name for name in FIELD_NAMES if name in wanted)
