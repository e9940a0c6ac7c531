// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Disputes about accepted invoices.
/// @notice A dispute freezes the record until the buyer withdraws it, the supplier concedes it, or the
/// council decides it; each names the dispute that it means, and so ends no later one. A buyer that
/// undertook to pay cannot dispute.
interface IInvoiceDisputes {
    /// @notice The last dispute about an invoice.
    /// @param units Units in dispute; zero when it is over.
    /// @param number Its number, from one; zero if there never was any.
    struct Dispute {
        uint80 units;
        uint32 number;
    }

    /// @param holder A member whose free units retire.
    /// @param units How many of them.
    struct Reduction {
        bytes32 holder;
        uint80 units;
    }

    error InvoiceDisputesNone(bytes32 record);
    error InvoiceDisputesOther(bytes32 record, uint32 current, uint32 number);
    error InvoiceDisputesTooManyReductions(uint256 reductions, uint256 limit);
    error InvoiceDisputesBeyondDispute(bytes32 record, uint80 disputed, uint256 reduced);

    event DisputeRaised(bytes32 indexed record, bytes32 indexed buyer, uint32 indexed number, uint80 units);
    event DisputeWithdrawn(bytes32 indexed record, bytes32 indexed buyer, uint32 indexed number);
    event DisputeConceded(bytes32 indexed record, bytes32 indexed supplier, uint32 indexed number, uint80 units);
    event DisputeDecided(bytes32 indexed record, uint32 indexed number, uint80 upheld, bytes32 reason);

    /// @notice Disputes units of an accepted invoice, and freezes the record.
    /// @param units Units that the buyer does not want to pay for, not more than are outstanding.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the invoice's buyer, while active
    function dispute(bytes32 record, uint80 units, bytes32 reason) external returns (uint32 number);

    /// @notice Ends a dispute in favour of the holders.
    /// @custom:caller the invoice's buyer, while active
    function withdrawDispute(bytes32 record, uint32 number) external;

    /// @notice Ends a dispute in favour of the buyer: the disputed units retire from the supplier's own.
    /// @custom:caller the invoice's supplier, while active
    function concedeDispute(bytes32 record, uint32 number) external;

    /// @notice Ends a dispute as the council decided: the reductions retire, the rest stands.
    /// @param reductions Not more units in all than are disputed; none dismisses the dispute.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the council, by decision
    function decideDispute(bytes32 record, uint32 number, Reduction[] calldata reductions, bytes32 reason)
        external;

    /// @notice The last dispute about an invoice; reverts on unknown records.
    function disputeOf(bytes32 record) external view returns (Dispute memory);
}
