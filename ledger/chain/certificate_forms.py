"""What the book of deposit certificates says of a certificate. The numbers are the contract's."""

from dataclasses import dataclass
from enum import IntEnum

from ledger.chain.record_forms import Freeze
from ledger.types import Digest, MemberId, RecordId, Units, UnixTime


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
    ANNULMENT = 2


class Subject(IntEnum):
    """What the issuer may be asked to consent to."""

    OFFER = 0
    PLEDGE = 1


class SurrenderState(IntEnum):
    """What became of units that were surrendered."""

    UNKNOWN = 0
    OPEN = 1
    FULFILLED = 2
    REFUSED = 3
    WITHDRAWN = 4


@dataclass(frozen=True, slots=True)
class Issuance:
    """What a depositary says of a certificate when issuing it.

    loss_notice_seconds: between the report of a loss and the earliest reissue.
    matures_at: maturity, or the end of the storage period; None if there is none.
    holder: the depositor, which then holds all units.
    number_key: keyed fingerprint of the certificate's number.
    alert_keys: (kind, key) pairs.
    """

    kind: CertificateKind
    endorsement: Endorsement
    auto_renew: bool
    loss_notice_seconds: int
    matures_at: UnixTime | None
    units: Units
    holder: MemberId
    number_key: bytes
    commitment: Digest
    alert_keys: tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class AnchoredLeaf:
    """Proof that a leaf is in an anchored tree (RFC 6962, section 2.1.1)."""

    root: Digest
    leaf_hash: Digest
    index: int
    path: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A certificate that takes the place of surrendered units."""

    matures_at: UnixTime | None
    units: Units
    number_key: bytes
    commitment: Digest


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate's record at one block.

    commitment: the record's own. terms: of the statement now in force, after renewal or reissue.
    freezes: why it is frozen; empty if it is not.
    lost_at: when its loss was reported; None if it is not lost.
    """

    id: RecordId
    issuer: MemberId
    commitment: Digest
    terms: Digest
    total: Units
    retired: Units
    pledged: Units
    freezes: tuple[Freeze, ...]
    kind: CertificateKind
    state: CertificateState
    endorsement: Endorsement
    auto_renew: bool
    issued_at: UnixTime
    matures_at: UnixTime | None
    lost_at: UnixTime | None
    renewals: int


@dataclass(frozen=True, slots=True)
class Surrender:
    """Units that were returned to the issuer."""

    id: int
    holder: MemberId
    units: Units
    purpose: Purpose
    state: SurrenderState
