"""Finds nonces that are missing before ours, and fills them: else all later ones wait for ever.

A nonce is missing when the chain's count stays below the lowest one of ours and the node holds
nothing for it: it was given out by us and lost with a database that was restored, or it was used on
a chain that was rewound, or by somebody else whose transaction was dropped. No node reports that as
an error. One look may be of a node that lags, so several must agree.
"""

import logging
from dataclasses import dataclass

from ledger.anchoring.round import Round
from ledger.anchoring.signing import Signing
from ledger.chain.port import Chain
from ledger.errors import ConfigurationError, NodeError
from ledger.store import attempts
from ledger.store.engine import Store
from ledger.store.outbox import GROUP, Overtaken
from ledger.types import Address, MemberId, UnixTime

_LOG = logging.getLogger(__name__)
_LOOKS_BEFORE_FILLING = 3


@dataclass(frozen=True, slots=True)
class _Gap:
    """Nonces first..end-1 are missing. looks: how often that was found, the last time at `at`."""

    first: int
    end: int
    looks: int
    at: UnixTime


class Gaps:
    """Watches the nonces of keys whose transactions are stuck."""

    def __init__(self, store: Store, chain: Chain, signing: Signing) -> None:
        self._store = store
        self._chain = chain
        self._signing = signing
        self._seen: dict[Address, _Gap] = {}

    def look(self, member: MemberId, signer: Address, current: Round) -> None:
        """Look once in a second of rounds at most, and fill what was missing at several looks.

        What keeps it from being filled is logged; the next look tries again. Raises TransportError
        if the chain or the database does not answer.
        """
        before = self._seen.get(signer)
        if before is not None and before.at == current.now:
            return
        with self._store.reading() as connection:
            end = attempts.lowest_open_nonce(connection, signer)
        try:
            first = self._next_nonce(signer, current)
            if end is None or first >= end:
                self._seen.pop(signer, None)
                return
            is_same = before is not None and (before.first, before.end) == (first, end)
            looks = before.looks + 1 if before is not None and is_same else 1
            self._seen[signer] = _Gap(first, end, looks, current.now)
            if looks >= _LOOKS_BEFORE_FILLING:
                self._fill(member, signer, range(first, min(end, first + GROUP)), current)
        except (NodeError, ConfigurationError, Overtaken) as error:
            _LOG.warning("nonces that are missing of %s were not filled: %s", signer, error)

    def _next_nonce(self, signer: Address, current: Round) -> int:
        """The first nonce that neither the chain nor, as far as it tells, the node's pool has."""
        sealed = self._chain.sealed_transaction_count(signer, at=current.head)
        return max(sealed, self._chain.transaction_count(signer))

    def _fill(self, member: MemberId, signer: Address, missing: range, current: Round) -> None:
        with self._store.reading() as connection:
            # What ended in a block here, and is not on the chain, is sent again itself.
            ours = attempts.held_nonces(connection, signer, missing.start, missing.stop)
        for nonce in missing:
            if nonce not in ours:
                _LOG.warning("nonce %d of %s is missing: it is filled", nonce, signer)
                self._signing.filler(member, signer, nonce, current)
