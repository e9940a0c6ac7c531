"""Calls whose traces in the histories are examined before their events are returned."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from eth_utils.crypto import keccak
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.types import LogReceipt, TxReceipt

from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, decode_log

Events: TypeAlias = list[tuple[str, dict[str, Any]]]
"""Name and arguments of each event, in order."""

_History: TypeAlias = tuple[int, bytes]

_EMPTY: _History = (0, bytes(32))


def enact(
    ledger: Ledger, record: bytes, member: Member, call: ContractFunction, *, acts: int = 1
) -> Events:
    """Send a call to a book; its events.

    The record's history must have taken all of them, the member's the first `acts`, and the
    history of no other member any.
    """
    book = _book(ledger, call)
    before = _histories(ledger, book, record)
    logs = _logs(book, ledger.act(member, call))
    expected = {**before, record: extended(before[record], logs)}
    expected[member.id] = extended(before[member.id], logs[:acts])
    assert _histories(ledger, book, record) == expected
    return [decode_log(log, book) for log in logs]


def enact_decision(ledger: Ledger, record: bytes, call: ContractFunction) -> Events:
    """Let the council make a call to a book; its events.

    The record's history must have taken all of them, and no member's any.
    """
    book = _book(ledger, call)
    before = _histories(ledger, book, record)
    logs = _logs(book, ledger.decide(call))
    assert _histories(ledger, book, record) == {**before, record: extended(before[record], logs)}
    return [decode_log(log, book) for log in logs]


def extended(history: _History, logs: Sequence[LogReceipt]) -> _History:
    """Counter and running hash of a history after these logs."""
    count, digest = history
    for log in logs:
        entry = keccak(b"".join([*log["topics"], log["data"]]))
        count, digest = count + 1, keccak(digest + entry)
    return count, digest


def digest_of(ledger: Ledger, record: bytes) -> bytes:
    """The running hash of a record's history."""
    digest: bytes = ledger.invoices.functions.recordHistory(record).call()[1]
    return digest


def _book(ledger: Ledger, call: ContractFunction) -> Contract:
    return ledger.certificates if call.address == ledger.certificates.address else ledger.invoices


def _histories(ledger: Ledger, book: Contract, record: bytes) -> dict[bytes, _History]:
    view = book.functions
    members = (
        ledger.supplier,
        ledger.buyer,
        ledger.financier,
        ledger.other_financier,
        ledger.depositary,
        *ledger.council[:2],
    )
    names = [member.id for member in members]
    histories = {name: tuple(view.memberHistory(name).call()) for name in [*names, bytes(32)]}
    begun = view.recordExists(record).call()
    return {**histories, record: tuple(view.recordHistory(record).call()) if begun else _EMPTY}


def _logs(book: Contract, receipt: TxReceipt) -> list[LogReceipt]:
    return [log for log in receipt["logs"] if log["address"] == book.address]
