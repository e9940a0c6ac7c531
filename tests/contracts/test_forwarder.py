from dataclasses import replace
from typing import Any

import pytest
from eth_account import Account
from eth_typing import ChecksumAddress
from web3.contract.contract import ContractFunction

from tests.contracts.cast import NOBODY, Ledger
from tests.contracts.harness import DAY, logs_of, word
from tests.contracts.signed import (
    INVALID_SIGNER,
    Signed,
    key_of,
    message,
    refused,
    relay,
    relayer,
    request,
    sign,
    signed_call,
)
from tests.contracts.successors import follow

ORDER_OF_THE_CURVE = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
ROOT = b"\x0a" * 32


@pytest.fixture
def anchoring(ledger: Ledger) -> ContractFunction:
    return ledger.notary.functions.anchor(ROOT, 1)


def nonce(ledger: Ledger, key: ChecksumAddress) -> int:
    found: int = ledger.forwarder.functions.nonces(key).call()
    return found


def anchored(ledger: Ledger, root: bytes = ROOT) -> bool:
    found: bool = ledger.notary.functions.isAnchored(ledger.supplier.id, root).call()
    return found


def recovered(ledger: Ledger, signed: Signed, nonce_now: int) -> ChecksumAddress:
    """Who would have signed what the forwarder reads."""
    sender, to, value, gas, deadline, data, signature = signed
    content = request(ledger, sender, ledger.notary.functions.anchor(ROOT, 1))
    content = replace(content, to=to, value=value, gas=gas, deadline=deadline, data=data)
    typed = message(
        replace(content, nonce=nonce_now), ledger.forwarder, ledger.chain.web3.eth.chain_id
    )
    found: ChecksumAddress = Account.recover_message(typed, signature=signature)
    return found


def test_a_signed_request_acts_for_its_signer_whoever_brings_it(
    ledger: Ledger, anchoring: ContractFunction
) -> None:
    receipt = relay(ledger, signed_call(ledger, ledger.supplier, anchoring))
    expected = {
        "member": ledger.supplier.id,
        "root": ROOT,
        "size": 1,
        "submitter": ledger.supplier.key,
    }
    assert logs_of(receipt, ledger.notary) == [("Anchored", expected)]
    assert logs_of(receipt, ledger.forwarder) == [
        (
            "ExecutedForwardRequest",
            {"signer": ledger.supplier.key, "nonce": 0, "success": True},
        )
    ]
    assert nonce(ledger, ledger.supplier.key) == 1


def test_a_request_is_good_until_its_deadline_and_not_a_second_longer(
    ledger: Ledger, anchoring: ContractFunction
) -> None:
    key, deadline = ledger.supplier.key, ledger.chain.now() + 1
    signed = sign(ledger, key_of(key), request(ledger, key, anchoring, deadline=deadline))
    snapshot = ledger.chain.snapshot()
    relay(ledger, signed)
    assert ledger.chain.now() == deadline
    ledger.chain.restore(snapshot)
    ledger.chain.pass_time(1)
    with refused("ERC2771ForwarderExpiredRequest", deadline):
        relay(ledger, signed)
    assert not anchored(ledger)


def test_a_request_is_carried_out_once(ledger: Ledger) -> None:
    call = ledger.notary.functions.anchor(ROOT, 1)
    signed = signed_call(ledger, ledger.supplier, call)
    relay(ledger, signed)
    with refused(INVALID_SIGNER, recovered(ledger, signed, 1), ledger.supplier.key):
        relay(ledger, signed)


def test_requests_are_carried_out_in_the_order_of_their_nonces(ledger: Ledger) -> None:
    key, anchor = ledger.supplier.key, ledger.notary.functions.anchor
    first = signed_call(ledger, ledger.supplier, anchor(ROOT, 1))
    second = sign(ledger, key_of(key), request(ledger, key, anchor(word("next"), 1), nonce=1))
    with refused(INVALID_SIGNER, recovered(ledger, second, 0), key):
        relay(ledger, second)
    relay(ledger, first)
    relay(ledger, second)
    assert anchored(ledger, word("next"))


def test_nonces_of_one_key_are_no_concern_of_another(
    ledger: Ledger, anchoring: ContractFunction
) -> None:
    relay(ledger, signed_call(ledger, ledger.supplier, anchoring))
    relay(ledger, signed_call(ledger, ledger.buyer, anchoring))
    assert [nonce(ledger, member.key) for member in (ledger.supplier, ledger.buyer)] == [1, 1]


def test_nobody_signs_for_the_key_of_another(ledger: Ledger, anchoring: ContractFunction) -> None:
    content = request(ledger, ledger.supplier.key, anchoring)
    signed = sign(ledger, key_of(ledger.buyer.key), content)
    with refused(INVALID_SIGNER, ledger.buyer.key, ledger.supplier.key):
        relay(ledger, signed)


@pytest.mark.parametrize("field", ["sender", "to", "gas", "deadline", "data"])
def test_what_was_signed_cannot_be_changed(
    ledger: Ledger, anchoring: ContractFunction, field: str
) -> None:
    content = request(ledger, ledger.supplier.key, anchoring)
    signature = sign(ledger, key_of(ledger.supplier.key), content)[-1]
    changes: dict[str, Any] = {
        "sender": ledger.buyer.key,
        "to": ledger.invoices.address,
        "gas": content.gas - 1,
        "deadline": content.deadline + 1,
        "data": content.data[:-1] + b"\x02",
    }
    changed = replace(content, **{field: changes[field]}).with_signature(signature)
    assert not ledger.forwarder.functions.verify(changed).call()
    with refused(INVALID_SIGNER, recovered(ledger, changed, 0), changed[0]):
        relay(ledger, changed)


def test_ether_is_brought_as_it_was_signed_and_the_contracts_take_none(
    ledger: Ledger, anchoring: ContractFunction
) -> None:
    content = request(ledger, ledger.supplier.key, anchoring)
    signed = sign(ledger, key_of(ledger.supplier.key), content)
    changed = replace(content, value=1).with_signature(signed[-1])
    assert not ledger.forwarder.functions.verify(changed).call()
    with refused("ERC2771ForwarderMismatchedValue", 1, 0):
        relay(ledger, changed)


def test_a_request_for_another_chain_is_refused(
    ledger: Ledger, anchoring: ContractFunction
) -> None:
    content = request(ledger, ledger.supplier.key, anchoring)
    chain_id = ledger.chain.web3.eth.chain_id
    typed = message(content, ledger.forwarder, chain_id + 1)
    signature = bytes(key_of(ledger.supplier.key).sign_message(typed).signature)
    signed = content.with_signature(signature)
    with refused(INVALID_SIGNER, recovered(ledger, signed, 0), ledger.supplier.key):
        relay(ledger, signed)


def test_a_request_for_another_forwarder_is_refused_by_this_one_and_useless_there(
    ledger: Ledger, anchoring: ContractFunction
) -> None:
    other = ledger.chain.deploy("Forwarder")
    content = request(ledger, ledger.supplier.key, anchoring)
    typed = message(content, other, ledger.chain.web3.eth.chain_id)
    signed = content.with_signature(
        bytes(key_of(ledger.supplier.key).sign_message(typed).signature)
    )
    with refused(INVALID_SIGNER, recovered(ledger, signed, 0), ledger.supplier.key):
        relay(ledger, signed)
    with refused("ERC2771UntrustfulTarget", ledger.notary.address, other.address):
        ledger.chain.send(relayer(ledger), other.functions.execute(signed))


def test_contracts_of_another_deployment_take_no_requests_of_this_one(ledger: Ledger) -> None:
    other = follow(ledger)
    for contract in (other.membership, other.notary, other.invoices):
        call = contract.functions.multicall([])
        with refused("ERC2771UntrustfulTarget", contract.address, ledger.forwarder.address):
            relay(ledger, signed_call(ledger, ledger.supplier, call))


def test_the_twin_of_a_signature_is_refused(ledger: Ledger, anchoring: ContractFunction) -> None:
    *rest, signature = signed_call(ledger, ledger.supplier, anchoring)
    s, v = int.from_bytes(signature[32:64], "big"), signature[64]
    twin = signature[:32] + (ORDER_OF_THE_CURVE - s).to_bytes(32, "big") + bytes([55 - v])
    with refused(INVALID_SIGNER, NOBODY, ledger.supplier.key):
        relay(ledger, (*rest, twin))  # type: ignore[arg-type]  # the same seven fields


@pytest.mark.parametrize("length", [0, 64, 66])
def test_a_signature_of_another_length_is_refused(
    ledger: Ledger, anchoring: ContractFunction, length: int
) -> None:
    *rest, signature = signed_call(ledger, ledger.supplier, anchoring)
    with refused(INVALID_SIGNER, NOBODY, ledger.supplier.key):
        relay(ledger, (*rest, (signature + b"\0")[:length]))  # type: ignore[arg-type]  # as above


def test_a_call_that_the_contract_refuses_uses_no_nonce(ledger: Ledger) -> None:
    with refused("FailedCall"):
        relay(ledger, signed_call(ledger, ledger.supplier, ledger.notary.functions.anchor(ROOT, 0)))
    assert nonce(ledger, ledger.supplier.key) == 0


def test_a_batch_with_one_bad_request_fails_as_a_whole_or_leaves_it_out(ledger: Ledger) -> None:
    anchor = ledger.notary.functions.anchor
    good = signed_call(ledger, ledger.supplier, anchor(ROOT, 1))
    expired = sign(
        ledger,
        key_of(ledger.buyer.key),
        request(ledger, ledger.buyer.key, anchor(ROOT, 1), deadline=ledger.chain.now()),
    )
    batch = ledger.forwarder.functions.executeBatch
    with refused("ERC2771ForwarderExpiredRequest", expired[4]):
        ledger.chain.send(relayer(ledger), batch([good, expired], NOBODY))
    assert not anchored(ledger)
    receipt = ledger.chain.send(relayer(ledger), batch([good, expired], relayer(ledger)))
    assert [arguments["signer"] for _, arguments in logs_of(receipt, ledger.forwarder)] == [
        ledger.supplier.key
    ]
    assert anchored(ledger)
    assert nonce(ledger, ledger.buyer.key) == 0


@pytest.mark.parametrize("refund", [False, True])
def test_a_call_that_fails_reverts_its_batch_and_every_nonce_is_kept(
    ledger: Ledger, anchoring: ContractFunction, *, refund: bool
) -> None:
    failing = signed_call(ledger, ledger.supplier, ledger.notary.functions.anchor(ROOT, 0))
    good = signed_call(ledger, ledger.buyer, anchoring)
    receiver = relayer(ledger) if refund else NOBODY
    batch = ledger.forwarder.functions.executeBatch
    for requests in ([failing], [good, failing], [failing, good]):
        with refused("FailedCall"):
            ledger.chain.send(relayer(ledger), batch(requests, receiver))
    assert [nonce(ledger, member.key) for member in (ledger.supplier, ledger.buyer)] == [0, 0]
    ledger.chain.send(relayer(ledger), batch([good], receiver))
    assert [nonce(ledger, member.key) for member in (ledger.supplier, ledger.buyer)] == [0, 1]


def test_a_used_request_is_left_out_of_a_batch_that_may_leave_out(
    ledger: Ledger, anchoring: ContractFunction
) -> None:
    used = signed_call(ledger, ledger.supplier, anchoring)
    relay(ledger, used)
    good = signed_call(ledger, ledger.buyer, anchoring)
    batch = ledger.forwarder.functions.executeBatch
    with refused(INVALID_SIGNER, recovered(ledger, used, 1), ledger.supplier.key):
        ledger.chain.send(relayer(ledger), batch([used, good], NOBODY))
    receipt = ledger.chain.send(relayer(ledger), batch([used, good], relayer(ledger)))
    outcome = {"signer": ledger.buyer.key, "nonce": 0, "success": True}
    assert logs_of(receipt, ledger.forwarder) == [("ExecutedForwardRequest", outcome)]
    assert [nonce(ledger, member.key) for member in (ledger.supplier, ledger.buyer)] == [1, 1]


def test_two_requests_of_one_key_go_in_one_batch_in_their_order(ledger: Ledger) -> None:
    key, anchor = ledger.supplier.key, ledger.notary.functions.anchor
    first = signed_call(ledger, ledger.supplier, anchor(ROOT, 1))
    second = sign(ledger, key_of(key), request(ledger, key, anchor(word("next"), 1), nonce=1))
    batch = ledger.forwarder.functions.executeBatch
    snapshot = ledger.chain.snapshot()
    ledger.chain.send(relayer(ledger), batch([first, second], NOBODY))
    assert (anchored(ledger), anchored(ledger, word("next"))) == (True, True)
    ledger.chain.restore(snapshot)
    ledger.chain.send(relayer(ledger), batch([second, first], relayer(ledger)))
    assert (anchored(ledger), anchored(ledger, word("next"))) == (True, False)


def test_the_requests_of_a_day_ago_are_over(ledger: Ledger, anchoring: ContractFunction) -> None:
    signed = signed_call(ledger, ledger.supplier, anchoring)
    ledger.chain.pass_time(DAY)
    with refused("ERC2771ForwarderExpiredRequest", signed[4]):
        relay(ledger, signed)
