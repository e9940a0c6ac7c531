// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Invoices} from "./Invoices.sol";
import {IInvoicePayments} from "./interfaces/IInvoicePayments.sol";

/// @dev Payments: declared by the buyer, confirmed by the holder.
abstract contract InvoicePayments is IInvoicePayments, Invoices {
    mapping(bytes32 record => Payment[]) private _payments;

    /// @inheritdoc IInvoicePayments
    function declarePayment(bytes32 record_, bytes32 holder, uint80 units, bytes32 advice)
        external
        returns (uint256 id)
    {
        bytes32 by = _actorOrCouncilFor(record_, _record(record_).obligor);
        _requireState(record_, InvoiceState.Accepted);
        if (units == 0) revert RecordBookNoUnits();
        Position storage held = _position(record_, holder);
        uint80 holding = held.free + held.reserved + held.pledged;
        if (units > holding) revert RecordBookInsufficientUnits(record_, holder, holding, units);

        id = _payments[record_].length;
        _payments[record_].push(
            Payment(holder, advice, units, SafeCast.toUint48(block.timestamp), PaymentState.Declared)
        );
        _invoice(record_).paymentDeclared = true;
        emit PaymentDeclared(record_, id, by, holder, units, advice);
        _logAct(record_, by, abi.encode(PaymentDeclared.selector, record_, id, by, holder, units, advice));
    }

    /// @inheritdoc IInvoicePayments
    function confirmPayment(bytes32 record_, uint256 id) external {
        Payment storage payment = _declared(record_, id);
        (bytes32 holder, uint80 units) = (payment.holder, payment.units);
        bytes32 by = _actorOrCouncilFor(record_, holder);
        _requireTransferable(record_);

        payment.state = PaymentState.Confirmed;
        emit PaymentConfirmed(record_, id, by, holder, units);
        _logAct(record_, by, abi.encode(PaymentConfirmed.selector, record_, id, by, holder, units));
        _retire(record_, holder, units);
        _settleIfPaid(record_);
    }

    /// @inheritdoc IInvoicePayments
    function denyPayment(bytes32 record_, uint256 id, bytes32 reason) external {
        Payment storage payment = _declared(record_, id);
        bytes32 holder = _actor();
        if (holder != payment.holder) revert RecordBookNotParty(record_, holder);
        payment.state = PaymentState.Denied;
        emit PaymentDenied(record_, id, holder, reason);
        _logAct(record_, holder, abi.encode(PaymentDenied.selector, record_, id, holder, reason));
    }

    /// @inheritdoc IInvoicePayments
    function withdrawPayment(bytes32 record_, uint256 id) external {
        bytes32 buyer = _actor();
        _requireBuyer(record_, buyer);
        _declared(record_, id).state = PaymentState.Withdrawn;
        emit PaymentWithdrawn(record_, id, buyer);
        _logAct(record_, buyer, abi.encode(PaymentWithdrawn.selector, record_, id, buyer));
    }

    /// @inheritdoc IInvoicePayments
    function paymentOf(bytes32 record_, uint256 id) external view returns (Payment memory) {
        return _payment(record_, id);
    }

    /// @inheritdoc IInvoicePayments
    function paymentCount(bytes32 record_) external view returns (uint256) {
        _record(record_);
        return _payments[record_].length;
    }

    function _declared(bytes32 record_, uint256 id) private view returns (Payment storage payment) {
        payment = _payment(record_, id);
        if (payment.state != PaymentState.Declared) revert InvoicePaymentsNotDeclared(record_, id, payment.state);
    }

    function _payment(bytes32 record_, uint256 id) private view returns (Payment storage) {
        if (id >= _payments[record_].length) revert InvoicePaymentsUnknown(record_, id);
        return _payments[record_][id];
    }
}
