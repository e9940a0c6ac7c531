"""What each event of the books says, with its arguments, to a person of the trade."""

from collections.abc import Mapping

_RECORDS: Mapping[str, str] = {
    "StrictKeyHeld": "no second record of it can be made from now on",
    "StrictKeyFreed": "another record of it can be made from now on",
    "AlertKeyNoted": "similar ones will be noticed from now on",
    "AlertKeySeen": "it resembles record {first}, which was there before: compare the two",
    "Offered": "{from} offered {units} to {to} until {expiresAt} (offer {offer})",
    "OfferAccepted": "{to} took {units} from {from} (offer {offer})",
    "OfferRejected": "{to} declined offer {offer}",
    "OfferWithdrawn": "{from} took offer {offer} back",
    "OfferExpired": "{by} noted that offer {offer} had expired, or its maker was suspended",
    "Pledged": "{pledgor} pledged {units} to {pledgee} in rank {rank}, enforceable from"
    " {enforceableFrom} (pledge {pledge})",
    "PledgeReleased": "{pledgee} released {units} of {pledgor} (pledge {pledge})",
    "PledgeEnforced": "{pledgee} took {units} that {pledgor} had pledged (pledge {pledge})",
    "PledgeCutTo": "{units} are left for pledge {pledge} to secure with",
    "UnitsUnlocked": "{units} of {pledgor} are free of pledges again",
    "RecordFrozen": "{by} froze the record ({cause}): {reason}",
    "RecordUnfrozen": "{by} lifted the freeze ({cause})",
    "RecordVoided": "the council declared the record void: {reason}",
    "UnitsRetired": "{units} of {member} were retired",
}

_INVOICES: Mapping[str, str] = {
    "InvoiceRegistered": "{supplier} registered the invoice: {units}, for {buyer} to accept",
    "InvoiceAccepted": "{buyer} accepted the invoice",
    "InvoiceAcceptedInPart": "{buyer} accepted {units} of the invoice and no more: {reason}",
    "PaymentUndertaken": "{buyer} undertook irrevocably to pay whoever holds the invoice",
    "InvoiceRejected": "{buyer} rejected the invoice: {reason}",
    "InvoiceCancelled": "{supplier} cancelled the invoice",
    "InvoiceCredited": "{supplier} entered a credit note for {units}",
    "InvoiceSettled": "the invoice is settled: no unit is left",
    "SettledKeysFreed": "the council freed the identity keys of the settled invoice: {reason}",
    "DisputeRaised": "{buyer} disputes {units} (dispute {number})",
    "DisputeWithdrawn": "{buyer} withdrew dispute {number}",
    "DisputeConceded": "{supplier} conceded dispute {number}, about {units}",
    "DisputeDecided": "the council decided dispute {number}: {upheld} need not be paid: {reason}",
    "PaymentDeclared": "{by} declared that {holder} was paid for {units} (payment {payment})",
    "PaymentConfirmed": "{by} confirmed that {holder} was paid for {units} (payment {payment})",
    "PaymentDenied": "{holder} denied that payment {payment} arrived: {reason}",
    "PaymentWithdrawn": "{buyer} took the declaration of payment {payment} back",
}

_CERTIFICATES: Mapping[str, str] = {
    "CertificateIssued": "{issuer} issued the certificate ({kind}): {units} for {holder}, maturing:"
    " {maturesAt}",
    "EvidenceCertified": "it certifies that leaf {leafHash} was anchored in tree {root}",
    "CertificateConfirmed": "{issuer} confirmed the certificate, and vouches for it",
    "ConsentGiven": "{issuer} consented to {subject} {id}",
    "CertificateRenewed": "{issuer} renewed the certificate, maturing: {maturesAt}",
    "CertificateAnnulled": "{issuer} took the certificate back: {reason}",
    "CertificateDischarged": "the certificate is discharged: no unit is left",
    "Surrendered": "{by} surrendered {units} of {holder} to the issuer for {purpose} (surrender"
    " {surrender})",
    "SurrenderWithdrawn": "{holder} took surrender {surrender} back",
    "SurrenderRefused": "{issuer} refused surrender {surrender}: {reason}",
    "CertificateRedeemed": "{issuer} paid out or delivered {units} to {holder} (surrender"
    " {surrender})",
    "CertificateReplaced": "{issuer} replaced {units} of {holder} by new certificates (surrender"
    " {surrender})",
    "CertificateReplaces": "it takes the place of units of certificate {parent} (surrender"
    " {surrender})",
    "CertificateReissued": "{issuer} reissued the lost certificate under a new number",
}

SENTENCES: Mapping[str, str] = {**_RECORDS, **_INVOICES, **_CERTIFICATES}
