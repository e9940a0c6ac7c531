"""Operator keys: read from files, used to sign, never shown."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_account.types import TransactionDictType
from eth_typing import HexStr

from ledger.chain.port import Fees
from ledger.errors import ConfigurationError
from ledger.types import Address, ChainId, parse_address

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


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


def load_key(path: Path, *, passphrase: str | None = None) -> KeySigner:
    """Read an operator key: 64 hex digits, or a version 3 keystore (with its passphrase).

    Raises ConfigurationError if the file is missing, readable by others, or not a key.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the key file {path}: {error}") from error
    if os.name == "posix" and mode & _OTHERS:
        raise ConfigurationError(f"others can read the key file {path}: run chmod 600 {path}")
    try:
        if text.startswith("{"):
            return KeySigner(Account.from_key(Account.decrypt(text, passphrase or "")))
        return KeySigner(Account.from_key(text))
    except (ValueError, TypeError, KeyError) as error:
        raise ConfigurationError(
            f"{path} is not an operator key, or its passphrase is wrong: it must hold 64 hex"
            " digits or a version 3 keystore"
        ) from error


def generate_key() -> str:
    """A new operator key as `load_key` reads it: 64 hex digits."""
    return bytes(Account.create().key).hex()
