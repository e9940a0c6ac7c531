"""A record's whole provenance, from the chain, with the proof that nothing was left out.

The record's contract keeps a counter and a running hash over every event that names the record.
Recomputing both from the logs that a node gave shows whether the node withheld or added one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from eth_utils.crypto import keccak

from ledger.chain.deployment import Deployment
from ledger.chain.log_pages import BLOCKS_AT_ONCE
from ledger.chain.notary import Notary
from ledger.chain.port import Chain, Log
from ledger.codec import record_id
from ledger.errors import InvalidRequest, NotFound, TransportError, VerificationError
from ledger.evidence import Evidence
from ledger.evidence.proof import match_root
from ledger.following.projection import Projection
from ledger.services.records import RecordState, read_record
from ledger.store.events import ChainEvent
from ledger.types import (
    DIGEST_BYTES,
    AccountName,
    BlockRef,
    Digest,
    MemberId,
    RecordId,
    UnixTime,
)

# Events name their record first, but those of identity keys name the key before it.
_TOPICS_BEFORE_RECORD: tuple[tuple[None, ...], ...] = ((None,), (None, None))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that happened to a record, and where it stands.

    events: oldest first.
    complete: whether they are all: counter and running hash agree with the chain's state.
    """

    state: RecordState
    events: tuple[ChainEvent, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Notarisation:
    """The anchor of a document, as the chain has it."""

    member: MemberId
    block: BlockRef
    time: UnixTime


def trace_record(chain: Chain, deployment: Deployment, record: RecordId) -> Provenance:
    """Read a record and all its events. Raises NotFound if there is none."""
    state = read_record(chain, deployment, record)
    projection, blocks = Projection(deployment), _Blocks(chain)
    events: list[ChainEvent] = []
    digest = Digest(bytes(DIGEST_BYTES))
    for log in _logs_naming(chain, deployment, record, state.block.ref.number):
        event = projection.read(log, blocks.timestamp(log))
        if event is not None and event.record == record:
            events.append(event)
            digest = extend_history(digest, log)
    complete = state.history.count == len(events) and state.history.digest == digest
    return Provenance(state, tuple(events), complete)


def trace_evidence(
    chain: Chain, deployment: Deployment, evidence: Evidence
) -> tuple[Notarisation, Provenance]:
    """Read the record of an invoice by its evidence, and the anchor of its document.

    What the evidence says of block and time is not relied on: both come from the chain. Raises
    InvalidRequest if the evidence is of no record of this deployment, VerificationError if it
    contradicts itself, NotFound if the chain has no such anchor or record.
    """
    book = AccountName(deployment.chain, deployment.invoice_book)
    if evidence.record is None or evidence.record.book != book:
        raise InvalidRequest(
            f"this evidence names no record of the invoice book {book}; only invoices that are"
            " registered there have a history",
            code="no-record",
        )
    opening = evidence.opening
    if evidence.record.id != record_id(book, opening.statement.member, opening.commitment):
        raise VerificationError("the evidence names a record that is not its document's")
    match_root(evidence)
    return _notarisation(chain, deployment, evidence), trace_record(
        chain, deployment, evidence.record.id
    )


def _notarisation(chain: Chain, deployment: Deployment, evidence: Evidence) -> Notarisation:
    anchor = evidence.anchor
    notary = Notary(chain, deployment.notary)
    log = notary.find_anchor(anchor.member, anchor.root)
    if log is None:
        raise NotFound(
            f"the chain has no anchor of this evidence by {anchor.member}", code="unknown-anchor"
        )
    return Notarisation(anchor.member, log.block, _Blocks(chain).timestamp(log))


def extend_history(digest: Digest, log: Log) -> Digest:
    """The running hash after one more event (Histories.sol)."""
    entry = keccak(b"".join(log.topics) + log.data)
    return Digest(keccak(digest + entry))


def _logs_naming(
    chain: Chain, deployment: Deployment, record: RecordId, last: int
) -> Iterator[Log]:
    """Logs of the invoice book that name a record, in order; some may be about another one."""
    for first in range(deployment.first_block, last + 1, BLOCKS_AT_ONCE):
        until = min(first + BLOCKS_AT_ONCE - 1, last)
        found = {
            (log.block.number, log.log_index): log
            for before in _TOPICS_BEFORE_RECORD
            for log in chain.logs_with(deployment.invoice_book, (*before, record), first, until)
        }
        yield from (found[place] for place in sorted(found))


class _Blocks:
    """Blocks of logs, each asked for once."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._known: dict[BlockRef, UnixTime] = {}

    def timestamp(self, log: Log) -> UnixTime:
        if log.block not in self._known:
            block = self._chain.block(log.block.number)
            if block is None or block.ref != log.block:
                raise TransportError(
                    "the chain was reorganised while its events were read; try again"
                )
            self._known[log.block] = block.timestamp
        return self._known[log.block]
