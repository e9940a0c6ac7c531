"""Which members the seller and the buyer of an invoice are.

An invoice names parties by registers' identifiers, and the chain names members. One is taken for
the other only where the asker says so, where a record of this very invoice does, or where a
member's name is an identifier that the invoice gives its party (`lei:…`, `uscc:…`, `vat:…`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ledger.invoices import Invoice, Party
from ledger.invoices.identifiers import Identifier, names_of
from ledger.services.party_names import Agreement, agreement, member_identifiers
from ledger.services.screening.gather import Gathered
from ledger.services.screening.model import Candidate, Exhibit, Finding
from ledger.services.screening.offered import offered_record
from ledger.services.screening.points import FindingKind
from ledger.types import MemberId


@dataclass(frozen=True, slots=True)
class Traders:
    """The members that an invoice is between; None where a party could not be mapped."""

    supplier: MemberId | None
    buyer: MemberId | None

    def ends(self, invoice: Invoice) -> tuple[str | None, str | None]:
        """Between whom the invoice is: a member, else the party's most telling identifier."""
        return (
            self.supplier or _most_telling(invoice.seller),
            self.buyer or _most_telling(invoice.buyer),
        )


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


def judge_parties(candidate: Candidate, traders: Traders, gathered: Gathered) -> Iterator[Finding]:
    """A seller that is the buyer too; and parties of the offered record that are not the file's."""
    seller, buyer = names_of(candidate.invoice.seller), names_of(candidate.invoice.buyer)
    supplier, obligor = traders.ends(candidate.invoice)
    if not set(seller.strong).isdisjoint(buyer.strong) or (supplier and supplier == obligor):
        yield Finding(FindingKind.SAME_PARTIES, "Its seller and its buyer are one and the same")
    yield from _others_than_named(candidate, gathered)


def _others_than_named(candidate: Candidate, gathered: Gathered) -> Iterator[Finding]:
    known = offered_record(candidate, gathered)
    if known is None:
        return
    invoice, record = candidate.invoice, known.invoice
    for kind, member, party, did, what in (
        (FindingKind.OTHER_SUPPLIER, record.supplier, invoice.seller, "registered it", "seller"),
        (FindingKind.OTHER_BUYER, record.buyer, invoice.buyer, "is to accept it", "buyer"),
    ):
        if agreement(member, party) is Agreement.OTHER:
            sentence = (
                f"{member}, who {did}, is not its {what}: the document gives its {what} another"
                " identifier"
            )
            yield Finding(kind, sentence, (Exhibit(record=record.id),))


def unnamed_parties(candidate: Candidate, gathered: Gathered) -> Iterator[str]:
    """Parties of the offered record of which their names do not say whether they are the file's."""
    known = offered_record(candidate, gathered)
    if known is None:
        return
    invoice, record = candidate.invoice, known.invoice
    for what, member, party in (
        ("seller", record.supplier, invoice.seller),
        ("buyer", record.buyer, invoice.buyer),
    ):
        if agreement(member, party) is Agreement.UNKNOWN:
            yield f"Whether the member {member} is the {what}, which is not known from its name"


def _by_record(candidate: Candidate, gathered: Gathered) -> Traders | None:
    for key in candidate.keys.strict:
        holder = gathered.keys.holders.get(key)
        known = None if holder is None else gathered.records.get(holder)
        if known is not None:
            return Traders(known.invoice.supplier, known.invoice.buyer)
    return None


def _most_telling(party: Party) -> str | None:
    strong = names_of(party).strong
    return f"{strong[0].scheme}:{strong[0].value}" if strong else None


def _by_identifier(names: Sequence[Identifier], members: Iterable[MemberId]) -> MemberId | None:
    """The one member whose name is among a party's identifiers; None if none or several are."""
    found = [member for member in members if set(member_identifiers(member)) & set(names)]
    return found[0] if len(found) == 1 else None
