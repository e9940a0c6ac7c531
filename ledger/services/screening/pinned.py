"""What a screening asks of the chain, all at one block and each question once.

For every file that is one call for each strict key, one for each alert key, up to three for each
number that it refers to (K2), and one more for each key among the latter two that was ever noted:
with one version of the fingerprint at most 8 strict and 16 alert keys, and MAX_REFERENCES numbers.
A record that is named takes two to four calls, and one that holds a strict key a few more for who
holds its units. An invoice that nobody knows takes about a dozen.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ledger.chain.deployment import Deployment
from ledger.chain.holdings import read_holdings
from ledger.chain.invoice_book import InvoiceBook
from ledger.chain.invoice_forms import InvoiceRecord
from ledger.chain.port import Block, Chain, Reverted
from ledger.errors import TransportError
from ledger.services.context import Ledger
from ledger.services.screening.model import Candidate, KnownRecord
from ledger.types import BlockRef, RecordId

MAX_RECORDS = 100
"""Records like the files whose facts are read for one screening; further ones are named without."""


@dataclass(frozen=True, slots=True)
class KeyStates:
    """What the book holds of identity keys.

    holders: of strict keys that a standing record holds.
    firsts: the first record of alert keys that any noted. repeats: how often each was given again.
    """

    holders: dict[bytes, RecordId] = field(default_factory=dict)
    firsts: dict[bytes, RecordId] = field(default_factory=dict)
    repeats: dict[bytes, int] = field(default_factory=dict)

    @property
    def records(self) -> frozenset[RecordId]:
        """All records that they name."""
        return frozenset({*self.holders.values(), *self.firsts.values()})


class PinnedBook:
    """The invoice book at the block that was the newest when the screening began."""

    def __init__(
        self, chain: Chain, book: InvoiceBook, deployment: Deployment, block: Block
    ) -> None:
        self._chain = chain
        self._book = book
        self._deployment = deployment
        self.block = block

    @classmethod
    def at_head(cls, ledger: Ledger) -> "PinnedBook":
        """Pin the newest block."""
        return cls(ledger.chain, ledger.book, ledger.deployment, ledger.chain.head())

    def require_canonical(self, projected: BlockRef | None) -> None:
        """Raise TransportError if the chain no longer has the newest block that was projected."""
        if projected is None:
            return
        block = self._chain.block(projected.number)
        if block is None or block.ref != projected:
            raise TransportError(
                "the chain was reorganised, and its events are being read anew; try again"
            )

    @property
    def at(self) -> BlockRef:
        """The block's name."""
        return self.block.ref

    def key_states(self, candidates: Iterable[Candidate]) -> KeyStates:
        """Ask for all keys of some files, and of what these refer to."""
        found = KeyStates()
        strict: dict[bytes, None] = {}
        alert: dict[bytes, None] = {}
        for candidate in candidates:
            strict |= dict.fromkeys(candidate.keys.strict)
            alert |= dict.fromkeys(item.key for item in candidate.keys.alert)
            alert |= dict.fromkeys(candidate.reference_keys)
        for key in strict:
            if (holder := self._book.strict_key_holder(key, at=self.at)) is not None:
                found.holders[key] = holder
        for key in alert:
            if (first := self._book.alert_key_first(key, at=self.at)) is not None:
                found.firsts[key] = first
                found.repeats[key] = self._book.alert_repeats(key, at=self.at)
        return found

    def known_records(
        self, standing: Iterable[RecordId], others: Iterable[RecordId]
    ) -> dict[RecordId, KnownRecord]:
        """The facts of some records; those of other deployments are left out.

        standing: of which is also asked who holds their units. others: MAX_RECORDS of them are.
        """
        held = dict.fromkeys(standing)
        alike = [record for record in dict.fromkeys(others) if record not in held]
        found: dict[RecordId, KnownRecord] = {}
        for record in (*held, *alike[:MAX_RECORDS]):
            try:
                invoice = self._book.record(record, at=self.at)
            except Reverted:
                continue
            found[record] = self._known(invoice, with_holders=record in held)
        return found

    def _known(self, invoice: InvoiceRecord, *, with_holders: bool) -> KnownRecord:
        if not with_holders:
            return KnownRecord(invoice, None)
        holdings = read_holdings(
            self._book,
            invoice.id,
            holder=invoice.supplier,
            outstanding=invoice.outstanding,
            first_block=self._deployment.first_block,
            at=self.at,
        )
        return KnownRecord(invoice, holdings)
