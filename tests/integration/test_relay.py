from collections.abc import Iterator
from dataclasses import replace

import pytest
from eth_account import Account

from devnet.chain import Devnet
from devnet.provider import DevnetProvider
from devnet.rpc.values import Json
from ledger.chain.contract import ContractCall
from ledger.chain.deployer import Council, deploy
from ledger.chain.deployment import Deployment
from ledger.chain.forwarder import Forwarder, SignedRequest
from ledger.chain.invoice_book import InvoiceBook
from ledger.chain.invoice_forms import InvoiceState, Registration
from ledger.chain.signer import KeySigner
from ledger.chain.web3_adapter import Web3Chain
from ledger.codec import domain_separator, record_id
from ledger.errors import Conflict, Forbidden, InvalidRequest, NotFound, Refusal
from ledger.services.relay import relay, sign_request
from ledger.types import AccountName, Digest, RecordId, Units, UnixTime
from tests.support.consortium import BUYER, COUNCIL, SUPPLIER, Consortium, running_consortium

COMMITMENT = Digest(b"\xc0" * 32)
FAR = UnixTime(4_000_000_000)


@pytest.fixture
def consortium() -> Iterator[Consortium]:
    with running_consortium() as running:
        yield running


@pytest.fixture
def penniless(consortium: Consortium) -> KeySigner:
    """A key of the buyer that the chain never saw: no funds, no transactions."""
    signer = KeySigner(Account.create())
    consortium.act(BUYER, consortium.membership.add_key(BUYER, signer.address))
    return signer


@pytest.fixture
def record(consortium: Consortium) -> RecordId:
    """An invoice that the buyer has not answered."""
    registration = Registration(
        commitment=COMMITMENT,
        buyer=BUYER,
        units=Units(1000),
        due_date=None,
        strict_keys=(b"\x51" * 32,),
        alert_keys=(),
    )
    consortium.act(SUPPLIER, consortium.book.register(registration))
    book = AccountName(consortium.deployment.chain, consortium.deployment.invoice_book)
    return record_id(book, SUPPLIER, COMMITMENT)


def forwarder(consortium: Consortium) -> Forwarder:
    return Forwarder(consortium.chain, consortium.deployment.forwarder)


def signed(consortium: Consortium, signer: KeySigner, call: ContractCall) -> SignedRequest:
    return sign_request(signer, consortium.deployment, call, nonce=0, deadline=FAR)


def bring(consortium: Consortium, request: SignedRequest) -> None:
    relayer = consortium.spare[0]
    relay(consortium.chain, consortium.deployment, relayer, request, timeout_seconds=10)


def test_a_buyer_without_node_and_funds_accepts_by_a_request_that_another_brings(
    consortium: Consortium, penniless: KeySigner, record: RecordId
) -> None:
    # What a signer holds: the manifest, a key, and the name of the record.
    book = InvoiceBook(consortium.chain, consortium.deployment.invoice_book)
    request = signed(consortium, penniless, book.accept(record))
    bring(consortium, request)
    head = consortium.chain.head().ref
    assert consortium.book.record(record, at=head).state is InvoiceState.ACCEPTED
    assert forwarder(consortium).nonce_of(penniless.address, at=head) == 1
    assert consortium.chain.sealed_transaction_count(penniless.address, at=head) == 0


def test_a_request_that_was_carried_out_is_refused_from_then_on(
    consortium: Consortium, penniless: KeySigner, record: RecordId
) -> None:
    request = signed(consortium, penniless, consortium.book.accept(record))
    bring(consortium, request)
    with pytest.raises(Forbidden) as caught:
        bring(consortium, request)
    assert caught.value.rule == "invalid-signature"


def test_the_refusal_is_that_of_the_contract_which_was_called(
    consortium: Consortium, penniless: KeySigner, record: RecordId
) -> None:
    before = consortium.chain.head()
    missing = signed(consortium, penniless, consortium.book.accept(RecordId(b"\x01" * 32)))
    with pytest.raises(NotFound) as unknown:
        bring(consortium, missing)
    assert unknown.value.rule == "unknown-record"
    stranger = signed(consortium, consortium.spare[1], consortium.book.accept(record))
    with pytest.raises(Refusal) as foreign:
        bring(consortium, stranger)
    assert foreign.value.rule == "unknown-operator-key"
    assert consortium.chain.head() == before


def test_a_request_is_explained_without_being_sent(
    consortium: Consortium, penniless: KeySigner, record: RecordId
) -> None:
    contract, at = forwarder(consortium), consortium.chain.head().ref
    sound = signed(consortium, penniless, consortium.book.accept(record))
    assert contract.verify(sound, at=at)
    assert contract.explain(sound, at=at) is None

    late = sign_request(
        penniless,
        consortium.deployment,
        consortium.book.accept(record),
        nonce=0,
        deadline=UnixTime(1),
    )
    assert not contract.verify(late, at=at)
    refusal = contract.explain(late, at=at)
    assert isinstance(refusal, Conflict)
    assert refusal.rule == "request-expired"

    elsewhere = signed(consortium, penniless, ContractCall(consortium.deployment.forwarder, b""))
    refusal = contract.explain(elsewhere, at=at)
    assert isinstance(refusal, InvalidRequest)
    assert refusal.rule == "foreign-forwarder"

    starved = sign_request(
        penniless,
        consortium.deployment,
        consortium.book.accept(record),
        nonce=0,
        deadline=FAR,
        gas=30_000,
    )
    assert contract.verify(starved, at=at)
    refusal = contract.explain(starved, at=at)
    assert refusal is not None
    assert refusal.rule == "call-failed"


@pytest.mark.parametrize("field", ["to", "gas", "deadline", "data", "sender"])
def test_a_relayer_cannot_change_what_was_signed(
    consortium: Consortium, penniless: KeySigner, record: RecordId, field: str
) -> None:
    sound = signed(consortium, penniless, consortium.book.accept(record))
    request = {
        "to": replace(sound.request, to=consortium.deployment.notary),
        "gas": replace(sound.request, gas=sound.request.gas - 1),
        "deadline": replace(sound.request, deadline=UnixTime(FAR + 1)),
        "data": replace(sound.request, data=consortium.book.reject(record, bytes(32)).data),
        "sender": replace(sound.request, sender=consortium.signers[BUYER].address),
    }[field]
    with pytest.raises(Forbidden) as caught:
        bring(consortium, replace(sound, request=request))
    assert caught.value.rule == "invalid-signature"


def test_the_domain_is_the_one_that_the_contract_says(consortium: Consortium) -> None:
    contract, deployment = forwarder(consortium), consortium.deployment
    data = contract.abi.encode_call("eip712Domain")
    answer = consortium.chain.call(contract.address, data, at=consortium.chain.head().ref)
    fields, name, version, chain_id, verifying, salt, extensions = contract.abi.decode_result(
        "eip712Domain", answer
    )
    assert (fields, name, version, chain_id) == (b"\x0f", "Sealbook", "1", 1_337_702)
    assert (verifying, salt, extensions) == (deployment.forwarder.lower(), bytes(32), ())
    named = AccountName(deployment.chain, deployment.forwarder)
    code = consortium.chain.code(deployment.forwarder, at=consortium.chain.head().ref)
    assert domain_separator(named) in code


def twin(old: Consortium, devnet: Devnet) -> Deployment:
    """The same contracts at the same addresses on another chain."""
    owner = old.devnet.accounts[0]
    funding: dict[str, Json] = {
        "from": devnet.accounts[0].address,
        "to": owner.address,
        "value": hex(10**18),
    }
    devnet.request("eth_sendTransaction", [funding])
    seats = tuple((member, old.signers[member].address) for member in COUNCIL)
    return deploy(
        Web3Chain(DevnetProvider(devnet)),
        KeySigner(Account.from_key(owner.private_key)),
        Council(seats, threshold=2),
        timeout_seconds=10,
        report=lambda _text: None,
    )


def test_the_same_request_is_worth_nothing_on_a_chain_with_another_id(
    consortium: Consortium,
) -> None:
    signer = consortium.signers[COUNCIL[0]]
    decision = consortium.membership.suspend(BUYER)
    request = signed(consortium, signer, consortium.membership.propose(decision, 3600))
    assert forwarder(consortium).explain(request, at=consortium.chain.head().ref) is None
    with Devnet.open(chain_id=1_337_703, accounts=1) as devnet:
        other = twin(consortium, devnet)
        assert other.contracts == consortium.deployment.contracts
        chain = Web3Chain(DevnetProvider(devnet))
        there, at = Forwarder(chain, other.forwarder), chain.head().ref
        assert not there.verify(request, at=at)
        refusal = there.explain(request, at=at)
        assert refusal is not None
        assert refusal.rule == "invalid-signature"
        own = sign_request(
            signer,
            other,
            ContractCall(request.request.to, request.request.data),
            nonce=0,
            deadline=FAR,
        )
        assert there.explain(own, at=at) is None
