// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Payment of invoices, in full or in part.
/// @notice The buyer declares to a holder what it paid, in units; the holder confirms, and the units
/// retire. When none is left the invoice is settled. Where the one or the other is suspended, the
/// council decides in its place, and events name zero as the one who acted.
interface IInvoicePayments {
    enum PaymentState {
        Unknown,
        Declared,
        Confirmed,
        Denied,
        Withdrawn
    }

    /// @param holder The member that was paid.
    /// @param advice Commitment to the payment's particulars (amount, bank reference); may be zero.
    /// @param units Units that the payment is for.
    /// @param declaredAt Unix time in seconds.
    struct Payment {
        bytes32 holder;
        bytes32 advice;
        uint80 units;
        uint48 declaredAt;
        PaymentState state;
    }

    error InvoicePaymentsUnknown(bytes32 record, uint256 payment);
    error InvoicePaymentsNotDeclared(bytes32 record, uint256 payment, PaymentState state);

    event PaymentDeclared(
        bytes32 indexed record,
        uint256 indexed payment,
        bytes32 indexed by,
        bytes32 holder,
        uint80 units,
        bytes32 advice
    );
    event PaymentConfirmed(
        bytes32 indexed record, uint256 indexed payment, bytes32 indexed by, bytes32 holder, uint80 units
    );
    event PaymentDenied(
        bytes32 indexed record, uint256 indexed payment, bytes32 indexed holder, bytes32 reason
    );
    event PaymentWithdrawn(bytes32 indexed record, uint256 indexed payment, bytes32 indexed buyer);

    /// @notice Declares that the buyer paid a holder for some of its units. Moves nothing, but the
    /// invoice cannot be cancelled any more.
    /// @custom:caller the invoice's buyer, while active; for a suspended buyer the council, by decision
    function declarePayment(bytes32 record, bytes32 holder, uint80 units, bytes32 advice)
        external
        returns (uint256 id);

    /// @notice Confirms a payment: as many free units of the holder retire.
    /// @custom:caller the active holder that was paid; for a suspended holder the council, by decision
    function confirmPayment(bytes32 record, uint256 id) external;

    /// @notice Denies that a payment arrived.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the active holder that is said to be paid
    function denyPayment(bytes32 record, uint256 id, bytes32 reason) external;

    /// @notice Takes a declaration back.
    /// @custom:caller the invoice's buyer, while active
    function withdrawPayment(bytes32 record, uint256 id) external;

    /// @notice A payment; reverts on unknown ones.
    function paymentOf(bytes32 record, uint256 id) external view returns (Payment memory);

    /// @notice Number of payments ever declared for a record; ids run from zero (reverts on unknown records).
    function paymentCount(bytes32 record) external view returns (uint256);
}
