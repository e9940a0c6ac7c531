import pytest
from web3.contract import Contract

from tests.contracts.cast import NOBODY, Ledger
from tests.contracts.harness import logs_of, word
from tests.contracts.receivables import ACCEPTED, invoice_state, register
from tests.contracts.signed import (
    BABBLES,
    INVALID_SIGNER,
    REFUSES,
    REVERTS,
    deploy_wallet,
    key_of,
    refused,
    relay,
    request,
    sign,
    wallet_signed,
)


@pytest.fixture
def wallet(ledger: Ledger) -> Contract:
    """A contract wallet of a spare key that is an operator key of the buyer."""
    return wallet_of_the_buyer(ledger, 0)


def wallet_of_the_buyer(ledger: Ledger, manner: int) -> Contract:
    found = deploy_wallet(ledger.chain, ledger.spare_keys[0], manner)
    ledger.act(ledger.buyer, ledger.membership.functions.addKey(ledger.buyer.id, found.address))
    return found


def test_a_contract_wallet_is_an_operator_key_and_acts_by_what_its_owner_signs(
    ledger: Ledger, wallet: Contract
) -> None:
    record = register(ledger)
    call, owner = ledger.invoices.functions.accept(record), key_of(ledger.spare_keys[0])
    signed = wallet_signed(ledger, owner, wallet, call)
    receipt = relay(ledger, signed)
    assert logs_of(receipt, ledger.invoices) == [
        ("InvoiceAccepted", {"record": record, "buyer": ledger.buyer.id})
    ]
    with refused(INVALID_SIGNER, NOBODY, wallet.address):
        relay(ledger, signed)


def test_a_contract_wallet_also_calls_by_itself(ledger: Ledger, wallet: Contract) -> None:
    record = register(ledger)
    call = wallet.functions.send(
        ledger.invoices.address, ledger.invoices.encode_abi("accept", [record])
    )
    ledger.chain.send(ledger.spare_keys[0], call)
    assert invoice_state(ledger, record) == ACCEPTED


def test_the_owner_of_a_wallet_is_not_the_wallet(ledger: Ledger, wallet: Contract) -> None:
    record, owner = register(ledger), ledger.spare_keys[0]
    accepting = ledger.invoices.functions.accept(record)
    with refused("MembershipUnknownKey", owner):
        ledger.chain.send(owner, accepting)
    content = request(ledger, wallet.address, accepting)
    with refused(INVALID_SIGNER, NOBODY, wallet.address):
        relay(ledger, sign(ledger, key_of(owner), content))  # not in the wallet's own form


def test_a_wallet_does_not_vouch_for_the_signature_of_a_stranger(
    ledger: Ledger, wallet: Contract
) -> None:
    call = ledger.invoices.functions.accept(register(ledger))
    stranger = key_of(ledger.spare_keys[1])
    with refused(INVALID_SIGNER, NOBODY, wallet.address):
        relay(ledger, wallet_signed(ledger, stranger, wallet, call))


@pytest.mark.parametrize("manner", [REFUSES, REVERTS, BABBLES])
def test_a_wallet_that_answers_anything_else_vouches_for_nothing(
    ledger: Ledger, manner: int
) -> None:
    wallet = wallet_of_the_buyer(ledger, manner)
    call = ledger.invoices.functions.accept(register(ledger))
    signed = wallet_signed(ledger, key_of(ledger.spare_keys[0]), wallet, call)
    assert not ledger.forwarder.functions.verify(signed).call()
    with refused(INVALID_SIGNER, NOBODY, wallet.address):
        relay(ledger, signed)


def test_a_contract_that_is_no_wallet_vouches_for_nothing(ledger: Ledger) -> None:
    call = ledger.notary.functions.anchor(word("root"), 1)
    content = request(ledger, ledger.notary.address, call)
    with refused(INVALID_SIGNER, NOBODY, ledger.notary.address):
        relay(ledger, sign(ledger, key_of(ledger.supplier.key), content))
