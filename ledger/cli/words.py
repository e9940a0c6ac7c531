"""Numbers, times and names as people read them."""

from collections.abc import Sequence

from ledger.chain.membership import Role, role_name
from ledger.types import Units

_BASIS_POINTS = 10_000


def units(amount: Units | int) -> str:
    """Units with separators, such as 600,000,000."""
    return f"{amount:,}"


def share(part: int, total: int) -> str:
    """A part of a total in percent, never rounded up, such as 60 %, 33.33 % or < 0.01 %."""
    points = part * _BASIS_POINTS // total
    if part and not points:
        return "< 0.01 %"
    return f"{points / 100:.2f}".rstrip("0").rstrip(".") + " %"


def units_of(part: int, total: int) -> str:
    """Units and their share, such as 600,000,000 units (60 %)."""
    return f"{units(part)} units ({share(part, total)})"


def roles(held: Role) -> str:
    """Roles by their names, such as supplier, buyer."""
    return ", ".join(role_name(role) for role in Role if role in held) or "no role"


def byte_count(size: int) -> str:
    """A number of bytes as people read it, such as 312 bytes, 1.5 MB or 6.1 GB."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:,.1f} {name}"
    return f"{size} byte" + ("s" if size != 1 else "")


def table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows as lines, with columns that are as wide as they must be."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
