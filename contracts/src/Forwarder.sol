// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Brings signed requests to the contracts of the ledger (ERC-2771).
/// @notice A request is signed for one chain, one forwarder, one contract, one nonce and a deadline
/// (EIP-712). The signer is an operator key, or a contract wallet that vouches for the signature
/// (ERC-1271). A request that is valid and yet fails is not used up: it reverts whatever brought it, a
/// batch too. Only what is not valid (used, expired, not signed so) is left out of a batch.
contract Forwarder is ERC2771Forwarder {
    constructor() ERC2771Forwarder("Sealbook") {}

    /// @dev Whoever has a request cannot use it up while what it asks for would fail: not in a batch
    /// either, where one that is not valid is only left out.
    function _execute(ForwardRequestData calldata request, bool requireValidRequest)
        internal
        override
        returns (bool success)
    {
        uint256 nonce = nonces(request.from);
        success = super._execute(request, requireValidRequest);
        if (!success && nonces(request.from) != nonce) revert Errors.FailedCall();
    }

    /// @inheritdoc ERC2771Forwarder
    function _recoverForwardRequestSigner(ForwardRequestData calldata request)
        internal
        view
        override
        returns (bool isValid, address signer)
    {
        if (request.from.code.length == 0) return super._recoverForwardRequestSigner(request);
        bytes32 digest = _hashTypedDataV4(
            keccak256(
                abi.encode(
                    _FORWARD_REQUEST_TYPEHASH,
                    request.from,
                    request.to,
                    request.value,
                    request.gas,
                    nonces(request.from),
                    request.deadline,
                    keccak256(request.data)
                )
            )
        );
        isValid = SignatureChecker.isValidERC1271SignatureNow(request.from, digest, request.signature);
        signer = isValid ? request.from : address(0);
    }
}
