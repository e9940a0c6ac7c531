import time
from itertools import permutations

from ledger.services.screening.circular import (
    LONGEST_CYCLE,
    MAX_CYCLES,
    Circles,
    Trades,
    judge_circles,
)
from ledger.services.screening.model import Exhibit, Finding
from ledger.services.screening.points import FindingKind
from ledger.types import MemberId


def member(number: int) -> MemberId:
    return MemberId(f"org:m{number}")


def step(supplier: int, buyer: int) -> Exhibit:
    return Exhibit(supplier=member(supplier), buyer=member(buyer))


def ring(length: int) -> Trades:
    """Trades that make a circle with one from 0 to 1."""
    return Trades.of(step(n, (n + 1) % length) for n in range(1, length))


def judged(supplier: int, buyer: int, trades: Trades) -> list[Finding]:
    return list(judge_circles(Circles.closed_by(member(supplier), member(buyer), trades), trades))


def not_shown(supplier: int, buyer: int, trades: Trades) -> list[str]:
    return list(Circles.closed_by(member(supplier), member(buyer), trades).not_shown())


def test_circles_of_up_to_six_are_found_and_longer_ones_are_not() -> None:
    (found,) = judged(0, 1, ring(LONGEST_CYCLE))
    assert found.kind is FindingKind.CIRCULAR_TRADE
    assert len(found.exhibits) == LONGEST_CYCLE - 1
    assert judged(0, 1, ring(LONGEST_CYCLE + 1)) == []


def test_the_other_way_round_is_no_circle() -> None:
    assert judged(1, 0, ring(4)) == []


def test_members_that_never_traded_are_in_no_circle() -> None:
    assert judged(0, 9, ring(4)) == []
    assert judged(9, 1, ring(4)) == []
    assert judged(1, 1, ring(4)) == []


def test_where_everybody_trades_with_everybody_a_few_short_circles_are_shown_at_once() -> None:
    trades = Trades.of(step(*pair) for pair in permutations(range(60), 2))
    began = time.monotonic()
    longer, mutual = judged(0, 1, trades)
    assert time.monotonic() - began < 5
    assert longer.kind is FindingKind.CIRCULAR_TRADE
    assert mutual.kind is FindingKind.MUTUAL_TRADE
    assert longer.sentence.count(";") + 1 == MAX_CYCLES - 1


def fan(width: int) -> Trades:
    """Trades by which the buyer 1 comes back to the supplier 0 in so many ways, each of three."""
    among = range(2, 2 + width)
    return Trades.of([*(step(1, n) for n in among), *(step(n, 0) for n in among), step(0, 1)])


def test_circles_beyond_those_that_are_shown_are_told() -> None:
    assert not_shown(0, 1, fan(MAX_CYCLES)) == []
    assert len(judged(0, 1, fan(MAX_CYCLES))) == 1
    assert not_shown(0, 1, fan(MAX_CYCLES + 1)) == [
        "More circles in which its parties trade than the 5 shortest"
    ]
    (found,) = judged(0, 1, fan(MAX_CYCLES + 1))
    assert found.sentence.count(";") + 1 == MAX_CYCLES


def test_a_circle_that_is_too_long_to_be_shown_is_told() -> None:
    for length, told in ((LONGEST_CYCLE, 0), (LONGEST_CYCLE + 1, 1), (5_000, 1)):
        notes = not_shown(0, 1, ring(length))
        assert len(notes) == told, length
        assert all(note.startswith("The circle of more than 6 members") for note in notes)
    assert not_shown(1, 0, ring(LONGEST_CYCLE + 1)) == []
    assert not_shown(1, 1, ring(4)) == []
