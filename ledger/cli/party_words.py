"""What names a party, as people call it, and how far it binds."""

from ledger.invoices import IdSource, Party, PartyId
from ledger.invoices.identifiers import names_of
from ledger.invoices.schemes import USCC, VAT, qualified

# ISO 6523 (ICD) and, from 9900 on, the codes of the Peppol list for electronic addresses.
_SCHEMES = {
    VAT: "VAT",
    USCC: "USCC",
    "0199": "LEI",
    "0002": "SIREN",
    "0009": "SIRET",
    "0007": "SE org. no.",
    "0184": "DK CVR",
    "0192": "NO org. no.",
    "0106": "NL KvK",
    "0208": "BE ent. no.",
    "0151": "AU ABN",
    "0195": "SG UEN",
    "0088": "GLN",
    "0060": "DUNS",
    "EM": "e-mail",
}
_SOURCES = {
    IdSource.IDENTIFIER: "id",
    IdSource.LEGAL: "legal id",
    IdSource.VAT: "VAT",
    IdSource.TAX: "tax no.",
    IdSource.ENDPOINT: "address",
}
_STRONG, _WEAK, _UNUSED = "strong", "weak", "unused"


def id_rows(party: Party) -> list[tuple[str, str, str]]:
    """Each identifier as (how far it binds, what it is, its value), as identity keys take it.

    One that stands under several business terms is given once.

    Strong: a register gave it to one organisation. Weak: anything else. Unused: it has no digit, or
    zeros alone, so it is a remark or a placeholder and names nobody.
    """
    return list(dict.fromkeys(_row(one, party.country) for one in party.ids))


def _row(one: PartyId, country: str) -> tuple[str, str, str]:
    names = names_of(Party(name="", ids=(one,), country=country))
    kind, scheme = _SOURCES[one.source], one.scheme
    if names.strong:
        # What the document calls it, which may be another register than the identifier's.
        given = VAT if one.source is IdSource.VAT else qualified(scheme, one.value)[0]
        known = _SCHEMES.get(given) or _SCHEMES[names.strong[0].scheme]
        return _STRONG, known, one.value
    known = f"{_SCHEMES[scheme]} {kind}" if scheme in _SCHEMES else f"{kind} {scheme}".rstrip()
    return _WEAK if names.weak else _UNUSED, known, one.value
