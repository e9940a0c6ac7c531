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
        bytes32 buyer = _actor();
        _requireBuyer(record_, buyer);
        _requireState(record_, InvoiceState.Accepted);
        if (units == 0) revert RecordBookNoUnits();
        Position storage held = _position(record_, holder);
        uint80 holding = held.free + held.reserved + held.pledged;
        if (units > holding) revert RecordBookInsufficientUnits(record_, holder, holding, units);

        id = _payments[record_].length;
        _payments[record_].push(
            Payment(holder, advice, units, SafeCast.toUint48(block.timestamp), PaymentState.Declared)
        );
        emit PaymentDeclared(record_, id, buyer, holder, units, advice);
        _logAct(record_, buyer, abi.encode(PaymentDeclared.selector, record_, id, buyer, holder, units, advice));
    }

    /// @inheritdoc IInvoicePayments
    function confirmPayment(bytes32 record_, uint256 id) external {
        Payment storage payment = _declared(record_, id);
        (bytes32 holder, uint80 units) = (payment.holder, payment.units);
        bool decided = _isDecision();
        if (decided) _requireSuspended(record_, holder);
        else _requireActor(record_, holder);
        _requireTransferable(record_);

        payment.state = PaymentState.Confirmed;
        _invoice(record_).paid = true;
        if (decided) {
            emit PaymentConfirmedByCouncil(record_, id, holder, units);
            _logEffect(record_, abi.encode(PaymentConfirmedByCouncil.selector, record_, id, holder, units));
        } else {
            emit PaymentConfirmed(record_, id, holder, units);
            _logAct(record_, holder, abi.encode(PaymentConfirmed.selector, record_, id, holder, units));
        }
        _retire(record_, holder, units);
        _settleIfPaid(record_);
    }

    /// @inheritdoc IInvoicePayments
    function denyPayment(bytes32 record_, uint256 id, bytes32 reason) external {
        Payment storage payment = _declared(record_, id);
        bytes32 holder = payment.holder;
        _requireActor(record_, holder);
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

    function _requireActor(bytes32 record_, bytes32 member) private view {
        bytes32 actor = _actor();
        if (actor != member) revert RecordBookNotParty(record_, actor);
    }

    /// @dev The council confirms for those that cannot, and for nobody else.
    function _requireSuspended(bytes32 record_, bytes32 holder) private view {
        if (!_isSuspended(holder)) revert InvoicePaymentsHolderActive(record_, holder);
    }
}
