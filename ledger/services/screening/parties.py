"""Which members the seller and the buyer of an invoice are.

An invoice names parties by registers' identifiers, and the chain names members. One is taken for
the other only where the asker says so, where a record of this very invoice does, or where a
member's name is an identifier that the invoice gives its party (`lei:…`, `uscc:…`, `vat:…`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.invoices import Party
from ledger.invoices.identifiers import Identifier, names_of
from ledger.invoices.party_ids import parse_party_id
from ledger.services.screening.gather import Gathered
from ledger.services.screening.model import Candidate
from ledger.types import MemberId


@dataclass(frozen=True, slots=True)
class Traders:
    """The members that an invoice is between; None where a party could not be mapped."""

    supplier: MemberId | None
    buyer: MemberId | None


def traders_of(candidate: Candidate, gathered: Gathered) -> Traders:
    """Map both parties: as the asker says, else by the invoice's record, else by identifiers."""
    invoice, upload = candidate.invoice, candidate.upload
    named = Traders(
        supplier=_by_identifier(names_of(invoice.seller).strong, gathered.projected.members),
        buyer=_by_identifier(names_of(invoice.buyer).strong, gathered.projected.members),
    )
    registered = _by_record(candidate, gathered) or named
    return Traders(
        supplier=upload.supplier or registered.supplier, buyer=upload.buyer or registered.buyer
    )


def _by_record(candidate: Candidate, gathered: Gathered) -> Traders | None:
    for key in candidate.keys.strict:
        holder = gathered.keys.holders.get(key)
        known = None if holder is None else gathered.records.get(holder)
        if known is not None:
            return Traders(known.invoice.supplier, known.invoice.buyer)
    return None


def _by_identifier(names: Sequence[Identifier], members: Iterable[MemberId]) -> MemberId | None:
    """The one member whose name is among a party's identifiers; None if none or several are."""
    found = [member for member in members if set(_identifiers(member)) & set(names)]
    return found[0] if len(found) == 1 else None


def _identifiers(member: MemberId) -> tuple[Identifier, ...]:
    """A member's name, as the identifier of a party that it is written like."""
    return names_of(Party("", (parse_party_id(member),), "")).strong
