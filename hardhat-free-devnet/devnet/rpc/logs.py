"""Methods that read logs, at once or as they come."""

from dataclasses import dataclass
from typing import Final

from devnet.errors import InvalidParams, ServerError
from devnet.index import TOPIC_POSITIONS, LogQuery
from devnet.node import BlockId, BlockTag, Node
from devnet.rpc import params, values
from devnet.rpc.registry import Registry
from devnet.rpc.values import Json

registry = Registry()

_MOST_ALTERNATIVES: Final = 1000
_NEWEST: Final = (BlockTag.LATEST, BlockTag.PENDING)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """A filter object: a block, or a range; addresses and topics as in `LogQuery`."""

    block_hash: bytes | None
    first: BlockId
    last: BlockId
    addresses: tuple[bytes, ...]
    topics: tuple[tuple[bytes, ...], ...]

    def query(self, node: Node) -> LogQuery:
        """Settle the heights; ServerError when the block is not known."""
        if self.block_hash is not None:
            first = last = _height(node, self.block_hash)
        else:
            first, last = _height(node, self.first), _height(node, self.last)
        if first > last:
            raise InvalidParams(f"fromBlock {first} is after toBlock {last}")
        return LogQuery(first, last, self.addresses, self.topics)

    def open_query(self, node: Node) -> LogQuery:
        """Settle the heights for a filter: the latest block is one that is yet to come."""
        return LogQuery(
            node.head.block_number + 1 if self.first in _NEWEST else _height(node, self.first),
            params.MOST_HEIGHT if self.last in _NEWEST else _height(node, self.last),
            self.addresses,
            self.topics,
        )


def log_filter(value: Json) -> LogFilter:
    """Read a filter object."""
    members = params.members(value)
    block_hash = members.get("blockHash")
    if block_hash is not None and members.keys() & {"fromBlock", "toBlock"}:
        raise InvalidParams("blockHash excludes fromBlock and toBlock")
    return LogFilter(
        block_hash=None if block_hash is None else params.block_hash(block_hash),
        first=params.block(members.get("fromBlock", BlockTag.LATEST)),
        last=params.block(members.get("toBlock", BlockTag.LATEST)),
        addresses=_one_or_more(members.get("address"), params.address),
        topics=params.array(_topic, longest=TOPIC_POSITIONS)(members.get("topics", [])),
    )


def _topic(value: Json) -> tuple[bytes, ...]:
    return _one_or_more(value, params.block_hash)


def _one_or_more(value: Json, parse: params.Parser[bytes]) -> tuple[bytes, ...]:
    if value is None:
        return ()
    if isinstance(value, list):
        return params.array(parse, longest=_MOST_ALTERNATIVES)(value)
    return (parse(value),)


def _height(node: Node, block: BlockId) -> int:
    if isinstance(block, int):
        return block
    header = node.find_header(BlockTag.LATEST if block == BlockTag.PENDING else block)
    if header is None:
        raise ServerError("unknown block: no block on this chain has this hash")
    return header.block_number


@registry.method("eth_getLogs", log_filter)
def get_logs(node: Node, wanted: LogFilter) -> Json:
    """The logs that match, in the order in which they were emitted."""
    return [values.log(record) for record in node.index.logs(wanted.query(node))]
