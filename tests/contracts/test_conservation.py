"""Any sequence of operations by anybody: units are conserved and keys are held once."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from web3.contract.contract import ContractFunction

from tests.contracts.cast import Ledger
from tests.contracts.harness import Member, Reverted
from tests.contracts.model import LIVE, Book, Offer
from tests.contracts.receivables import invoice_state, position, registration

SUPPLIERS = ("supplier", "other_supplier")
FINANCIERS = ("financier", "other_financier")
HOLDERS = (*SUPPLIERS, *FINANCIERS)
ANYBODY = (*HOLDERS, "buyer")
STATES = ("unknown", "registered", "accepted", "rejected", "cancelled")
KEYS = [bytes([number]) * 32 for number in range(1, 5)]
STEPS = 25

# How often each operation is tried, so that most examples come to finance an invoice.
ACTIONS = {
    "register": 2,
    "accept": 2,
    "reject": 1,
    "cancel": 1,
    "offer": 9,
    "accept_offer": 6,
    "reject_offer": 1,
    "withdraw_offer": 1,
    "expire_offer": 2,
    "pass_time": 1,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One operation; each reads what it needs. `who` is None for the member that may do it."""

    action: str
    target: int
    who: str | None
    receiver: str
    units: int
    seconds: int
    keys: frozenset[bytes]


steps = st.builds(
    Step,
    action=st.sampled_from([name for name, weight in ACTIONS.items() for _ in range(weight)]),
    target=st.integers(0, 11),
    who=st.sampled_from([*[None] * 12, *ANYBODY]),
    receiver=st.sampled_from(FINANCIERS * 6 + ANYBODY),
    units=st.integers(0, 5),
    seconds=st.integers(3, 25),
    keys=st.frozensets(st.sampled_from(KEYS), min_size=1, max_size=2),
)


class Comparison:
    """Runs operations on the contract and on the model, and compares."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.book = ledger.invoices.functions
        self.model = Book("buyer", FINANCIERS)
        self.offers: list[tuple[bytes, int]] = []
        self.registrations = 0
        for supplier, key in zip(SUPPLIERS, KEYS, strict=False):
            self.register(supplier, 12, frozenset({key}))
        for record in self.model.invoices:
            self.decide("accept", "buyer", record)

    def step(self, step: Step) -> None:
        """Do one step, if there is anything to do it on."""
        records = list(self.model.invoices)
        record = records[step.target % len(records)]
        if step.action == "register":
            self.register(SUPPLIERS[step.target % 2], step.units + 1, step.keys)
        elif step.action == "pass_time":
            self.ledger.chain.pass_time(step.seconds)
        elif step.action == "offer":
            self.offer(step, record)
        elif not step.action.endswith("_offer"):
            self.decide(step.action, step.who, record)
        elif self.offers:
            self.answer(step, *self.offers[step.target % len(self.offers)])

    def register(self, supplier: str, units: int, keys: frozenset[bytes]) -> None:
        self.registrations += 1
        commitment = self.registrations.to_bytes(32, "big")
        content = registration(
            self.ledger, commitment=commitment, units=units, strict_keys=sorted(keys)
        )
        record = self.book.recordId(self.member(supplier).id, commitment).call()
        error = self.run(supplier, self.book.register(content))
        assert error == self.model.register(record, supplier, units, keys)

    def decide(self, action: str, who: str | None, record: bytes) -> None:
        call, expected, party = {
            "accept": (self.book.accept(record), self.model.accept, "buyer"),
            "reject": (self.book.reject(record, bytes(32)), self.model.reject, "buyer"),
            "cancel": (
                self.book.cancel(record),
                self.model.cancel,
                self.model.invoices[record].supplier,
            ),
        }[action]
        assert self.run(who or party, call) == expected(who or party, record)
        self.compare_units(record)

    def offer(self, step: Step, record: bytes) -> None:
        free = self.model.invoices[record].free
        who = step.who or max(free, key=lambda name: free[name])
        offer = Offer(who, step.receiver, step.units, self.ledger.chain.now() + step.seconds)
        number = self.book.offerCount(record).call()
        receiver = self.member(step.receiver).id
        call = self.book.offer(record, receiver, offer.units, offer.expires_at, bytes(32))
        error = self.run(who, call)
        assert error == self.model.offer(record, offer)
        self.compare_units(record)
        if error is None:
            self.offers.append((record, number))

    def answer(self, step: Step, record: bytes, number: int) -> None:
        offer = self.model.invoices[record].offers[number]
        who = step.who or (offer.sender if step.action == "withdraw_offer" else offer.receiver)
        call, expected = {
            "accept_offer": (self.book.acceptOffer, self.model.accept_offer),
            "reject_offer": (self.book.rejectOffer, self.model.reject_offer),
            "withdraw_offer": (self.book.withdrawOffer, self.model.withdraw_offer),
            "expire_offer": (self.book.expireOffer, self.model.expire_offer),
        }[step.action]
        error = self.run(who, call(record, number))
        assert error == expected(who, record, number, self.ledger.chain.now())
        self.compare_units(record)

    def compare_units(self, record: bytes) -> None:
        """Positions are as the model says, and with the retired units they are the total."""
        expected = self.model.invoices[record]
        positions = {name: position(self.ledger, record, self.member(name)) for name in HOLDERS}
        for name, found in positions.items():
            assert found == (expected.free.get(name, 0), expected.reserved.get(name, 0), 0)
        *_, total, retired = self.book.record(record).call()
        assert sum(map(sum, positions.values())) + retired == total == expected.total

    def compare_keys(self, record: bytes) -> None:
        """The record holds its strict keys just while it is alive."""
        expected = self.model.invoices[record]
        assert STATES[invoice_state(self.ledger, record)] == expected.state
        for key in expected.keys:
            holder = self.book.strictKeyHolder(key).call()
            assert holder == (self.model.holder(key) or bytes(32))
            assert (holder == record) == (expected.state in LIVE)

    def run(self, who: str, call: ContractFunction) -> str | None:
        """Send a transaction; the name of the error that it reverted with, if it did."""
        try:
            self.ledger.act(self.member(who), call)
        except Reverted as reverted:
            return reverted.name
        return None

    def member(self, name: str) -> Member:
        member: Member = getattr(self.ledger, name)
        return member


@settings(max_examples=15, deadline=None)
@given(program=st.lists(steps, min_size=STEPS, max_size=STEPS))
def test_units_are_conserved_and_keys_held_once_whatever_anybody_does(
    deployed: Ledger, program: list[Step]
) -> None:
    snapshot = deployed.chain.snapshot()
    try:
        comparison = Comparison(deployed)
        for step in program:
            comparison.step(step)
        for record in comparison.model.invoices:
            comparison.compare_units(record)
            comparison.compare_keys(record)
    finally:
        deployed.chain.restore(snapshot)
