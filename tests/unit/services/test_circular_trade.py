import time
from itertools import permutations

from ledger.services.screening.circular import LONGEST_CYCLE, MAX_CYCLES, Trades, judge_circles
from ledger.services.screening.model import Exhibit
from ledger.services.screening.points import FindingKind
from ledger.types import MemberId


def member(number: int) -> MemberId:
    return MemberId(f"org:m{number}")


def step(supplier: int, buyer: int) -> Exhibit:
    return Exhibit(supplier=member(supplier), buyer=member(buyer))


def ring(length: int) -> Trades:
    """Trades that make a circle with one from 0 to 1."""
    return Trades.of(step(n, (n + 1) % length) for n in range(1, length))


def test_circles_of_up_to_six_are_found_and_longer_ones_are_not() -> None:
    (found,) = judge_circles(member(0), member(1), ring(LONGEST_CYCLE))
    assert found.kind is FindingKind.CIRCULAR_TRADE
    assert len(found.exhibits) == LONGEST_CYCLE - 1
    assert list(judge_circles(member(0), member(1), ring(LONGEST_CYCLE + 1))) == []


def test_the_other_way_round_is_no_circle() -> None:
    assert list(judge_circles(member(1), member(0), ring(4))) == []


def test_members_that_never_traded_are_in_no_circle() -> None:
    assert list(judge_circles(member(0), member(9), ring(4))) == []
    assert list(judge_circles(member(9), member(1), ring(4))) == []
    assert list(judge_circles(member(1), member(1), ring(4))) == []


def test_where_everybody_trades_with_everybody_a_few_short_circles_are_shown_at_once() -> None:
    trades = Trades.of(step(*pair) for pair in permutations(range(60), 2))
    began = time.monotonic()
    longer, mutual = judge_circles(member(0), member(1), trades)
    assert time.monotonic() - began < 5
    assert longer.kind is FindingKind.CIRCULAR_TRADE
    assert mutual.kind is FindingKind.MUTUAL_TRADE
    assert longer.sentence.count(";") + 1 == MAX_CYCLES - 1
