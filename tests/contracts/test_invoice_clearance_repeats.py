import pytest

from tests.contracts.cast import Ledger
from tests.contracts.clearance import KEYS, TERMS, Clearance, refuse, take
from tests.contracts.receivables import offer, register, register_accepted
from tests.contracts.successors import follow, hand_over

NOTE, OTHER_NOTE = b"\xa1" * 32, b"\xa2" * 32
"""Alert keys."""


@pytest.fixture
def noted(ledger: Ledger) -> bytes:
    """A record with two alert keys, of which 600 units are offered."""
    alert_keys = [(2, NOTE), (3, OTHER_NOTE)]
    record = register_accepted(ledger, strict_keys=KEYS, alert_keys=alert_keys)
    offer(ledger, record, 600, terms=TERMS)
    return record


def register_alike(ledger: Ledger, number: int, *notes: bytes) -> bytes:
    """Another supplier's record with these alert keys."""
    word_ = bytes([number]) * 32
    alert_keys = [(2, note) for note in notes]
    supplier = ledger.other_supplier
    return register(
        ledger, by=supplier, commitment=word_, strict_keys=[word_], alert_keys=alert_keys
    )


def test_no_key_may_be_seen_again_more_often_than_is_known(ledger: Ledger, noted: bytes) -> None:
    asked = Clearance(alert_keys=(NOTE,))
    take(ledger, noted, asked)
    for number in (1, 2):
        register_alike(ledger, number, NOTE)
        known = asked._replace(repeats_at_most=number - 1)
        refuse(ledger, noted, known, "InvoiceBookRepeats", noted, NOTE, number, number - 1)
        take(ledger, noted, asked._replace(repeats_at_most=number))
    take(ledger, noted, asked._replace(repeats_at_most=2**32 - 1))


def test_each_alert_key_is_held_to_the_limit_on_its_own(ledger: Ledger, noted: bytes) -> None:
    asked = Clearance(alert_keys=(NOTE, OTHER_NOTE), repeats_at_most=1)
    register_alike(ledger, 1, NOTE)
    register_alike(ledger, 2, OTHER_NOTE)
    take(ledger, noted, asked)
    register_alike(ledger, 3, OTHER_NOTE)
    for keys in ((NOTE, OTHER_NOTE), (OTHER_NOTE, NOTE), (OTHER_NOTE,)):
        clearance = asked._replace(alert_keys=keys)
        refuse(ledger, noted, clearance, "InvoiceBookRepeats", noted, OTHER_NOTE, 2, 1)
    take(ledger, noted, asked._replace(alert_keys=(NOTE,)))


def test_each_alert_key_must_have_been_noted(ledger: Ledger, noted: bytes) -> None:
    new = b"\xa9" * 32
    for keys in ((new,), (NOTE, new), (new, NOTE)):
        clearance = Clearance(alert_keys=keys, repeats_at_most=2**32 - 1)
        refuse(ledger, noted, clearance, "InvoiceBookAlertKeyNotNoted", noted, new)
    take(ledger, noted, Clearance(alert_keys=(NOTE, OTHER_NOTE)))


def test_alert_keys_that_nobody_asks_for_or_nobody_repeated_do_not_matter(
    ledger: Ledger, noted: bytes
) -> None:
    register_alike(ledger, 1, NOTE)
    take(ledger, noted, Clearance(alert_keys=()))
    take(ledger, noted, Clearance(alert_keys=(OTHER_NOTE,)))


def test_a_financier_sees_repeats_also_where_the_record_left_its_alert_keys_out(
    ledger: Ledger,
) -> None:
    record = register_accepted(ledger, strict_keys=KEYS)
    offer(ledger, record, 600, terms=TERMS)
    asked = Clearance(alert_keys=(NOTE,))
    refuse(ledger, record, asked, "InvoiceBookAlertKeyNotNoted", record, NOTE)
    register_alike(ledger, 1, NOTE)
    refuse(ledger, record, asked, "InvoiceBookRepeats", record, NOTE, 1, 0)
    take(ledger, record, asked._replace(repeats_at_most=1))
    register_alike(ledger, 2, NOTE)
    take(ledger, record, asked._replace(repeats_at_most=1))
    register_alike(ledger, 3, NOTE)
    refuse(
        ledger, record, asked._replace(repeats_at_most=1), "InvoiceBookRepeats", record, NOTE, 2, 1
    )


def test_repeats_count_although_the_record_that_noted_the_key_first_is_dead(
    ledger: Ledger,
) -> None:
    book, decoy = ledger.invoices.functions, register_alike(ledger, 1, NOTE)
    ledger.act(ledger.other_supplier, book.cancel(decoy))
    record = register_accepted(ledger, strict_keys=KEYS, alert_keys=[(2, NOTE)])
    offer(ledger, record, 600, terms=TERMS)
    asked = Clearance(alert_keys=(NOTE,), repeats_at_most=1)
    take(ledger, record, asked)
    none = asked._replace(repeats_at_most=0)
    refuse(ledger, record, none, "InvoiceBookRepeats", record, NOTE, 1, 0)
    register_alike(ledger, 2, NOTE)
    refuse(ledger, record, asked, "InvoiceBookRepeats", record, NOTE, 2, 1)


def test_a_key_counts_although_it_was_the_old_ledger_that_noted_it_first(ledger: Ledger) -> None:
    old = register_alike(ledger, 1, NOTE)
    heir = follow(ledger)
    hand_over(ledger, heir)
    record = register_accepted(heir, strict_keys=KEYS)
    offer(heir, record, 600, terms=TERMS)
    book, asked = heir.invoices.functions, Clearance(alert_keys=(NOTE,))
    assert (book.alertKeyFirst(NOTE).call(), book.alertRepeats(NOTE).call()) == (old, 0)
    refuse(heir, record, asked, "InvoiceBookRepeats", record, NOTE, 1, 0)
    take(heir, record, asked._replace(repeats_at_most=1))
    new = asked._replace(alert_keys=(OTHER_NOTE,))
    refuse(heir, record, new, "InvoiceBookAlertKeyNotNoted", record, OTHER_NOTE)
