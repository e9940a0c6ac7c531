"""How long a step that failed waits: twice as long each time, up to a minute, or set aside."""

from ledger.store.outbox import LONGEST_WAIT_SECONDS

SET_ASIDE_SECONDS = LONGEST_WAIT_SECONDS
"""How long a transaction that is set aside waits for its next try."""

_FIRST_DELAY_SECONDS = 1
_LONGEST_DELAY_SECONDS = 60
_MOST_DOUBLINGS = 6


def delay_seconds(tries: int) -> int:
    """Seconds to wait after a step has failed `tries` times before."""
    return min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS << min(tries, _MOST_DOUBLINGS))
