// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Council} from "./Council.sol";
import {IMembership} from "./interfaces/IMembership.sol";

/// @dev The chain of custody from one deployment of the ledger to the next. Both name each other: the
/// new one when it is made, the old one by a decision of its council.
abstract contract Succession is Council {
    uint64 private immutable _predecessorChainId;
    address private immutable _predecessor;
    Deployment private _successor;

    constructor(Deployment memory predecessor_) {
        _predecessorChainId = predecessor_.chainId;
        _predecessor = predecessor_.membership;
    }

    /// @inheritdoc IMembership
    function succeed(uint64 chainId, address membership) external byDecision {
        requireOpen();
        if (chainId == 0 || membership == address(0)) revert MembershipNotSuccessor(address(this), membership);
        if (chainId == block.chainid) {
            if (membership.code.length == 0) revert MembershipNotSuccessor(address(this), membership);
            Deployment memory origin = IMembership(membership).predecessor();
            if (origin.chainId != chainId || origin.membership != address(this)) {
                revert MembershipNotSuccessor(address(this), membership);
            }
        }
        _successor = Deployment(chainId, membership);
        emit Succeeded(chainId, membership);
    }

    /// @inheritdoc IMembership
    function requireOpen() public view {
        Deployment memory next = _successor;
        if (next.membership != address(0)) revert MembershipSucceeded(next.chainId, next.membership);
        if (_predecessorChainId != block.chainid) return;
        Deployment memory heir = IMembership(_predecessor).successor();
        if (heir.chainId != block.chainid || heir.membership != address(this)) {
            revert MembershipNotSuccessor(_predecessor, address(this));
        }
    }

    /// @inheritdoc IMembership
    function predecessor() external view returns (Deployment memory) {
        return Deployment(_predecessorChainId, _predecessor);
    }

    /// @inheritdoc IMembership
    function successor() external view returns (Deployment memory) {
        return _successor;
    }
}
