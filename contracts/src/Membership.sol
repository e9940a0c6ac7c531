// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Council} from "./Council.sol";
import {Relayable} from "./Relayable.sol";
import {Succession} from "./Succession.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {MemberIds} from "./libraries/MemberIds.sol";
import {Roles} from "./libraries/Roles.sol";

contract Membership is Succession {
    /// @dev One word: where a member stands.
    struct Member {
        Status status;
        uint16 roles;
        uint32 keys;
    }

    mapping(bytes32 id => Member) private _members;
    mapping(address key => bytes32 id) private _liveKeys;
    mapping(address key => bytes32 id) private _retiredKeys;

    /// @dev Admits the first council, each member with one key. As this happens at deployment, it
    /// can happen only once.
    constructor(
        bytes32[] memory councilIds,
        address[] memory keys,
        uint256 threshold,
        address forwarder,
        Deployment memory predecessor_
    ) Relayable(forwarder) Succession(predecessor_) {
        if (councilIds.length != keys.length) revert MembershipLengthMismatch(councilIds.length, keys.length);
        for (uint256 i = 0; i < councilIds.length; ++i) {
            _admit(councilIds[i], Roles.COUNCIL, keys[i]);
        }
        _setThreshold(threshold);
    }

    /// @inheritdoc IMembership
    function admit(bytes32 id, uint16 roles, address key) external byDecision {
        _admit(id, roles, key);
    }

    /// @inheritdoc IMembership
    function setRoles(bytes32 id, uint16 roles) external byDecision recounting(id) {
        _requireKnownRoles(roles);
        _member(id).roles = roles;
        emit RolesChanged(id, roles);
    }

    /// @inheritdoc IMembership
    function suspend(bytes32 id) external byDecision recounting(id) {
        Member storage member_ = _member(id);
        if (member_.status != Status.Active) revert MembershipNotActive(id, member_.status);
        member_.status = Status.Suspended;
        emit MemberSuspended(id);
    }

    /// @inheritdoc IMembership
    function reinstate(bytes32 id) external byDecision recounting(id) {
        Member storage member_ = _member(id);
        if (member_.status != Status.Suspended) revert MembershipNotSuspended(id);
        member_.status = Status.Active;
        emit MemberReinstated(id);
    }

    /// @inheritdoc IMembership
    function addKey(bytes32 id, address key) external {
        _requireSelfOrDecision(id);
        _addKey(id, key);
    }

    /// @inheritdoc IMembership
    function revokeKey(bytes32 id, address key) external recounting(id) {
        bool decided = _requireSelfOrDecision(id);
        if (_holder(key) != id) revert MembershipForeignKey(key, id);
        Member storage member_ = _members[id];
        if (member_.keys == 1 && !decided) revert MembershipLastKey(id);
        delete _liveKeys[key];
        _retiredKeys[key] = id;
        member_.keys -= 1;
        emit KeyRevoked(id, key);
    }

    /// @inheritdoc IMembership
    function actorOf(address key) public view returns (bytes32 id) {
        id = _holder(key);
        _requireActive(id);
    }

    /// @inheritdoc IMembership
    function requireRole(address key, uint16 role) public view returns (bytes32 id) {
        id = actorOf(key);
        _requireHeld(id, role);
    }

    /// @inheritdoc IMembership
    function requireMember(bytes32 id, uint16 role) external view {
        _requireActive(id);
        if (role != 0) _requireHeld(id, role);
    }

    /// @inheritdoc IMembership
    function memberOf(address key) external view returns (bytes32 id) {
        id = _retiredKeys[key];
        if (id == 0) id = _holder(key);
    }

    /// @inheritdoc IMembership
    function member(bytes32 id) external view returns (Status status, uint16 roles, uint32 keys) {
        Member storage member_ = _member(id);
        return (member_.status, member_.roles, member_.keys);
    }

    /// @inheritdoc IMembership
    function exists(bytes32 id) public view returns (bool) {
        return _members[id].status != Status.Unknown;
    }

    function _admit(bytes32 id, uint16 roles, address key) private {
        if (!MemberIds.isValid(id)) revert MembershipInvalidMember(id);
        if (exists(id)) revert MembershipMemberExists(id);
        _requireKnownRoles(roles);
        _members[id] = Member(Status.Active, roles, 0);
        emit MemberAdmitted(id, roles);
        _addKey(id, key);
    }

    function _addKey(bytes32 id, address key) private recounting(id) {
        // This contract acts for the council, and the forwarder for everybody: neither for one member.
        if (key == address(0) || key == address(this) || isTrustedForwarder(key)) revert MembershipInvalidKey(key);
        Member storage member_ = _member(id);
        if (_retiredKeys[key] != 0) revert MembershipKeyRetired(key);
        bytes32 holder = _liveKeys[key];
        if (holder != 0) revert MembershipKeyTaken(key, holder);
        _liveKeys[key] = id;
        member_.keys += 1;
        emit KeyAdded(id, key);
    }

    /// @inheritdoc Council
    function _actor() internal view override returns (bytes32) {
        return actorOf(_msgSender());
    }

    /// @inheritdoc Council
    function _actor(uint16 role) internal view override returns (bytes32) {
        return requireRole(_msgSender(), role);
    }

    /// @inheritdoc Council
    function _isPresent(bytes32 id) internal view override returns (bool) {
        Member storage member_ = _members[id];
        return member_.status == Status.Active && member_.roles & Roles.COUNCIL != 0 && member_.keys != 0;
    }

    function _member(bytes32 id) private view returns (Member storage) {
        if (!exists(id)) revert MembershipUnknownMember(id);
        return _members[id];
    }

    /// @dev The member that a live key belongs to.
    function _holder(address key) private view returns (bytes32 id) {
        id = _liveKeys[key];
        if (id != 0) return id;
        if (_retiredKeys[key] != 0) revert MembershipKeyRetired(key);
        revert MembershipUnknownKey(key);
    }

    /// @dev Returns whether the council decided.
    function _requireSelfOrDecision(bytes32 id) private view returns (bool decided) {
        decided = msg.sender == address(this);
        if (!decided && _actor() != id) revert MembershipForeignKey(_msgSender(), id);
    }

    function _requireActive(bytes32 id) private view {
        Status status = _member(id).status;
        if (status != Status.Active) revert MembershipNotActive(id, status);
    }

    function _requireHeld(bytes32 id, uint16 role) private view {
        if (_members[id].roles & role == 0) revert MembershipMissingRole(id, role);
    }

    function _requireKnownRoles(uint16 roles) private pure {
        if (roles & ~Roles.ALL != 0) revert MembershipInvalidRoles(roles);
    }
}
