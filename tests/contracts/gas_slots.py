"""Names of storage slots, as the layout in a contract's artifact has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_WORD = 32


@dataclass(frozen=True, slots=True)
class _Place:
    """A variable, or a part of one: its name, its type, and a slot counted from its first."""

    name: str
    type: str
    offset: int


@dataclass(frozen=True, slots=True)
class SlotNames:
    """Names for the slots of one contract.

    `layout` is the compiler's, `preimages` are those of the mappings' and arrays' digests, and
    `keys` are readable names for keys of mappings.
    """

    layout: Mapping[str, Any]
    preimages: Mapping[int, bytes]
    keys: Mapping[bytes, str]

    def name(self, slot: int) -> str:
        """The path to a slot: variable, keys, and the members that it holds."""
        place = self._place(slot)
        members = list(self._members(place))
        return f"{place.name}.{', '.join(members)}" if members else place.name

    def _place(self, slot: int) -> _Place:
        types = self.layout["types"]
        for digest, preimage in self.preimages.items():
            offset = slot - digest
            # What lies farther behind a digest than any structure is long hangs on another one.
            if not 0 <= offset < _WORD:
                continue
            parent = self._inner(self._place(int.from_bytes(preimage[-_WORD:], "big")))
            described = types[parent.type]
            if described["encoding"] == "mapping" and len(preimage) == 2 * _WORD:
                key = self.keys.get(preimage[:_WORD], "…")
                return _Place(f"{parent.name}[{key}]", described["value"], offset)
            if described["encoding"] == "dynamic_array" and len(preimage) == _WORD:
                size = -(-int(types[described["base"]]["numberOfBytes"]) // _WORD)
                index, offset = divmod(offset, size)
                return _Place(f"{parent.name}[{index}]", described["base"], offset)
        return self._variable(slot)

    def _variable(self, slot: int) -> _Place:
        for entry in self.layout["storage"]:
            first = int(entry["slot"])
            length = -(-int(self.layout["types"][entry["type"]]["numberOfBytes"]) // _WORD)
            if first <= slot < first + length:
                return _Place(entry["label"], entry["type"], slot - first)
        raise LookupError(f"no variable has slot {slot:#x}")

    def _inner(self, place: _Place) -> _Place:
        """The mapping or array itself, if it is a member of a structure."""
        for member in self.layout["types"][place.type].get("members", ()):
            if int(member["slot"]) == place.offset:
                return _Place(f"{place.name}.{member['label']}", member["type"], 0)
        return place

    def _members(self, place: _Place) -> list[str]:
        described = self.layout["types"][place.type]
        if described["encoding"] == "dynamic_array":
            return ["length"]
        members = described.get("members", ())
        return [member["label"] for member in members if int(member["slot"]) == place.offset]
