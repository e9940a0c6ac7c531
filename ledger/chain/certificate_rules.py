"""Refusals of the contract DepositCertificateBook: issue, endorsement, surrender, renewal, loss."""

from ledger.chain.rule import Rules
from ledger.errors import Conflict, Forbidden, InvalidRequest, NotFound

CERTIFICATE_RULES: Rules = {
    "CertificateForeignNotary": (
        InvalidRequest,
        "foreign-notary",
        "{notary} is no notary of the same members, so it cannot say what they anchored",
    ),
    "CertificateSelfDeposit": (
        InvalidRequest,
        "own-depositor",
        "{member} cannot issue a certificate to itself",
    ),
    "CertificateUnsuitableRules": (
        InvalidRequest,
        "unsuitable-certificate-rules",
        (
            "a certificate of kind {kind} is not issued with endorsement {endorsement}: deposits"
            " are endorsed freely or never; warehouse receipts with consent, and they do not renew"
            " themselves; evidence is certified"
        ),
    ),
    "CertificateInvalidNotice": (
        InvalidRequest,
        "invalid-loss-notice",
        "the notice of a loss cannot be {loss_notice} seconds; the limit is {limit}",
    ),
    "CertificateInvalidMaturity": (
        InvalidRequest,
        "invalid-maturity",
        "a certificate matures in the future; {matures_at} is not",
    ),
    "CertificateWrongKind": (
        Conflict,
        "wrong-certificate-kind",
        "record {record} is a certificate of kind {kind}, which does not allow this",
    ),
    "CertificateWrongState": (
        Conflict,
        "wrong-certificate-state",
        "record {record} is {state}, which does not allow this",
    ),
    "CertificateNotIssuer": (
        Forbidden,
        "not-the-issuer",
        "{member} is not the certificate's issuer, nor otherwise a member that may do this",
    ),
    "CertificateNotEndorsable": (
        Conflict,
        "not-negotiable",
        "record {record} is not negotiable: its units can be pledged or surrendered, not offered",
    ),
    "CertificateConsentMissing": (
        Conflict,
        "consent-missing",
        "the issuer of record {record} has not consented to {subject} {id}",
    ),
    "CertificateConsentNeedless": (
        Conflict,
        "consent-needless",
        "{subject} {id} of record {record} needs no consent, or has it already",
    ),
    "CertificateNoAutoRenewal": (
        Conflict,
        "no-auto-renewal",
        "record {record} does not renew itself; its holder can surrender it for replacement",
    ),
    "CertificateNotMature": (
        Conflict,
        "not-mature",
        "record {record} is renewed from its maturity on ({matures_at}), and not before",
    ),
    "CertificateUnitsElsewhere": (
        Conflict,
        "certificate-in-use",
        (
            "record {record} cannot be annulled unless all of its units are surrendered for that at"
            " once"
        ),
    ),
    "CertificateUnknownSurrender": (
        NotFound,
        "unknown-surrender",
        "record {record} has no surrender {surrender}",
    ),
    "CertificateSurrenderNotOpen": (
        Conflict,
        "surrender-not-open",
        "surrender {surrender} of record {record} is already {state}",
    ),
    "CertificateWrongPurpose": (
        Conflict,
        "wrong-purpose",
        "surrender {surrender} of record {record} is for {purpose}, not for this",
    ),
    "CertificateNotForCouncil": (
        Conflict,
        "not-for-the-council",
        (
            "units of record {record} cannot be surrendered for {purpose} by decision: the council"
            " surrenders a suspended holder's units for redemption only"
        ),
    ),
    "CertificateTooManyParts": (
        InvalidRequest,
        "too-many-parts",
        "{parts} parts are more than the {limit} that units may be replaced by at once",
    ),
    "CertificatePartsDiffer": (
        InvalidRequest,
        "parts-differ",
        "the parts have {parts:,} units, and {surrendered:,} were surrendered",
    ),
    "CertificateNoticeRuns": (
        Conflict,
        "loss-notice-runs",
        "record {record} cannot be reissued before {until}, when the notice of its loss has run",
    ),
}
