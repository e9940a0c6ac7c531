"""What the compiler wrote: the only reader of `contracts/artifacts`."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from ledger.chain.abi import ContractAbi


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract.

    bytecode: what a deployment sends, before the constructor's arguments.
    runtime: the code that then stands on the chain, with zeros where immutables go.
    immutables: (start, length) of every such place, in bytes.
    """

    name: str
    abi: ContractAbi
    bytecode: bytes
    runtime: bytes
    immutables: tuple[tuple[int, int], ...]

    def matches(self, code: bytes) -> bool:
        """Whether code found on the chain is this contract, whatever its immutables."""
        if len(code) != len(self.runtime):
            return False
        found = bytearray(code)
        for start, length in self.immutables:
            found[start : start + length] = bytes(length)
        return bytes(found) == self.runtime


@lru_cache
def load_artifact(name: str) -> Artifact:
    """The compiled contract `name`, as committed."""
    text = (resources.files("contracts.artifacts") / f"{name}.json").read_text("utf-8")
    form = json.loads(text)
    places = [place for group in form["immutableReferences"].values() for place in group]
    return Artifact(
        name=name,
        abi=ContractAbi(form["abi"]),
        bytecode=bytes.fromhex(form["bytecode"].removeprefix("0x")),
        runtime=bytes.fromhex(form["deployedBytecode"].removeprefix("0x")),
        immutables=tuple((place["start"], place["length"]) for place in places),
    )
