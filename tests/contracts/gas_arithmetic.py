"""What a transaction must cost, counted slot by slot, next to what it does cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eth_typing import ChecksumAddress
from eth_utils.address import to_canonical_address
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from tests.contracts.cast import Ledger
from tests.contracts.gas_invoices import fresh_registration, introduce
from tests.contracts.gas_meter import FAR, words
from tests.contracts.gas_slots import SlotNames
from tests.contracts.gas_trace import Slot, Trace, traced
from tests.contracts.harness import Member, artifact
from tests.contracts.receivables import UNITS


@dataclass(frozen=True, slots=True)
class Item:
    """So many of what costs so much gas each."""

    what: str
    count: int
    each: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What an operation must cost and what it does.

    `slots` says which became what, in words. `repeated` counts reads and writes of slots that were
    touched before in the same transaction.
    """

    operation: str
    items: tuple[Item, ...]
    slots: tuple[tuple[str, str], ...]
    repeated: int
    measured: int

    @property
    def sum(self) -> int:
        """Gas that any code takes that is sent, stores, reads and logs the same."""
        return sum(item.count * item.each for item in self.items)


def bills(ledger: Ledger) -> list[Bill]:
    """Register with one strict and three alert keys, accept, and assign a part: by members that
    have acted before, with keys that are new."""
    fresh, book = words(0xC0), ledger.invoices.functions
    introduce(ledger, fresh)
    content = fresh_registration(ledger, fresh, alerts=3)
    record: bytes = book.recordId(ledger.supplier.id, content.commitment).call()
    keys = {
        record: "record",
        content.strict_keys[0]: "strict key",
        **{key: f"alert key {number}" for number, (_, key) in enumerate(content.alert_keys, 1)},
    }
    offering = book.offer(record, ledger.financier.id, UNITS // 2, FAR, next(fresh))
    return [
        _bill(ledger, keys, operation, member, call)
        for operation, member, call in (
            ("register", ledger.supplier, book.register(content)),
            ("accept", ledger.buyer, book.accept(record)),
            ("offer", ledger.supplier, offering),
            ("acceptOffer", ledger.financier, book.acceptOffer(record, 0)),
        )
    ]


def _bill(
    ledger: Ledger,
    keys: Mapping[bytes, str],
    operation: str,
    member: Member,
    call: ContractFunction,
) -> Bill:
    with traced() as trace:
        receipt = ledger.act(member, call)
    return Bill(
        operation=operation,
        items=tuple(_items(ledger, receipt, trace)),
        slots=tuple(_slots(ledger, keys, trace)),
        repeated=trace.accesses - len(trace.before),
        measured=receipt["gasUsed"],
    )


def _items(ledger: Ledger, receipt: TxReceipt, trace: Trace) -> Iterator[Item]:
    data = bytes(ledger.chain.web3.eth.get_transaction(receipt["transactionHash"])["input"])
    zeros, logs = data.count(0), receipt["logs"]
    others = set(trace.callees) - {to_canonical_address(receipt["to"])}
    yield Item("transaction", 1, 21_000)
    yield Item("bytes of call data, zero", zeros, 4)
    yield Item("bytes of call data, other", len(data) - zeros, 16)
    yield Item("new slots", len(trace.created()), 22_100)
    yield Item("changed slots", len(trace.changed()), 5_000)
    yield Item("slots only read", len(trace.read()), 2_100)
    yield Item("other contracts called", len(others), 2_600)
    yield Item("logs", len(logs), 375)
    yield Item("topics of logs", sum(len(log["topics"]) for log in logs), 375)
    yield Item("bytes of logs", sum(len(log["data"]) for log in logs), 8)


def _slots(ledger: Ledger, keys: Mapping[bytes, str], trace: Trace) -> Iterator[tuple[str, str]]:
    contracts: dict[ChecksumAddress, str] = {
        ledger.invoices.address: "InvoiceBook",
        ledger.membership.address: "Membership",
    }
    names = {
        to_canonical_address(address): SlotNames(
            artifact(name)["storageLayout"], trace.preimages, {**keys, **_members(ledger)}
        )
        for address, name in contracts.items()
    }

    def named(slot: Slot) -> str:
        address, number = slot
        return names[address].name(number)

    for outcome, slots in (
        ("new", trace.created()),
        ("changed", trace.changed()),
        ("only read", trace.read()),
    ):
        yield from ((named(slot), outcome) for slot in slots)


def _members(ledger: Ledger) -> dict[bytes, str]:
    cast = {
        "supplier": ledger.supplier,
        "buyer": ledger.buyer,
        "financier": ledger.financier,
    }
    keys = {
        to_canonical_address(member.key).rjust(32, b"\0"): f"{name}'s key"
        for name, member in cast.items()
    }
    return {**keys, **{member.id: name for name, member in cast.items()}}
