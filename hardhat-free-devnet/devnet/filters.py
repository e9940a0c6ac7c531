"""Filters that a client polls for what is new: logs that match, or hashes of blocks.

They live in memory and end with the process. When there are too many, the one polled longest ago
goes, as its client probably has.
"""

from dataclasses import dataclass
from typing import Final

from devnet.index import LogQuery

_MOST_FILTERS: Final = 1000


@dataclass(slots=True)
class Filter:
    """What a client waits for: logs, or block hashes when there is no query.

    next_block: height of the first block that was not looked at yet.
    """

    query: LogQuery | None
    next_block: int


class Filters:
    """Filters by number."""

    def __init__(self) -> None:
        self._filters: dict[int, Filter] = {}
        self._last_number = 0

    def add(self, query: LogQuery | None, next_block: int) -> int:
        """Install a filter; return its number."""
        while len(self._filters) >= _MOST_FILTERS:
            del self._filters[next(iter(self._filters))]
        self._last_number += 1
        self._filters[self._last_number] = Filter(query, next_block)
        return self._last_number

    def find(self, number: int) -> Filter | None:
        """The filter with a number, which counts as polled; None when there is none."""
        found = self._filters.pop(number, None)
        if found is not None:
            self._filters[number] = found
        return found

    def remove(self, number: int) -> bool:
        """Uninstall a filter; False when there is none."""
        return self._filters.pop(number, None) is not None
