"""Which steps a walk through the book of deposit certificates may take next, and how often."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.contracts.certificate_steps import HOLDERS, SUBJECTS
from tests.contracts.certificates import (
    BANK_DEPOSIT,
    CONFIRMED,
    EVIDENCE,
    ISSUED,
    NEVER,
    Certificate,
)

STANDING = (ISSUED, CONFIRMED)

WEIGHTS = {
    "pass_time": 3,
    "offer": 8,
    "consent": 6,
    "accept_offer": 8,
    "withdraw_offer": 2,
    "pledge": 6,
    "consent_to_pledge": 6,
    "enforce_pledge": 6,
    "release_pledge": 3,
    "surrender": 6,
    "surrender_to_replace": 6,
    "surrender_to_annul": 2,
    "withdraw_surrender": 2,
    "redeem": 6,
    "replace": 8,
    "annul": 3,
    "issue": 2,
    "certify": 1,
    "confirm": 8,
    "renew": 4,
    "revoke_evidence": 1,
    "report_lost": 2,
    "report_found": 2,
    "reissue": 4,
    "freeze": 2,
    "unfreeze": 4,
    "void": 1,
    "rotate_key": 2,
}
"""How often each step is tried, so that most walks come to move and to end certificates."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the book says of a record: by member free, reserved and pledged units."""

    certificate: Certificate
    total: int
    retired: int
    pledged: int
    freezes: int
    positions: Mapping[str, tuple[int, int, int]]
    terms: bytes
    history: tuple[int, bytes]

    @property
    def holdings(self) -> dict[str, int]:
        """All units of each member."""
        return {name: sum(units) for name, units in self.positions.items()}

    @property
    def stands(self) -> bool:
        """Whether it has not ended."""
        return self.certificate.state in STANDING

    @property
    def moves(self) -> bool:
        """Whether units may be given back, at least."""
        return self.stands and not self.freezes and self.certificate.kind != EVIDENCE

    @property
    def secures(self) -> bool:
        """Whether units may be pledged."""
        confirmed = self.certificate.state == CONFIRMED
        return self.moves and (confirmed or self.certificate.kind != BANK_DEPOSIT)

    @property
    def has_free_units(self) -> bool:
        """Whether anybody may dispose of any."""
        return any(free for free, _, _ in self.positions.values())

    def richest(self) -> str:
        """Who has most to dispose of."""
        return max(HOLDERS, key=lambda name: self.positions[name][0])


def _gives_back(seen: Sight) -> bool:
    return seen.moves and seen.has_free_units


_FIT: Mapping[str, Callable[[Sight], bool]] = {
    "offer": lambda seen: (
        seen.secures and seen.has_free_units and seen.certificate.endorsement != NEVER
    ),
    "pledge": lambda seen: seen.secures and seen.has_free_units,
    "surrender": _gives_back,
    "surrender_to_replace": _gives_back,
    "surrender_to_annul": lambda seen: seen.moves and seen.total in seen.holdings.values(),
    "confirm": lambda seen: (
        seen.moves and seen.certificate.kind == BANK_DEPOSIT and seen.certificate.state == ISSUED
    ),
    "renew": lambda seen: (
        seen.moves and seen.certificate.auto_renew and seen.certificate.state == CONFIRMED
    ),
    "revoke_evidence": lambda seen: seen.stands and seen.certificate.kind == EVIDENCE,
    "report_lost": lambda seen: seen.moves,
    "report_found": lambda seen: seen.stands,
    "reissue": lambda seen: seen.stands,
    "unfreeze": lambda seen: seen.stands,
    "freeze": lambda seen: seen.stands and not seen.freezes,
    "void": lambda seen: seen.stands,
}


def fits(action: str, seen: Sight) -> bool:
    """Whether an action may succeed on a record, as far as the record alone tells."""
    usual = seen.moves if action in SUBJECTS else seen.stands
    return _FIT[action](seen) if action in _FIT else usual
