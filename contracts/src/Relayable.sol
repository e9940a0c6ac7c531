// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";

import {IRelayable} from "./interfaces/IRelayable.sol";

/// @dev Where the caller is resolved: directly, or as the signer of a request that the forwarder
/// verified. A batch runs its calls in this contract's own context, with the same caller.
abstract contract Relayable is IRelayable, ERC2771Context, Multicall {
    uint256 private constant _GAS_LEFT_SHARE = 8;

    constructor(address forwarder) ERC2771Context(forwarder) {
        if (forwarder.code.length == 0) revert RelayableNoForwarder(forwarder);
    }

    /// @inheritdoc IRelayable
    function tryMulticall(bytes[] calldata calls) external returns (Outcome[] memory outcomes) {
        bytes memory signer = msg.data[_msgData().length:];
        outcomes = new Outcome[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            uint256 gasBefore = gasleft();
            // A call to itself, as OpenZeppelin's Multicall makes them; that reverts on the first refusal.
            // solhint-disable-next-line avoid-low-level-calls
            (bool succeeded, bytes memory result) = address(this).delegatecall(bytes.concat(calls[i], signer));
            // A call that ran dry leaves 1/64 at each level of nesting (EIP-150), less than an eighth
            // at eight levels: its error, if it has one, is not its own.
            bool ranDry = gasleft() < gasBefore / _GAS_LEFT_SHARE;
            if (!succeeded && (ranDry || result.length == 0)) revert RelayableCallUnexplained(i);
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
}
