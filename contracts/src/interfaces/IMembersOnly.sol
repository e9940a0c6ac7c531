// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "./IMembership.sol";

/// @title A contract on which only members act.
interface IMembersOnly {
    error MembersOnlyNoMembership(address membership);

    /// @notice The contract that says who is a member. Fixed at deployment.
    function membership() external view returns (IMembership);
}
