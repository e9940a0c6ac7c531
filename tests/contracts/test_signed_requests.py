from collections.abc import Mapping
from contextlib import suppress

import pytest
from eth_typing import ChecksumAddress
from web3.contract import Contract
from web3.contract.contract import ContractFunction

from tests.contracts.cast import Ledger
from tests.contracts.harness import COUNCIL, Member, Reverted, logs_of, word
from tests.contracts.receivables import (
    ACCEPTED,
    NO_TERMS,
    OFFER_ACCEPTED,
    REGISTERED,
    invoice_state,
    offer_state,
    position,
    register,
    registration,
)
from tests.contracts.rights import DECISION, RIGHTS, SUSPENDED
from tests.contracts.signed import (
    INVALID_SIGNER,
    data_of,
    key_of,
    refused,
    relay,
    relayer,
    request,
    sign,
    signed_call,
)
from tests.contracts.world import World
from tests.contracts.world_calls import calls_of

CASES = [case for case in RIGHTS if not case.startswith("Forwarder.")]
UNRELATED = ("auditor", "other_supplier", SUSPENDED, "stranger", "retired")
"""Who tries besides the rightful: most cases are none of their business."""


@pytest.fixture(scope="module")
def calls(world: World) -> Mapping[str, ContractFunction]:
    return calls_of(world)


def does(ledger: Ledger, caller: ChecksumAddress, call: ContractFunction) -> bool:
    """Whether a call would take effect."""
    try:
        ledger.chain.simulate(caller, call)
    except Reverted:
        return False
    return True


@pytest.mark.parametrize("case", CASES)
def test_a_signed_request_does_what_its_signer_could_do_and_nothing_else(
    world: World, calls: Mapping[str, ContractFunction], case: str
) -> None:
    ledger, call = world.ledger, calls[case]
    rightful = [name for name in RIGHTS[case].by if name != DECISION][:1]
    for name in {*rightful, *UNRELATED}:
        key = world.actors[name].key
        signed = sign(ledger, key_of(key), request(ledger, key, call, gas=5_000_000))
        relayed = does(ledger, relayer(ledger), ledger.forwarder.functions.execute(signed))
        assert relayed == does(ledger, key, call), name
        assert relayed or name not in rightful


@pytest.mark.parametrize("case", [case for case in CASES if RIGHTS[case].by == (DECISION,)])
def test_no_request_speaks_for_the_council(
    world: World, calls: Mapping[str, ContractFunction], case: str
) -> None:
    ledger, call = world.ledger, calls[case]
    council = ledger.membership.address
    signer = key_of(ledger.council[0].key)
    forged = sign(ledger, signer, request(ledger, council, call))
    with refused(INVALID_SIGNER, "0x" + "00" * 20, council):
        ledger.chain.simulate(relayer(ledger), ledger.forwarder.functions.execute(forged))
    for member in ledger.council:
        own = ledger.forwarder.functions.execute(signed_call(ledger, member, call))
        with refused("FailedCall"):
            ledger.chain.simulate(relayer(ledger), own)


def events(ledger: Ledger, member: Member, call: ContractFunction) -> list[str]:
    """Let another bring a member's request; the names of the events of the contract called."""
    receipt = relay(ledger, signed_call(ledger, member, call))
    return [name for name, _ in logs_of(receipt, contract_of(ledger, call))]


def contract_of(ledger: Ledger, call: ContractFunction) -> Contract:
    contracts = (ledger.membership, ledger.notary, ledger.invoices)
    return next(contract for contract in contracts if contract.address == call.address)


def test_an_invoice_goes_its_whole_way_by_requests_that_others_bring(ledger: Ledger) -> None:
    book = ledger.invoices.functions
    content = registration(ledger)
    registered = events(ledger, ledger.supplier, book.register(content))
    assert registered == ["InvoiceRegistered", "StrictKeyHeld"]
    record = book.recordId(ledger.supplier.id, content.commitment).call()
    assert invoice_state(ledger, record) == REGISTERED
    assert events(ledger, ledger.buyer, book.accept(record)) == ["InvoiceAccepted"]
    assert invoice_state(ledger, record) == ACCEPTED
    until = ledger.chain.now() + 3600
    offering = book.offer(record, ledger.financier.id, 400, until, NO_TERMS)
    events(ledger, ledger.supplier, offering)
    assert position(ledger, record, ledger.supplier) == (600, 400, 0)
    events(ledger, ledger.financier, book.acceptOffer(record, 0))
    assert offer_state(ledger, record, 0) == OFFER_ACCEPTED
    pledging = book.pledge(record, ledger.other_financier.id, 100, 0, NO_TERMS)
    events(ledger, ledger.financier, pledging)
    assert position(ledger, record, ledger.financier) == (300, 0, 100)
    assert ledger.forwarder.functions.nonces(relayer(ledger)).call() == 0


def test_the_council_decides_by_requests_that_others_bring(ledger: Ledger) -> None:
    functions, (a, b, c) = ledger.membership.functions, ledger.council
    data = ledger.membership.encode_abi("setRoles", [ledger.auditor.id, COUNCIL])
    proposing = functions.propose(ledger.membership.address, data, 60)
    number = ledger.chain.simulate(a.key, proposing)
    assert events(ledger, a, proposing) == ["Proposed", "Approved"]
    assert events(ledger, b, functions.approve(number)) == ["Approved"]
    assert events(ledger, c, functions.execute(number)) == ["Executed", "RolesChanged"]
    assert functions.member(ledger.auditor.id).call()[1] == COUNCIL


def accept_in_batch(ledger: Ledger, batch: str, record: bytes) -> ContractFunction:
    inner = data_of(ledger.invoices.functions.accept(record))
    return batched(ledger, batch, inner)


def batched(ledger: Ledger, batch: str, call: bytes) -> ContractFunction:
    """A call of the invoice book by one of its two batch functions."""
    functions = ledger.invoices.functions
    if batch == "multicall":
        return functions.multicall([call])
    return functions.tryMulticall([call])


@pytest.mark.parametrize("batch", ["multicall", "tryMulticall"])
def test_a_batch_in_a_request_acts_for_the_signer(ledger: Ledger, batch: str) -> None:
    record = register(ledger)
    relay(ledger, signed_call(ledger, ledger.buyer, accept_in_batch(ledger, batch, record)))
    assert invoice_state(ledger, record) == ACCEPTED


@pytest.mark.parametrize("outer", ["multicall", "tryMulticall"])
@pytest.mark.parametrize("inner", ["multicall", "tryMulticall"])
def test_a_batch_in_a_batch_acts_for_the_signer_too(ledger: Ledger, outer: str, inner: str) -> None:
    record = register(ledger)
    call = data_of(accept_in_batch(ledger, inner, record))
    nested = batched(ledger, outer, call)
    relay(ledger, signed_call(ledger, ledger.buyer, nested))
    assert invoice_state(ledger, record) == ACCEPTED


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("batch", ["multicall", "tryMulticall"])
def test_an_address_that_a_signer_appends_to_a_call_speaks_for_nobody(
    ledger: Ledger, batch: str, depth: int
) -> None:
    record, book = register(ledger), ledger.invoices
    call = data_of(book.functions.accept(record)) + address_bytes(ledger.buyer.key)
    for _ in range(depth):
        call = data_of(batched(ledger, batch, call)) + address_bytes(ledger.buyer.key)
    forged = batched(ledger, batch, call)
    with suppress(Reverted):
        relay(ledger, signed_call(ledger, ledger.financier, forged))
    assert invoice_state(ledger, record) == REGISTERED


@pytest.mark.parametrize("batch", [None, "multicall", "tryMulticall"])
def test_an_address_that_a_caller_appends_to_its_call_speaks_for_nobody(
    ledger: Ledger, batch: str | None
) -> None:
    record, book = register(ledger), ledger.invoices
    appended = address_bytes(ledger.buyer.key)
    call = data_of(book.functions.accept(record)) + appended
    if batch is not None:
        call = data_of(batched(ledger, batch, call)) + appended
    sent = ledger.chain.web3.eth.send_transaction(
        {"from": ledger.financier.key, "to": book.address, "data": call, "gas": 1_000_000}
    )
    receipt = ledger.chain.web3.eth.get_transaction_receipt(sent)
    assert invoice_state(ledger, record) == REGISTERED
    reasons = [told["reason"] for _, told in logs_of(receipt, book)]
    assert receipt["status"] == len(reasons) == (1 if batch == "tryMulticall" else 0)
    assert all(ledger.financier.id in reason for reason in reasons)


def address_bytes(address: ChecksumAddress) -> bytes:
    return bytes.fromhex(address[2:])


def test_a_member_does_what_it_can_of_a_batch_and_learns_why_not_the_rest(ledger: Ledger) -> None:
    book, key = ledger.invoices, ledger.buyer.key
    first = register(ledger)
    second = register(ledger, commitment=word("second"), strict_keys=[word("key")])
    accepting = [data_of(book.functions.accept(record)) for record in (first, word("none"), second)]
    receipt = relay(
        ledger, signed_call(ledger, ledger.buyer, book.functions.tryMulticall(accepting))
    )
    found = logs_of(receipt, book)
    assert [name for name, _ in found] == ["InvoiceAccepted", "CallRefused", "InvoiceAccepted"]
    assert found[1][1]["index"] == 1
    assert word("none") in found[1][1]["reason"]
    with refused("RecordBookUnknownRecord", word("none")):
        ledger.chain.send(key, book.functions.multicall(accepting[1:]))
