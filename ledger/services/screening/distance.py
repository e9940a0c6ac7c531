"""Edit distance between invoice numbers."""

MAX_DISTANCE = 2
MAX_LENGTH = 64
"""Characters of the longest numbers that are compared."""


def is_near(one: str, other: str) -> bool:
    """Whether at most MAX_DISTANCE characters must be inserted, dropped or replaced (Levenshtein).

    Numbers of more than MAX_LENGTH characters are near none.
    """
    if max(len(one), len(other)) > MAX_LENGTH or abs(len(one) - len(other)) > MAX_DISTANCE:
        return False
    row = list(range(len(other) + 1))
    for line, left in enumerate(one, 1):
        above, row = row, [line]
        for column, right in enumerate(other, 1):
            replaced = above[column - 1] + (left != right)
            row.append(min(replaced, above[column] + 1, row[-1] + 1))
        if min(row) > MAX_DISTANCE:
            return False
    return row[-1] <= MAX_DISTANCE
