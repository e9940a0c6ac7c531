import pytest
from eth_typing import ChecksumAddress
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from tests.contracts.cast import Ledger
from tests.contracts.harness import logs_of
from tests.contracts.receivables import ACCEPTED, invoice_state, register
from tests.contracts.signed import data_of, key_of, refused, relayer, request, sign

CHANGES = 60
LEVELS = 8
"""Calls, one in the other, that a batch that tries may have below it."""


def role_changes(ledger: Ledger) -> list[bytes]:
    """More changes of a member's roles than a little gas is enough for."""
    set_roles = ledger.membership.functions.setRoles
    return [data_of(set_roles(ledger.auditor.id, number % 2)) for number in range(CHANGES)]


def starved(ledger: Ledger, sender: ChecksumAddress, call: ContractFunction, gas: int) -> TxReceipt:
    sent = call.transact({"from": sender, "gas": gas})
    return ledger.chain.web3.eth.get_transaction_receipt(sent)


def nested(contract: Contract, call: ContractFunction, depth: int) -> ContractFunction:
    """The call in a batch of one, in another such batch, and so on."""
    for _ in range(depth):
        call = contract.functions.multicall([data_of(call)])
    return call


def test_a_relayer_that_brings_too_little_gas_brings_nothing_about(ledger: Ledger) -> None:
    record, book = register(ledger), ledger.invoices
    batch = book.functions.tryMulticall([data_of(book.functions.accept(record))])
    key = ledger.buyer.key
    signed = sign(ledger, key_of(key), request(ledger, key, batch, gas=300_000))
    execute = ledger.forwarder.functions.execute(signed)
    for gas in range(60_000, 360_000, 10_000):
        snapshot = ledger.chain.snapshot()
        receipt = starved(ledger, relayer(ledger), execute, gas)
        names = [name for name, _ in logs_of(receipt, book)]
        assert names == (["InvoiceAccepted"] if receipt["status"] else [])
        assert (invoice_state(ledger, record) == ACCEPTED) == bool(receipt["status"])
        ledger.chain.restore(snapshot)
    assert starved(ledger, relayer(ledger), execute, 500_000)["status"] == 1


def test_want_of_gas_is_never_told_as_a_refusal(ledger: Ledger) -> None:
    record, book = register(ledger), ledger.invoices
    batch = book.functions.tryMulticall([data_of(book.functions.accept(record))])
    for gas in range(40_000, 160_000, 4_000):
        snapshot = ledger.chain.snapshot()
        receipt = starved(ledger, ledger.buyer.key, batch, gas)
        names = [name for name, _ in logs_of(receipt, book)]
        assert names == (["InvoiceAccepted"] if receipt["status"] else [])
        ledger.chain.restore(snapshot)


def test_a_call_that_fails_without_a_reason_fails_its_whole_batch(ledger: Ledger) -> None:
    batch = ledger.invoices.functions.tryMulticall([b"\xde\xad\xbe\xef"])
    with refused("RelayableCallUnexplained", 0):
        ledger.act(ledger.buyer, batch)


@pytest.mark.parametrize("depth", range(1, LEVELS + 1))
def test_a_decision_on_a_batch_that_tries_is_not_used_up_by_want_of_gas(
    ledger: Ledger, depth: int
) -> None:
    functions, b = ledger.membership.functions, ledger.council[1]
    inner = nested(ledger.membership, functions.multicall(role_changes(ledger)), depth - 1)
    number = ledger.propose(functions.tryMulticall([data_of(inner)]))
    ledger.act(b, functions.approve(number))
    execution, done = functions.execute(number), ["Executed", *["RolesChanged"] * CHANGES]
    for gas in (*range(150_000, 400_000, 25_000), *range(400_000, 1_600_000, 200_000)):
        snapshot = ledger.chain.snapshot()
        receipt = starved(ledger, b.key, execution, gas)
        names = [name for name, _ in logs_of(receipt, ledger.membership)]
        assert names == (done if receipt["status"] else [])
        ledger.chain.restore(snapshot)
    logs = logs_of(starved(ledger, b.key, execution, 3_000_000), ledger.membership)
    assert [name for name, _ in logs] == done


@pytest.mark.parametrize("depth", range(1, LEVELS))
def test_one_call_that_takes_all_gas_is_not_told_as_a_refusal_at_any_level(
    ledger: Ledger, depth: int
) -> None:
    notary, key = ledger.notary.functions, ledger.supplier.key
    roots = [number.to_bytes(32, "big") for number in range(1, 201)]
    greedy = notary.anchorMany(roots, [1] * len(roots))
    batch = notary.tryMulticall([data_of(nested(ledger.notary, greedy, depth))])
    for gas in (*range(200_000, 600_000, 50_000), 1_000_000, 2_000_000, 4_000_000):
        receipt = starved(ledger, key, batch, gas)
        assert (receipt["status"], logs_of(receipt, ledger.notary)) == (0, [])


def test_a_decision_on_what_is_refused_for_a_reason_is_carried_out(ledger: Ledger) -> None:
    functions, b = ledger.membership.functions, ledger.council[1]
    refused_ones = functions.multicall([data_of(functions.setThreshold(9))])
    number = ledger.propose(functions.tryMulticall([data_of(refused_ones)]))
    ledger.act(b, functions.approve(number))
    logs = logs_of(ledger.act(b, functions.execute(number)), ledger.membership)
    assert [name for name, _ in logs] == ["Executed", "CallRefused"]
    with refused("MembershipProposalExecuted", number):
        ledger.act(b, functions.execute(number))


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_batch_in_a_batch_that_runs_dry_is_never_told_as_a_refusal(
    ledger: Ledger, depth: int
) -> None:
    notary, key = ledger.notary.functions, ledger.supplier.key
    roots = [number.to_bytes(32, "big") for number in range(1, 21)]
    batch = notary.tryMulticall([data_of(notary.anchorMany(roots, [1] * len(roots)))])
    for _ in range(depth):
        batch = notary.tryMulticall([data_of(batch)])
    for gas in range(100_000, 1_500_000, 100_000):
        snapshot = ledger.chain.snapshot()
        receipt = starved(ledger, key, batch, gas)
        names = [name for name, _ in logs_of(receipt, ledger.notary)]
        assert names == (["Anchored"] * len(roots) if receipt["status"] else [])
        ledger.chain.restore(snapshot)
    assert starved(ledger, key, batch, 3_000_000)["status"] == 1


def test_the_call_of_a_batch_in_a_batch_that_ran_dry_is_named(ledger: Ledger) -> None:
    notary = ledger.notary.functions
    roots = [number.to_bytes(32, "big") for number in range(1, 401)]
    affordable = data_of(notary.anchorMany(roots[:1], [1]))
    endless = data_of(notary.anchorMany(roots[1:], [1] * 399))
    inner = data_of(notary.tryMulticall([affordable, affordable, endless]))
    with refused("RelayableCallUnexplained", 1):
        ledger.chain.simulate(ledger.supplier.key, notary.tryMulticall([affordable, inner]))


def test_want_of_gas_in_a_decision_is_never_told_as_a_refusal(ledger: Ledger) -> None:
    functions, a = ledger.membership.functions, ledger.council[0]
    number = ledger.propose(functions.multicall(role_changes(ledger)))
    ledger.act(ledger.council[1], functions.approve(number))
    batch = functions.tryMulticall([data_of(functions.execute(number))])
    for gas in range(200_000, 900_000, 50_000):
        receipt = starved(ledger, a.key, batch, gas)
        assert (receipt["status"], logs_of(receipt, ledger.membership)) == (0, [])
    receipt = starved(ledger, a.key, batch, 2_000_000)
    assert logs_of(receipt, ledger.membership)[0] == ("Executed", {"proposal": number})
