from eth_typing import ChecksumAddress
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from tests.contracts.cast import Ledger
from tests.contracts.harness import logs_of
from tests.contracts.receivables import ACCEPTED, invoice_state, register
from tests.contracts.signed import data_of, key_of, refused, relayer, request, sign


def starved(ledger: Ledger, sender: ChecksumAddress, call: ContractFunction, gas: int) -> TxReceipt:
    sent = call.transact({"from": sender, "gas": gas})
    return ledger.chain.web3.eth.get_transaction_receipt(sent)


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


def test_want_of_gas_in_a_decision_is_never_told_as_a_refusal(ledger: Ledger) -> None:
    functions, a = ledger.membership.functions, ledger.council[0]
    changes = [data_of(functions.setRoles(ledger.auditor.id, number % 2)) for number in range(60)]
    number = ledger.propose(functions.multicall(changes))
    ledger.act(ledger.council[1], functions.approve(number))
    batch = functions.tryMulticall([data_of(functions.execute(number))])
    for gas in range(200_000, 900_000, 50_000):
        receipt = starved(ledger, a.key, batch, gas)
        assert (receipt["status"], logs_of(receipt, ledger.membership)) == (0, [])
    receipt = starved(ledger, a.key, batch, 2_000_000)
    assert logs_of(receipt, ledger.membership)[0] == ("Executed", {"proposal": number})
