// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Certificates} from "./Certificates.sol";
import {ICertificateLosses} from "./interfaces/ICertificateLosses.sol";

/// @dev Losses: reported by a holder or the issuer, ended by finding or by a new number.
abstract contract CertificateLosses is ICertificateLosses, Certificates {
    mapping(bytes32 record => bytes32 member) private _reporters;

    /// @inheritdoc ICertificateLosses
    function reportLost(bytes32 record_, bytes32 reason) external {
        bytes32 by = _actor();
        _requireClaim(record_);
        Position storage held = _position(record_, by);
        bool holdsAll = held.free + held.reserved == _outstanding(record_);
        if (!holdsAll) _requireIssuer(record_, by);

        _freeze(record_, Freeze.Loss, by, reason);
        _certificate(record_).lostAt = SafeCast.toUint48(block.timestamp);
        _reporters[record_] = by;
    }

    /// @inheritdoc ICertificateLosses
    function reportFound(bytes32 record_) external {
        bytes32 by = _isDecision() ? bytes32(0) : _actor();
        if (by != 0 && by != _reporters[record_]) _requireIssuer(record_, by);
        _endLoss(record_, by);
    }

    /// @inheritdoc ICertificateLosses
    function reissue(bytes32 record_, bytes32 numberKey, bytes32 commitment) external {
        bytes32 issuer = _actingIssuer(record_);
        _requireOpen();
        Certificate storage certificate_ = _certificate(record_);
        uint256 until = uint256(certificate_.lostAt) + certificate_.lossNotice;
        if (block.timestamp < until) revert CertificateNoticeRuns(record_, until);

        _endLoss(record_, issuer);
        _requireNotFrozen(record_);
        _setTerms(record_, commitment);
        emit CertificateReissued(record_, issuer, commitment);
        _logAct(record_, issuer, abi.encode(CertificateReissued.selector, record_, issuer, commitment));
        _holdNumber(record_, numberKey);
    }

    /// @dev Lifts the freeze of a loss.
    function _endLoss(bytes32 record_, bytes32 by) private {
        _requireLive(record_);
        _certificate(record_).lostAt = 0;
        delete _reporters[record_];
        _unfreeze(record_, Freeze.Loss, by);
    }
}
