"""Refusals of the contract InvoiceBook: states, clearance, disputes and payments."""

from ledger.chain.rule import Rules
from ledger.errors import Conflict, Forbidden, InvalidRequest, NotFound

INVOICE_RULES: Rules = {
    "InvoiceBookWrongState": (
        Conflict,
        "wrong-invoice-state",
        "record {record} is {state}, which does not allow this",
    ),
    "InvoiceBookNotBuyer": (
        Forbidden,
        "not-the-buyer",
        "only the invoice's buyer may do this, and {member} is not",
    ),
    "InvoiceBookNotSupplier": (
        Forbidden,
        "not-the-supplier",
        "only the invoice's supplier may do this, and {member} is not",
    ),
    "InvoiceBookSelfInvoice": (
        InvalidRequest,
        "own-buyer",
        "{member} cannot be supplier and buyer of one invoice",
    ),
    "InvoiceBookUnitsElsewhere": (
        Conflict,
        "units-elsewhere",
        (
            "record {record} cannot be cancelled while others hold, are offered or have in pledge"
            " units of it"
        ),
    ),
    "InvoiceBookPaymentDeclared": (
        Conflict,
        "payment-declared",
        (
            "the buyer declared a payment of record {record}, so it cannot be cancelled: retire"
            " what is not owed by a credit note"
        ),
    ),
    "InvoiceBookTooManyUnits": (
        Conflict,
        "too-many-units",
        (
            "{outstanding:,} units of record {record} are outstanding, and {wanted:,} were asked"
            " for: accept a part of less than all, or dispute no more than all"
        ),
    ),
    "InvoiceBookUndertaken": (
        Conflict,
        "payment-undertaken",
        (
            "the buyer undertook irrevocably at {undertaken_at} to pay record {record}: it cannot"
            " be undertaken again or disputed"
        ),
    ),
    "InvoiceBookEmptyCredit": (
        InvalidRequest,
        "empty-credit-note",
        "a credit note for record {record} must name the commitment of its document",
    ),
    "InvoiceBookNotUndertaken": (
        Conflict,
        "payment-not-undertaken",
        (
            "the buyer did not undertake to pay record {record}, as the clearance asks for: ask the"
            " buyer to, or accept without it"
        ),
    ),
    "InvoiceBookOtherCommitment": (
        Conflict,
        "other-commitment",
        (
            "record {record} was registered with commitment {commitment}, which is not the one in"
            " the clearance: verify the invoice of this record"
        ),
    ),
    "InvoiceBookKeyNotHeld": (
        Conflict,
        "identity-key-not-held",
        (
            "record {record} does not hold identity key {key} of the clearance:"
            " verify the invoice again, and take nothing if the record is not its"
        ),
    ),
    "InvoiceBookPledged": (
        Conflict,
        "units-pledged",
        "{pledged:,} units of record {record} are pledged, and the clearance allows {limit:,}",
    ),
    "InvoiceBookAlertKeyNotNoted": (
        Conflict,
        "similarity-key-not-noted",
        (
            "no record noted similarity key {key} of the clearance, which the registration of"
            " record {record} left out: do not rely on it, and ask the supplier why"
        ),
    ),
    "InvoiceBookRepeats": (
        Conflict,
        "new-alerts",
        (
            "similarity key {key} of record {record} was given more than once (repeats:"
            " {repeats}), and the clearance knows of {limit}: review the similar records"
        ),
    ),
    "InvoiceBookOtherOffer": (
        Conflict,
        "other-offer",
        (
            "offer {offer} of record {record} is for {units:,} units on the terms {terms}, which is"
            " not what the clearance names: ask who made it"
        ),
    ),
    "InvoiceBookHistoryMoved": (
        Conflict,
        "history-moved",
        "something happened to record {record} since it was verified: verify it again",
    ),
    "InvoiceDisputesNone": (
        Conflict,
        "no-dispute",
        "there is no dispute about record {record}",
    ),
    "InvoiceDisputesOther": (
        Conflict,
        "other-dispute",
        (
            "dispute {current} about record {record} is open, and {number} was to be ended: read"
            " what the open one is about, and name it if it is the one you mean"
        ),
    ),
    "InvoiceDisputesTooManyReductions": (
        InvalidRequest,
        "too-many-reductions",
        "{reductions} reductions are more than the {limit} that a decision may carry",
    ),
    "InvoiceDisputesBeyondDispute": (
        InvalidRequest,
        "beyond-dispute",
        "{disputed:,} units of record {record} are in dispute, and {reduced:,} were to retire",
    ),
    "InvoicePaymentsUnknown": (
        NotFound,
        "unknown-payment",
        "record {record} has no payment {payment}",
    ),
    "InvoicePaymentsNotDeclared": (
        Conflict,
        "payment-not-open",
        "payment {payment} of record {record} is already {state}",
    ),
}
