"""Methods that only a development chain has: seal now, move the clock, go back."""

from devnet.errors import InvalidParams
from devnet.node import Node
from devnet.rpc import params, values
from devnet.rpc.registry import Optional, Registry
from devnet.rpc.values import Json

registry = Registry()


@registry.method("evm_mine", Optional(params.number, None))
def mine(node: Node, timestamp: int | None) -> Json:
    """Seal a block, be it empty; at a timestamp, if one is given."""
    if timestamp is not None:
        set_next_block_timestamp(node, timestamp)
    node.seal_block()
    return values.quantity(0)


@registry.method("evm_increaseTime", params.number)
def increase_time(node: Node, seconds: int) -> Json:
    """Move the clock forward; return how far it is ahead, in seconds."""
    node.clock.increase(seconds)
    return node.clock.offset_seconds


@registry.method("evm_setNextBlockTimestamp", params.number)
def set_next_block_timestamp(node: Node, timestamp: int) -> Json:
    """Fix the timestamp of the next block; the clock goes on from there."""
    if timestamp < node.head.timestamp:
        raise InvalidParams(
            f"timestamp {timestamp} is before the last block's, {node.head.timestamp}"
        )
    node.clock.set_next(timestamp)
    return None


@registry.method("evm_snapshot")
def snapshot(node: Node) -> Json:
    """Remember the chain as it is; return a number to revert to. Only in memory."""
    return values.quantity(node.snapshot())


@registry.method("evm_revert", params.number)
def revert(node: Node, number: int) -> Json:
    """Go back to a snapshot and drop it and later ones; false when there is none."""
    return node.revert(number)
