"""What a transaction does to storage, seen opcode by opcode in py-evm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias
from unittest import mock

from eth.abc import ComputationAPI
from eth.vm.forks.paris.computation import ParisComputation
from eth_typing import Address
from eth_utils.crypto import keccak

Slot: TypeAlias = tuple[Address, int]
"""A contract and the number of a word of its storage."""

_SHA3, _SLOAD, _SSTORE = 0x20, 0x54, 0x55
_CALLS = {0xF1, 0xF2, 0xF4, 0xFA}
# Where calls of each opcode name the callee on the stack, from its top.
_CALLEE = 2
_PRECOMPILED = range(1, 10)


@dataclass(slots=True)
class Trace:
    """What happened while it was watched.

    `before` and `after` have the words of all slots that were touched; `accesses` the number of
    times that any was read or written; `callees` the contracts called, in order; `preimages` what
    keccak256 was asked for, by digest.
    """

    before: dict[Slot, int] = field(default_factory=dict)
    after: dict[Slot, int] = field(default_factory=dict)
    accesses: int = 0
    callees: list[Address] = field(default_factory=list)
    preimages: dict[int, bytes] = field(default_factory=dict)

    def created(self) -> list[Slot]:
        """Slots that were zero and are not."""
        return [slot for slot, word in self.before.items() if not word and self.after[slot]]

    def changed(self) -> list[Slot]:
        """Slots that were not zero and became something else."""
        return [slot for slot, word in self.before.items() if word and self.after[slot] != word]

    def read(self) -> list[Slot]:
        """Slots that are as they were."""
        return [slot for slot, word in self.before.items() if self.after[slot] == word]


@contextmanager
def traced() -> Iterator[Trace]:
    """Watch every computation of the virtual machine; for one transaction that is mined at once."""
    trace = Trace()
    watchers = {
        _SHA3: _hash,
        _SLOAD: _read,
        _SSTORE: _write,
        **dict.fromkeys(_CALLS, _call),
    }
    watched = {
        code: _watch(opcode, watchers[code], trace) if code in watchers else opcode
        for code, opcode in ParisComputation.opcodes.items()
    }
    with mock.patch.object(ParisComputation, "opcodes", watched):
        yield trace


def _watch(
    opcode: Callable[..., None],
    watcher: Callable[[ComputationAPI, Trace], None],
    trace: Trace,
) -> Callable[..., None]:
    def execute(computation: ComputationAPI) -> None:
        watcher(computation, trace)
        opcode(computation=computation)

    return execute


def _hash(computation: ComputationAPI, trace: Trace) -> None:
    start, size = _stack(computation, 1), _stack(computation, 2)
    preimage = computation.memory_read_bytes(start, size)
    trace.preimages[int.from_bytes(keccak(preimage), "big")] = preimage


def _read(computation: ComputationAPI, trace: Trace) -> None:
    slot = computation.msg.storage_address, _stack(computation, 1)
    trace.accesses += 1
    if slot not in trace.before:
        trace.before[slot] = trace.after[slot] = computation.state.get_storage(*slot)


def _write(computation: ComputationAPI, trace: Trace) -> None:
    _read(computation, trace)
    slot = computation.msg.storage_address, _stack(computation, 1)
    trace.after[slot] = _stack(computation, 2)


def _call(computation: ComputationAPI, trace: Trace) -> None:
    callee = _stack(computation, _CALLEE)
    if callee not in _PRECOMPILED:
        trace.callees.append(Address(callee.to_bytes(20, "big")))


def _stack(computation: ComputationAPI, depth: int) -> int:
    """The item at this place of the stack, its top being 1."""
    item: int | bytes = computation._stack.values[-depth]  # type: ignore[attr-defined]  # py-evm shows it in no other way
    return item if isinstance(item, int) else int.from_bytes(item, "big")
