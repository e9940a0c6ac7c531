"""Comparing invoices whose keys have met: what the keys could not see."""

import unicodedata
from itertools import accumulate

from ledger.invoices.normalise import fold

# Punctuation, symbols and white space: what people put between the parts of a number.
_SEPARATORS = frozenset("PSZ")


def same_number(one: str, other: str) -> bool:
    """Whether two invoice numbers (BT-1) can be one, written in two ways.

    Keys are made from letters and digits alone, so that `1/23` and `12/3` meet. Here they are told
    apart: both are divided, and at different places. A number that is not divided, or at fewer
    places, agrees with every division of it, because systems drop separators: `123` agrees with
    both. So agreeing with a third number does not make two agree.
    """
    if fold(one) != fold(other):
        return False
    here, there = _divisions(one), _divisions(other)
    return here <= there or there <= here


def _divisions(number: str) -> frozenset[int]:
    """Places in the folded number at which a separator stands; ends are none.

    Between a letter and a digit none is counted: they are told apart without it.
    """
    spaced = "".join(" " if _is_separator(c) else c for c in unicodedata.normalize("NFKC", number))
    tokens = [folded for token in spaced.split() if (folded := fold(token))]
    ends = accumulate(map(len, tokens))
    return frozenset(
        end
        for end, left, right in zip(ends, tokens, tokens[1:], strict=False)
        if left[-1].isdigit() == right[0].isdigit()
    )


def _is_separator(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] in _SEPARATORS
