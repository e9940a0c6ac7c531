"""The steps of a walk through the book of deposit certificates, and the calls that they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.contracts.certificates import (
    BANK_DEPOSIT,
    FREELY,
    NEVER,
    REASON,
    TERMS,
    TO_OFFER,
    TO_PLEDGE,
    WAREHOUSE_RECEIPT,
    WITH_CONSENT,
    Part,
)

ISSUERS = ("depositary", "other_depositary")
HOLDERS = ("supplier", "buyer", "financier", "depositary")
ANYBODY = (*HOLDERS, "other_depositary")
NUMBERS = [bytes([number]) * 32 for number in range(1, 17)]
FAR = 4_000_000_000
PURPOSES = 3
NOTICE = TERM = 20
KINDS = (
    (BANK_DEPOSIT, FREELY, True),
    (BANK_DEPOSIT, NEVER, True),
    (WAREHOUSE_RECEIPT, WITH_CONSENT, False),
)
"""Kind, endorsement and renewal of what is issued."""

SUBJECTS = {
    "consent": "offer",
    "consent_to_pledge": "pledge",
    "accept_offer": "offer",
    "withdraw_offer": "offer",
    "enforce_pledge": "pledge",
    "release_pledge": "pledge",
    "withdraw_surrender": "surrender",
    "redeem": "surrender",
    "replace": "surrender",
    "annul": "surrender",
    "report_found": "report_lost",
    "reissue": "report_lost",
    "unfreeze": "freeze",
}
"""What an operation is about, by the operation that made it."""

PARTIES = {
    "accept_offer": ("offerOf", 1),
    "withdraw_offer": ("offerOf", 0),
    "enforce_pledge": ("pledgeOf", 1),
    "release_pledge": ("pledgeOf", 1),
    "withdraw_surrender": ("surrenderOf", 0),
}
"""The view that tells a promise, and where it names the party that an operation is for."""

BY_HOLDERS = {"offer", "pledge", "surrender", "report_lost"}


@dataclass(frozen=True, slots=True)
class Step:
    """One operation; each reads what it needs. `who` is None for the member that may do it."""

    action: str
    target: int
    choice: int
    who: str | None
    receiver: str
    units: int


@dataclass(frozen=True, slots=True)
class Novelty:
    """Who takes a step, and what it may bring into the book."""

    actor: bytes
    receiver: bytes
    maturity: int
    number: bytes
    commitment: bytes
    parts: Sequence[Part]


def calls(step: Step, promise: int, new: Novelty) -> Mapping[str, tuple[str, tuple[Any, ...]]]:
    """Function and arguments behind the record, for each operation on one that stands.

    promise: the number of the offer, pledge or surrender that it is about.
    """
    return {
        "offer": ("offer", (new.receiver, step.units, FAR, TERMS)),
        "consent": ("consent", (TO_OFFER, promise)),
        "consent_to_pledge": ("consent", (TO_PLEDGE, promise)),
        "accept_offer": ("acceptOffer", (promise,)),
        "withdraw_offer": ("withdrawOffer", (promise,)),
        "pledge": ("pledge", (new.receiver, step.units, 0, TERMS)),
        "enforce_pledge": ("enforcePledge", (promise, 1)),
        "release_pledge": ("releasePledge", (promise, 1)),
        "surrender": ("surrender", (new.actor, step.units, step.choice % PURPOSES)),
        "withdraw_surrender": ("withdrawSurrender", (promise,)),
        "redeem": ("redeem", (promise,)),
        "replace": ("replace", (promise, new.parts)),
        "confirm": ("confirm", ()),
        "renew": ("renew", (new.maturity, new.commitment)),
        "report_lost": ("reportLost", (REASON,)),
        "report_found": ("reportFound", ()),
        "reissue": ("reissue", (new.number, new.commitment)),
        "freeze": ("freeze", (REASON,)),
        "unfreeze": ("unfreeze", ()),
        "annul": ("annul", (promise, REASON)),
        "revoke_evidence": ("revokeEvidence", (REASON,)),
    }
