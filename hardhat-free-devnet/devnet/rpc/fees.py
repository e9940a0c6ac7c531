"""Methods about what gas costs."""

from bisect import bisect_left
from itertools import accumulate
from typing import Final

from devnet.errors import InvalidParams
from devnet.evm import base_fee_wei
from devnet.index import TransactionRecord
from devnet.node import BlockId, BlockTag, Node
from devnet.rpc import params, values
from devnet.rpc.registry import Optional, Registry
from devnet.rpc.values import Json

registry = Registry()

SUGGESTED_TIP_WEI: Final = 10**9
_MOST_BLOCKS: Final = 1024
_MOST_PERCENTILES: Final = 100


@registry.method("eth_gasPrice")
def gas_price(node: Node) -> Json:
    """A gas price that the next block takes: its base fee and a tip."""
    return values.quantity(base_fee_wei(node.next_header()) + SUGGESTED_TIP_WEI)


@registry.method("eth_maxPriorityFeePerGas")
def max_priority_fee(_: Node) -> Json:
    """The tip that this chain suggests."""
    return values.quantity(SUGGESTED_TIP_WEI)


def _percentile(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:  # noqa: PLR2004  # percent
        raise InvalidParams("a reward percentile is a number from 0 to 100")
    return float(value)


@registry.method(
    "eth_feeHistory",
    params.number,
    params.block,
    Optional(params.array(_percentile, longest=_MOST_PERCENTILES), ()),
)
def fee_history(node: Node, count: int, newest: BlockId, percentiles: tuple[float, ...]) -> Json:
    """Base fees, fullness and tips of a range of blocks, and the base fee after it."""
    if list(percentiles) != sorted(percentiles):
        raise InvalidParams("reward percentiles rise from one to the next")
    last = node.find_header(BlockTag.LATEST if newest == BlockTag.PENDING else newest)
    if last is None:
        raise InvalidParams("the newest block is beyond the head of the chain")
    count = min(count, _MOST_BLOCKS, last.block_number + 1)
    oldest = last.block_number + 1 - count
    headers = [node.find_header(height) for height in range(oldest, last.block_number + 1)]
    known = [header for header in headers if header is not None]
    following = node.child_of(last)
    history: dict[str, Json] = {
        "oldestBlock": values.quantity(oldest),
        "baseFeePerGas": [values.quantity(base_fee_wei(header)) for header in (*known, following)],
        "gasUsedRatio": [header.gas_used / header.gas_limit for header in known],
    }
    if percentiles:
        history["reward"] = [
            _tips(node, node.index.transactions(header.block_number), percentiles)
            for header in known
        ]
    return history


def _tips(
    node: Node, records: list[TransactionRecord], percentiles: tuple[float, ...]
) -> list[Json]:
    """Tips in wei that were reached when so many percent of the block's gas were counted."""
    paid = []
    for record in records:
        transaction = node.backend.decode_transaction(record.encoded)
        price = values.effective_gas_price(transaction, record.base_fee_wei)
        paid.append((price - record.base_fee_wei, record.gas_used))
    if not paid:
        return [values.quantity(0) for _ in percentiles]
    paid.sort()
    counted = list(accumulate(gas for _, gas in paid))
    reached = (bisect_left(counted, counted[-1] * percent / 100) for percent in percentiles)
    return [values.quantity(paid[position][0]) for position in reached]
