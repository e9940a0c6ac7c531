// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDepositCertificateBook} from "./IDepositCertificateBook.sol";

/// @title Units of certificates that go back to the issuer.
/// @notice A holder surrenders free units, which are then reserved. The issuer redeems them (pays out,
/// or delivers), or replaces them by new certificates (a split, or a renewal on new terms), or
/// refuses. Until then the holder can take them back.
interface ICertificateSurrenders {
    /// @notice What a holder surrenders units for. Redemption: payment or delivery. Replacement: new
    /// certificates. Annulment: as if the certificate had never been.
    enum Purpose {
        Redemption,
        Replacement,
        Annulment
    }

    enum SurrenderState {
        Unknown,
        Open,
        Fulfilled,
        Refused,
        Withdrawn
    }

    /// @notice Units returned to the issuer, reserved until it answers.
    struct Surrender {
        bytes32 holder;
        uint80 units;
        Purpose purpose;
        SurrenderState state;
    }

    error CertificateUnknownSurrender(bytes32 record, uint256 surrender);
    error CertificateSurrenderNotOpen(bytes32 record, uint256 surrender, SurrenderState state);
    error CertificateWrongPurpose(bytes32 record, uint256 surrender, Purpose purpose);
    error CertificateNotForCouncil(bytes32 record, Purpose purpose);
    error CertificateTooManyParts(uint256 parts, uint256 limit);
    error CertificatePartsDiffer(uint80 surrendered, uint256 parts);

    event Surrendered(
        bytes32 indexed record,
        uint256 indexed surrender,
        bytes32 indexed by,
        bytes32 holder,
        uint80 units,
        Purpose purpose
    );
    event SurrenderWithdrawn(bytes32 indexed record, uint256 indexed surrender, bytes32 indexed holder);
    event SurrenderRefused(bytes32 indexed record, uint256 indexed surrender, bytes32 indexed issuer, bytes32 reason);
    event CertificateRedeemed(
        bytes32 indexed record, uint256 indexed surrender, bytes32 indexed issuer, bytes32 holder, uint80 units
    );
    event CertificateReplaced(
        bytes32 indexed record, uint256 indexed surrender, bytes32 indexed issuer, bytes32 holder, uint80 units
    );
    event CertificateReplaces(bytes32 indexed record, bytes32 indexed parent, uint256 indexed surrender);

    /// @notice Returns free units of a holder to the issuer, and reserves them. The council, in the place
    /// of a suspended holder, can do so for redemption only; the event names zero as the one who acted.
    /// @custom:caller the holder, while active; for a suspended holder the council, by decision
    function surrender(bytes32 record, bytes32 holder, uint80 units, Purpose purpose)
        external
        returns (uint256 id);

    /// @notice Takes back what the caller's member surrendered; the units are free again.
    /// @custom:caller the active member that surrendered the units
    function withdrawSurrender(bytes32 record, uint256 id) external;

    /// @notice Refuses what was surrendered; the units are the holder's to use again.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the certificate's issuer, while active
    function refuseSurrender(bytes32 record, uint256 id, bytes32 reason) external;

    /// @notice Says that the issuer paid out or delivered what was surrendered for redemption: the units
    /// retire. A certificate without units is discharged.
    /// @custom:caller the certificate's issuer, while active
    function redeem(bytes32 record, uint256 id) external;

    /// @notice Replaces what was surrendered for replacement by new certificates for the same holder, by
    /// the same rules, which begin as issued: one for a renewal on new terms, up to sixteen for a split.
    /// The units retire. A certificate without units is discharged.
    /// @param parts The new certificates, with as many units in all as were surrendered.
    /// @custom:caller the certificate's issuer, while active
    function replace(bytes32 record, uint256 id, IDepositCertificateBook.Part[] calldata parts) external;

    /// @notice Takes back a certificate of which everything was surrendered for that: its number is free
    /// again, and its units retire.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the certificate's issuer, while active
    function annul(bytes32 record, uint256 id, bytes32 reason) external;

    /// @notice What was surrendered; reverts on unknown surrenders.
    function surrenderOf(bytes32 record, uint256 id) external view returns (Surrender memory);

    /// @notice Number of surrenders ever made of a record; ids run from zero (reverts on unknown records).
    function surrenderCount(bytes32 record) external view returns (uint256);

    /// @notice The certificate of which the record replaces units; zero if it replaces none.
    function parentOf(bytes32 record) external view returns (bytes32 parent);
}
