// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Inclusion proofs of RFC 6962, section 2.1.1, over SHA-256.
/// @notice Leaves are hashed behind 0x00 and inner nodes behind 0x01. Position and tree size
/// determine on which side each sibling stands and how long the path is; any other path is refused,
/// so an inner node can never pass for a leaf.
library InclusionProof {
    bytes1 private constant _NODE = 0x01;

    /// @notice Whether `path` leads from the leaf at `index` to the root of a tree of `size` leaves.
    /// @dev RFC 9162, section 2.1.3.2. `node` and `last` are the positions, on the present level,
    /// of the node on the way up and of the level's last node.
    function verify(bytes32 root, uint256 size, bytes32 leafHash, uint256 index, bytes32[] calldata path)
        internal
        pure
        returns (bool)
    {
        if (index >= size) return false;
        uint256 node = index;
        uint256 last = size - 1;
        bytes32 hash = leafHash;
        for (uint256 i = 0; i < path.length; ++i) {
            if (last == 0) return false;
            if (node & 1 == 1 || node == last) {
                hash = _parent(path[i], hash);
                // A node without a right sibling is its own parent until it becomes a right child.
                while (node & 1 == 0 && node != 0) {
                    node >>= 1;
                    last >>= 1;
                }
            } else {
                hash = _parent(hash, path[i]);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && hash == root;
    }

    function _parent(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return sha256(abi.encodePacked(_NODE, left, right));
    }
}
