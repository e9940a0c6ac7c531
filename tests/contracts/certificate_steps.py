"""The steps of a walk through the book of deposit certificates, and the calls that they make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.contracts.certificates import (
    ANNULMENT,
    BANK_DEPOSIT,
    FREELY,
    FROZEN_BY_KEEPER,
    NEVER,
    REASON,
    REDEMPTION,
    REPLACEMENT,
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
NOTICE = TERM = 20
KINDS = (
    (BANK_DEPOSIT, FREELY, True),
    (BANK_DEPOSIT, NEVER, True),
    (WAREHOUSE_RECEIPT, WITH_CONSENT, False),
)
"""Kind, endorsement and renewal of what is issued."""

SUBJECTS = {
    "consent": "offer",
    "accept_offer": "offer",
    "withdraw_offer": "offer",
    "consent_to_pledge": "pledge",
    "enforce_pledge": "pledge",
    "release_pledge": "pledge",
    "withdraw_surrender": "surrender",
    "redeem": "surrender",
    "replace": "surrender_to_replace",
    "annul": "surrender_to_annul",
    "report_found": "report_lost",
    "reissue": "report_lost",
    "unfreeze": "freeze",
}
"""What an operation is about, by the operation that made it."""

ENDS = {*SUBJECTS} - {"consent", "consent_to_pledge", "enforce_pledge", "release_pledge"}
"""Operations after which their subject is closed."""

COUNTS = {
    "offer": "offerCount",
    "pledge": "pledgeCount",
    "surrender": "surrenderCount",
    "surrender_to_replace": "surrenderCount",
    "surrender_to_annul": "surrenderCount",
}
"""The view that numbers what an operation makes."""

PARTIES = {
    "accept_offer": ("offerOf", 1),
    "withdraw_offer": ("offerOf", 0),
    "enforce_pledge": ("pledgeOf", 1),
    "release_pledge": ("pledgeOf", 1),
    "withdraw_surrender": ("surrenderOf", 0),
}
"""The view that tells a promise, and where it names the party that an operation is for."""

BY_HOLDERS = {
    "offer",
    "pledge",
    "surrender",
    "surrender_to_replace",
    "surrender_to_annul",
    "report_lost",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on a record and on the number of a promise; each reads what it needs.

    who: None for the member that may do it.
    """

    action: str
    record: bytes
    number: int
    choice: int
    who: str | None
    receiver: str
    units: int


@dataclass(frozen=True, slots=True)
class Novelty:
    """What a step may bring into the book, and the holder whose units it is about."""

    holder: bytes
    receiver: bytes
    maturity: int
    number: bytes
    commitment: bytes
    parts: Sequence[Part]


def calls(step: Step, new: Novelty) -> Mapping[str, tuple[str, tuple[Any, ...]]]:
    """Function and arguments behind the record, for each operation on one that stands."""
    promise = step.number
    return {
        "offer": ("offer", (new.receiver, step.units, FAR, TERMS)),
        "consent": ("consent", (TO_OFFER, promise)),
        "consent_to_pledge": ("consent", (TO_PLEDGE, promise)),
        "accept_offer": ("acceptOffer", (promise,)),
        "withdraw_offer": ("withdrawOffer", (promise,)),
        "pledge": ("pledge", (new.receiver, step.units, 0, TERMS)),
        "enforce_pledge": ("enforcePledge", (promise, 1)),
        "release_pledge": ("releasePledge", (promise, 1)),
        "surrender": ("surrender", (new.holder, step.units, REDEMPTION)),
        "surrender_to_replace": ("surrender", (new.holder, step.units, REPLACEMENT)),
        "surrender_to_annul": ("surrender", (new.holder, step.units, ANNULMENT)),
        "withdraw_surrender": ("withdrawSurrender", (promise,)),
        "redeem": ("redeem", (promise,)),
        "replace": ("replace", (promise, new.parts)),
        "confirm": ("confirm", ()),
        "renew": ("renew", (new.maturity, new.commitment)),
        "report_lost": ("reportLost", (REASON,)),
        "report_found": ("reportFound", ()),
        "reissue": ("reissue", (new.number, new.commitment)),
        "freeze": ("freeze", (REASON,)),
        "unfreeze": ("unfreeze", (FROZEN_BY_KEEPER,)),
        "annul": ("annul", (promise, REASON)),
        "revoke_evidence": ("revokeEvidence", (REASON,)),
    }
