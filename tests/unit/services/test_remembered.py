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


@pytest.mark.parametrize(("patience", "refused"), [(20, 4), (0, 1)])
def test_all_who_want_to_ask_hear_the_one_answer_if_it_comes_in_time(
    patience: float, refused: int
) -> None:
    asker: OneAsker[str] = OneAsker(patience_seconds=patience)
    asked, answered, questions = threading.Event(), threading.Event(), []

    def question() -> None:
        questions.append("a")
        asked.set()
        assert answered.wait(20)
        raise Forbidden("no", code="no")

    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = [pool.submit(asker.ask, "a", question)]
        assert asked.wait(20)
        answers += [pool.submit(asker.ask, "a", question) for _ in range(3)]
        asker.ask("b", lambda: None)
        if patience == 0:
            assert [answer.result(20) for answer in answers[1:]] == [None] * 3
        answered.set()
    found = [answer.exception() for answer in answers]
    assert sum(isinstance(error, Forbidden) for error in found) >= refused
    asker.ask("a", lambda: questions.append("anew"))
    assert questions[-1] == "anew"
