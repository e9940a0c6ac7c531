// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CertificateLosses} from "./CertificateLosses.sol";
import {CertificateSurrenders} from "./CertificateSurrenders.sol";
import {IdentityKeys} from "./IdentityKeys.sol";
import {MembersOnly} from "./MembersOnly.sol";
import {IDepositCertificateBook} from "./interfaces/IDepositCertificateBook.sol";
import {IIdentityKeys} from "./interfaces/IIdentityKeys.sol";
import {IMembersOnly} from "./interfaces/IMembersOnly.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {INotary} from "./interfaces/INotary.sol";
import {IOffers} from "./interfaces/IOffers.sol";
import {IPledges} from "./interfaces/IPledges.sol";
import {Roles} from "./libraries/Roles.sol";

contract DepositCertificateBook is CertificateSurrenders, CertificateLosses {
    uint32 private constant _NOTICE_MAX = 366 days;

    INotary private immutable _notary;
    mapping(bytes32 record => mapping(Subject => mapping(uint256 id => bool))) private _consents;

    constructor(IMembership membership_, INotary notary_, IIdentityKeys predecessorBook_)
        MembersOnly(membership_)
        IdentityKeys(predecessorBook_)
    {
        if (address(notary_).code.length == 0 || IMembersOnly(address(notary_)).membership() != membership_) {
            revert CertificateForeignNotary(address(notary_));
        }
        _notary = notary_;
    }

    /// @inheritdoc IDepositCertificateBook
    function issue(Issuance calldata issuance) external returns (bytes32 id) {
        bytes32 issuer = _issuerFor(issuance.holder);
        Certificate memory rules;
        (rules.kind, rules.endorsement) = (issuance.kind, issuance.endorsement);
        (rules.autoRenew, rules.lossNotice) = (issuance.autoRenew, issuance.lossNotice);
        _requireSuitable(rules);
        Part memory part = Part(issuance.maturesAt, issuance.units, issuance.numberKey, issuance.commitment);

        id = _begin(issuer, issuance.holder, rules, part);
        _noteAlertKeys(id, issuance.alertKeys);
    }

    /// @inheritdoc IDepositCertificateBook
    function certify(bytes32 holder, bytes32 numberKey, bytes32 commitment, INotary.Inclusion calldata leaf)
        external
        returns (bytes32 id)
    {
        bytes32 issuer = _issuerFor(holder);
        _notary.requireStanding(holder, leaf);
        Certificate memory rules;
        (rules.kind, rules.endorsement) = (Kind.Evidence, Endorsement.Never);

        id = _begin(issuer, holder, rules, Part(0, 1, numberKey, commitment));
        (bytes32 leafHash, bytes32 root) = (leaf.leafHash, leaf.root);
        emit EvidenceCertified(id, leafHash, root);
        _logEffect(id, abi.encode(EvidenceCertified.selector, id, leafHash, root));
    }

    /// @inheritdoc IDepositCertificateBook
    function confirm(bytes32 id) external {
        bytes32 issuer = _actingIssuer(id);
        Certificate storage certificate_ = _certificate(id);
        if (certificate_.kind != Kind.BankDeposit) revert CertificateWrongKind(id, certificate_.kind);
        if (certificate_.state != CertificateState.Issued) revert CertificateWrongState(id, certificate_.state);
        _requireNotFrozen(id);

        certificate_.state = CertificateState.Confirmed;
        emit CertificateConfirmed(id, issuer);
        _logAct(id, issuer, abi.encode(CertificateConfirmed.selector, id, issuer));
    }

    /// @inheritdoc IDepositCertificateBook
    function consent(bytes32 id, Subject subject, uint256 number) external {
        bytes32 issuer = _actingIssuer(id);
        _requirePledgeable(id);
        if (subject == Subject.Offer) _openOffer(id, number);
        else _openPledge(id, number);
        if (!_lacksConsent(id, subject, number)) revert CertificateConsentNeedless(id, subject, number);

        _consents[id][subject][number] = true;
        emit ConsentGiven(id, subject, number, issuer);
        _logAct(id, issuer, abi.encode(ConsentGiven.selector, id, subject, number, issuer));
    }

    /// @inheritdoc IDepositCertificateBook
    function renew(bytes32 id, uint48 maturesAt, bytes32 commitment) external {
        bytes32 issuer = _actingIssuer(id);
        _requireNotFrozen(id);
        Certificate storage certificate_ = _certificate(id);
        if (certificate_.state != CertificateState.Confirmed) revert CertificateWrongState(id, certificate_.state);
        if (!certificate_.autoRenew) revert CertificateNoAutoRenewal(id);
        uint48 due = certificate_.maturesAt;
        if (due == 0 || block.timestamp < due) revert CertificateNotMature(id, due);
        _requireFuture(maturesAt);

        certificate_.maturesAt = maturesAt;
        certificate_.renewals += 1;
        _setTerms(id, commitment);
        emit CertificateRenewed(id, issuer, maturesAt, commitment);
        _logAct(id, issuer, abi.encode(CertificateRenewed.selector, id, issuer, maturesAt, commitment));
    }

    /// @inheritdoc IDepositCertificateBook
    function revokeEvidence(bytes32 id, bytes32 reason) external {
        bytes32 issuer = _actingIssuer(id);
        _requireLive(id);
        _requireNotFrozen(id);
        Kind kind = _certificate(id).kind;
        if (kind != Kind.Evidence) revert CertificateWrongKind(id, kind);
        _annul(id, issuer, reason);
    }

    /// @inheritdoc IDepositCertificateBook
    function consented(bytes32 id, Subject subject, uint256 number) external view returns (bool) {
        return _consents[id][subject][number];
    }

    /// @inheritdoc IDepositCertificateBook
    function notary() external view returns (INotary) {
        return _notary;
    }

    /// @inheritdoc IOffers
    function acceptOffer(bytes32 record_, uint256 id) public override {
        _requireConsent(record_, Subject.Offer, id);
        super.acceptOffer(record_, id);
    }

    /// @inheritdoc IPledges
    function enforcePledge(bytes32 record_, uint256 id, uint80 units) public override {
        _requireConsent(record_, Subject.Pledge, id);
        super.enforcePledge(record_, id, units);
    }

    /// @inheritdoc IIdentityKeys
    function bookKind() public pure override(IdentityKeys, IIdentityKeys) returns (bytes32) {
        return "certificates";
    }

    /// @dev The caller's member, which must be a depositary that may begin a certificate for `holder`.
    function _issuerFor(bytes32 holder) private view returns (bytes32 issuer) {
        issuer = _actor(Roles.DEPOSITARY);
        _requireOpen();
        if (holder == issuer) revert CertificateSelfDeposit(issuer);
        _requireMember(holder, 0);
    }

    function _requireConsent(bytes32 id, Subject subject, uint256 number) private view {
        if (_lacksConsent(id, subject, number)) revert CertificateConsentMissing(id, subject, number);
    }

    /// @dev What never is endorsed cannot be offered; taken by its pledgee it can be, with consent.
    function _lacksConsent(bytes32 id, Subject subject, uint256 number) private view returns (bool) {
        Endorsement endorsement = _certificate(id).endorsement;
        if (endorsement == Endorsement.Free || _consents[id][subject][number]) return false;
        return endorsement == Endorsement.WithConsent || subject == Subject.Pledge;
    }

    function _requireSuitable(Certificate memory rules) private pure {
        (Kind kind, Endorsement endorsement, bool autoRenew) = (rules.kind, rules.endorsement, rules.autoRenew);
        bool suitable = kind == Kind.BankDeposit && endorsement != Endorsement.WithConsent
            || kind == Kind.WarehouseReceipt && endorsement == Endorsement.WithConsent && !autoRenew;
        if (!suitable) revert CertificateUnsuitableRules(kind, endorsement, autoRenew);
        if (rules.lossNotice > _NOTICE_MAX) revert CertificateInvalidNotice(rules.lossNotice, _NOTICE_MAX);
    }
}
