// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Invoices} from "./Invoices.sol";
import {IInvoiceDisputes} from "./interfaces/IInvoiceDisputes.sol";

/// @dev Disputes: raised by the buyer, ended by any of buyer, supplier and council.
abstract contract InvoiceDisputes is IInvoiceDisputes, Invoices {
    uint256 private constant _REDUCTIONS_MAX = 32;

    mapping(bytes32 record => Dispute) private _disputes;

    /// @inheritdoc IInvoiceDisputes
    function dispute(bytes32 record_, uint80 units, bytes32 reason) external returns (uint32 number) {
        bytes32 buyer = _actor();
        _requireBuyer(record_, buyer);
        _requireState(record_, InvoiceState.Accepted);
        uint48 undertakenAt = _invoice(record_).undertakenAt;
        if (undertakenAt != 0) revert InvoiceBookUndertaken(record_, undertakenAt);
        if (units == 0) revert RecordBookNoUnits();
        uint80 outstanding = _outstanding(record_);
        if (units > outstanding) revert InvoiceBookTooManyUnits(record_, outstanding, units);

        _freeze(record_, Freeze.Dispute, buyer, reason);
        Dispute storage dispute_ = _disputes[record_];
        dispute_.units = units;
        number = ++dispute_.number;
        emit DisputeRaised(record_, buyer, number, units);
        _logAct(record_, buyer, abi.encode(DisputeRaised.selector, record_, buyer, number, units));
    }

    /// @inheritdoc IInvoiceDisputes
    function withdrawDispute(bytes32 record_, uint32 number) external {
        bytes32 buyer = _actor();
        _requireBuyer(record_, buyer);
        _endDispute(record_, number, buyer);
        emit DisputeWithdrawn(record_, buyer, number);
        _logAct(record_, buyer, abi.encode(DisputeWithdrawn.selector, record_, buyer, number));
    }

    /// @inheritdoc IInvoiceDisputes
    function concedeDispute(bytes32 record_, uint32 number) external {
        bytes32 supplier = _actor();
        _requireSupplier(record_, supplier);
        uint80 units = _endDispute(record_, number, supplier);
        _requireNotFrozen(record_);
        emit DisputeConceded(record_, supplier, number, units);
        _logAct(record_, supplier, abi.encode(DisputeConceded.selector, record_, supplier, number, units));
        _retire(record_, supplier, units);
        _settleIfPaid(record_);
    }

    /// @inheritdoc IInvoiceDisputes
    function decideDispute(bytes32 record_, uint32 number, Reduction[] calldata reductions, bytes32 reason)
        external
    {
        _requireDecision();
        uint256 count = reductions.length;
        if (count > _REDUCTIONS_MAX) revert InvoiceDisputesTooManyReductions(count, _REDUCTIONS_MAX);
        uint80 disputed = _endDispute(record_, number, 0);
        uint256 reduced = 0;
        for (uint256 i = 0; i < count; ++i) reduced += reductions[i].units;
        if (reduced > disputed) revert InvoiceDisputesBeyondDispute(record_, disputed, reduced);
        if (count != 0) _requireNotFrozen(record_);
        emit DisputeDecided(record_, number, uint80(reduced), reason);
        _logEffect(record_, abi.encode(DisputeDecided.selector, record_, number, uint80(reduced), reason));
        for (uint256 i = 0; i < count; ++i) _retire(record_, reductions[i].holder, reductions[i].units);
        _settleIfPaid(record_);
    }

    /// @inheritdoc IInvoiceDisputes
    function disputeOf(bytes32 record_) external view returns (Dispute memory) {
        _record(record_);
        return _disputes[record_];
    }

    /// @dev Lifts the freeze of the open dispute, which must be this one; the units it was about.
    function _endDispute(bytes32 record_, uint32 number, bytes32 by) private returns (uint80 units) {
        _requireLive(record_);
        units = _disputes[record_].units;
        if (units == 0) revert InvoiceDisputesNone(record_);
        uint32 current = _disputes[record_].number;
        if (number != current) revert InvoiceDisputesOther(record_, current, number);
        _disputes[record_].units = 0;
        _unfreeze(record_, Freeze.Dispute, by);
    }
}
