// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MembersOnly} from "./MembersOnly.sol";
import {IRecordBook} from "./interfaces/IRecordBook.sol";
import {Histories} from "./libraries/Histories.sol";

/// @dev Records, positions, freezes and histories: the only place where units move. What a record
/// stands for, and when its units may move, is for the book that inherits.
abstract contract RecordBook is IRecordBook, MembersOnly {
    using Histories for History;

    mapping(bytes32 id => Record) private _records;
    mapping(bytes32 id => mapping(bytes32 member => Position)) private _positions;
    mapping(bytes32 id => History) private _recordHistories;
    mapping(bytes32 member => History) private _memberHistories;

    /// @inheritdoc IRecordBook
    function freeze(bytes32 id, bytes32 reason) external {
        _requireLive(id);
        (Freeze cause, bytes32 by) = _freezer(id);
        _freeze(id, cause, by, reason);
    }

    /// @inheritdoc IRecordBook
    function unfreeze(bytes32 id, Freeze cause) external {
        _requireLive(id);
        (Freeze own, bytes32 by) = _freezer(id);
        bool overruled = own == Freeze.Council && cause == Freeze.Keeper;
        if (cause != own && !overruled) revert RecordBookForeignFreeze(id, cause);
        _unfreeze(id, cause, by);
    }

    /// @inheritdoc IRecordBook
    function voidRecord(bytes32 id, bytes32 reason) external {
        _requireDecision();
        _requireLive(id);
        emit RecordVoided(id, reason);
        _logEffect(id, abi.encode(RecordVoided.selector, id, reason));
        _endAsVoid(id);
    }

    /// @inheritdoc IRecordBook
    function record(bytes32 id) external view returns (Record memory) {
        return _record(id);
    }

    /// @inheritdoc IRecordBook
    function recordExists(bytes32 id) public view returns (bool) {
        return _records[id].total != 0;
    }

    /// @inheritdoc IRecordBook
    function recordId(bytes32 issuer, bytes32 commitment) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), issuer, commitment));
    }

    /// @inheritdoc IRecordBook
    function position(bytes32 id, bytes32 member) external view returns (Position memory) {
        _record(id);
        return _positions[id][member];
    }

    /// @inheritdoc IRecordBook
    function recordHistory(bytes32 id) public view returns (History memory) {
        _record(id);
        return _recordHistories[id];
    }

    /// @inheritdoc IRecordBook
    function memberHistory(bytes32 member) external view returns (History memory) {
        return _memberHistories[member];
    }

    /// @dev Creates a record, of which `holder` then holds all units.
    function _issue(bytes32 issuer, bytes32 obligor, bytes32 holder, bytes32 commitment, uint80 units)
        internal
        returns (bytes32 id)
    {
        if (commitment == 0) revert RecordBookEmptyCommitment();
        if (units == 0) revert RecordBookNoUnits();
        id = recordId(issuer, commitment);
        if (recordExists(id)) revert RecordBookRecordExists(id);
        _records[id] = Record(issuer, obligor, commitment, units, 0, 0, 0);
        _positions[id][holder].free = units;
    }

    /// @dev Takes free units of a member out of circulation.
    function _retire(bytes32 id, bytes32 member, uint80 units) internal {
        _requireFree(id, member, units);
        _positions[id][member].free -= units;
        _records[id].retired += units;
        emit UnitsRetired(id, member, units);
        _logEffect(id, abi.encode(UnitsRetired.selector, id, member, units));
    }

    /// @dev Free to reserved.
    function _reserve(bytes32 id, bytes32 member, uint80 units) internal {
        _requireFree(id, member, units);
        Position storage position_ = _positions[id][member];
        position_.free -= units;
        position_.reserved += units;
    }

    /// @dev Reserved units of `from` to free units of `to`, which may be the same.
    function _moveReserved(bytes32 id, bytes32 from, bytes32 to, uint80 units) internal {
        _positions[id][from].reserved -= units;
        _positions[id][to].free += units;
    }

    /// @dev Free to pledged.
    function _lock(bytes32 id, bytes32 member, uint80 units) internal {
        _requireFree(id, member, units);
        Position storage position_ = _positions[id][member];
        position_.free -= units;
        position_.pledged += units;
        _records[id].pledged += units;
    }

    /// @dev Pledged units of `from` to free units of `to`, which may be the same.
    function _movePledged(bytes32 id, bytes32 from, bytes32 to, uint80 units) internal {
        _positions[id][from].pledged -= units;
        _records[id].pledged -= units;
        _positions[id][to].free += units;
    }

    function _freeze(bytes32 id, Freeze cause, bytes32 by, bytes32 reason) internal {
        if (_isFrozen(id, cause)) revert RecordBookAlreadyFrozen(id, cause);
        _records[id].freezes |= _bit(cause);
        emit RecordFrozen(id, cause, by, reason);
        _logAct(id, by, abi.encode(RecordFrozen.selector, id, cause, by, reason));
    }

    function _unfreeze(bytes32 id, Freeze cause, bytes32 by) internal {
        if (!_isFrozen(id, cause)) revert RecordBookNotFrozen(id, cause);
        _records[id].freezes &= ~_bit(cause);
        emit RecordUnfrozen(id, cause, by);
        _logAct(id, by, abi.encode(RecordUnfrozen.selector, id, cause, by));
    }

    /// @dev Appends what a member did: one entry in its own history and in the record's. What the
    /// council did (no member) stands in the record's alone.
    function _logAct(bytes32 id, bytes32 member, bytes memory entry) internal {
        _logEffect(id, entry);
        if (member != 0) _memberHistories[member].append(keccak256(entry));
    }

    /// @dev Appends what followed from an act, to the record's history alone.
    function _logEffect(bytes32 id, bytes memory entry) internal {
        _recordHistories[id].append(keccak256(entry));
    }

    /// @dev Marks a live record as void and frees its strict keys.
    function _endAsVoid(bytes32 id) internal virtual;

    /// @dev Reverts on unknown records, and on those that have ended.
    function _requireLive(bytes32 id) internal view virtual;

    /// @dev The member besides the council that may freeze a record; zero if there is none.
    function _keeperOf(bytes32 id) internal view virtual returns (bytes32);

    function _requireNotFrozen(bytes32 id) internal view {
        uint8 freezes = _record(id).freezes;
        if (freezes != 0) revert RecordBookFrozen(id, freezes);
    }

    function _isFrozen(bytes32 id, Freeze cause) internal view returns (bool) {
        return _record(id).freezes & _bit(cause) != 0;
    }

    function _record(bytes32 id) internal view returns (Record storage) {
        if (!recordExists(id)) revert RecordBookUnknownRecord(id);
        return _records[id];
    }

    /// @dev Units in circulation.
    function _outstanding(bytes32 id) internal view returns (uint80) {
        Record storage record_ = _record(id);
        return record_.total - record_.retired;
    }

    function _position(bytes32 id, bytes32 member) internal view returns (Position storage) {
        return _positions[id][member];
    }

    function _requireFree(bytes32 id, bytes32 member, uint80 units) private view {
        if (units == 0) revert RecordBookNoUnits();
        uint80 free = _positions[id][member].free;
        if (units > free) revert RecordBookInsufficientUnits(id, member, free, units);
    }

    /// @dev The caller's member, which must be `member`; or zero, if the council decided the call for a
    /// member that is suspended.
    function _actorOrCouncilFor(bytes32 id, bytes32 member) internal view returns (bytes32 by) {
        if (_isDecision()) {
            if (!_isSuspended(member)) revert RecordBookNotSuspended(id, member);
            return 0;
        }
        by = _actor();
        if (by != member) revert RecordBookNotParty(id, by);
    }

    function _freezer(bytes32 id) private view returns (Freeze cause, bytes32 by) {
        if (_isDecision()) return (Freeze.Council, 0);
        by = _actor();
        if (by != _keeperOf(id)) revert RecordBookNotParty(id, by);
        return (Freeze.Keeper, by);
    }

    function _bit(Freeze cause) private pure returns (uint8) {
        return uint8(1 << uint8(cause));
    }
}
