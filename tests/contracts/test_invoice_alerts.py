from typing import Any

from tests.contracts.acts import enact
from tests.contracts.cast import Ledger
from tests.contracts.harness import reverts, word
from tests.contracts.receivables import register, register_accepted, registration

FIRST, SECOND, THIRD = (bytes([0xA0 + number]) * 32 for number in range(1, 4))
"""Alert keys."""


def alerts(ledger: Ledger, record: bytes) -> int:
    count: int = ledger.invoices.functions.alertCount(record).call()
    return count


def content(number: int, *keys: bytes) -> dict[str, Any]:
    """A registration of its own, with these alert keys."""
    word_ = bytes([number]) * 32
    return {
        "commitment": word_,
        "strict_keys": [word_],
        "alert_keys": [(2, key) for key in keys],
    }


def test_an_alert_counts_on_both_sides(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    first = register(ledger, **content(1, FIRST, SECOND))
    assert alerts(ledger, first) == 0
    other = ledger.other_supplier
    second = register(ledger, by=other, **content(2, SECOND, THIRD))
    assert (alerts(ledger, first), alerts(ledger, second)) == (1, 1)
    assert book.alertKeyFirst(SECOND).call() == first
    assert book.alertKeyFirst(THIRD).call() == second


def test_each_alert_key_counts_once_for_each_time_it_is_given(ledger: Ledger) -> None:
    first = register(ledger, **content(1, FIRST, SECOND))
    second = register(ledger, **content(2, FIRST, SECOND))
    assert (alerts(ledger, first), alerts(ledger, second)) == (2, 2)
    third = register(ledger, **content(3, FIRST, FIRST))
    assert (alerts(ledger, first), alerts(ledger, third)) == (4, 2)
    assert alerts(ledger, second) == 2


def test_every_later_record_points_to_the_first(ledger: Ledger) -> None:
    records = [register(ledger, **content(number, FIRST)) for number in (1, 2, 3)]
    assert [alerts(ledger, record) for record in records] == [2, 1, 1]
    assert ledger.invoices.functions.alertKeyFirst(FIRST).call() == records[0]


def test_a_key_that_a_record_gives_twice_itself_is_no_alert(ledger: Ledger) -> None:
    record = register(ledger, **content(1, FIRST, FIRST))
    assert alerts(ledger, record) == 0


def test_other_keys_are_no_alert_and_strict_keys_never_are(ledger: Ledger) -> None:
    first = register(ledger, **content(1, FIRST))
    second = register(ledger, **content(2, SECOND))
    third = register(ledger, **content(3, b"\x01" * 32))
    assert [alerts(ledger, record) for record in (first, second, third)] == [0, 0, 0]


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
    first = register(ledger, **{**content(1), "alert_keys": [(0, FIRST)]})
    second = register(ledger, **{**content(2), "alert_keys": [(255, FIRST)]})
    assert (alerts(ledger, first), alerts(ledger, second)) == (1, 1)


def test_an_alert_key_outlives_the_record_that_noted_it(ledger: Ledger) -> None:
    book, reason = ledger.invoices.functions, word("never delivered")
    first = register(ledger, **content(1, FIRST))
    ledger.act(ledger.supplier, book.cancel(first))
    second = register_accepted(ledger, **content(2, FIRST))
    assert (alerts(ledger, first), alerts(ledger, second)) == (1, 1)
    ledger.decide(book.voidRecord(second, reason))
    third = register(ledger, **content(3, FIRST))
    assert (alerts(ledger, first), alerts(ledger, third)) == (2, 1)


def test_a_registration_that_fails_counts_nothing(ledger: Ledger) -> None:
    first = register(ledger, **content(1, FIRST))
    with reverts("IdentityKeysEmpty"):
        register(ledger, **content(2, FIRST, bytes(32)))
    assert alerts(ledger, first) == 0
