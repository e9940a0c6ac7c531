// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Certificates that were lost.
/// @notice A report of loss freezes the record. It is found again, or reissued under a new number when
/// the notice has run; holders and pledges stay as they are, and the lost number is never used again.
interface ICertificateLosses {
    error CertificateNoticeRuns(bytes32 record, uint256 until);

    event CertificateReissued(bytes32 indexed record, bytes32 indexed issuer, bytes32 commitment);

    /// @notice Reports a bank deposit or a warehouse receipt as lost, and freezes it.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the certificate's issuer, while active; an active member that holds all of its
    /// units, none of them pledged
    function reportLost(bytes32 record, bytes32 reason) external;

    /// @notice Takes the report of loss back.
    /// @custom:caller the active member that reported the loss; the certificate's issuer, while active;
    /// the council, by decision
    function reportFound(bytes32 record) external;

    /// @notice Gives a lost certificate a new number, once its notice has run.
    /// @param numberKey Keyed fingerprint of the new certificate number.
    /// @param commitment Commitment of the statement with the terms under the new number.
    /// @custom:caller the certificate's issuer, while active
    function reissue(bytes32 record, bytes32 numberKey, bytes32 commitment) external;
}
