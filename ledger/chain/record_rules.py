"""Refusals of every record book: records, identity keys, offers, pledges, freezes."""

from ledger.chain.rule import Rules
from ledger.errors import Conflict, Forbidden, InvalidRequest, NotFound

RECORD_RULES: Rules = {
    "RecordBookUnknownRecord": (NotFound, "unknown-record", "there is no record {record}"),
    "RecordBookRecordExists": (
        Conflict,
        "record-exists",
        "record {record} was registered before",
    ),
    "RecordBookEmptyCommitment": (InvalidRequest, "empty-commitment", "the commitment is empty"),
    "RecordBookNoUnits": (InvalidRequest, "no-units", "the number of units must be above zero"),
    "RecordBookInsufficientUnits": (
        Conflict,
        "insufficient-units",
        (
            "{member} has {available:,} units of record {record} for this, and {wanted:,} were"
            " asked for"
        ),
    ),
    "RecordBookNotParty": (
        Forbidden,
        "not-a-party",
        "{member} is not the party of record {record} that may do this",
    ),
    "RecordBookNotSuspended": (
        Conflict,
        "acts-for-itself",
        (
            "{member} is not suspended, and acts for itself in record {record}: the council decides"
            " only in the place of members that are"
        ),
    ),
    "RecordBookFrozen": (
        Conflict,
        "record-frozen",
        "record {record} is frozen ({freezes}): wait until that is lifted",
    ),
    "RecordBookAlreadyFrozen": (
        Conflict,
        "already-frozen",
        "record {record} is frozen already for this cause ({cause})",
    ),
    "RecordBookForeignFreeze": (
        Forbidden,
        "foreign-freeze",
        (
            "the freeze of record {record} for this cause ({cause}) is another's to lift: its"
            " keeper lifts its own, and the council its own and the keeper's"
        ),
    ),
    "RecordBookNotFrozen": (
        Conflict,
        "not-frozen",
        "record {record} is not frozen for this cause ({cause})",
    ),
    "IdentityKeysNone": (
        InvalidRequest,
        "no-identity-key",
        "there is no identity key, so nothing could keep it from being registered twice",
    ),
    "IdentityKeysEmpty": (InvalidRequest, "empty-identity-key", "an identity key is empty"),
    "IdentityKeysTooMany": (
        InvalidRequest,
        "too-many-identity-keys",
        "{keys} identity keys are more than the {limit} that a registration may carry",
    ),
    "IdentityKeysTaken": (
        Conflict,
        "already-registered",
        "record {record} stands for the same already, and holds its identity key",
    ),
    "IdentityKeysWrongPredecessor": (
        InvalidRequest,
        "wrong-predecessor-book",
        (
            "the book must follow one of the deployment at {expected}, and the one named belongs to"
            " that at {found}"
        ),
    ),
    "IdentityKeysWrongBook": (
        InvalidRequest,
        "wrong-book-kind",
        (
            "the book at {book} is one of other things than this: invoices follow invoices, and"
            " certificates certificates"
        ),
    ),
    "RecordBookUnknownOffer": (
        NotFound,
        "unknown-offer",
        "record {record} has no offer {offer}",
    ),
    "RecordBookOfferNotOpen": (
        Conflict,
        "offer-not-open",
        "offer {offer} of record {record} is already {state}",
    ),
    "RecordBookOfferExpired": (
        Conflict,
        "offer-expired",
        "offer {offer} of record {record} expired at {expires_at}",
    ),
    "RecordBookOfferNotExpired": (
        Conflict,
        "offer-not-expired",
        "offer {offer} of record {record} stands until {expires_at}",
    ),
    "RecordBookInvalidExpiry": (
        InvalidRequest,
        "invalid-expiry",
        "an offer must expire in the future; {expires_at} is not",
    ),
    "RecordBookSelfOffer": (
        InvalidRequest,
        "own-offer",
        "{member} cannot make an offer to itself",
    ),
    "RecordBookUnknownPledge": (
        NotFound,
        "unknown-pledge",
        "record {record} has no pledge {pledge}",
    ),
    "RecordBookPledgeNotOpen": (
        Conflict,
        "pledge-not-open",
        "pledge {pledge} of record {record} is already {state}",
    ),
    "RecordBookPledgeNotFirst": (
        Conflict,
        "pledge-not-first",
        (
            "pledge {pledge} of record {record} is in rank {rank}: only the first can be enforced,"
            " so wait until those before it are released"
        ),
    ),
    "RecordBookPledgeNotEnforceable": (
        Conflict,
        "pledge-not-enforceable",
        "pledge {pledge} of record {record} can be enforced from {enforceable_from} on",
    ),
    "RecordBookPledgeTooSmall": (
        Conflict,
        "pledge-too-small",
        (
            "{units:,} units stand behind pledge {pledge} of record {record}, and {wanted:,} were"
            " asked for"
        ),
    ),
    "RecordBookTooManyRanks": (
        Conflict,
        "too-many-ranks",
        "{limit} pledges of the same units of record {record} stand already: let one be released",
    ),
    "RecordBookSelfPledge": (
        InvalidRequest,
        "own-pledge",
        "{member} cannot pledge units to itself",
    ),
}
