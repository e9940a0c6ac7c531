"""The text that Prometheus reads."""

import threading
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Metric, generate_latest

FRESH_SECONDS = 1.0
"""How long a text is shown again: strangers may ask, and asking must cost the database little."""


class _WithoutBirthdays:
    """Metrics without the samples that say when each was first counted, which few read."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        for metric in self._registry.collect():
            metric.samples = [
                sample for sample in metric.samples if not sample.name.endswith("_created")
            ]
            yield metric


class Exposition:
    """The figures of a registry as text, looked up by one thread at a time."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._metrics = _WithoutBirthdays(registry)
        self._lock = threading.Lock()
        self._text = b""
        self._made_at = float("-inf")

    def text(self) -> bytes:
        """Figures that are a second old at most."""
        with self._lock:
            if time.monotonic() - self._made_at >= FRESH_SECONDS:
                self._text = generate_latest(self._metrics)
                self._made_at = time.monotonic()
            return self._text
