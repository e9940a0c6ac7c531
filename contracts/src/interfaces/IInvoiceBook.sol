// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRecordBook} from "./IRecordBook.sol";

/// @title Invoices as transferable records.
/// @notice Registered by the supplier, accepted or rejected by the buyer, then financed by offers
/// of units. Identity keys are keyed fingerprints of the invoice: a **strict** key that a live
/// record already holds reverts; an **alert** key already seen is emitted, and blocks nothing.
interface IInvoiceBook is IRecordBook {
    enum InvoiceState {
        Unknown,
        Registered,
        Accepted,
        Rejected,
        Cancelled
    }

    /// @param kind Which identity rule made the key (2 for K2 and so on).
    /// @param key Keyed fingerprint.
    struct AlertKey {
        uint8 kind;
        bytes32 key;
    }

    /// @param commitment Commitment of the invoice's statement; names the record.
    /// @param buyer The member that is to accept; it becomes the obligor.
    /// @param units Total units to issue.
    /// @param dueDate Unix time in seconds at which payment is due; zero if the invoice names none.
    /// @param strictKeys Keys that no other live record may hold, one to sixteen.
    /// @param alertKeys Keys that inform when seen before, at most thirty-two.
    struct Registration {
        bytes32 commitment;
        bytes32 buyer;
        uint80 units;
        uint48 dueDate;
        bytes32[] strictKeys;
        AlertKey[] alertKeys;
    }

    /// @param state Where the invoice stands.
    /// @param registeredAt Unix time in seconds.
    /// @param acceptedAt Unix time in seconds; zero before acceptance.
    /// @param dueDate Unix time in seconds; zero if none.
    struct Invoice {
        InvoiceState state;
        uint48 registeredAt;
        uint48 acceptedAt;
        uint48 dueDate;
    }

    error InvoiceBookEmptyCommitment();
    error InvoiceBookNoStrictKey();
    error InvoiceBookEmptyKey();
    error InvoiceBookTooManyKeys(uint256 keys, uint256 limit);
    error InvoiceBookStrictKeyTaken(bytes32 key, bytes32 record);
    error InvoiceBookWrongState(bytes32 record, InvoiceState state);
    error InvoiceBookNotBuyer(bytes32 record, bytes32 member);
    error InvoiceBookNotSupplier(bytes32 record, bytes32 member);
    error InvoiceBookSelfInvoice(bytes32 member);
    error InvoiceBookUnitsElsewhere(bytes32 record);

    event InvoiceRegistered(
        bytes32 indexed record,
        bytes32 indexed supplier,
        bytes32 indexed buyer,
        bytes32 commitment,
        uint80 units,
        uint48 dueDate
    );
    event StrictKeyHeld(bytes32 indexed key, bytes32 indexed record);
    event StrictKeyFreed(bytes32 indexed key, bytes32 indexed record);
    event AlertKeySeen(bytes32 indexed key, bytes32 indexed record, bytes32 indexed first, uint8 kind);
    event AlertKeyNoted(bytes32 indexed key, bytes32 indexed record, uint8 kind);
    event InvoiceAccepted(bytes32 indexed record, bytes32 indexed buyer);
    event InvoiceRejected(bytes32 indexed record, bytes32 indexed buyer, bytes32 reason);
    event InvoiceCancelled(bytes32 indexed record, bytes32 indexed supplier);

    /// @notice Registers an invoice of the caller's member, which then holds all its units.
    function register(Registration calldata registration) external returns (bytes32 record);

    /// @notice Accepts an invoice that names the caller's member as its buyer.
    function accept(bytes32 record) external;

    /// @notice Rejects an invoice that names the caller's member as its buyer: its strict keys
    /// are free again and its units retire.
    /// @param reason A short text, left-aligned, for people.
    function reject(bytes32 record, bytes32 reason) external;

    /// @notice Cancels an invoice of the caller's member of which nobody else holds or is offered
    /// units: its strict keys are free again and its units retire.
    function cancel(bytes32 record) external;

    /// @notice State and dates of an invoice; reverts on unknown records.
    function invoice(bytes32 record) external view returns (Invoice memory);

    /// @notice The name that a registration gets: keccak256(abi.encode(chain id, this contract,
    /// supplier, commitment)).
    function recordId(bytes32 supplier, bytes32 commitment) external view returns (bytes32);

    /// @notice The live record that holds a strict key; zero if none does.
    function strictKeyHolder(bytes32 key) external view returns (bytes32 record);

    /// @notice The first record that noted an alert key; zero if none did.
    function alertKeyFirst(bytes32 key) external view returns (bytes32 record);

    /// @notice The strict keys of a record.
    function strictKeysOf(bytes32 record) external view returns (bytes32[] memory);
}
