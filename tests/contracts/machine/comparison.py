"""The base of the stateful test: it runs operations on the contract and on the model."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from tests.contracts.acts import extended
from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, Reverted
from tests.contracts.histories import actor_of, record_of
from tests.contracts.machine.observation import Observation, observe
from tests.contracts.model import BUYER, FINANCIERS, SUPPLIERS, Book, Invoice, Refused
from tests.contracts.receivables import registration

ANYBODY = (*SUPPLIERS, *FINANCIERS, BUYER)
KEYS = [bytes([number]) * 32 for number in range(1, 5)]
NOTHING = (0, bytes(32))
"""The history of who did nothing."""

Item = TypeVar("Item")

whos = st.sampled_from([*[None] * 12, *ANYBODY])
"""Who acts: None for the member that may."""

takers = st.sampled_from(FINANCIERS * 6 + ANYBODY)
"""To whom units are offered or pledged."""

indices = st.integers(0, 11)
"""Which of the things there are; taken modulo their number."""

amounts = st.integers(0, 6)
"""Units."""


class Comparison(RuleBasedStateMachine):
    """A ledger, the model of its invoice book, and what both did."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._before = ledger.chain.snapshot()
        self.ledger = ledger
        self.book = ledger.invoices.functions
        self.model = Book()
        self.members: dict[str, Member] = {name: getattr(ledger, name) for name in ANYBODY}
        self.spare_keys = list(ledger.spare_keys)
        self.touched: dict[bytes, Observation] = {}
        self.record_histories: dict[bytes, tuple[int, bytes]] = {}
        self.member_histories = {member.id: NOTHING for member in self.members.values()}
        self.acted: set[bytes] = set()
        self.registrations = 0

    def teardown(self) -> None:
        """Return the chain to where it was, once nobody turns out to have acted unseen."""
        try:
            for member, expected in self.member_histories.items():
                assert tuple(self.book.memberHistory(member).call()) == expected
        finally:
            self.ledger.chain.restore(self._before)

    def attempt(
        self,
        record: bytes,
        who: str,
        call: ContractFunction,
        operation: Callable[[Invoice], None],
    ) -> None:
        """Let a member do something, on the contract and in the model."""
        self._agree(record, self._run(who, call), operation)

    def decide(
        self, record: bytes, call: ContractFunction, operation: Callable[[Invoice], None]
    ) -> None:
        """Let the council do something, on the contract and in the model."""
        try:
            receipt = self.ledger.decide(call)
        except Reverted as reverted:
            self._agree(record, reverted.name, operation)
        else:
            self._note(receipt, None)
            self._agree(record, None, operation)

    def register(self, supplier: str, units: int, keys: frozenset[bytes]) -> bytes:
        """Let a supplier register an invoice; the record's name."""
        self.registrations += 1
        commitment = self.registrations.to_bytes(32, "big")
        content = registration(
            self.ledger, commitment=commitment, units=units, strict_keys=sorted(keys)
        )
        record: bytes = self.book.recordId(self.members[supplier].id, commitment).call()
        error = self._run(supplier, self.book.register(content))
        expected: str | None = None
        try:
            self.model.register(record, supplier, units, keys)
        except Refused as refused:
            expected = refused.name
        assert error == expected
        self._look_at({record} & set(self.model.invoices))
        return record

    def rotate_key(self, name: str) -> None:
        """Let a member replace its operator key by a spare one."""
        member, key = self.members[name], self.spare_keys.pop()
        membership = self.ledger.membership.functions
        self.ledger.act(member, membership.addKey(member.id, key))
        self.members[name] = replace(member, key=key)
        self.ledger.act(self.members[name], membership.revokeKey(member.id, member.key))
        self._look_at(self.model.invoices)

    def observe(self, record: bytes) -> Observation:
        """What the contract says about a record now."""
        return observe(self.ledger, record, self.members)

    def now(self) -> int:
        """Time of the last block, in which the last operation was done."""
        return self.ledger.chain.now()

    def record(self, index: int) -> tuple[bytes, Invoice]:
        """One of the records, rather one that lives."""
        invoices = self.model.invoices
        live = [record for record, found in invoices.items() if found.state == "accepted"]
        record = choose(live if live and index % 4 else list(invoices), index)
        return record, invoices[record]

    def _agree(
        self, record: bytes, error: str | None, operation: Callable[[Invoice], None]
    ) -> None:
        draft, expected = self.model.draft(record), None
        try:
            operation(draft)
        except Refused as refused:
            expected = refused.name
        else:
            self.model.invoices[record] = draft
        assert error == expected
        self._look_at([record])

    def _look_at(self, records: Iterable[bytes]) -> None:
        self.touched = {record: self.observe(record) for record in records}

    def _run(self, who: str, call: ContractFunction) -> str | None:
        """Send a transaction; the name of the error that it reverted with, if it did."""
        try:
            receipt = self.ledger.act(self.members[who], call)
        except Reverted as reverted:
            return reverted.name
        self._note(receipt, self.members[who].id)
        return None

    def _note(self, receipt: TxReceipt, sender: bytes | None) -> None:
        """Write down what the events add to the histories: acts are those of the sender."""
        self.acted = set() if sender is None else {sender}
        for log in receipt["logs"]:
            if log["address"] != self.ledger.invoices.address:
                continue
            record = record_of(self.ledger, log)
            known = self.record_histories.get(record, NOTHING)
            self.record_histories[record] = extended(known, [log])
            if sender is not None and actor_of(self.ledger, log) is not None:
                known = self.member_histories[sender]
                self.member_histories[sender] = extended(known, [log])


def choose(items: Sequence[Item], index: int) -> Item:
    """The item that a number stands for."""
    return items[index % len(items)]


def some(find: Callable[[Comparison], Sequence[object]]) -> Callable[[Comparison], bool]:
    """Whether there is any of what a rule acts on."""
    return lambda machine: bool(find(machine))
