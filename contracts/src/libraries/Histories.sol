// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRecordBook} from "../interfaces/IRecordBook.sol";

/// @title Counter and running hash of a history, so that an export can prove it left nothing out.
/// @notice Every entry stands for one event. All arguments of these events are of fixed size and
/// the indexed ones come first, so that
///
///     entry   = keccak256(abi.encode(event topic, arguments in order)) = keccak256(topics || data)
///     digest' = keccak256(abi.encode(digest, entry)) = keccak256(digest || entry)
///
/// and anyone recomputes the digest from the raw logs, in the order of the chain, from zero.
library Histories {
    /// @notice Appends an entry.
    function append(IRecordBook.History storage history, bytes32 entry) internal {
        history.count += 1;
        history.digest = keccak256(abi.encode(history.digest, entry));
    }
}
