"""Methods with which a client polls for new logs and blocks."""

from dataclasses import replace

from devnet.errors import InvalidParams, ServerError
from devnet.filters import Filter
from devnet.node import Node
from devnet.rpc import params, values
from devnet.rpc.logs import LogFilter, log_filter
from devnet.rpc.registry import Registry
from devnet.rpc.values import Json

registry = Registry()


@registry.method("eth_newFilter", log_filter)
def new_filter(node: Node, wanted: LogFilter) -> Json:
    """Wait for logs; return the filter's number."""
    if wanted.block_hash is not None:
        raise InvalidParams("a filter waits for blocks to come: give no blockHash")
    return values.quantity(node.filters.add(wanted.open_query(node), _next_block(node)))


@registry.method("eth_newBlockFilter")
def new_block_filter(node: Node) -> Json:
    """Wait for blocks; return the filter's number."""
    return values.quantity(node.filters.add(None, _next_block(node)))


@registry.method("eth_getFilterChanges", params.quantity)
def filter_changes(node: Node, number: int) -> Json:
    """What came since the filter was polled last."""
    waiting = _find(node, number)
    first, waiting.next_block = waiting.next_block, _next_block(node)
    if waiting.query is None:
        records = (node.index.block_by_number(height) for height in range(first, _next_block(node)))
        return [values.data(record.hash) for record in records if record is not None]
    query = replace(waiting.query, first_block=max(first, waiting.query.first_block))
    return [values.log(record) for record in node.index.logs(query)]


@registry.method("eth_getFilterLogs", params.quantity)
def filter_logs(node: Node, number: int) -> Json:
    """All logs that a filter matches, new or not."""
    query = _find(node, number).query
    if query is None:
        raise InvalidParams("the filter waits for blocks and has no logs")
    return [values.log(record) for record in node.index.logs(query)]


@registry.method("eth_uninstallFilter", params.quantity)
def uninstall_filter(node: Node, number: int) -> Json:
    """Forget a filter; false when there is none."""
    return node.filters.remove(number)


def _next_block(node: Node) -> int:
    return node.head.block_number + 1


def _find(node: Node, number: int) -> Filter:
    found = node.filters.find(number)
    if found is None:
        raise ServerError("filter not found: install it again")
    return found
