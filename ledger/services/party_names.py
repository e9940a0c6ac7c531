"""Whether a member is a party of an invoice, as far as the member's name says so.

A member is named by an identifier of a register (`vat:…`, `lei:…`, `uscc:…`) or by a name that no
register gives out (`org:…`), of which nothing can be said.
"""

from enum import Enum

from ledger.invoices import Party
from ledger.invoices.identifiers import Identifier, names_of
from ledger.invoices.model import IdSource
from ledger.invoices.party_ids import parse_party_id
from ledger.invoices.schemes import SIREN, VAT
from ledger.types import MemberId

# A VAT number may be kept as the number that it is made from.
_OF_VAT = frozenset({VAT, SIREN})


class Agreement(Enum):
    """What a member's name says of its being a party."""

    SAME = "same"
    """The party has the identifier that is the member's name."""
    OTHER = "other"
    """The party has others of the same register, and not this one."""
    UNKNOWN = "unknown"
    """The name is of no register, or the party has no identifier of that one."""


def member_identifiers(member: MemberId) -> tuple[Identifier, ...]:
    """A member's name, as the identifier that a register gave it; empty if none did."""
    return names_of(Party("", (parse_party_id(member),), "")).strong


def agreement(member: MemberId, party: Party) -> Agreement:
    """Compare a member's name with the identifiers of a party.

    VAT numbers of different countries contradict each other: a seller that is registered for VAT in
    several must be the member of the number that it sells under.
    """
    mine, theirs = set(member_identifiers(member)), names_of(party).strong
    if mine & set(theirs):
        return Agreement.SAME
    schemes = {one.scheme for one in mine}
    if mine and parse_party_id(member).source is IdSource.VAT:
        schemes |= _OF_VAT
    comparable = any(one.scheme in schemes for one in theirs)
    return Agreement.OTHER if comparable else Agreement.UNKNOWN
