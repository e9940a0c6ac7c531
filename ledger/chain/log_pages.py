"""Events over many blocks, from engines that limit how many blocks one question may span."""

from collections.abc import Iterator

from ledger.chain.port import Chain, Log
from ledger.types import Address

BLOCKS_AT_ONCE = 5_000
"""For which engines answer unless they are configured otherwise."""


def logs_of(
    chain: Chain, contract: Address, topics: tuple[bytes | None, ...], first: int, last: int
) -> Iterator[Log]:
    """Events of a contract in the canonical blocks first..last, in order (`Chain.logs_with`)."""
    for start in range(first, last + 1, BLOCKS_AT_ONCE):
        until = min(start + BLOCKS_AT_ONCE - 1, last)
        yield from chain.logs_with(contract, topics, start, until)
