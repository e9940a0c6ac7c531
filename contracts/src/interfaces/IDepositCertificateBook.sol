// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IIdentityKeys} from "./IIdentityKeys.sol";
import {INotary} from "./INotary.sol";

/// @title Certificates of what a depositary keeps, as transferable records.
/// @notice A **bank deposit** (certificate of deposit) is issued, confirmed by the bank, then endorsed
/// if it is negotiable, pledged, redeemed or renewed. A **warehouse receipt** is endorsed with the
/// keeper's consent, pledged, split, delivered in full or in part. A certificate of **evidence** says
/// that a document was anchored, and is never transferred. Issuer and certificate number are a strict
/// identity, keccak256(abi.encode(issuer, numberKey)): of one number there is one standing
/// certificate. Only what is annulled or voided gives its number back.
interface IDepositCertificateBook is IIdentityKeys {
    enum Kind {
        Unknown,
        BankDeposit,
        WarehouseReceipt,
        Evidence
    }

    /// @notice Issued: stands. Confirmed: the bank also vouches for it, so that it can be pledged or
    /// endorsed (bank deposits). Discharged: everything was redeemed, delivered or replaced.
    /// Annulled: taken back, after all of it was surrendered for that; or evidence
    /// that was revoked. Voided: by the council.
    enum CertificateState {
        Unknown,
        Issued,
        Confirmed,
        Discharged,
        Annulled,
        Voided
    }

    /// @notice What may pass units of a certificate to another member by offer and acceptance.
    enum Endorsement {
        Never,
        Free,
        WithConsent
    }

    /// @notice What the issuer may be asked to consent to.
    enum Subject {
        Offer,
        Pledge
    }

    /// @param kind BankDeposit or WarehouseReceipt.
    /// @param endorsement Warehouse receipts: WithConsent. Bank deposits: Free if negotiable, else Never.
    /// @param autoRenew Whether the issuer may renew at maturity without being asked (bank deposits).
    /// @param lossNotice Seconds between the report of a loss and the earliest reissue, at most 366 days.
    /// @param maturesAt Bank deposit: maturity. Warehouse receipt: end of the storage period. Unix
    /// seconds, later than now; zero if none.
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

    /// @notice What a new certificate has of its own; its other rules may be those of another one.
    struct Part {
        uint48 maturesAt;
        uint80 units;
        bytes32 numberKey;
        bytes32 commitment;
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

    error CertificateForeignNotary(address notary);
    error CertificateSelfDeposit(bytes32 member);
    error CertificateUnsuitableRules(Kind kind, Endorsement endorsement, bool autoRenew);
    error CertificateInvalidNotice(uint32 lossNotice, uint32 limit);
    error CertificateInvalidMaturity(uint48 maturesAt);
    error CertificateWrongKind(bytes32 record, Kind kind);
    error CertificateWrongState(bytes32 record, CertificateState state);
    error CertificateNotIssuer(bytes32 record, bytes32 member);
    error CertificateNotEndorsable(bytes32 record);
    error CertificateConsentMissing(bytes32 record, Subject subject, uint256 id);
    error CertificateConsentNeedless(bytes32 record, Subject subject, uint256 id);
    error CertificateNoAutoRenewal(bytes32 record);
    error CertificateNotMature(bytes32 record, uint48 maturesAt);
    error CertificateUnitsElsewhere(bytes32 record);

    event CertificateIssued(
        bytes32 indexed record,
        bytes32 indexed issuer,
        bytes32 indexed holder,
        Kind kind,
        Endorsement endorsement,
        bool autoRenew,
        uint32 lossNotice,
        uint48 maturesAt,
        uint80 units,
        bytes32 commitment
    );
    event EvidenceCertified(bytes32 indexed record, bytes32 indexed leafHash, bytes32 indexed root);
    event CertificateConfirmed(bytes32 indexed record, bytes32 indexed issuer);
    event ConsentGiven(
        bytes32 indexed record, Subject indexed subject, uint256 indexed id, bytes32 issuer
    );
    event CertificateRenewed(bytes32 indexed record, bytes32 indexed issuer, uint48 maturesAt, bytes32 commitment);
    event CertificateAnnulled(bytes32 indexed record, bytes32 indexed issuer, bytes32 reason);
    event CertificateDischarged(bytes32 indexed record);

    /// @notice Issues a bank deposit or a warehouse receipt to a member, which then holds all its units.
    /// @custom:caller an active depositary that is not the holder
    function issue(Issuance calldata issuance) external returns (bytes32 record);

    /// @notice Certifies to a member that it anchored a leaf and has not revoked it. The certificate has
    /// one unit, which never leaves the holder.
    /// @param numberKey Keyed fingerprint of the certificate number.
    /// @param commitment Commitment of the statement with all other fields.
    /// @param leaf Proof that the leaf is in a tree that the holder anchored.
    /// @custom:caller an active depositary that is not the holder
    function certify(bytes32 holder, bytes32 numberKey, bytes32 commitment, INotary.Inclusion calldata leaf)
        external
        returns (bytes32 record);

    /// @notice The bank vouches for a deposit that it issued: from now on it can be pledged, and
    /// endorsed if it is negotiable.
    /// @custom:caller the certificate's issuer, while active
    function confirm(bytes32 record) external;

    /// @notice Consents, once and for all, to an open offer of a certificate that is endorsed with consent
    /// only, or to an open pledge of one that is not freely endorsed: the pledgee may then enforce it.
    /// @custom:caller the certificate's issuer, while active
    function consent(bytes32 record, Subject subject, uint256 id) external;

    /// @notice Renews a mature certificate in place, if it renews without being asked: holders and
    /// pledges stay as they are.
    /// @param maturesAt Unix seconds, later than now.
    /// @param commitment Commitment of the statement with the new terms.
    /// @custom:caller the certificate's issuer, while active
    function renew(bytes32 record, uint48 maturesAt, bytes32 commitment) external;

    /// @notice Takes back a certificate of evidence: its number is free again.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the certificate's issuer, while active
    function revokeEvidence(bytes32 record, bytes32 reason) external;

    /// @notice State, rules and dates of a certificate; reverts on unknown records.
    function certificate(bytes32 record) external view returns (Certificate memory);

    /// @notice Commitment of the statement now in force: of the last renewal or reissue, else the
    /// record's own. Reverts on unknown records.
    function termsOf(bytes32 record) external view returns (bytes32 commitment);

    /// @notice Whether the issuer consented to an offer or a pledge.
    function consented(bytes32 record, Subject subject, uint256 id) external view returns (bool);

    /// @notice The contract that says what was anchored. Fixed at deployment.
    function notary() external view returns (INotary);
}
