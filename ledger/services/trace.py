"""A record's whole provenance, from the chain, with the proof that nothing was left out.

The record's contract keeps a counter and a running hash over every event that names the record.
Recomputing both from the logs that a node gave shows whether the node withheld or added one.
"""

from dataclasses import dataclass

from eth_utils.crypto import keccak

from ledger.chain.deployment import Deployment
from ledger.chain.port import Chain, Log
from ledger.errors import TransportError
from ledger.following.projection import Projection
from ledger.services.records import RecordState, read_record
from ledger.store.events import ChainEvent
from ledger.types import DIGEST_BYTES, Digest, RecordId, UnixTime

_BLOCKS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that happened to a record, and where it stands.

    events: oldest first.
    complete: whether they are all: counter and running hash agree with the chain's state.
    """

    state: RecordState
    events: tuple[ChainEvent, ...]
    complete: bool


def trace_record(chain: Chain, deployment: Deployment, record: RecordId) -> Provenance:
    """Read a record and all its events. Raises NotFound if there is none."""
    state = read_record(chain, deployment, record)
    projection = Projection(deployment)
    events: list[ChainEvent] = []
    digest = Digest(bytes(DIGEST_BYTES))
    last = state.block.ref.number
    for first in range(deployment.first_block, last + 1, _BLOCKS_AT_ONCE):
        until = min(first + _BLOCKS_AT_ONCE - 1, last)
        for log in chain.logs((deployment.invoice_book,), first, until):
            if record not in log.topics:
                continue
            event = projection.read(log, _timestamp(chain, log))
            if event is not None and event.record == record:
                events.append(event)
                digest = extend_history(digest, log)
    complete = state.history.count == len(events) and state.history.digest == digest
    return Provenance(state, tuple(events), complete)


def extend_history(digest: Digest, log: Log) -> Digest:
    """The running hash after one more event (Histories.sol)."""
    entry = keccak(b"".join(log.topics) + log.data)
    return Digest(keccak(digest + entry))


def _timestamp(chain: Chain, log: Log) -> UnixTime:
    block = chain.block(log.block.number)
    if block is None or block.ref != log.block:
        raise TransportError("the chain was reorganised while its events were read; try again")
    return block.timestamp
