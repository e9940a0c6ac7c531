// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Calls that come by a relayer, and many calls in one.
/// @notice Whoever holds an operator key either calls itself, or signs a request (EIP-712) that
/// anybody brings through the forwarder (ERC-2771). Either way it can send a batch: `multicall` does
/// all of the calls or none, `tryMulticall` does those that it can. Both act for the same caller.
interface IRelayable {
    /// @param succeeded Whether the call took effect.
    /// @param result What it returned, or the error that it reverted with.
    struct Outcome {
        bool succeeded;
        bytes result;
    }

    error RelayableNoForwarder(address forwarder);
    error RelayableCallUnexplained(uint256 index);

    event CallRefused(uint256 indexed index, bytes reason);

    /// @notice Makes the calls one after the other. One that reverts with an error changes nothing,
    /// is reported, and hinders no other; one that fails without an error, or with less than an eighth of the gas left,
    /// reverts them all.
    /// @custom:caller anybody; each call needs what it needs on its own
    function tryMulticall(bytes[] calldata calls) external returns (Outcome[] memory outcomes);
}
