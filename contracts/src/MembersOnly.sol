// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Context} from "@openzeppelin/contracts/utils/Context.sol";

import {IMembersOnly} from "./interfaces/IMembersOnly.sol";
import {IMembership} from "./interfaces/IMembership.sol";

/// @dev Resolves the caller of every state-changing function to the member that it acts for. Nothing
/// else reads the caller, so another way to name it is a change of the base contract `Context`.
abstract contract MembersOnly is IMembersOnly, Context {
    IMembership private immutable _membership;

    constructor(IMembership membership_) {
        if (address(membership_).code.length == 0) revert MembersOnlyNoMembership(address(membership_));
        _membership = membership_;
    }

    /// @inheritdoc IMembersOnly
    function membership() external view returns (IMembership) {
        return _membership;
    }

    /// @dev The active member that the caller acts for.
    function _actor() internal view returns (bytes32) {
        return _membership.actorOf(_msgSender());
    }

    /// @dev The active member that the caller acts for, which must hold `role`.
    function _actor(uint16 role) internal view returns (bytes32) {
        return _membership.requireRole(_msgSender(), role);
    }

    /// @dev Reverts unless `member` is active and holds `role`.
    function _requireMember(bytes32 member, uint16 role) internal view {
        _membership.requireMember(member, role);
    }
}
