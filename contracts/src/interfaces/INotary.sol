// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Anchors of Merkle roots, each attributed to the member that made it.
/// @notice An anchor says: at this time this member committed to a tree of this size with this
/// RFC 6962 root. Nobody can take another member's root away from it, as the member is part of
/// every anchor's name.
interface INotary {
    /// @notice One word of storage.
    /// @param submitter The operator key that anchored.
    /// @param time Unix time of the block, in seconds: the anchor was made not after it.
    /// @param blockNumber The block that holds the anchor.
    /// @param size Number of leaves of the tree.
    struct Anchor {
        address submitter;
        uint32 time;
        uint32 blockNumber;
        uint32 size;
    }

    /// @notice Where an anchored leaf stands.
    enum Standing {
        Stands,
        Revoked,
        Superseded
    }

    /// @notice Proof that a leaf is in an anchored tree (RFC 6962, section 2.1.1).
    /// @param root The anchored root.
    /// @param leafHash SHA-256(0x00 || commitment).
    /// @param index Position of the leaf, from zero.
    /// @param path Sibling hashes, from the leaf upwards.
    struct Inclusion {
        bytes32 root;
        bytes32 leafHash;
        uint32 index;
        bytes32[] path;
    }

    error NotaryEmptyTree();
    error NotaryEmptyRoot();
    error NotaryAlreadyAnchored(bytes32 member, bytes32 root);
    error NotaryUnknownAnchor(bytes32 member, bytes32 root);
    error NotaryNotIncluded(bytes32 member, bytes32 root, bytes32 leafHash);
    error NotaryAlreadyRevoked(bytes32 member, bytes32 leafHash);
    error NotarySupersededByItself(bytes32 leafHash);
    error NotaryLengthMismatch(uint256 roots, uint256 sizes);

    event Anchored(bytes32 indexed member, bytes32 indexed root, uint32 size, address submitter);
    event Revoked(bytes32 indexed member, bytes32 indexed leafHash, bytes32 reason);
    event Superseded(bytes32 indexed member, bytes32 indexed leafHash, bytes32 indexed successor);

    /// @notice Anchors a root for the caller's member.
    /// @custom:caller an active member
    function anchor(bytes32 root, uint32 size) external;

    /// @notice Anchors several roots for the caller's member, all or none.
    /// @custom:caller an active member
    function anchorMany(bytes32[] calldata roots, uint32[] calldata sizes) external;

    /// @notice Revokes a leaf of a tree that the caller's member anchored.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the active member that anchored the leaf
    function revoke(Inclusion calldata leaf, bytes32 reason) external;

    /// @notice Revokes a leaf and names the leaf that replaces it, both anchored by the caller's
    /// member and neither revoked before.
    /// @custom:caller the active member that anchored both leaves
    function supersede(Inclusion calldata leaf, Inclusion calldata successor) external;

    /// @notice The anchor; reverts if the member never anchored the root.
    function anchorOf(bytes32 member, bytes32 root) external view returns (Anchor memory);

    /// @notice Reverts unless the member anchored the leaf and has not revoked it.
    function requireStanding(bytes32 member, Inclusion calldata leaf) external view;

    /// @notice Where a leaf stands; reverts unless the member anchored it.
    function standingOf(bytes32 member, Inclusion calldata leaf) external view returns (Standing);

    /// @notice Whether the member anchored the root.
    function isAnchored(bytes32 member, bytes32 root) external view returns (bool);

    /// @notice Whether the member revoked or superseded the leaf. Says nothing of its existence.
    function isRevoked(bytes32 member, bytes32 leafHash) external view returns (bool);

    /// @notice When a leaf was revoked (Unix seconds, zero if it was not), and the leaf that
    /// replaces it (zero if none does).
    function revocationOf(bytes32 member, bytes32 leafHash) external view returns (uint48 time, bytes32 successor);
}
