// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";

import {Relayable} from "./Relayable.sol";
import {IMembersOnly} from "./interfaces/IMembersOnly.sol";
import {IMembership} from "./interfaces/IMembership.sol";

/// @dev Resolves the caller of every state-changing function to the member that it acts for. Requests
/// come through the same forwarder as those to the membership contract.
abstract contract MembersOnly is IMembersOnly, Relayable {
    IMembership private immutable _membership;

    constructor(IMembership membership_) Relayable(_forwarderOf(membership_)) {
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

    /// @dev Whether the caller is the council, that is: the call was decided. Nobody can sign for a
    /// contract that has no key, so the caller needs no resolving.
    function _isDecision() internal view returns (bool) {
        return msg.sender == address(_membership);
    }

    /// @dev Reverts unless the council decided this call.
    function _requireDecision() internal view {
        if (!_isDecision()) revert IMembership.MembershipNotCouncil(msg.sender);
    }

    /// @dev Reverts unless `member` is active and holds `role`; zero asks for no role.
    function _requireMember(bytes32 member, uint16 role) internal view {
        _membership.requireMember(member, role);
    }

    /// @dev Whether `member` is suspended.
    function _isSuspended(bytes32 member) internal view returns (bool) {
        (IMembership.Status status,,) = _membership.member(member);
        return status == IMembership.Status.Suspended;
    }

    /// @dev Reverts unless new records may begin in this deployment.
    function _requireOpen() internal view {
        _membership.requireOpen();
    }

    /// @dev The membership contract of the deployment on this chain that this one follows; zero if none.
    function _predecessorMembership() internal view returns (address) {
        IMembership.Deployment memory predecessor = _membership.predecessor();
        return predecessor.chainId == block.chainid ? predecessor.membership : address(0);
    }

    function _forwarderOf(IMembership membership_) private view returns (address) {
        if (address(membership_).code.length == 0) revert MembersOnlyNoMembership(address(membership_));
        return ERC2771Context(address(membership_)).trustedForwarder();
    }
}
