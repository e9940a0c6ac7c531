from typing import Any

import pytest

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.receivables import STRICT_KEY, UNITS, register, register_accepted, registration

FIRST, SECOND, THIRD = (bytes([0xA0 + number]) * 32 for number in range(1, 4))
"""Alert keys."""

REASON = word("never delivered")


def repeats(ledger: Ledger, *keys: bytes) -> list[int]:
    """How often each alert key was seen again."""
    return [ledger.invoices.functions.alertRepeats(key).call() for key in keys]


def content(number: int, *keys: bytes) -> dict[str, Any]:
    """A registration of its own, with these alert keys."""
    word_ = bytes([number]) * 32
    return {
        "commitment": word_,
        "strict_keys": [word_],
        "alert_keys": [(2, key) for key in keys],
    }


def test_a_key_repeats_from_the_second_record_on(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    first = register(ledger, **content(1, FIRST, SECOND))
    assert repeats(ledger, FIRST, SECOND, THIRD) == [0, 0, 0]
    second = register(ledger, by=ledger.other_supplier, **content(2, SECOND, THIRD))
    assert repeats(ledger, FIRST, SECOND, THIRD) == [0, 1, 0]
    assert book.alertKeyFirst(SECOND).call() == first
    assert book.alertKeyFirst(THIRD).call() == second


def test_each_alert_key_counts_once_for_each_time_it_is_given(ledger: Ledger) -> None:
    register(ledger, **content(1, FIRST, SECOND))
    register(ledger, **content(2, FIRST, SECOND))
    assert repeats(ledger, FIRST, SECOND) == [1, 1]
    register(ledger, **content(3, FIRST, FIRST))
    assert repeats(ledger, FIRST, SECOND) == [3, 1]


def test_a_key_counts_every_later_record_and_points_to_the_first(ledger: Ledger) -> None:
    records = []
    for number in (1, 2, 3):
        records.append(register(ledger, **content(number, FIRST)))
        assert repeats(ledger, FIRST) == [number - 1]
        assert ledger.invoices.functions.alertKeyFirst(FIRST).call() == records[0]


def test_a_key_that_the_first_record_gives_twice_is_no_repeat(ledger: Ledger) -> None:
    register(ledger, **content(1, FIRST, FIRST))
    assert repeats(ledger, FIRST) == [0]


def test_strict_keys_never_repeat(ledger: Ledger) -> None:
    register(ledger, **content(1, FIRST))
    register(ledger, **content(2, b"\x01" * 32))
    assert repeats(ledger, b"\x01" * 32, b"\x02" * 32, FIRST) == [0, 0, 0]
    assert ledger.invoices.functions.alertKeyFirst(b"\x02" * 32).call() == bytes(32)


def test_an_alert_stands_in_the_history_of_the_later_record_alone(ledger: Ledger) -> None:
    book, supplier = ledger.invoices.functions, ledger.supplier
    first = register(ledger, **content(1, FIRST))
    before = book.recordHistory(first).call()
    second = book.recordId(supplier.id, b"\x02" * 32).call()
    call = book.register(registration(ledger, **content(2, FIRST, SECOND)))
    events = enact(ledger, second, supplier, call)
    assert events[1:] == [
        ("StrictKeyHeld", {"key": b"\x02" * 32, "record": second}),
        ("AlertKeySeen", {"key": FIRST, "record": second, "first": first, "kind": 2}),
        ("AlertKeyNoted", {"key": SECOND, "record": second, "kind": 2}),
    ]
    assert book.recordHistory(first).call() == before


def test_the_kind_of_an_alert_key_does_not_tell_keys_apart(ledger: Ledger) -> None:
    register(ledger, **{**content(1), "alert_keys": [(0, FIRST)]})
    register(ledger, **{**content(2), "alert_keys": [(255, FIRST)]})
    assert repeats(ledger, FIRST) == [1]


@pytest.mark.parametrize("end", ["cancel", "reject", "void", "settle"])
def test_repeats_are_not_laundered_through_a_first_record_that_is_dead(
    ledger: Ledger, end: str
) -> None:
    book = ledger.invoices.functions
    decoy = register(ledger, **content(1, FIRST))
    if end == "cancel":
        ledger.act(ledger.supplier, book.cancel(decoy))
    elif end == "reject":
        ledger.act(ledger.buyer, book.reject(decoy, REASON))
    elif end == "void":
        ledger.decide(book.voidRecord(decoy, REASON))
    else:
        ledger.act(ledger.buyer, book.accept(decoy))
        ledger.act(ledger.supplier, book.credit(decoy, UNITS, REASON))
    genuine = register_accepted(ledger, **content(2, FIRST))
    assert repeats(ledger, FIRST) == [1]
    register(ledger, by=ledger.other_supplier, **content(3, FIRST))
    assert repeats(ledger, FIRST) == [2]
    assert book.alertKeyFirst(FIRST).call() == decoy
    ledger.act(ledger.supplier, book.cancel(genuine))
    assert repeats(ledger, FIRST) == [2]


def test_a_registration_that_fails_counts_nothing(ledger: Ledger) -> None:
    standing = register(ledger, **content(1, FIRST), units=5)
    with reverts("IdentityKeysEmpty"):
        register(ledger, **content(2, FIRST, bytes(32)))
    with reverts("IdentityKeysTaken", b"\x01" * 32, standing):
        register(ledger, **{**content(2, FIRST), "strict_keys": [STRICT_KEY, b"\x01" * 32]})
    assert repeats(ledger, FIRST) == [0]


def test_the_two_books_count_each_on_its_own(ledger: Ledger) -> None:
    for number in (1, 2):
        register(ledger, **content(number, FIRST))
    assert repeats(ledger, FIRST) == [1]
    assert ledger.certificates.functions.alertRepeats(FIRST).call() == 0
