import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger.errors import Forbidden
from ledger.services import remembered
from ledger.services.remembered import OneAsker, Remembered


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(remembered, "time", made)
    return made


def test_an_answer_is_given_until_half_its_time_is_over_and_then_one_asker_renews_it(
    clock: Clock,
) -> None:
    answers: Remembered[str, int] = Remembered(seconds=2, most=10)
    answers.put("a", 1, asked_at=clock.now)
    clock.now += 0.9
    assert [answers.get("a"), answers.get("a"), answers.get("b")] == [1, 1, None]
    clock.now += 0.2
    assert [answers.get("a"), answers.get("a"), answers.get("a")] == [None, 1, 1]
    answers.put("a", 2, asked_at=clock.now)
    assert answers.get("a") == 2


def test_no_answer_is_older_than_its_time_counted_from_the_question(clock: Clock) -> None:
    answers: Remembered[str, int] = Remembered(seconds=2, most=10)
    answers.put("slow", 1, asked_at=clock.now - 2)
    answers.put("quick", 1, asked_at=clock.now)
    assert [answers.get("slow"), answers.get("slow"), answers.get("quick")] == [None, None, 1]
    clock.now += 2
    assert [answers.get("quick"), answers.get("quick")] == [None, None]


def test_what_is_forgotten_is_asked_anew(clock: Clock) -> None:
    answers: Remembered[str, int] = Remembered(seconds=2, most=10)
    answers.put("a", 1, asked_at=clock.now)
    answers.forget("a")
    answers.forget("never known")
    assert answers.get("a") is None


def test_no_more_than_so_many_are_remembered(clock: Clock) -> None:
    answers: Remembered[int, int] = Remembered(seconds=2, most=10)
    for number in range(1000):
        answers.put(number, number, asked_at=clock.now)
        assert answers.get(number) == number
    assert sum(answers.get(number) is not None for number in range(1000)) <= 10


class Looked(str):
    """A key that tells each time that it is looked for."""

    def __init__(self, _text: str) -> None:
        self.times = threading.Semaphore(0)

    def __hash__(self) -> int:
        self.times.release()
        return super().__hash__()


def test_all_who_ask_hear_the_one_answer_if_it_comes_in_time() -> None:
    asker: OneAsker[str] = OneAsker(patience_seconds=20)
    key = Looked("a")
    asked, answered, questions = threading.Event(), threading.Event(), []

    def question() -> None:
        questions.append("a")
        asked.set()
        assert answered.wait(20)
        raise Forbidden("no", code="no")

    async def meanwhile() -> None:
        await asker.ask_meanwhile(key, question)

    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = [pool.submit(asker.ask, key, question)]
        assert asked.wait(20)
        while key.times.acquire(blocking=False):  # by the one who asks
            pass
        answers += [pool.submit(asker.ask, key, question) for _ in range(2)]
        answers.append(pool.submit(asyncio.run, meanwhile()))
        assert all(key.times.acquire(timeout=20) for _ in range(3))
        asker.ask("b", lambda: None)
        answered.set()
    found = [answer.exception() for answer in answers]
    assert [type(error) for error in found] == [Forbidden] * 4
    assert questions == ["a"]
    asker.ask("a", lambda: questions.append("anew"))
    assert questions == ["a", "anew"]


def test_nobody_waits_for_an_answer_that_does_not_come_in_time() -> None:
    asker: OneAsker[str] = OneAsker(patience_seconds=0.05)
    answered, questions = threading.Event(), []

    def question() -> None:
        questions.append("a")
        assert answered.wait(20)
        raise Forbidden("no", code="no")

    async def meanwhile() -> None:
        await asyncio.gather(*(asker.ask_meanwhile("a", question) for _ in range(3)))

    asker.ask("a", question)
    asyncio.run(meanwhile())
    assert questions == ["a"]
    answered.set()
