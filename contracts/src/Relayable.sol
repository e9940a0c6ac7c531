// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IRelayable} from "./interfaces/IRelayable.sol";

/// @dev Where the caller is resolved: directly, or as the signer of a request that the forwarder
/// verified. A batch runs its calls in this contract's own context, with the same caller.
abstract contract Relayable is IRelayable, ERC2771Context, Multicall {
    constructor(address forwarder) ERC2771Context(forwarder) {
        if (forwarder.code.length == 0) revert RelayableNoForwarder(forwarder);
    }

    /// @inheritdoc IRelayable
    function tryMulticall(bytes[] calldata calls) external returns (Outcome[] memory outcomes) {
        bytes memory signer = msg.data[_msgData().length:];
        outcomes = new Outcome[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool succeeded, bytes memory result) = address(this).delegatecall(bytes.concat(calls[i], signer));
            if (!succeeded && _isUnexplained(result)) revert RelayableCallUnexplained(i);
            outcomes[i] = Outcome(succeeded, result);
            if (!succeeded) emit CallRefused(i, result);
        }
    }

    function _msgSender() internal view override(Context, ERC2771Context) returns (address) {
        return ERC2771Context._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength() internal view override(Context, ERC2771Context) returns (uint256) {
        return ERC2771Context._contextSuffixLength();
    }

    /// @dev Without an error, or with the one that stands for none where a call makes another: in a
    /// batch within the batch, or in a decision.
    function _isUnexplained(bytes memory result) private pure returns (bool) {
        return result.length == 0 || bytes4(result) == Errors.FailedCall.selector;
    }
}
