"""The base of the stateful test: it runs operations on the contract and on the model."""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import Protocol

from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from tests.contracts.acts import extended
from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, Reverted
from tests.contracts.histories import actor_of, record_of
from tests.contracts.model import BUYER, FINANCIERS, SUPPLIERS, Book, Invoice, Refused
from tests.contracts.receivables import registration
from tests.contracts.walk.observation import Observation, observe

ANYBODY = (*SUPPLIERS, *FINANCIERS, BUYER)
KEYS = [bytes([number]) * 32 for number in range(1, 5)]
NOTHING = (0, bytes(32))
"""The history of who did nothing."""

_RIGHTFUL = 0.85
"""How often the one acts that may, on a record on which it may."""


class Openable(Protocol):
    """What is open until it is answered."""

    @property
    def open(self) -> bool:
        """Whether it still is."""


class Comparison:
    """A ledger, the model of its invoice book, and what both did.

    `touched` has what the contract says about the records of the last operation.
    """

    def __init__(self, ledger: Ledger, random: Random) -> None:
        self.ledger = ledger
        self.random = random
        self.book = ledger.invoices.functions
        self.model = Book()
        self.members: dict[str, Member] = {name: getattr(ledger, name) for name in ANYBODY}
        self.spare_keys = list(ledger.spare_keys)
        self.touched: dict[bytes, Observation] = {}
        self.record_histories: dict[bytes, tuple[int, bytes]] = {}
        self.member_histories = {member.id: NOTHING for member in self.members.values()}
        self.registrations = 0

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
        self.look_at({record} & set(self.model.invoices))
        return record

    def observe(self, record: bytes) -> Observation:
        """What the contract says about a record now."""
        return observe(self.ledger, record, self.members)

    def now(self) -> int:
        """Time of the last block, in which the last operation was done."""
        return self.ledger.chain.now()

    def somebody(self, entitled: str) -> str:
        """Who acts: mostly the member that may."""
        return entitled if self.random.random() < _RIGHTFUL else self.random.choice(ANYBODY)

    def taker(self) -> str:
        """To whom units are offered or pledged: mostly a financier."""
        return self.random.choice(FINANCIERS * 6 + ANYBODY)

    def units(self) -> int:
        """A small number of units, rarely none."""
        return self.random.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 6))

    def record(self) -> tuple[bytes, Invoice]:
        """One of the records, mostly one whose units may move."""
        invoices = self.model.invoices
        moving = [
            record
            for record, found in invoices.items()
            if found.state == "accepted" and not found.freezes
        ]
        some = moving if moving and self.random.random() < _RIGHTFUL else list(invoices)
        record = self.random.choice(some)
        return record, invoices[record]

    def some(self, wanted: Callable[[Invoice], bool]) -> bytes | None:
        """One of the records of which this holds; None if it holds of none."""
        found = [record for record, invoice in self.model.invoices.items() if wanted(invoice)]
        return self.random.choice(found) if found else None

    def some_item(self, items: Callable[[Invoice], Sequence[Openable]]) -> tuple[bytes, int] | None:
        """Record and number of an open offer, pledge or payment; None if there is none."""
        found = [
            (record, number)
            for record, invoice in self.model.invoices.items()
            for number, item in enumerate(items(invoice))
            if item.open
        ]
        return self.random.choice(found) if found else None

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
        self.look_at([record])

    def look_at(self, records: Iterable[bytes]) -> None:
        """Read what the contract says about these records."""
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
        for log in receipt["logs"]:
            if log["address"] != self.ledger.invoices.address:
                continue
            record = record_of(self.ledger, log)
            known = self.record_histories.get(record, NOTHING)
            self.record_histories[record] = extended(known, [log])
            if sender is not None and actor_of(self.ledger, log) is not None:
                known = self.member_histories[sender]
                self.member_histories[sender] = extended(known, [log])
