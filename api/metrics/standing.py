"""Figures that are looked up when they are asked for: what the database and the worker know."""

import time
from collections.abc import Callable, Iterator

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)

from ledger.anchoring.observer import Stage
from ledger.errors import SealbookError
from ledger.services.context import Ledger
from ledger.services.worker import WorkerHealth
from ledger.store import stages
from ledger.store.migrations import revision
from ledger.store.outbox import State
from ledger.store.stages import Depth

_STAGES = {
    State.QUEUED: Stage.BATCHED,
    State.SIGNED: Stage.SIGNED,
    State.BROADCAST: Stage.BROADCAST,
    State.MINED: Stage.MINED,
}


class Standing:
    """Looks up how much waits where. Right with any number of workers on the database.

    health: what the worker found last. dropped_lines: of the log, since the process began.
    """

    def __init__(
        self,
        ledger: Ledger,
        version: str,
        health: Callable[[], WorkerHealth],
        dropped_lines: Callable[[], int],
    ) -> None:
        self._ledger = ledger
        self._version = version
        self._health = health
        self._dropped_lines = dropped_lines

    def collect(self) -> Iterator[Metric]:
        """The figures; without those of the database while it does not answer."""
        try:
            found = self._database()
            reachable = True
        except SealbookError:
            found, reachable = [], False
        yield _gauge(
            "sealbook_database_reachable", "1 if the database answered this scrape.", reachable
        )
        yield from found
        yield from self._worker()
        dropped = CounterMetricFamily(
            "sealbook_log_lines_dropped", "Log lines that came faster than they could be written."
        )
        dropped.add_metric([], self._dropped_lines())
        yield dropped

    def _database(self) -> list[Metric]:
        with self._ledger.store.reading() as connection:
            depths = {Stage.ACCEPTED: stages.unbatched(connection)}
            depths |= {_STAGES[state]: at for state, at in stages.under_way(connection).items()}
            depths[Stage.SET_ASIDE] = stages.set_aside(connection)
            distances = stages.unsealed_nonces(connection)
            schema = revision(connection)
        nonces = _gauge(
            "sealbook_signer_unsealed_nonces",
            "Nonces given to transactions that no block is known to hold, of the key with most.",
            max((nonces.count for nonces in distances.values()), default=0),
        )
        chain = str(self._ledger.deployment.chain)
        about = {"version": self._version, "schema": schema or "", "chain": chain}
        info = InfoMetricFamily("sealbook", "What runs here.", value=about)
        return [*_depths(depths, time.time()), nonces, info]

    def _worker(self) -> Iterator[Metric]:
        health = self._health()
        yield _gauge("sealbook_worker_running", "1 while the worker takes steps.", health.running)
        if health.lag_blocks is not None:
            yield _gauge(
                "sealbook_follower_lag_blocks",
                "Blocks between the chain's head and what was followed.",
                health.lag_blocks,
            )
        if health.completed_at is not None:
            yield _gauge(
                "sealbook_worker_round_age_seconds",
                "Time since the worker's last round that went through without trouble.",
                max(0, self._ledger.clock() - health.completed_at),
            )


def _depths(depths: dict[Stage, Depth], now: float) -> Iterator[Metric]:
    items = GaugeMetricFamily(
        "sealbook_stage_items",
        "What waits at a stage: documents and bundles (accepted), transactions (all others).",
        labels=["stage"],
    )
    ages = GaugeMetricFamily(
        "sealbook_stage_oldest_seconds",
        "Since when the oldest of a stage is under way, counted from its acceptance; 0 for none.",
        labels=["stage"],
    )
    for stage, depth in depths.items():
        items.add_metric([stage.value], depth.items)
        age = 0.0 if depth.since is None else max(0.0, now - depth.since)
        ages.add_metric([stage.value], age)
    yield items
    yield ages


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)
