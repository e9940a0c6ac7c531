"""How full libxml2's table of names may be in one thread.

The table keeps every name that any document of the thread had, and cannot be asked for its size.
Invoices share a few hundred names, and invented ones can be of any number and length; finding them
takes longer than parsing. So only some documents are looked through, drawn at random by their
size, and each counts for all that were not.
"""

import random
import re
from typing import TYPE_CHECKING

from lxml import etree

from ledger.invoices.encodings import has_tags_in_ascii

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SAMPLED_BYTES = 16 * 2**20
"""Of documents that have so many bytes together, one is looked through on the average."""

# Names of elements and attributes, and whatever stands in a declaration of a namespace.
_NAMES = re.compile(r"""<([^\s/<>]+)|\s(xmlns[^\s=]*="[^"]*")|\s([^\s=<>"]+)=\"""")

# A tag and what follows up to the next. No name and no namespace has `<` in it, so each stands in
# one piece. What is left out is text: it follows a `>` that no quote shows to be inside a value,
# and names no entity.
_TAGS = re.compile(rb"""<(?:[^<]*>(?=[^<>"'&%]*(?:<|\Z))|[^<]*)""")


class NameTable:
    """Names that a thread has met, as far as is known.

    bytes_estimate: length of all names, each once.
    """

    def __init__(self) -> None:
        self.bytes_estimate = 0
        self._known: set[str] = set()

    def add(self, root: "Element", size: int) -> None:
        """Note the names of a document of so many bytes, if it is drawn."""
        counts_for = max(1.0, _SAMPLED_BYTES / size)
        if random.random() * counts_for >= 1:  # noqa: S311 - nobody sees what is drawn
            return
        tree = root.getroottree()
        if tree.docinfo.internalDTD is not None:
            self.bytes_estimate += int(counts_for * len(etree.tostring(tree)))
            return
        found = _NAMES.findall(etree.tostring(root, encoding="unicode"))
        new = {name for names in found for name in names} - self._known
        self._known |= new
        self.bytes_estimate += int(counts_for * sum(map(len, new)))

    def add_broken(self, data: bytes) -> None:
        """Note a document that could not be parsed, by all that may be names in it."""
        tags = set(_TAGS.findall(data)) if has_tags_in_ascii(data) else {data}
        self.bytes_estimate += sum(map(len, tags))
