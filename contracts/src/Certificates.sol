// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IdentityKeys} from "./IdentityKeys.sol";
import {Pledges} from "./Pledges.sol";
import {IDepositCertificateBook} from "./interfaces/IDepositCertificateBook.sol";

/// @dev Where a certificate stands, and what that allows.
abstract contract Certificates is IDepositCertificateBook, Pledges, IdentityKeys {
    mapping(bytes32 record => Certificate) private _certificates;
    mapping(bytes32 record => bytes32 commitment) private _terms;

    /// @inheritdoc IDepositCertificateBook
    function certificate(bytes32 id) external view returns (Certificate memory) {
        _record(id);
        return _certificates[id];
    }

    /// @inheritdoc IDepositCertificateBook
    function termsOf(bytes32 id) external view returns (bytes32 commitment) {
        commitment = _terms[id];
        if (commitment == 0) commitment = _record(id).commitment;
    }

    /// @dev Issues a certificate by the rules (kind, endorsement, renewal, notice) of another.
    function _begin(bytes32 issuer, bytes32 holder, Certificate memory rules, Part memory part)
        internal
        returns (bytes32 id)
    {
        if (part.maturesAt != 0) _requireFuture(part.maturesAt);
        id = _issue(issuer, issuer, holder, part.commitment, part.units);
        _certificates[id] = Certificate({
            kind: rules.kind,
            state: CertificateState.Issued,
            endorsement: rules.endorsement,
            autoRenew: rules.autoRenew,
            lossNotice: rules.lossNotice,
            issuedAt: SafeCast.toUint48(block.timestamp),
            maturesAt: part.maturesAt,
            lostAt: 0,
            renewals: 0
        });
        _logIssue(id, issuer, holder, rules, part);
        _holdNumber(id, part.numberKey);
    }

    /// @dev Takes a certificate number of the issuer for the record. One that it had before stays taken.
    function _holdNumber(bytes32 id, bytes32 numberKey) internal {
        if (numberKey == 0) revert IdentityKeysEmpty();
        bytes32[] memory keys = new bytes32[](1);
        keys[0] = keccak256(abi.encode(_record(id).issuer, numberKey));
        _holdStrictKeys(id, keys);
    }

    function _setTerms(bytes32 id, bytes32 commitment) internal {
        if (commitment == 0) revert RecordBookEmptyCommitment();
        _terms[id] = commitment;
    }

    /// @dev Ends the certificate if no unit is left.
    function _dischargeIfEmpty(bytes32 id) internal {
        if (_outstanding(id) != 0) return;
        _certificates[id].state = CertificateState.Discharged;
        emit CertificateDischarged(id);
        _logEffect(id, abi.encode(CertificateDischarged.selector, id));
    }

    /// @dev Ends the certificate as if it had never been: its numbers are free again.
    function _annul(bytes32 id, bytes32 issuer, bytes32 reason) internal {
        _certificates[id].state = CertificateState.Annulled;
        emit CertificateAnnulled(id, issuer, reason);
        _logAct(id, issuer, abi.encode(CertificateAnnulled.selector, id, issuer, reason));
        _freeStrictKeys(id);
    }

    function _endAsVoid(bytes32 id) internal override {
        _certificates[id].state = CertificateState.Voided;
        _freeStrictKeys(id);
    }

    function _certificate(bytes32 id) internal view returns (Certificate storage) {
        return _certificates[id];
    }

    /// @dev The caller's member, which must have issued the certificate.
    function _actingIssuer(bytes32 id) internal view returns (bytes32 issuer) {
        issuer = _actor();
        _requireIssuer(id, issuer);
    }

    function _requireIssuer(bytes32 id, bytes32 member) internal view {
        if (_record(id).issuer != member) revert CertificateNotIssuer(id, member);
    }

    function _requireLive(bytes32 id) internal view override {
        _record(id);
        CertificateState state = _certificates[id].state;
        if (!_stands(state)) revert CertificateWrongState(id, state);
    }

    /// @dev Reverts unless the certificate lives and is a claim on its issuer, which evidence is not.
    function _requireClaim(bytes32 id) internal view {
        _requireLive(id);
        Kind kind = _certificates[id].kind;
        if (kind == Kind.Evidence) revert CertificateWrongKind(id, kind);
    }

    /// @dev Reverts unless the issuer may satisfy the claim now.
    function _requireSurrenderable(bytes32 id) internal view {
        _requireClaim(id);
        _requireNotFrozen(id);
    }

    function _requirePledgeable(bytes32 id) internal view override {
        _requireSurrenderable(id);
        Certificate storage certificate_ = _certificates[id];
        if (certificate_.kind == Kind.BankDeposit && certificate_.state != CertificateState.Confirmed) {
            revert CertificateWrongState(id, certificate_.state);
        }
    }

    function _requireTransferable(bytes32 id) internal view override {
        _requirePledgeable(id);
        if (_certificates[id].endorsement == Endorsement.Never) revert CertificateNotEndorsable(id);
    }

    function _requireFuture(uint48 maturesAt) internal view {
        if (maturesAt <= block.timestamp) revert CertificateInvalidMaturity(maturesAt);
    }

    /// @dev Any member may take units, of whatever role.
    function _requireTaker(bytes32, bytes32 member) internal view override {
        _requireMember(member, 0);
    }

    /// @dev The depositary can freeze what it keeps.
    function _keeperOf(bytes32 id) internal view override returns (bytes32) {
        return _record(id).issuer;
    }

    function _logIssue(bytes32 id, bytes32 issuer, bytes32 holder, Certificate memory rules, Part memory part)
        private
    {
        (Kind kind, Endorsement endorsement) = (rules.kind, rules.endorsement);
        (bool autoRenew, uint32 lossNotice) = (rules.autoRenew, rules.lossNotice);
        (uint48 maturesAt, uint80 units, bytes32 commitment) = (part.maturesAt, part.units, part.commitment);
        emit CertificateIssued(
            id, issuer, holder, kind, endorsement, autoRenew, lossNotice, maturesAt, units, commitment
        );
        bytes memory entry = abi.encode(
            CertificateIssued.selector,
            id,
            issuer,
            holder,
            kind,
            endorsement,
            autoRenew,
            lossNotice,
            maturesAt,
            units,
            commitment
        );
        _logAct(id, issuer, entry);
    }

    function _stands(CertificateState state) private pure returns (bool) {
        return state == CertificateState.Issued || state == CertificateState.Confirmed;
    }
}
