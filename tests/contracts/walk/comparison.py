"""The base of the stateful test: it runs operations on the contract and on the model."""

from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import note
from web3.contract.contract import ContractFunction

from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, Reverted
from tests.contracts.histories import INVOICE_EVENTS, Histories
from tests.contracts.model import Invoice, Refused
from tests.contracts.receivables import registration
from tests.contracts.walk.choices import ANYBODY, Choices
from tests.contracts.walk.observation import Observation, observe


class Comparison(Choices):
    """A ledger, the model of its invoice book, and what both did.

    answers: for each operation on both, the errors (None for success) of contract and model.
    seen: what the contract said about each record when it was last touched.
    touched: the records of the last operation.
    """

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self.ledger = ledger
        self.book = ledger.invoices.functions
        self.members: dict[str, Member] = {name: getattr(ledger, name) for name in ANYBODY}
        self.spare_keys = list(ledger.spare_keys)
        self.answer: tuple[str | None, str | None] = (None, None)
        self.seen: dict[bytes, Observation] = {}
        self.touched: list[bytes] = []
        names = [member.id for member in self.members.values()]
        self.histories = Histories(ledger.invoices, INVOICE_EVENTS, names)
        self.registrations = 0

    def attempt(
        self,
        record: bytes,
        who: str,
        call: ContractFunction,
        operation: Callable[[Invoice], None],
    ) -> None:
        """Let a member do something, on the contract and in the model."""
        error = self._run(who, call)
        if who in self.model.suspended:
            self.answer = (error, "MembershipNotActive")
        else:
            self._compare(record, error, operation)
        self.look_at([record])

    def decide(
        self, record: bytes, call: ContractFunction, operation: Callable[[Invoice], None]
    ) -> None:
        """Let the council do something, on the contract and in the model."""
        error = None
        try:
            self.histories.extend(self.ledger.decide(call), None)
        except Reverted as reverted:
            error = reverted.name
        self._tell("council", call, error)
        self._compare(record, error, operation)
        self.look_at([record])

    def register(self, supplier: str, units: int, keys: frozenset[bytes]) -> bytes:
        """Let a supplier register an invoice; the record's name."""
        self.registrations += 1
        commitment = self.registrations.to_bytes(32, "big")
        content = registration(
            self.ledger, commitment=commitment, units=units, strict_keys=sorted(keys)
        )
        record: bytes = self.book.recordId(self.members[supplier].id, commitment).call()
        error, expected = self._run(supplier, self.book.register(content)), None
        try:
            self.model.register(record, supplier, units, keys)
        except Refused as refused:
            expected = refused.name
        self.answer = (error, expected)
        self.look_at({record} & set(self.model.invoices))
        return record

    def now(self) -> int:
        """Time of the last block, in which the last operation was done."""
        return self.ledger.chain.now()

    def look_at(self, records: Iterable[bytes]) -> None:
        """Read what the contract says about these records."""
        self.touched = list(records)
        for record in self.touched:
            self.seen[record] = observe(self.ledger, record, self.members)

    def _compare(
        self, record: bytes, error: str | None, operation: Callable[[Invoice], None]
    ) -> None:
        draft, expected = self.model.draft(record), None
        try:
            operation(draft)
        except Refused as refused:
            expected = refused.name
        else:
            self.model.invoices[record] = draft
        self.answer = (error, expected)

    def _run(self, who: str, call: ContractFunction) -> str | None:
        """Send a transaction; the name of the error that it reverted with, if it did."""
        error = None
        try:
            self.histories.extend(self.ledger.act(self.members[who], call), self.members[who].id)
        except Reverted as reverted:
            error = reverted.name
        self._tell(who, call, error)
        return error

    def _tell(self, who: str, call: ContractFunction, error: str | None) -> None:
        """Let hypothesis print, of a sequence that fails, what was called."""
        names = {member.id: name for name, member in self.members.items()}
        names |= {record: f"record {place}" for place, record in enumerate(self.model.invoices)}

        def told(argument: Any) -> str:
            return str(names.get(argument, "…") if isinstance(argument, bytes) else argument)

        arguments = ", ".join(map(told, call.args))
        note(f"{who}: {call.fn_name}({arguments}): {error or 'done'}")
