// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Certificates} from "./Certificates.sol";
import {ICertificateSurrenders} from "./interfaces/ICertificateSurrenders.sol";

/// @dev Units on their way back to the issuer, and the certificates that take their place.
abstract contract CertificateSurrenders is ICertificateSurrenders, Certificates {
    uint256 private constant _PARTS_MAX = 16;

    mapping(bytes32 record => Surrender[]) private _surrenders;
    mapping(bytes32 record => bytes32 parent) private _parents;

    /// @inheritdoc ICertificateSurrenders
    function surrender(bytes32 record_, bytes32 holder, uint80 units, Purpose purpose)
        external
        returns (uint256 id)
    {
        bytes32 by = _actorOrCouncilFor(record_, holder);
        if (by == 0 && purpose != Purpose.Redemption) revert CertificateNotForCouncil(record_, purpose);
        _requireSurrenderable(record_);
        _reserve(record_, holder, units);

        id = _surrenders[record_].length;
        _surrenders[record_].push(Surrender(holder, units, purpose, SurrenderState.Open));
        emit Surrendered(record_, id, by, holder, units, purpose);
        _logAct(record_, by, abi.encode(Surrendered.selector, record_, id, by, holder, units, purpose));
    }

    /// @inheritdoc ICertificateSurrenders
    function withdrawSurrender(bytes32 record_, uint256 id) external {
        bytes32 holder = _actor();
        Surrender storage surrender_ = _openSurrender(record_, id);
        if (surrender_.holder != holder) revert RecordBookNotParty(record_, holder);
        _requireLive(record_);

        _close(record_, surrender_, SurrenderState.Withdrawn);
        emit SurrenderWithdrawn(record_, id, holder);
        _logAct(record_, holder, abi.encode(SurrenderWithdrawn.selector, record_, id, holder));
    }

    /// @inheritdoc ICertificateSurrenders
    function refuseSurrender(bytes32 record_, uint256 id, bytes32 reason) external {
        bytes32 issuer = _actingIssuer(record_);
        Surrender storage surrender_ = _openSurrender(record_, id);
        _requireLive(record_);

        _close(record_, surrender_, SurrenderState.Refused);
        emit SurrenderRefused(record_, id, issuer, reason);
        _logAct(record_, issuer, abi.encode(SurrenderRefused.selector, record_, id, issuer, reason));
    }

    /// @inheritdoc ICertificateSurrenders
    function redeem(bytes32 record_, uint256 id) external {
        (bytes32 issuer, bytes32 holder, uint80 units) = _fulfil(Purpose.Redemption, record_, id);
        emit CertificateRedeemed(record_, id, issuer, holder, units);
        _logAct(record_, issuer, abi.encode(CertificateRedeemed.selector, record_, id, issuer, holder, units));
        _retire(record_, holder, units);
        _dischargeIfEmpty(record_);
    }

    /// @inheritdoc ICertificateSurrenders
    function replace(bytes32 record_, uint256 id, Part[] calldata parts) external {
        _requireOpen();
        (bytes32 issuer, bytes32 holder, uint80 units) = _fulfil(Purpose.Replacement, record_, id);
        _requireWhole(units, parts);
        emit CertificateReplaced(record_, id, issuer, holder, units);
        _logAct(record_, issuer, abi.encode(CertificateReplaced.selector, record_, id, issuer, holder, units));
        _retire(record_, holder, units);
        for (uint256 i = 0; i < parts.length; ++i) {
            bytes32 part = _begin(issuer, holder, _certificate(record_), parts[i]);
            _parents[part] = record_;
            emit CertificateReplaces(part, record_, id);
            _logEffect(part, abi.encode(CertificateReplaces.selector, part, record_, id));
        }
        _dischargeIfEmpty(record_);
    }

    /// @inheritdoc ICertificateSurrenders
    function annul(bytes32 record_, uint256 id, bytes32 reason) external {
        (bytes32 issuer, bytes32 holder, uint80 units) = _fulfil(Purpose.Annulment, record_, id);
        if (units != _record(record_).total) revert CertificateUnitsElsewhere(record_);
        _annul(record_, issuer, reason);
        _retire(record_, holder, units);
    }

    /// @inheritdoc ICertificateSurrenders
    function surrenderOf(bytes32 record_, uint256 id) external view returns (Surrender memory) {
        return _surrender(record_, id);
    }

    /// @inheritdoc ICertificateSurrenders
    function surrenderCount(bytes32 record_) external view returns (uint256) {
        _record(record_);
        return _surrenders[record_].length;
    }

    /// @inheritdoc ICertificateSurrenders
    function parentOf(bytes32 record_) external view returns (bytes32 parent) {
        return _parents[record_];
    }

    /// @dev Ends an open surrender: its units are free again.
    function _close(bytes32 record_, Surrender storage surrender_, SurrenderState state) private {
        surrender_.state = state;
        _moveReserved(record_, surrender_.holder, surrender_.holder, surrender_.units);
    }

    /// @dev What the issuer fulfils of a surrender for `purpose`: its units, for the moment free again.
    function _fulfil(Purpose purpose, bytes32 record_, uint256 id)
        private
        returns (bytes32 issuer, bytes32 holder, uint80 units)
    {
        issuer = _actingIssuer(record_);
        Surrender storage surrender_ = _openSurrender(record_, id);
        if (surrender_.purpose != purpose) revert CertificateWrongPurpose(record_, id, surrender_.purpose);
        _requireSurrenderable(record_);
        (holder, units) = (surrender_.holder, surrender_.units);
        _close(record_, surrender_, SurrenderState.Fulfilled);
    }

    function _openSurrender(bytes32 record_, uint256 id) private view returns (Surrender storage surrender_) {
        surrender_ = _surrender(record_, id);
        SurrenderState state = surrender_.state;
        if (state != SurrenderState.Open) revert CertificateSurrenderNotOpen(record_, id, state);
    }

    function _surrender(bytes32 record_, uint256 id) private view returns (Surrender storage) {
        if (id >= _surrenders[record_].length) revert CertificateUnknownSurrender(record_, id);
        return _surrenders[record_][id];
    }

    /// @dev Reverts unless the parts have just the units that were surrendered.
    function _requireWhole(uint80 units, Part[] calldata parts) private pure {
        if (parts.length > _PARTS_MAX) revert CertificateTooManyParts(parts.length, _PARTS_MAX);
        uint256 sum = 0;
        for (uint256 i = 0; i < parts.length; ++i) sum += parts[i].units;
        if (sum != units) revert CertificatePartsDiffer(units, sum);
    }
}
