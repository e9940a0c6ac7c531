"""Identifiers of parties as one text each, `scheme:value`: written by people and shown to them.

| Text | Identifier |
|---|---|
| `vat:DE123456789` | VAT identifier (BT-31, BT-48) |
| `tax:201/113/40209` | tax number (BT-32) |
| `0088:4000001123452` | identifier with a `schemeID` (BT-29, BT-46; BT-30, BT-47) |
| `lei:…`, `uscc:…` | LEI (ICD 0199), Chinese unified social credit code |
| `id:549910` | identifier without a scheme (BT-29, BT-46) |
| `legal:HRB 1234` | legal identifier without a scheme (BT-30, BT-47) |
| `endpoint:0204:991-1`, `endpoint:a.b` | electronic address (BT-34, BT-49) |

An electronic address keeps its prefix beside its scheme, because it binds a party less than an
identifier of the same scheme does.
"""

from urllib.parse import unquote

from ledger.errors import DocumentError
from ledger.invoices.model import IdSource, PartyId

_ENDPOINT = "endpoint"
_WITHOUT_SCHEME = {
    "vat": IdSource.VAT,
    "tax": IdSource.TAX,
    "id": IdSource.IDENTIFIER,
    "legal": IdSource.LEGAL,
}
_PREFIXES = {source: prefix for prefix, source in _WITHOUT_SCHEME.items()}
_NAMED_SCHEMES = {"lei": "0199", "uscc": "uscc"}
_RESERVED = _WITHOUT_SCHEME.keys() | {_ENDPOINT, "lei"}


def party_id_text(party_id: PartyId) -> str:
    """Write an identifier. What is read back has the same place in identity keys."""
    scheme, value = _escaped(party_id.scheme), party_id.value
    if party_id.source is IdSource.ENDPOINT:
        # A colon inside an address without scheme must not pass for the end of one.
        return f"endpoint:{scheme}:{value}" if scheme or ":" in value else f"endpoint:{value}"
    if party_id.source in {IdSource.VAT, IdSource.TAX} or not scheme:
        return f"{_PREFIXES[party_id.source]}:{value}"
    return f"{scheme}:{value}"


def parse_party_id(text: str) -> PartyId:
    """Read an identifier; each run of white space counts as one space.

    An identifier with a scheme is read as BT-29 or BT-46, which bind like BT-30 and BT-47.

    Raises DocumentError if the text has no scheme or no value.
    """
    prefix, colon, value = (part.strip() for part in " ".join(text.split()).partition(":"))
    if not (prefix and colon and value):
        raise DocumentError(
            f"{text[:60]!r} is no identifier such as vat:DE123456789, 0088:4000001123452 or id:17"
        )
    name = prefix.casefold()
    if name in _WITHOUT_SCHEME:
        return PartyId(_WITHOUT_SCHEME[name], "", value)
    if name == _ENDPOINT:
        return _endpoint(value)
    return PartyId(IdSource.IDENTIFIER, _NAMED_SCHEMES.get(name) or unquote(prefix), value)


def _endpoint(text: str) -> PartyId:
    scheme, colon, value = (part.strip() for part in text.partition(":"))
    if not colon:
        return PartyId(IdSource.ENDPOINT, "", text)
    if not value:
        raise DocumentError(f"'endpoint:{text[:60]}' has no electronic address after its scheme")
    return PartyId(IdSource.ENDPOINT, unquote(scheme), value)


def _escaped(scheme: str) -> str:
    """A scheme in which nothing can pass for the colon after it or for another prefix."""
    text = scheme.replace("%", "%25").replace(":", "%3A")
    return f"%{ord(text[0]):02X}{text[1:]}" if text.casefold() in _RESERVED else text
