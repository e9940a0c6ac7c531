"""Two workers on one store, interleaved and interrupted where a schedule says so."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from ledger.chain.port import Chain


@dataclass
class Schedule:
    """What happens before and after calls to the chain, by the number of the call.

    acts: taken once each, after the call if its number is odd, before it if it is even.
    """

    acts: dict[int, Callable[[], None]] = field(default_factory=dict)
    calls: int = 0

    def pass_by(self) -> None:
        """Count one more place, and act if something is planned there."""
        place, self.calls = self.calls, self.calls + 1
        act = self.acts.pop(place, None)
        if act is not None:
            act()


class _ScheduledChain:
    def __init__(self, chain: Chain, schedule: Schedule) -> None:
        self._chain = chain
        self._schedule = schedule

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._chain, name)

        def call(*arguments: Any, **named: Any) -> Any:
            self._schedule.pass_by()
            answer = method(*arguments, **named)
            self._schedule.pass_by()
            return answer

        return call


def scheduled_chain(chain: Chain, schedule: Schedule) -> Chain:
    """The chain, with something happening around some of the calls to it."""
    return cast("Chain", _ScheduledChain(chain, schedule))
