"""A transaction whose step failed is postponed or set aside, and never in the way of others."""

import logging
from collections.abc import Callable

from ledger.anchoring.delays import SET_ASIDE_SECONDS, delay_seconds
from ledger.anchoring.observer import Move, Observer, Stage, kind_of, stage_of
from ledger.anchoring.problems import write_problem
from ledger.chain.port import SendFailure, SendRefused
from ledger.errors import ConfigurationError, NodeError, Refusal, SealbookError, TransportError
from ledger.store import outbox
from ledger.store.engine import Store
from ledger.store.outbox import SET_ASIDE_TRIES, Outgoing, Overtaken
from ledger.types import UnixTime

_LOG = logging.getLogger(__name__)


class Setbacks:
    """Keeps one transaction's trouble its own."""

    def __init__(self, store: Store, observer: Observer) -> None:
        self._store = store
        self._observer = observer

    def guard(self, item: Outgoing, now: UnixTime, act: Callable[[], int]) -> int:
        """Take a step of one transaction, or keep why it failed. Returns what `act` does, or 0.

        Raises TransportError if the chain or the database does not answer at all.
        """
        try:
            return act()
        except Overtaken as error:
            _LOG.info("%s", error)
        except (NodeError, Refusal, ConfigurationError, SendRefused) as error:
            self._meet(item, error, now)
        except TransportError:
            raise
        except Exception:  # noqa: BLE001 - a defect met by one must not hold up the others
            _LOG.exception("transaction %s met a defect", item.id)
            self._meet(
                item, SealbookError("a defect of this service, which its log describes"), now
            )
        return 0

    def _meet(self, item: Outgoing, error: SealbookError, now: UnixTime) -> None:
        is_hopeless = item.tries + 1 >= SET_ASIDE_TRIES and not _waits_for_others(error)
        problem = write_problem(error, is_set_aside=is_hopeless)
        try:
            with self._store.writing() as connection:
                if is_hopeless:
                    until = UnixTime(now + SET_ASIDE_SECONDS)
                    outbox.set_aside(connection, item, problem=problem, until=until)
                else:
                    until = UnixTime(now + delay_seconds(item.tries))
                    outbox.postpone(connection, item, problem=problem, until=until)
        except Overtaken as overtaken:
            _LOG.info("%s", overtaken)
            return
        self._observer.failed(stage_of(item), item, error)
        if is_hopeless and not item.is_set_aside:
            self._observer.moved(Move(Stage.SET_ASIDE, item, reason=kind_of(error)))


def _waits_for_others(error: SealbookError) -> bool:
    """Whether it fails for what others will end, as by reinstating a member: it is tried soon."""
    if isinstance(error, SendRefused):
        return error.failure is not SendFailure.REFUSED
    return isinstance(error, Refusal | ConfigurationError)
