"""Counts what this process does, on a registry of its own."""

import time
from collections.abc import Callable
from typing import Any, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

from ledger.anchoring.observer import ClosedBatch, Kind, Move, Stage, kind_of
from ledger.chain.port import Block, Chain, Reverted, SendRefused
from ledger.errors import NodeError, TransportError
from ledger.store.outbox import Outgoing
from ledger.types import MemberId

_QUICK_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_CALL_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 100_000)


class Meter:
    """Everything that is counted where it happens; also an observer of anchoring."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._count(registry)
        self._measure(registry)

    def _count(self, registry: CollectorRegistry) -> None:
        transitions = Counter(
            "sealbook_stage_transitions",
            "Requests kept (accepted), batches and transactions that reached a stage.",
            ["stage"],
            registry=registry,
        )
        self._failures = Counter(
            "sealbook_step_failures",
            "Steps of transactions that failed, by the stage they stay at and the failure's kind.",
            ["stage", "kind"],
            registry=registry,
        )
        self._troubles = Counter(
            "sealbook_worker_troubles",
            "Parts of the worker's rounds that did not go through, by the failure's kind.",
            ["part", "kind"],
            registry=registry,
        )
        accepted = Counter(
            "sealbook_documents_accepted",
            "Documents accepted, handed in one by one (document) or together (bundle).",
            ["form"],
            registry=registry,
        )
        # Looked up once, since that takes longer than counting; and what never happened is shown
        # as 0, so that its first time is seen as a change.
        self._reached = {stage: transitions.labels(stage.value) for stage in Stage}
        self._documents = {
            kind: accepted.labels(kind.value) for kind in (Kind.DOCUMENT, Kind.BUNDLE)
        }

    def _measure(self, registry: CollectorRegistry) -> None:
        self._batch_documents = Histogram(
            "sealbook_batch_documents",
            "Documents of the batches that were closed.",
            buckets=_SIZES,
            registry=registry,
        )
        self._group_size = Histogram(
            "sealbook_commit_group_size",
            "Requests kept by one commit of the database.",
            buckets=_SIZES,
            registry=registry,
        )
        self._commits = Histogram(
            "sealbook_commit_seconds",
            "Time that writing and committing a group of requests took.",
            buckets=_QUICK_SECONDS,
            registry=registry,
        )
        self._calls = Histogram(
            "sealbook_chain_call_seconds",
            "Time that questions to the chain node took, by question and outcome.",
            ["method", "outcome"],
            buckets=_CALL_SECONDS,
            registry=registry,
        )
        self._head = Gauge(
            "sealbook_chain_head_block", "Height of the newest block seen.", registry=registry
        )

    def accepted(
        self,
        kind: Kind,
        identifier: object,  # noqa: ARG002 - an observer's signature
        member: MemberId,  # noqa: ARG002 - an observer's signature
        *,
        documents: int = 1,
    ) -> None:
        """Count a request that was kept."""
        self._reached[Stage.ACCEPTED].inc()
        if kind in self._documents:
            self._documents[kind].inc(documents)

    def batched(self, batch: ClosedBatch) -> None:
        """Count a batch."""
        self._reached[Stage.BATCHED].inc()
        self._batch_documents.observe(batch.size)

    def moved(self, move: Move) -> None:
        """Count a step."""
        self._reached[move.stage].inc()

    def failed(self, stage: Stage, item: Outgoing, error: Exception) -> None:  # noqa: ARG002
        """Count a step that failed."""
        self._failures.labels(stage.value, kind_of(error)).inc()

    def troubled(self, part: str, error: Exception) -> None:
        """Count a part of a round that did not go through."""
        self._troubles.labels(part, kind_of(error)).inc()

    def committed(self, requests: int, seconds: float) -> None:
        """Count a group that was committed."""
        self._group_size.observe(requests)
        self._commits.observe(seconds)

    def called(self, method: str, outcome: str, seconds: float) -> None:
        """Count a question to the chain node."""
        self._calls.labels(method, outcome).observe(seconds)

    def saw_head(self, block: Block) -> None:
        """Note the newest block that the node told of."""
        self._head.set(block.ref.number)


class _MeteredChain:
    """A chain of which every question is counted, also those that the port gets later."""

    def __init__(self, chain: Chain, meter: Meter) -> None:
        self._chain = chain
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._chain, name)
        if name.startswith("_") or not callable(found):
            return found
        asked = self._counted(name, found)
        setattr(self, name, asked)  # found without __getattr__ from now on
        return asked

    def _counted(self, name: str, ask: Callable[..., Any]) -> Callable[..., Any]:
        meter = self._meter

        def asked(*arguments: Any, **named: Any) -> Any:
            start = time.perf_counter()
            outcome = "ok"
            try:
                answer = ask(*arguments, **named)
            except Exception as error:
                outcome = _outcome(error)
                raise
            finally:
                meter.called(name, outcome, time.perf_counter() - start)
            if name == "head":
                meter.saw_head(answer)
            elif name == "tip":
                meter.saw_head(answer.head)
            return answer

        return asked


def metered_chain(chain: Chain, meter: Meter) -> Chain:
    """A chain whose questions the meter counts."""
    return cast("Chain", _MeteredChain(chain, meter))


def _outcome(error: Exception) -> str:
    if isinstance(error, Reverted):
        return "reverted"
    if isinstance(error, SendRefused):
        return "refused"
    if isinstance(error, NodeError):
        return "node-error"
    return "unreachable" if isinstance(error, TransportError) else "defect"
