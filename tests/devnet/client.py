"""A caller of the devnet that signs its own transactions."""

from dataclasses import dataclass, field
from typing import Any, cast

from eth_account import Account as Signer
from eth_utils.crypto import keccak

from devnet.accounts import Account
from devnet.chain import Devnet
from devnet.rpc.values import Json
from tests.devnet.bytecode import creation

JsonObject = dict[str, Any]

GAS = 200_000
FEES = {"maxFeePerGas": 10**11, "maxPriorityFeePerGas": 10**9}


@dataclass
class Client:
    """Asks a devnet, and counts the nonces of what it signs."""

    devnet: Devnet
    nonces: dict[str, int] = field(default_factory=dict)

    def ask(self, method: str, *params: Json) -> Any:
        return self.devnet.request(method, list(params))

    def sign(self, sender: Account, **fields: object) -> bytes:
        """Sign a transaction; the nonce follows the last one that this client signed."""
        nonce = self.nonces.get(sender.address, 0)
        chain: dict[str, object] = {"chainId": self.devnet.chain_id, "nonce": nonce, "gas": GAS}
        fees = {} if "gasPrice" in fields else FEES
        transaction = {**chain, **fees, **fields}
        self.nonces[sender.address] = cast("int", transaction["nonce"]) + 1
        return bytes(Signer.sign_transaction(transaction, sender.private_key).raw_transaction)

    def send(self, sender: Account, **fields: object) -> str:
        """Sign and send; the transaction's hash."""
        return cast("str", self.ask("eth_sendRawTransaction", hexed(self.sign(sender, **fields))))

    def sent(self, sender: Account, **fields: object) -> JsonObject:
        """Sign and send; the receipt."""
        receipt = self.ask("eth_getTransactionReceipt", self.send(sender, **fields))
        return cast("JsonObject", receipt)

    def create(self, sender: Account, runtime: bytes) -> str:
        """Create a contract; its address."""
        receipt = self.sent(sender, data=creation(runtime))
        assert receipt["status"] == "0x1"
        return cast("str", receipt["contractAddress"])


def hexed(value: bytes) -> str:
    return f"0x{value.hex()}"


def unhexed(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def number(text: str) -> int:
    return int(text, 16)


def hash_of(encoded: bytes) -> str:
    return hexed(keccak(encoded))
