// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

import {Relayable} from "./Relayable.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {Roles} from "./libraries/Roles.sol";

/// @dev Decisions of the council: calls that this contract makes once enough members approve.
/// Approvals are weighed when a decision is executed, over the members that are present then.
abstract contract Council is IMembership, Relayable {
    using EnumerableSet for EnumerableSet.Bytes32Set;

    struct Decision {
        Proposal proposal;
        EnumerableSet.Bytes32Set approvals;
    }

    /// @dev One member alone never decides.
    uint256 private constant _THRESHOLD_MIN = 2;
    uint48 private constant _LIFETIME_MAX = 90 days;

    Decision[] private _decisions;
    uint256 private _threshold;
    uint256 private _size;

    /// @dev Only by a call of this contract to itself. It reads `msg.sender` and not the resolved
    /// caller, as nobody can sign for a contract.
    modifier byDecision() {
        if (msg.sender != address(this)) revert MembershipNotCouncil(msg.sender);
        _;
    }

    /// @dev Around every change that can make a member present in the council or absent from it.
    modifier recounting(bytes32 id) {
        bool before = _isPresent(id);
        _;
        _recount(before, _isPresent(id));
    }

    /// @inheritdoc IMembership
    function propose(address target, bytes calldata data, uint48 lifetime) external returns (uint256 id) {
        bytes32 member_ = _actor(Roles.COUNCIL);
        if (lifetime == 0 || lifetime > _LIFETIME_MAX) revert MembershipInvalidLifetime(lifetime, _LIFETIME_MAX);
        uint48 expiresAt = SafeCast.toUint48(block.timestamp) + lifetime;

        id = _decisions.length;
        Decision storage decision = _decisions.push();
        decision.proposal = Proposal(target, expiresAt, false, member_, data);
        emit Proposed(id, member_, target, expiresAt, data);
        _approve(id, decision, member_);
    }

    /// @inheritdoc IMembership
    function approve(uint256 id) external {
        bytes32 member_ = _actor(Roles.COUNCIL);
        _approve(id, _open(id), member_);
    }

    /// @inheritdoc IMembership
    function withdraw(uint256 id) external {
        bytes32 member_ = _actor();
        if (!_open(id).approvals.remove(member_)) revert MembershipNotApproved(id, member_);
        emit ApprovalWithdrawn(id, member_);
    }

    /// @inheritdoc IMembership
    function execute(uint256 id) external {
        _actor(Roles.COUNCIL);
        Decision storage decision = _open(id);
        uint256 approvals = _countApprovals(decision);
        if (approvals < _threshold) revert MembershipTooFewApprovals(id, approvals, _threshold);

        decision.proposal.executed = true;
        emit Executed(id);
        Address.functionCall(decision.proposal.target, decision.proposal.data);
    }

    /// @inheritdoc IMembership
    function setThreshold(uint256 threshold) external byDecision {
        _setThreshold(threshold);
    }

    /// @inheritdoc IMembership
    function council() external view returns (uint256 threshold, uint256 size) {
        return (_threshold, _size);
    }

    /// @inheritdoc IMembership
    function proposal(uint256 id) external view returns (Proposal memory proposal_, uint256 approvals) {
        Decision storage decision = _decision(id);
        return (decision.proposal, _countApprovals(decision));
    }

    function _setThreshold(uint256 threshold) internal {
        if (threshold < _THRESHOLD_MIN || threshold > _size) revert MembershipInvalidThreshold(threshold, _size);
        _threshold = threshold;
        emit ThresholdChanged(threshold);
    }

    /// @dev The active member that the caller acts for.
    function _actor() internal view virtual returns (bytes32);

    /// @dev The active member that the caller acts for, which must hold `role`.
    function _actor(uint16 role) internal view virtual returns (bytes32);

    /// @dev Whether the member can take part in decisions now.
    function _isPresent(bytes32 id) internal view virtual returns (bool);

    function _approve(uint256 id, Decision storage decision, bytes32 member_) private {
        if (!decision.approvals.add(member_)) revert MembershipAlreadyApproved(id, member_);
        emit Approved(id, member_);
    }

    function _recount(bool before, bool present) private {
        if (before == present) return;
        _size = present ? _size + 1 : _size - 1;
        if (_size < _threshold) revert MembershipInvalidThreshold(_threshold, _size);
    }

    function _open(uint256 id) private view returns (Decision storage decision) {
        decision = _decision(id);
        if (decision.proposal.executed) revert MembershipProposalExecuted(id);
        uint48 expiresAt = decision.proposal.expiresAt;
        if (block.timestamp > expiresAt) revert MembershipProposalExpired(id, expiresAt);
    }

    function _decision(uint256 id) private view returns (Decision storage) {
        if (id >= _decisions.length) revert MembershipUnknownProposal(id);
        return _decisions[id];
    }

    function _countApprovals(Decision storage decision) private view returns (uint256 count) {
        uint256 length = decision.approvals.length();
        for (uint256 i = 0; i < length; ++i) {
            if (_isPresent(decision.approvals.at(i))) ++count;
        }
    }
}
