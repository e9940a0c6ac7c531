// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {MembersOnly} from "./MembersOnly.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {INotary} from "./interfaces/INotary.sol";
import {InclusionProof} from "./libraries/InclusionProof.sol";

contract Notary is INotary, MembersOnly {
    struct Revocation {
        uint48 time;
        bytes32 successor;
    }

    mapping(bytes32 member => mapping(bytes32 root => Anchor)) private _anchors;
    mapping(bytes32 member => mapping(bytes32 leafHash => Revocation)) private _revocations;

    constructor(IMembership membership_) MembersOnly(membership_) {}

    /// @inheritdoc INotary
    function anchor(bytes32 root, uint32 size) external {
        _anchor(_actor(), root, size);
    }

    /// @inheritdoc INotary
    function anchorMany(bytes32[] calldata roots, uint32[] calldata sizes) external {
        if (roots.length != sizes.length) revert NotaryLengthMismatch(roots.length, sizes.length);
        bytes32 member = _actor();
        for (uint256 i = 0; i < roots.length; ++i) {
            _anchor(member, roots[i], sizes[i]);
        }
    }

    /// @inheritdoc INotary
    function revoke(Inclusion calldata leaf, bytes32 reason) external {
        bytes32 member = _actor();
        requireStanding(member, leaf);
        _revocations[member][leaf.leafHash] = Revocation(SafeCast.toUint48(block.timestamp), 0);
        emit Revoked(member, leaf.leafHash, reason);
    }

    /// @inheritdoc INotary
    function supersede(Inclusion calldata leaf, Inclusion calldata successor) external {
        bytes32 member = _actor();
        if (leaf.leafHash == successor.leafHash) revert NotarySupersededByItself(leaf.leafHash);
        requireStanding(member, leaf);
        requireStanding(member, successor);
        _revocations[member][leaf.leafHash] = Revocation(SafeCast.toUint48(block.timestamp), successor.leafHash);
        emit Superseded(member, leaf.leafHash, successor.leafHash);
    }

    /// @inheritdoc INotary
    function anchorOf(bytes32 member, bytes32 root) public view returns (Anchor memory) {
        if (!isAnchored(member, root)) revert NotaryUnknownAnchor(member, root);
        return _anchors[member][root];
    }

    /// @inheritdoc INotary
    function requireStanding(bytes32 member, Inclusion calldata leaf) public view {
        if (standingOf(member, leaf) != Standing.Stands) revert NotaryAlreadyRevoked(member, leaf.leafHash);
    }

    /// @inheritdoc INotary
    function standingOf(bytes32 member, Inclusion calldata leaf) public view returns (Standing) {
        uint256 size = anchorOf(member, leaf.root).size;
        if (!InclusionProof.verify(leaf.root, size, leaf.leafHash, leaf.index, leaf.path)) {
            revert NotaryNotIncluded(member, leaf.root, leaf.leafHash);
        }
        Revocation storage revocation = _revocations[member][leaf.leafHash];
        if (revocation.time == 0) return Standing.Stands;
        return revocation.successor == 0 ? Standing.Revoked : Standing.Superseded;
    }

    /// @inheritdoc INotary
    function isAnchored(bytes32 member, bytes32 root) public view returns (bool) {
        return _anchors[member][root].size != 0;
    }

    /// @inheritdoc INotary
    function isRevoked(bytes32 member, bytes32 leafHash) public view returns (bool) {
        return _revocations[member][leafHash].time != 0;
    }

    /// @inheritdoc INotary
    function revocationOf(bytes32 member, bytes32 leafHash) external view returns (uint48 time, bytes32 successor) {
        Revocation storage revocation = _revocations[member][leafHash];
        return (revocation.time, revocation.successor);
    }

    function _anchor(bytes32 member, bytes32 root, uint32 size) private {
        if (root == 0) revert NotaryEmptyRoot();
        if (size == 0) revert NotaryEmptyTree();
        if (isAnchored(member, root)) revert NotaryAlreadyAnchored(member, root);
        address submitter = _msgSender();
        _anchors[member][root] = Anchor({
            submitter: submitter,
            time: SafeCast.toUint32(block.timestamp),
            blockNumber: SafeCast.toUint32(block.number),
            size: size
        });
        emit Anchored(member, root, size, submitter);
    }
}
