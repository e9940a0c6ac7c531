"""What a file says as an e-invoice, or why it is refused."""

from dataclasses import dataclass
from pathlib import Path

import click

from ledger.cli.output import JsonObject
from ledger.errors import DocumentError
from ledger.invoices import (
    DocumentFormat,
    Fingerprints,
    HmacFingerprint,
    IdentityKeys,
    IdentityRule,
    Invoice,
    Party,
    eligibility,
    identity_keys,
    read_invoice,
)
from ledger.invoices.fingerprint import KEY_BYTES
from ledger.invoices.party_ids import party_id_text
from ledger.invoices.read import recognise

STDIN = "-"
ALERT_RULES = tuple(rule for rule in IdentityRule if rule is not IdentityRule.SAME_INVOICE)

_UNKNOWN = "unknown"
# Whether an invoice can be told from others does not depend on the key, so it is found out with
# any, and a file is refused or not whether there is one.
_ANY_KEY = Fingerprints(HmacFingerprint(bytes(KEY_BYTES), version=0))


@dataclass(frozen=True, slots=True)
class Readable:
    """A file that is an invoice.

    file: its name as it was given.
    keys: None if there is no fingerprint key to make them with.
    """

    file: str
    invoice: Invoice
    keys: IdentityKeys | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is none that can be relied on.

    format: what it was recognised as before it was refused; None if it was not.
    reason: a sentence without its full stop.
    """

    file: str
    format: DocumentFormat | None
    reason: str


Inspection = Readable | Refused


def inspect_file(name: str, fingerprints: Fingerprints | None, *, max_bytes: int) -> Inspection:
    """Read one file and make its identity keys. Nothing about the file is trusted.

    name: a path, or STDIN. max_bytes: size of the largest file that is read into memory.
    """
    data = b""
    try:
        data = _content(name, max_bytes)
        invoice = read_invoice(data, max_bytes=max_bytes)
        keys = identity_keys(invoice, fingerprints or _ANY_KEY)
    except DocumentError as error:
        return Refused(name, recognise(data, max_bytes=max_bytes), str(error))
    return Readable(name, invoice, keys if fingerprints else None)


def inspection_json(found: Inspection) -> JsonObject:
    """All that a program needs of a file; what the document leaves out is null."""
    file = click.format_filename(found.file)
    if isinstance(found, Refused):
        return {
            "file": file,
            "format": found.format.value if found.format else _UNKNOWN,
            "error": found.reason,
        }
    invoice, judged = found.invoice, eligibility(found.invoice)
    return {
        "file": file,
        "format": invoice.format.value,
        "number": invoice.number,
        "type_code": invoice.type_code or None,
        "issue_date": invoice.issue_date.isoformat(),
        "due_date": invoice.due_date and invoice.due_date.isoformat(),
        "currency": invoice.gross.currency,
        "gross_amount": f"{invoice.gross.amount:f}",
        "payable_amount": invoice.payable and f"{invoice.payable.amount:f}",
        "seller": _party_json(invoice.seller),
        "buyer": _party_json(invoice.buyer),
        "financeable": judged.financeable,
        "reasons": [obstacle.value for obstacle in judged.reasons],
        "keys": found.keys and _keys_json(found.keys),
    }


def alert_keys(keys: IdentityKeys, rule: IdentityRule) -> list[bytes]:
    """The alert keys of one kind."""
    return [alert.key for alert in keys.alert if alert.kind is rule]


def _content(name: str, max_bytes: int) -> bytes:
    try:
        if name != STDIN and (size := Path(name).stat().st_size) > max_bytes:
            raise DocumentError(f"the document has {size} bytes; at most {max_bytes} are read")
        with click.open_file(name, "rb") as file:
            # One byte more than the limit is enough for the reader to see that there are more.
            content: bytes = file.read(max_bytes + 1)
    except OSError as error:
        raise DocumentError(f"the file cannot be read: {error.strerror or error}") from error
    return content


def _party_json(party: Party) -> JsonObject:
    return {"name": party.name or None, "ids": [party_id_text(one) for one in party.ids]}


def _keys_json(keys: IdentityKeys) -> JsonObject:
    return {
        "strict": [key.hex() for key in keys.strict],
        "alert": {
            f"K{rule.value}": [key.hex() for key in alert_keys(keys, rule)] for rule in ALERT_RULES
        },
    }
