// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RecordBook} from "./RecordBook.sol";
import {IIdentityKeys} from "./interfaces/IIdentityKeys.sol";
import {IMembersOnly} from "./interfaces/IMembersOnly.sol";

/// @dev One receivable, one record: which record holds which key.
abstract contract IdentityKeys is IIdentityKeys, RecordBook {
    uint256 private constant _STRICT_KEYS_MAX = 16;
    uint256 private constant _ALERT_KEYS_MAX = 32;

    IIdentityKeys private immutable _predecessorBook;
    mapping(bytes32 record => bytes32[]) private _strictKeys;
    mapping(bytes32 key => bytes32 record) private _strictKeyHolders;
    mapping(bytes32 key => bytes32 record) private _alertKeyFirsts;
    mapping(bytes32 key => uint256) private _alertRepeats;

    /// @dev A deployment that follows one on this chain must ask its book, or receivables could be
    /// registered in both.
    constructor(IIdentityKeys predecessorBook_) {
        address book = address(predecessorBook_);
        address found = book == address(0) ? book : address(IMembersOnly(book).membership());
        address expected = _predecessorMembership();
        if (found != expected) revert IdentityKeysWrongPredecessor(expected, found);
        if (book != address(0) && predecessorBook_.bookKind() != bookKind()) revert IdentityKeysWrongBook(book);
        _predecessorBook = predecessorBook_;
    }

    /// @inheritdoc IIdentityKeys
    function strictKeyHolder(bytes32 key) public view returns (bytes32 holder) {
        holder = _strictKeyHolders[key];
        if (holder == 0 && _hasPredecessor()) holder = _predecessorBook.strictKeyHolder(key);
    }

    /// @inheritdoc IIdentityKeys
    function alertKeyFirst(bytes32 key) public view returns (bytes32 first) {
        first = _alertKeyFirsts[key];
        if (first == 0 && _hasPredecessor()) first = _predecessorBook.alertKeyFirst(key);
    }

    /// @inheritdoc IIdentityKeys
    function strictKeysOf(bytes32 record_) external view returns (bytes32[] memory) {
        _record(record_);
        return _strictKeys[record_];
    }

    /// @inheritdoc IIdentityKeys
    function alertRepeats(bytes32 key) public view returns (uint256 repeats) {
        repeats = _alertRepeats[key];
        if (_hasPredecessor()) repeats += _predecessorBook.alertRepeats(key);
    }

    /// @inheritdoc IIdentityKeys
    function bookKind() public pure virtual returns (bytes32);

    /// @inheritdoc IIdentityKeys
    function predecessorBook() external view returns (IIdentityKeys) {
        return _predecessorBook;
    }

    /// @dev From now on these are the record's strict keys. Those that it had before stay taken for good.
    function _holdStrictKeys(bytes32 record_, bytes32[] memory keys) internal {
        if (keys.length == 0) revert IdentityKeysNone();
        if (keys.length > _STRICT_KEYS_MAX) revert IdentityKeysTooMany(keys.length, _STRICT_KEYS_MAX);
        for (uint256 i = 0; i < keys.length; ++i) {
            bytes32 key = keys[i];
            if (key == 0) revert IdentityKeysEmpty();
            bytes32 holder = strictKeyHolder(key);
            if (holder != 0) revert IdentityKeysTaken(key, holder);
            _strictKeyHolders[key] = record_;
            emit StrictKeyHeld(key, record_);
            _logEffect(record_, abi.encode(StrictKeyHeld.selector, key, record_));
        }
        _strictKeys[record_] = keys;
    }

    function _freeStrictKeys(bytes32 record_) internal {
        bytes32[] memory keys = _strictKeys[record_];
        for (uint256 i = 0; i < keys.length; ++i) {
            // Freed before, it may be another's by now.
            if (_strictKeyHolders[keys[i]] != record_) continue;
            delete _strictKeyHolders[keys[i]];
            emit StrictKeyFreed(keys[i], record_);
            _logEffect(record_, abi.encode(StrictKeyFreed.selector, keys[i], record_));
        }
    }

    function _noteAlertKeys(bytes32 record_, AlertKey[] calldata keys) internal {
        if (keys.length > _ALERT_KEYS_MAX) revert IdentityKeysTooMany(keys.length, _ALERT_KEYS_MAX);
        for (uint256 i = 0; i < keys.length; ++i) {
            (bytes32 key, uint8 kind) = (keys[i].key, keys[i].kind);
            if (key == 0) revert IdentityKeysEmpty();
            bytes32 first = alertKeyFirst(key);
            if (first == 0) {
                _alertKeyFirsts[key] = record_;
                emit AlertKeyNoted(key, record_, kind);
                _logEffect(record_, abi.encode(AlertKeyNoted.selector, key, record_, kind));
            } else if (first != record_) {
                _alertRepeats[key] += 1;
                emit AlertKeySeen(key, record_, first, kind);
                _logEffect(record_, abi.encode(AlertKeySeen.selector, key, record_, first, kind));
            }
        }
    }

    function _hasPredecessor() private view returns (bool) {
        return address(_predecessorBook) != address(0);
    }
}
