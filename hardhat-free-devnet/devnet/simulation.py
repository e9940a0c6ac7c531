"""Running a message without sealing it: `eth_call` and gas estimates.

Nothing is charged for gas and nothing is kept. `GASPRICE` and `BASEFEE` read as zero.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from eth.abc import BlockHeaderAPI, ComputationAPI, SignedTransactionAPI
from eth.exceptions import OutOfGas, Revert
from eth.vm.forks.berlin.transactions import UnsignedAccessListTransaction
from eth.vm.spoof import SpoofTransaction
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_typing import Address

from devnet.errors import Reverted, ServerError
from devnet.evm import Backend

AccessList = tuple[tuple[bytes, tuple[int, ...]], ...]
"""Addresses of 20 bytes, each with storage slots (EIP-2930)."""

_ERROR_SELECTOR: Final = bytes.fromhex("08c379a0")  # Error(string)
_PANIC_SELECTOR: Final = bytes.fromhex("4e487b71")  # Panic(uint256)
_ESTIMATE_TOLERANCE: Final = 64
"""An estimate is at most this part (one 64th) above the least gas that suffices."""
_CALL_STIPEND: Final = 2_300


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be run.

    sender, to: 20 bytes; an empty `to` creates a contract.
    gas: limit; the block's when None or above it.
    access_list: addresses with storage slots (EIP-2930).
    """

    sender: bytes
    to: bytes
    gas: int | None = None
    value: int = 0
    data: bytes = b""
    access_list: AccessList = ()


def call(backend: Backend, header: BlockHeaderAPI, message: Message) -> bytes:
    """Run a message in a block's context, on its state; return what it returns.

    Raises Reverted with the contract's data, or ServerError when it fails otherwise.
    """
    computation = _run(backend, header, message, _greatest_gas(header, message))
    _raise_failure(computation)
    return computation.output


def estimate_gas(backend: Backend, header: BlockHeaderAPI, message: Message) -> int:
    """Find a gas limit with which the message succeeds, close to the least one.

    The limit returned was tried. Raises as `call` does when not even the greatest suffices.
    """
    greatest = _greatest_gas(header, message)

    def attempt(gas: int) -> ComputationAPI:
        return _run(backend, header, message, gas)

    computation = attempt(greatest)
    _raise_failure(computation)
    used = greatest - computation.get_gas_remaining()
    if used == greatest or attempt(used).is_success:
        return used
    # A call passes on 63/64 of the gas left, so it may need more than it uses in the end.
    likely = (used + _CALL_STIPEND) * 64 // 63
    if likely < greatest and attempt(likely).is_success:
        greatest = likely
    return _search(lambda gas: attempt(gas).is_success, fails=used, succeeds=greatest)


def _greatest_gas(header: BlockHeaderAPI, message: Message) -> int:
    return header.gas_limit if message.gas is None else min(message.gas, header.gas_limit)


def _search(suffices: Callable[[int], bool], *, fails: int, succeeds: int) -> int:
    while (succeeds - fails) * _ESTIMATE_TOLERANCE > succeeds:
        middle = (fails + succeeds) // 2
        if suffices(middle):
            succeeds = middle
        else:
            fails = middle
    return succeeds


def _run(backend: Backend, header: BlockHeaderAPI, message: Message, gas: int) -> ComputationAPI:
    state = backend.state_at(header.copy(base_fee_per_gas=0))
    sender = Address(message.sender)
    unsigned = UnsignedAccessListTransaction(
        chain_id=backend.chain.chain_id,
        nonce=state.get_nonce(sender),
        gas_price=0,
        gas=gas,
        to=Address(message.to),
        value=message.value,
        data=message.data,
        access_list=message.access_list,
    )
    if gas < unsigned.intrinsic_gas:
        raise ServerError(f"intrinsic gas too low: have {gas}, want {unsigned.intrinsic_gas}")
    balance = state.get_balance(sender)
    if balance < message.value:
        raise ServerError(
            f"insufficient funds for transfer: 0x{sender.hex()} has {balance} wei, and the value"
            f" is {message.value}"
        )
    transaction = cast("SignedTransactionAPI", SpoofTransaction(unsigned, from_=sender))
    return state.apply_transaction(transaction)


def _raise_failure(computation: ComputationAPI) -> None:
    if computation.is_success:
        return
    error = computation.error
    if isinstance(error, Revert):
        output = computation.output
        reason = _reason(output)
        raise Reverted(
            f"execution reverted: {reason}" if reason else "execution reverted",
            data=f"0x{output.hex()}",
        )
    if isinstance(error, OutOfGas):
        raise ServerError("out of gas")
    raise ServerError(f"execution failed: {error}")


def _reason(output: bytes) -> str:
    try:
        if output.startswith(_ERROR_SELECTOR):
            return str(decode(["string"], output[4:])[0])
        if output.startswith(_PANIC_SELECTOR):
            return f"panic code {decode(['uint256'], output[4:])[0]:#04x}"
    except (DecodingError, UnicodeDecodeError, OverflowError):  # a contract returns any bytes
        pass
    return ""
