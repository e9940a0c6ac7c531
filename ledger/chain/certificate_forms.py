"""What the book of deposit certificates says of a certificate. The numbers are the contract's."""

from enum import IntEnum


class CertificateKind(IntEnum):
    """What a certificate is about."""

    UNKNOWN = 0
    BANK_DEPOSIT = 1
    WAREHOUSE_RECEIPT = 2
    EVIDENCE = 3


class CertificateState(IntEnum):
    """Where a certificate stands."""

    UNKNOWN = 0
    ISSUED = 1
    CONFIRMED = 2
    DISCHARGED = 3
    ANNULLED = 4
    VOIDED = 5


class Endorsement(IntEnum):
    """What may pass units of a certificate to another member by offer and acceptance."""

    NEVER = 0
    FREE = 1
    WITH_CONSENT = 2


class Purpose(IntEnum):
    """What a holder surrenders units to the issuer for."""

    REDEMPTION = 0
    REPLACEMENT = 1


class SurrenderState(IntEnum):
    """What became of units that were surrendered."""

    UNKNOWN = 0
    OPEN = 1
    FULFILLED = 2
    REFUSED = 3
    WITHDRAWN = 4
