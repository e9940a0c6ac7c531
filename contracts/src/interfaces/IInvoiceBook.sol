// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityKeys} from "./IIdentityKeys.sol";

/// @title Invoices as transferable records.
/// @notice Registered by the supplier, accepted or rejected by the buyer, then financed by offers and
/// pledges of units, and settled as the buyer pays those who hold them.
interface IInvoiceBook is IIdentityKeys {
    enum InvoiceState {
        Unknown,
        Registered,
        Accepted,
        Rejected,
        Cancelled,
        Settled,
        Voided
    }

    /// @param commitment Commitment of the invoice's statement; names the record.
    /// @param buyer The member that is to accept; it becomes the obligor.
    /// @param units Total units to issue.
    /// @param dueDate Unix time in seconds at which payment is due; zero if the invoice names none.
    /// @param strictKeys Keys that no other standing record may hold, one to sixteen.
    /// @param alertKeys Keys that inform when seen before, at most thirty-two.
    struct Registration {
        bytes32 commitment;
        bytes32 buyer;
        uint80 units;
        uint48 dueDate;
        bytes32[] strictKeys;
        AlertKey[] alertKeys;
    }

    /// @notice One word of storage.
    /// @param state Where the invoice stands.
    /// @param registeredAt Unix time in seconds.
    /// @param acceptedAt Unix time in seconds; zero before acceptance.
    /// @param dueDate Unix time in seconds; zero if none.
    /// @param undertakenAt Unix time in seconds at which the buyer undertook irrevocably to pay; zero
    /// if it did not.
    /// @param paymentDeclared Whether any payment was ever declared.
    struct Invoice {
        InvoiceState state;
        uint48 registeredAt;
        uint48 acceptedAt;
        uint48 dueDate;
        uint48 undertakenAt;
        bool paymentDeclared;
    }

    /// @notice What a financier found when it verified, and relies on.
    /// @param commitment The record's commitment, from the invoice and its opening.
    /// @param units Units that the offer is for.
    /// @param terms Commitment to the offer's terms.
    /// @param strictKeys Keys recomputed from the invoice; the record must hold each.
    /// @param alertKeys Keys recomputed from the invoice, which other records may share. Each must have
    /// been noted: a supplier that leaves one out of its registration is not cleared.
    /// @param undertaken Whether the buyer must have undertaken to pay.
    /// @param pledgedAtMost Units of the record that may stand under pledge.
    /// @param repeatsAtMost How often any of them was given again, as far as the financier knows and
    /// accepts; at least once if another record was the first to note it.
    /// @param history Digest of the record's history at which nothing more may have happened; zero if
    /// later events do not matter.
    struct Clearance {
        bytes32 commitment;
        uint80 units;
        bytes32 terms;
        bytes32[] strictKeys;
        bytes32[] alertKeys;
        bool undertaken;
        uint80 pledgedAtMost;
        uint32 repeatsAtMost;
        bytes32 history;
    }

    error InvoiceBookWrongState(bytes32 record, InvoiceState state);
    error InvoiceBookNotBuyer(bytes32 record, bytes32 member);
    error InvoiceBookNotSupplier(bytes32 record, bytes32 member);
    error InvoiceBookSelfInvoice(bytes32 member);
    error InvoiceBookUnitsElsewhere(bytes32 record);
    error InvoiceBookPaymentDeclared(bytes32 record);
    error InvoiceBookTooManyUnits(bytes32 record, uint80 outstanding, uint80 wanted);
    error InvoiceBookUndertaken(bytes32 record, uint48 undertakenAt);
    error InvoiceBookNotUndertaken(bytes32 record);
    error InvoiceBookEmptyCredit(bytes32 record);
    error InvoiceBookOtherCommitment(bytes32 record, bytes32 commitment);
    error InvoiceBookKeyNotHeld(bytes32 record, bytes32 key, bytes32 holder);
    error InvoiceBookPledged(bytes32 record, uint80 pledged, uint80 limit);
    error InvoiceBookAlertKeyNotNoted(bytes32 record, bytes32 key);
    error InvoiceBookRepeats(bytes32 record, bytes32 key, uint256 repeats, uint256 limit);
    error InvoiceBookOtherOffer(bytes32 record, uint256 offer, uint80 units, bytes32 terms);
    error InvoiceBookHistoryMoved(bytes32 record, bytes32 digest, bytes32 expected);

    event InvoiceRegistered(
        bytes32 indexed record,
        bytes32 indexed supplier,
        bytes32 indexed buyer,
        bytes32 commitment,
        uint80 units,
        uint48 dueDate
    );
    event InvoiceAccepted(bytes32 indexed record, bytes32 indexed buyer);
    event InvoiceAcceptedInPart(bytes32 indexed record, bytes32 indexed buyer, uint80 units, bytes32 reason);
    event InvoiceRejected(bytes32 indexed record, bytes32 indexed buyer, bytes32 reason);
    event InvoiceCancelled(bytes32 indexed record, bytes32 indexed supplier);
    event PaymentUndertaken(bytes32 indexed record, bytes32 indexed buyer);
    event InvoiceCredited(bytes32 indexed record, bytes32 indexed supplier, uint80 units, bytes32 commitment);
    event InvoiceSettled(bytes32 indexed record);
    event SettledKeysFreed(bytes32 indexed record, bytes32 reason);

    /// @notice Registers an invoice of the caller's member, which then holds all its units.
    /// @custom:caller an active supplier
    function register(Registration calldata registration) external returns (bytes32 record);

    /// @notice Accepts an invoice that names the caller's member as its buyer.
    /// @custom:caller the invoice's buyer, while active and a buyer
    function accept(bytes32 record) external;

    /// @notice Accepts a part of such an invoice; the other units retire.
    /// @param units Units accepted: at least one, and not all.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the invoice's buyer, while active and a buyer
    function acceptPart(bytes32 record, uint80 units, bytes32 reason) external;

    /// @notice Undertakes irrevocably to pay an accepted invoice to whoever holds it: it cannot be
    /// disputed any more.
    /// @custom:caller the invoice's buyer, while active and a buyer
    function undertake(bytes32 record) external;

    /// @notice Rejects an invoice that names the caller's member as its buyer: its strict keys
    /// are free again and its units retire.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the invoice's buyer, while active
    function reject(bytes32 record, bytes32 reason) external;

    /// @notice Cancels an invoice of the caller's member of which no payment was ever declared, and of which nobody
    /// else holds, is offered or has in pledge any units: its strict keys are free again and its units
    /// retire.
    /// @custom:caller the invoice's supplier, while active
    function cancel(bytes32 record) external;

    /// @notice Enters a credit note: free units of the supplier retire.
    /// @param commitment Commitment of the credit note's statement.
    /// @custom:caller the invoice's supplier, while active
    function credit(bytes32 record, uint80 units, bytes32 commitment) external;

    /// @notice Frees the strict keys of a settled invoice, which otherwise nobody can ever register again:
    /// for one that was settled by credit or by arrangement, only to hold the keys of another's.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the council, by decision
    function freeSettledKeys(bytes32 record, bytes32 reason) external;

    /// @notice Reserve if clear: accepts an offer only if the record still is what the financier
    /// verified. Check and taking are one transaction.
    /// @custom:caller the active member that the offer was made to
    function acceptOfferIfClear(bytes32 record, uint256 offer, Clearance calldata clearance) external;

    /// @notice Reverts with the reason why a record, or an offer of it, is not what was verified.
    function requireClear(bytes32 record, uint256 offer, Clearance calldata clearance) external view;

    /// @notice State and dates of an invoice; reverts on unknown records.
    function invoice(bytes32 record) external view returns (Invoice memory);

    /// @notice Whether an accepted invoice is not paid in full after its due date.
    function isOverdue(bytes32 record) external view returns (bool);
}
