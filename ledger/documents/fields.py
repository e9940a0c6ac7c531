"""Fields of a document that can be shown one by one: a small tree of salted commitments.

Each field, a name with a JSON value, is committed to by itself, and the commitments are the leaves
of an RFC 6962 tree in a fixed order of names. Who shows some of the fields hands over their values
and salts, and for the rest the hashes of the largest subtrees in which nothing is shown. From these
the root follows, and of what is hidden nothing but that it is there.

What names there are, and in which order, is for the caller to say, and the same for every document
of its kind: so the count of fields tells nothing either.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from ledger.codec import (
    SALT_BYTES,
    JsonValue,
    canonical_json,
    commit_field,
    field_salt,
    leaf_hash,
    node_hash,
)
from ledger.errors import VerificationError
from ledger.types import Digest

Span = tuple[int, int]
"""Positions of the leaves of one subtree: the first, and the one after the last."""


@dataclass(frozen=True, slots=True)
class Field:
    """A name with what a document, or a member, says under it. None is what is not said."""

    name: str
    value: JsonValue


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field with the 32-byte salt of its commitment."""

    name: str
    value: JsonValue
    salt: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a salt of another length."""
        if len(self.salt) != SALT_BYTES:
            raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(self.salt)}")

    @property
    def leaf_hash(self) -> Digest:
        """Hash of the field's commitment as a leaf of the tree."""
        content = canonical_json({"name": self.name, "value": self.value})
        return leaf_hash(commit_field(content, self.salt))


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Some of the fields of a document, and what it takes to find the root over all of them.

    names: of all fields, in the order of the tree; at least one, and none twice.
    shown: the fields that are shown, by name.
    hidden: hashes of the largest subtrees in which nothing is shown, from left to right.

    Raises VerificationError if a field is shown that is not among the names, or if there are more
    or fewer hashes than the hidden fields take.
    """

    names: tuple[str, ...]
    shown: Mapping[str, ShownField]
    hidden: tuple[Digest, ...]

    def __post_init__(self) -> None:
        """Refuse what gives no root."""
        if unknown := sorted(self.shown.keys() - set(self.names)):
            raise VerificationError(f"there is no field {unknown[0][:60]!r}")
        wanted = sum(1 for _ in self._hidden_spans(self.shown))
        if len(self.hidden) != wanted:
            raise VerificationError(
                f"the fields that are hidden take {wanted} hashes, and not {len(self.hidden)}"
            )

    @classmethod
    def of_all(cls, fields: Sequence[Field], secret: bytes) -> Self:
        """Show all fields, each under a salt that is made from the document's secret."""
        shown = {
            each.name: ShownField(each.name, each.value, field_salt(secret, each.name))
            for each in fields
        }
        return cls(tuple(each.name for each in fields), shown, ())

    @property
    def hidden_names(self) -> tuple[str, ...]:
        """Names of the fields that are not shown, in the order of the tree."""
        return tuple(name for name in self.names if name not in self.shown)

    @property
    def root(self) -> Digest:
        """Root of the tree over all fields, as it follows from what is shown and hidden."""
        return self._hashes()[0, len(self.names)]

    def showing(self, names: Collection[str]) -> Self:
        """The same with these of the shown fields only. The root stays.

        Raises VerificationError for a field that is not shown here.
        """
        if lacking := [name for name in names if name not in self.shown]:
            raise VerificationError(f"the field {lacking[0][:60]!r} is not shown")
        hashes = self._hashes()
        kept = {name: self.shown[name] for name in self.names if name in set(names)}
        hidden = tuple(hashes[span] for span in self._hidden_spans(kept))
        return type(self)(self.names, kept, hidden)

    def _hidden_spans(self, shown: Collection[str]) -> Iterator[Span]:
        """The largest subtrees in which nothing is shown, from left to right."""
        if len(shown) == len(self.names):
            return  # the member itself shows everything, each time that it makes evidence
        waiting: list[Span] = [(0, len(self.names))]
        while waiting:
            first, end = waiting.pop()
            if not any(name in shown for name in self.names[first:end]):
                yield first, end
            elif end - first > 1:
                middle = _middle(first, end)
                waiting += [(middle, end), (first, middle)]

    def _hashes(self) -> dict[Span, Digest]:
        """Hashes of all subtrees that are known: those down to what is shown or hidden."""
        hashes = dict(zip(self._hidden_spans(self.shown), self.hidden, strict=True))

        def fill(first: int, end: int) -> Digest:
            if (first, end) not in hashes:
                if end - first == 1:
                    found = self.shown[self.names[first]].leaf_hash
                else:
                    middle = _middle(first, end)
                    found = node_hash(fill(first, middle), fill(middle, end))
                hashes[first, end] = found
            return hashes[first, end]

        fill(0, len(self.names))
        return hashes


def _middle(first: int, end: int) -> int:
    """Where a subtree is divided: its left part is the largest power of two (RFC 6962, 2.1)."""
    return first + (1 << ((end - first - 1).bit_length() - 1))
