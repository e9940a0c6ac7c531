"""Requests that a key signs and anybody brings (EIP-712, ERC-2771).

Hashes and signatures are eth-account's: nothing of the ledger's own code is used here.
"""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_tester.backends.pyevm.main import get_default_account_keys
from eth_typing import ChecksumAddress
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.types import TxReceipt

from tests.contracts.cast import Ledger, calldata
from tests.contracts.harness import DAY, Chain, Member, reverts

OWNER_SIGNS, REFUSES, REVERTS, BABBLES = range(4)
"""Manners of the contract wallet."""

INVALID_SIGNER = "ERC2771ForwarderInvalidSigner"
"""The forwarder's refusal of a request that its sender did not sign as it stands."""

_FIELDS = {
    "from": "address",
    "to": "address",
    "value": "uint256",
    "gas": "uint256",
    "nonce": "uint256",
    "deadline": "uint48",
    "data": "bytes",
}
_DEFAULT_KEYS = 64

Signed: TypeAlias = tuple[ChecksumAddress, ChecksumAddress, int, int, int, bytes, bytes]
"""The argument of `execute`, field by field as in the ABI."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is signed."""

    sender: ChecksumAddress
    to: ChecksumAddress
    value: int
    gas: int
    nonce: int
    deadline: int
    data: bytes

    def with_signature(self, signature: bytes) -> Signed:
        """As the forwarder takes it: the nonce is not said."""
        return (
            self.sender,
            self.to,
            self.value,
            self.gas,
            self.deadline,
            self.data,
            signature,
        )


def request(
    ledger: Ledger, sender: ChecksumAddress, call: ContractFunction, **changes: Any
) -> Request:
    """A request for a call that is good for a day, with the sender's next nonce."""
    sound = Request(
        sender=sender,
        to=call.address,
        value=0,
        gas=2_000_000,
        nonce=ledger.forwarder.functions.nonces(sender).call(),
        deadline=ledger.chain.now() + DAY,
        data=data_of(call),
    )
    return replace(sound, **changes)


def data_of(call: ContractFunction) -> bytes:
    """The bytes that a transaction makes this call with."""
    data = calldata(call)
    return data if isinstance(data, bytes) else bytes.fromhex(data[2:])


def message(content: Request, forwarder: Contract, chain_id: int) -> SignableMessage:
    """What a key signs for a forwarder on a chain."""
    values = (
        content.sender,
        content.to,
        content.value,
        content.gas,
        content.nonce,
        content.deadline,
        content.data,
    )
    domain = {
        "name": "Sealbook",
        "version": "1",
        "chainId": chain_id,
        "verifyingContract": forwarder.address,
    }
    fields = [{"name": name, "type": kind} for name, kind in _FIELDS.items()]
    named = dict(zip(_FIELDS, values, strict=True))
    return encode_typed_data(domain, {"ForwardRequest": fields}, named)


def sign(ledger: Ledger, signer: LocalAccount, content: Request) -> Signed:
    """Sign a request for the ledger's forwarder, whoever it says that it is from."""
    typed = message(content, ledger.forwarder, ledger.chain.web3.eth.chain_id)
    return content.with_signature(bytes(signer.sign_message(typed).signature))


def signed_call(ledger: Ledger, member: Member, call: ContractFunction) -> Signed:
    """A request of a member of the cast, signed with its first key."""
    return sign(ledger, key_of(member.key), request(ledger, member.key, call))


def relay(ledger: Ledger, signed: Signed) -> TxReceipt:
    """Bring a request with a key that is no member's; raises Reverted."""
    return ledger.chain.send(relayer(ledger), ledger.forwarder.functions.execute(signed))


def refused(name: str, *arguments: Any) -> AbstractContextManager[None]:
    """As `reverts`, with addresses as they are written elsewhere."""
    return reverts(name, *(item.lower() if isinstance(item, str) else item for item in arguments))


def relayer(ledger: Ledger) -> ChecksumAddress:
    """A key that belongs to nobody."""
    return ledger.spare_keys[-1]


def key_of(address: ChecksumAddress) -> LocalAccount:
    """The private key of an account of the test chain."""
    account: LocalAccount = Account.from_key(_keys()[address])
    return account


@cache
def _keys() -> dict[ChecksumAddress, bytes]:
    keys = get_default_account_keys(_DEFAULT_KEYS)
    return {key.public_key.to_checksum_address(): key.to_bytes() for key in keys}


def deploy_wallet(chain: Chain, owner: ChecksumAddress, manner: int = OWNER_SIGNS) -> Contract:
    """A contract wallet (ERC-1271): fixtures/Wallet.sol, as solc 0.8.30 compiles it for Paris."""
    compiled = json.loads((Path(__file__).parent / "fixtures" / "Wallet.json").read_text("utf-8"))
    factory = chain.web3.eth.contract(abi=compiled["abi"], bytecode=compiled["bytecode"])
    sent = factory.constructor(owner, manner).transact({"from": owner, "gas": 1_000_000})
    receipt = chain.web3.eth.get_transaction_receipt(sent)
    assert receipt["status"] == 1
    return factory(address=receipt["contractAddress"])


def wallet_signed(
    ledger: Ledger, owner: LocalAccount, wallet: Contract, call: ContractFunction
) -> Signed:
    """A request of a contract wallet, with the signature of its owner in the wallet's own form."""
    content = request(ledger, wallet.address, call)
    typed = message(content, ledger.forwarder, ledger.chain.web3.eth.chain_id)
    made = owner.sign_message(typed)
    form = made.r.to_bytes(32, "big") + made.s.to_bytes(32, "big") + made.v.to_bytes(32, "big")
    return content.with_signature(form)
