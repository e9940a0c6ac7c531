"""The contracts on an EVM in this process, with a cast of members, for tests."""

import ast
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NewType

import pytest
from eth.vm.forks.paris import ParisVM
from eth_abi.abi import decode
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.exceptions import TransactionFailed
from eth_typing import ChecksumAddress
from eth_utils.crypto import keccak
from web3 import EthereumTesterProvider, Web3
from web3.contract import Contract
from web3.contract.contract import ContractConstructor, ContractFunction
from web3.types import LogReceipt, TxReceipt

SUPPLIER, BUYER, FINANCIER, DEPOSITARY, COUNCIL, AUDITOR = 1, 2, 4, 8, 16, 32
DAY = 86_400

Snapshot = NewType("Snapshot", int)

_GAS = 8_000_000
# What the language itself reverts with.
_BUILT_IN: list[dict[str, Any]] = [
    {"type": "error", "name": "Error", "inputs": [{"type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"type": "uint256"}]},
]


class Reverted(Exception):
    """A transaction or call reverted with this error."""

    def __init__(self, name: str, arguments: tuple[Any, ...]) -> None:
        super().__init__(name, arguments)
        self.name = name
        self.arguments = arguments


@contextmanager
def reverts(name: str, *arguments: Any) -> Iterator[None]:
    """Expect exactly this error with exactly these arguments."""
    with pytest.raises(Reverted) as caught:
        yield
    assert (caught.value.name, caught.value.arguments) == (name, arguments)


@cache
def artifact(name: str) -> dict[str, Any]:
    """A committed artifact."""
    text = (resources.files("contracts.artifacts") / f"{name}.json").read_text("utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def deployable() -> list[str]:
    """Names of all committed artifacts."""
    names = (file.name for file in resources.files("contracts.artifacts").iterdir())
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the cast: its name in a word, and its first operator key."""

    id: bytes
    key: ChecksumAddress


class Chain:
    """A fresh chain with the rules of Paris that mines every transaction at once."""

    def __init__(self, accounts: int) -> None:
        genesis = PyEVMBackend.generate_genesis_state(num_accounts=accounts)
        backend = PyEVMBackend(genesis_state=genesis, vm_configuration=((0, ParisVM),))
        self._tester = EthereumTester(backend)
        self.web3 = Web3(EthereumTesterProvider(self._tester))
        self.accounts: Sequence[ChecksumAddress] = self.web3.eth.accounts
        # Spares web3 the look-up of a sender for every view.
        self.web3.eth.default_account = self.accounts[0]
        # Ahead of the clock, every block is one second later than the one before, however slow
        # the machine.
        self.pass_time(365 * DAY)

    def deploy(self, name: str, *arguments: Any) -> Contract:
        """Deploy an artifact; raises Reverted."""
        constructor = self._constructor(name, *arguments)
        receipt = self._receipt(constructor.transact({"from": self.accounts[0], "gas": _GAS}))
        if receipt["status"] != 1:
            self.simulate_deployment(name, *arguments)
            raise AssertionError("a deployment that failed succeeds as a call")
        return self._factory(name)(address=receipt["contractAddress"])

    def simulate_deployment(self, name: str, *arguments: Any) -> None:
        """Run a constructor without changing anything; raises Reverted."""
        data = self._constructor(name, *arguments).data_in_transaction
        with _mapped():
            self.web3.eth.call({"from": self.accounts[0], "data": data, "gas": _GAS})

    def send(self, sender: ChecksumAddress, call: ContractFunction) -> TxReceipt:
        """Send a transaction; raises Reverted."""
        receipt = self._receipt(call.transact({"from": sender, "gas": _GAS}))
        if receipt["status"] != 1:
            self.simulate(sender, call)
            raise AssertionError("a transaction that failed succeeds as a call")
        return receipt

    def simulate(self, sender: ChecksumAddress, call: ContractFunction) -> Any:
        """Call without changing anything; raises Reverted."""
        with _mapped():
            return call.call({"from": sender, "gas": _GAS})

    def now(self) -> int:
        """Time of the last block, in Unix seconds."""
        return self.web3.eth.get_block("latest")["timestamp"]

    def pass_time(self, seconds: int) -> None:
        """Mine a block that is this much later than the last one."""
        self._tester.time_travel(self.now() + seconds)
        self._tester.mine_block()

    def snapshot(self) -> Snapshot:
        """Remember the present state."""
        return Snapshot(self._tester.take_snapshot())

    def restore(self, snapshot: Snapshot) -> None:
        """Return to a remembered state."""
        self._tester.revert_to_snapshot(snapshot)

    def _constructor(self, name: str, *arguments: Any) -> ContractConstructor:
        return self._factory(name).constructor(*arguments)

    def _factory(self, name: str) -> type[Contract]:
        compiled = artifact(name)
        return self.web3.eth.contract(abi=compiled["abi"], bytecode=compiled["bytecode"])

    def _receipt(self, transaction: Any) -> TxReceipt:
        return self.web3.eth.get_transaction_receipt(transaction)


@contextmanager
def _mapped() -> Iterator[None]:
    """Turn eth-tester's failure, which holds the printed revert data, into Reverted."""
    try:
        yield
    except TransactionFailed as failure:
        printed = str(failure).removeprefix("execution reverted: ")
        raise explained(ast.literal_eval(printed)) from failure


def explained(data: bytes) -> Reverted:
    """The error that a call returned as it reverted."""
    name, types = _errors()[data[:4]]
    return Reverted(name, decode(types, data[4:]))


@cache
def _errors() -> dict[bytes, tuple[str, list[str]]]:
    abi = [entry for name in deployable() for entry in artifact(name)["abi"]] + _BUILT_IN
    errors = [entry for entry in abi if entry["type"] == "error"]
    signatures = [(error["name"], [item["type"] for item in error["inputs"]]) for error in errors]
    return {
        keccak(text=f"{name}({','.join(types)})")[:4]: (name, types) for name, types in signatures
    }


def word(text: str) -> bytes:
    """A readable name, left-aligned in 32 bytes."""
    return text.encode("ascii").ljust(32, b"\0")


def logs_of(receipt: TxReceipt, contract: Contract) -> list[tuple[str, dict[str, Any]]]:
    """Name and arguments of the events of a contract in a receipt, in order."""
    return [
        decode_log(log, contract) for log in receipt["logs"] if log["address"] == contract.address
    ]


def decode_log(log: LogReceipt, contract: Contract) -> tuple[str, dict[str, Any]]:
    """Name and arguments of an event of a contract."""
    event = contract.get_event_by_topic(log["topics"][0].to_0x_hex())
    found = event().process_log(log)
    return found["event"], dict(found["args"])
