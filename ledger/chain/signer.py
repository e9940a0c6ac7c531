"""Operator keys: read from files, used to sign, never shown."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_account.types import TransactionDictType
from eth_typing import Hash32, HexStr

from ledger.chain.port import Fees
from ledger.chain.secret_files import read_secret
from ledger.codec import ForwardRequest, signing_hash
from ledger.errors import ConfigurationError
from ledger.types import AccountName, Address, ChainId, parse_address

_KEY = re.compile(r"(?:0x)?[0-9a-fA-F]{64}")
_KEYSTORE_VERSION = 3


@dataclass(frozen=True, slots=True)
class UnsignedTransaction:
    """All that a signature covers. Amounts of ether are never sent."""

    chain: ChainId
    nonce: int
    to: Address | None
    data: bytes
    gas_limit: int
    fees: Fees


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """The bytes that a node takes (EIP-2718), and the name they get."""

    raw: bytes
    hash: bytes


class Signer(Protocol):
    """Something that signs for one operator address: a key file, a KMS, an HSM."""

    @property
    def address(self) -> Address:
        """The operator address."""
        ...

    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """Sign a transaction."""
        ...

    def sign_request(self, request: ForwardRequest, forwarder: AccountName) -> bytes:
        """Sign a request to a forwarder (EIP-712): 65 bytes r, s, v."""
        ...


class KeySigner:
    """Signs with a private key held in memory."""

    def __init__(self, account: LocalAccount) -> None:
        self._account = account

    @property
    def address(self) -> Address:
        """The operator address."""
        return parse_address(self._account.address)

    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """Sign as EIP-1559 where the chain has a fee market, as EIP-155 elsewhere."""
        fees = transaction.fees
        form: TransactionDictType = {
            "chainId": transaction.chain.reference,
            "nonce": transaction.nonce,
            "data": transaction.data,
            "gas": transaction.gas_limit,
            "value": 0,
        }
        if transaction.to is not None:
            form["to"] = HexStr(transaction.to)
        if fees.priority_fee_per_gas is None:
            form["gasPrice"] = fees.max_fee_per_gas
        else:
            form["type"] = 2
            form["maxFeePerGas"] = fees.max_fee_per_gas
            form["maxPriorityFeePerGas"] = fees.priority_fee_per_gas
        signed = self._account.sign_transaction(form)
        return SignedTransaction(bytes(signed.raw_transaction), bytes(signed.hash))

    def sign_request(self, request: ForwardRequest, forwarder: AccountName) -> bytes:
        """Sign a request to a forwarder (EIP-712): 65 bytes r, s, v."""
        # Called unsafe for hashes of unknown origin; this one is made here, from what it says.
        signed = self._account.unsafe_sign_hash(Hash32(signing_hash(request, forwarder)))
        return bytes(signed.signature)


def load_key(path: Path, *, passphrase: str | None = None) -> KeySigner:
    """Read an operator key: 64 hex digits, or a version 3 keystore (with its passphrase).

    Raises ConfigurationError if the file is missing, open to others, or not a key.
    """
    text = read_secret(path, "key file").strip()
    try:
        if text.startswith("{"):
            return KeySigner(Account.from_key(_open_keystore(text, passphrase or "")))
        if _KEY.fullmatch(text):
            return KeySigner(Account.from_key(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _no_key(path) from error
    raise _no_key(path)


def _open_keystore(text: str, passphrase: str) -> bytes:
    form = json.loads(text)
    if form.get("version") != _KEYSTORE_VERSION:
        raise ValueError("another version of keystores")
    return Account.decrypt(form, passphrase)


def _no_key(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} is not an operator key, or its passphrase is wrong: it must hold 64 hex digits or"
        " a version 3 keystore"
    )


def generate_key() -> str:
    """A new operator key as `load_key` reads it: 64 hex digits."""
    return bytes(Account.create().key).hex()
