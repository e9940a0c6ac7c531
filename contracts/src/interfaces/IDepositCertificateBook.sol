// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityKeys} from "./IIdentityKeys.sol";
import {INotary} from "./INotary.sol";

/// @title Certificates of what a depositary keeps, as transferable records.
/// @notice A **bank deposit** (certificate of deposit) is issued, confirmed by the bank, then endorsed
/// if it is negotiable, pledged, redeemed or renewed. A **warehouse receipt** is endorsed with the
/// keeper's consent, pledged, split, delivered in full or in part. A certificate of **evidence** says
/// that a document was anchored, and is never transferred. Issuer and certificate number are a strict
/// identity: of one number there is one standing certificate.
interface IDepositCertificateBook is IIdentityKeys {
    enum Kind {
        Unknown,
        BankDeposit,
        WarehouseReceipt,
        Evidence
    }

    /// @notice Issued: stands. Confirmed: the bank also vouches for it, so that it can be pledged or
    /// endorsed (bank deposits). Discharged: everything was redeemed, delivered or replaced.
    /// Annulled: the issuer took it back while the first holder held everything. Voided: by the council.
    enum CertificateState {
        Unknown,
        Issued,
        Confirmed,
        Discharged,
        Annulled,
        Voided
    }

    /// @notice What may pass units of a certificate to another member.
    enum Endorsement {
        Never,
        Free,
        WithConsent
    }

    /// @notice What a holder surrenders units to the issuer for.
    enum Purpose {
        Redemption,
        Replacement
    }

    enum SurrenderState {
        Unknown,
        Open,
        Fulfilled,
        Refused,
        Withdrawn
    }

    /// @param kind BankDeposit or WarehouseReceipt.
    /// @param endorsement Warehouse receipts: WithConsent. Bank deposits: Free if negotiable, else Never.
    /// @param autoRenew Whether the issuer may renew at maturity without being asked (bank deposits).
    /// @param lossNotice Seconds between the report of a loss and the earliest reissue, at most a year.
    /// @param maturesAt Bank deposit: maturity. Warehouse receipt: end of the storage period. Unix
    /// seconds; zero if none.
    /// @param units Total units: minor units of money, or units of quantity.
    /// @param holder The depositor, which then holds all units.
    /// @param numberKey Keyed fingerprint of the certificate number.
    /// @param commitment Commitment of the statement with all other fields (principal, currency, rate and
    /// day count; or goods, quality, packages, marks, location, insurance, ...).
    /// @param alertKeys Keys that inform when seen before, such as the fingerprint of warehouse,
    /// location, lot and quantity.
    struct Issuance {
        Kind kind;
        Endorsement endorsement;
        bool autoRenew;
        uint32 lossNotice;
        uint48 maturesAt;
        uint80 units;
        bytes32 holder;
        bytes32 numberKey;
        bytes32 commitment;
        AlertKey[] alertKeys;
    }

    /// @notice One word of storage.
    /// @param renewals How often it was renewed in place.
    /// @param lostAt Unix seconds at which its loss was reported; zero if it is not lost.
    struct Certificate {
        Kind kind;
        CertificateState state;
        Endorsement endorsement;
        bool autoRenew;
        uint32 lossNotice;
        uint48 issuedAt;
        uint48 maturesAt;
        uint48 lostAt;
        uint16 renewals;
    }

    /// @notice Units returned to the issuer, reserved until it answers.
    struct Surrender {
        bytes32 holder;
        uint80 units;
        Purpose purpose;
        SurrenderState state;
    }

    /// @notice A certificate that takes the place of surrendered units: a part of a split, or a renewal.
    /// @param units Its units; all parts together have as many as were surrendered.
    struct Part {
        uint48 maturesAt;
        uint80 units;
        bytes32 numberKey;
        bytes32 commitment;
    }

    error CertificateWrongKind(bytes32 record, Kind kind);
    error CertificateWrongState(bytes32 record, CertificateState state);
    error CertificateWrongEndorsement(Kind kind, Endorsement endorsement);
    error CertificateNotIssuer(bytes32 record, bytes32 member);
    error CertificateNotHolder(bytes32 record, bytes32 member);
    error CertificateSelfDeposit(bytes32 member);
    error CertificateInvalidNotice(uint32 lossNotice, uint32 limit);
    error CertificateInvalidMaturity(uint48 maturesAt);
    error CertificateNotMature(bytes32 record, uint48 maturesAt);
    error CertificateNoAutoRenewal(bytes32 record);
    error CertificateNotEndorsable(bytes32 record);
    error CertificateConsentMissing(bytes32 record, uint256 offer);
    error CertificateConsentNeedless(bytes32 record, uint256 offer);
    error CertificateUnitsElsewhere(bytes32 record);
    error CertificateUnknownSurrender(bytes32 record, uint256 surrender);
    error CertificateSurrenderNotOpen(bytes32 record, uint256 surrender, SurrenderState state);
    error CertificateWrongPurpose(bytes32 record, uint256 surrender, Purpose purpose);
    error CertificateNoParts();
    error CertificateTooManyParts(uint256 parts, uint256 limit);
    error CertificatePartsDiffer(uint80 surrendered, uint256 parts);
    error CertificateNotLost(bytes32 record);
    error CertificateNoticeRuns(bytes32 record, uint256 until);
    error CertificateNoNotary(address notary);

    // Events: see the brief; each names the record first and is appended to the histories.
}
