"""Letting ours and the peers take turns, so that a busy machine slows each of them alike."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from scripts.bench.rows import Goal, Row

Run = Callable[[], float]
"""Does the work once and answers its figure. Raises Absent if it cannot be done here."""


class Absent(Exception):
    """A peer is not installed, or not for this machine; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom or what ours stands beside.

    size: what it does where that is less than ours; the figures must then be rates. most_rounds:
    of one that is slow.
    """

    name: str
    run: Run
    goal: Goal | None = None
    note: str = ""
    most_rounds: int | None = None


def contest(
    stage: str, size: str, unit: str, ours: Run, peers: Sequence[Peer], *, rounds: int
) -> list[Row]:
    """The rows of one thing done by ours and by each peer, all taking turns, by their medians."""
    our_figures: list[float] = []
    figures: dict[str, list[float]] = {peer.name: [] for peer in peers}
    absent: dict[str, str] = {}
    for number in range(rounds):
        our_figures.append(_turn(ours))
        for peer in peers:
            if peer.name in absent or number >= (peer.most_rounds or rounds):
                continue
            try:
                figures[peer.name].append(_turn(peer.run))
            except Absent as reason:
                absent[peer.name] = str(reason)
    figure = median(our_figures)
    return [
        Row(stage, size, unit, figure, peer.name, theirs, peer.goal, note, rounds)
        for peer in peers
        for theirs in [median(figures[peer.name]) if figures[peer.name] else None]
        for note in [absent.get(peer.name, peer.note)]
    ]


def _turn(run: Run) -> float:
    gc.collect()  # nobody pays for what the one before has left
    return run()


def seconds(action: Callable[[], object]) -> float:
    """How long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def rate(count: int, action: Callable[[], object]) -> float:
    """How many a second, of as many as the action does."""
    return count / seconds(action)
