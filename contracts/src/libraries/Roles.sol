// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The roles that a member can hold, one bit each.
library Roles {
    /// @dev Registers and finances its invoices.
    uint16 internal constant SUPPLIER = 1;
    /// @dev Accepts invoices and owes them.
    uint16 internal constant BUYER = 2;
    /// @dev Takes units of records.
    uint16 internal constant FINANCIER = 4;
    /// @dev Issues certificates for what it keeps.
    uint16 internal constant DEPOSITARY = 8;
    /// @dev Governs, together with the other council members.
    uint16 internal constant COUNCIL = 16;
    /// @dev Examines.
    uint16 internal constant AUDITOR = 32;

    /// @dev Every role there is.
    uint16 internal constant ALL = 63;
}
