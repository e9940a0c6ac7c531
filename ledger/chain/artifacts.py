"""What the compiler wrote: the only reader of `contracts/artifacts`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from ledger.chain.abi import ContractAbi


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract.

    bytecode: what a deployment sends, before the constructor's arguments.
    runtime: the code that then stands on the chain, with zeros where immutables go.
    immutables: (start, length) of every such place, in bytes, by the immutable's name.
    """

    name: str
    abi: ContractAbi
    bytecode: bytes
    runtime: bytes
    immutables: Mapping[str, tuple[tuple[int, int], ...]]

    def matches(self, code: bytes) -> bool:
        """Whether code found on the chain is this contract, whatever its immutables."""
        if len(code) != len(self.runtime):
            return False
        found = bytearray(code)
        for places in self.immutables.values():
            for start, length in places:
                found[start : start + length] = bytes(length)
        return bytes(found) == self.runtime

    def misfits(self, code: bytes, values: Mapping[str, bytes]) -> tuple[str, ...]:
        """Names of the immutables that are not `values` in code which `matches`.

        values: one word of 32 bytes for each immutable, by its name.
        """
        return tuple(
            name
            for name, places in self.immutables.items()
            if any(code[start : start + length] != values[name] for start, length in places)
        )


@lru_cache
def load_artifact(name: str) -> Artifact:
    """The compiled contract `name`, as committed."""
    text = (resources.files("contracts.artifacts") / f"{name}.json").read_text("utf-8")
    form = json.loads(text)
    return Artifact(
        name=name,
        abi=ContractAbi(form["abi"]),
        bytecode=bytes.fromhex(form["bytecode"].removeprefix("0x")),
        runtime=bytes.fromhex(form["deployedBytecode"].removeprefix("0x")),
        immutables={
            immutable: tuple((place["start"], place["length"]) for place in places)
            for immutable, places in form["immutableReferences"].items()
        },
    )
