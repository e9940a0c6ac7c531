"""Trade in circles: receivables that go round and come back to their supplier.

The edges are the files of the screening, whose parties need not be members, and the registrations
that the member may see. A council
member or an auditor sees all; anybody else those of which it is supplier or buyer, or of which
units were offered or pledged to it: whoever holds units came by them so. Registrations that were
rejected, cancelled or voided are no trade.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, takewhile

import networkx as nx

from ledger.services.screening.model import Candidate, Exhibit, Finding
from ledger.services.screening.parties import Traders
from ledger.services.screening.points import FindingKind
from ledger.store.events import ChainEvent
from ledger.types import Units, parse_member_id

LONGEST_CYCLE = 6
"""Edges of the longest circle that is looked for, the screened invoice's own among them."""

MAX_CYCLES = 5
"""Circles that are shown, the shortest first."""

_MUTUAL = 2
_SHOWN_OF_EDGE = 3
_Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Trades:
    """Who sells to whom, with what shows it."""

    graph: "nx.DiGraph[str]"
    steps: dict[_Edge, list[Exhibit]]

    @classmethod
    def of(cls, shown: Iterable[Exhibit]) -> "Trades":
        """Draw the graph of some exhibits, those of one step in their order."""
        steps: dict[_Edge, list[Exhibit]] = defaultdict(list)
        for exhibit in shown:
            if exhibit.supplier is not None and exhibit.buyer is not None:
                steps[exhibit.supplier, exhibit.buyer].append(exhibit)
        return cls(nx.DiGraph(list(steps)), dict(steps))


def trade_of_record(event: ChainEvent) -> Exhibit:
    """A registration as a step of a circle."""
    return Exhibit(
        record=event.record,
        block=event.block_number,
        time=event.timestamp,
        units=Units(int(event.arguments["units"])),
        supplier=parse_member_id(event.arguments["supplier"]),
        buyer=parse_member_id(event.arguments["buyer"]),
    )


def trade_of_file(candidate: Candidate, traders: Traders) -> Exhibit:
    """A file of the screening as a step of a circle; of none, if nothing names its parties."""
    supplier, buyer = traders.ends(candidate.invoice)
    return Exhibit(file=candidate.name, supplier=supplier, buyer=buyer)


@dataclass(frozen=True, slots=True)
class Circles:
    """Circles that an invoice closes.

    shown: the traders of each in their order, the shortest first; MAX_CYCLES at most.
    more: whether there are others of at most LONGEST_CYCLE.
    only_longer: whether none is that short, and what the buyer sells comes back all the same.
    """

    shown: tuple[tuple[str, ...], ...] = ()
    more: bool = False
    only_longer: bool = False

    @classmethod
    def closed_by(cls, supplier: str, buyer: str, trades: Trades) -> "Circles":
        """Look for the circles that an invoice of the supplier to the buyer closes."""
        graph = trades.graph
        if supplier == buyer or supplier not in graph or buyer not in graph:
            return cls()
        found = list(islice(_cycles(supplier, buyer, graph), MAX_CYCLES + 1))
        return cls(
            shown=tuple(found[:MAX_CYCLES]),
            more=len(found) > MAX_CYCLES,
            only_longer=not found and nx.has_path(graph, buyer, supplier),
        )

    def not_shown(self) -> Iterator[str]:
        """What the bounds cut, in sentences without a full stop."""
        if self.more:
            yield f"More circles in which its parties trade than the {MAX_CYCLES} shortest"
        if self.only_longer:
            yield (
                f"The circle of more than {LONGEST_CYCLE} members in which its parties trade: there"
                " is one, and none is shorter"
            )


def judge_circles(circles: Circles, trades: Trades) -> Iterator[Finding]:
    """Circles that an invoice closes."""
    longer = [cycle for cycle in circles.shown if len(cycle) > _MUTUAL]
    if longer:
        yield _finding(FindingKind.CIRCULAR_TRADE, "Its parties trade in a circle", longer, trades)
    if len(longer) < len(circles.shown):
        mutual = [cycle for cycle in circles.shown if len(cycle) == _MUTUAL]
        told = "Its buyer sells to its supplier too"
        yield _finding(FindingKind.MUTUAL_TRADE, told, mutual, trades)


def _cycles(supplier: str, buyer: str, graph: "nx.DiGraph[str]") -> Iterator[tuple[str, ...]]:
    """Circles through supplier → buyer without repetition, shortest first."""
    # Only who is near enough to both can be on a circle; the rest would cost time for nothing.
    most = LONGEST_CYCLE - 1
    there = nx.single_source_shortest_path_length(graph, buyer, cutoff=most)
    back = nx.single_source_shortest_path_length(graph.reverse(copy=False), supplier, cutoff=most)
    near = [node for node in there if node in back and there[node] + back[node] <= most]
    if supplier not in near:
        return
    paths = nx.shortest_simple_paths(graph.subgraph(near).copy(), buyer, supplier)
    for path in takewhile(lambda path: len(path) <= LONGEST_CYCLE, paths):
        yield (supplier, *path[:-1])


def _finding(
    kind: FindingKind, told: str, cycles: Sequence[Sequence[str]], trades: Trades
) -> Finding:
    drawn = "; ".join(" → ".join([*cycle, cycle[0]]) for cycle in cycles)
    # The first edge is the screened invoice's own.
    edges = dict.fromkeys(edge for cycle in cycles for edge in pairwise([*cycle[1:], cycle[0]]))
    exhibits = (item for edge in edges for item in trades.steps[edge][:_SHOWN_OF_EDGE])
    return Finding(kind, f"{told}: {drawn}", tuple(exhibits))
