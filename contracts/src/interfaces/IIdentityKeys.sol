// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Identity keys: keyed fingerprints of what a record stands for.
/// @notice A **strict** key that a standing record already holds reverts; an **alert** key already seen is
/// counted and emitted, and blocks nothing. Keys of the deployment that this one follows count too, if
/// it stands on the same chain.
interface IIdentityKeys {
    /// @param kind Which identity rule made the key (2 for K2 and so on).
    /// @param key Keyed fingerprint.
    struct AlertKey {
        uint8 kind;
        bytes32 key;
    }

    error IdentityKeysNone();
    error IdentityKeysEmpty();
    error IdentityKeysTooMany(uint256 keys, uint256 limit);
    error IdentityKeysTaken(bytes32 key, bytes32 record);
    error IdentityKeysWrongPredecessor(address expected, address found);
    error IdentityKeysWrongBook(address book);

    event StrictKeyHeld(bytes32 indexed key, bytes32 indexed record);
    event StrictKeyFreed(bytes32 indexed key, bytes32 indexed record);
    event AlertKeySeen(bytes32 indexed key, bytes32 indexed record, bytes32 indexed first, uint8 kind);
    event AlertKeyNoted(bytes32 indexed key, bytes32 indexed record, uint8 kind);

    /// @notice The record that holds a strict key: one that is live, or that was settled, discharged or
    /// reissued under another number; zero if none does.
    function strictKeyHolder(bytes32 key) external view returns (bytes32 record);

    /// @notice The first record that noted an alert key; zero if none did.
    function alertKeyFirst(bytes32 key) external view returns (bytes32 record);

    /// @notice The strict keys of a record.
    function strictKeysOf(bytes32 record) external view returns (bytes32[] memory);

    /// @notice How often an alert key was given again after the first record noted it.
    function alertRepeats(bytes32 key) external view returns (uint256);

    /// @notice What the book is a book of: a short text, left-aligned.
    function bookKind() external pure returns (bytes32);

    /// @notice The book whose keys count too; zero if there is none. Fixed at deployment.
    function predecessorBook() external view returns (IIdentityKeys);
}
