// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IdentityKeys} from "./IdentityKeys.sol";
import {Pledges} from "./Pledges.sol";
import {IInvoiceBook} from "./interfaces/IInvoiceBook.sol";
import {Roles} from "./libraries/Roles.sol";

/// @dev Where an invoice stands, and what that allows.
abstract contract Invoices is IInvoiceBook, Pledges, IdentityKeys {
    mapping(bytes32 record => Invoice) private _invoices;

    /// @inheritdoc IInvoiceBook
    function invoice(bytes32 id) external view returns (Invoice memory) {
        _record(id);
        return _invoices[id];
    }

    /// @inheritdoc IInvoiceBook
    function isOverdue(bytes32 id) external view returns (bool) {
        _record(id);
        Invoice storage invoice_ = _invoices[id];
        return invoice_.state == InvoiceState.Accepted && invoice_.dueDate != 0 && block.timestamp > invoice_.dueDate;
    }

    /// @dev Ends the invoice if no unit is left.
    function _settleIfPaid(bytes32 id) internal {
        if (_outstanding(id) != 0) return;
        _invoices[id].state = InvoiceState.Settled;
        emit InvoiceSettled(id);
        _logEffect(id, abi.encode(InvoiceSettled.selector, id));
    }

    function _endAsVoid(bytes32 id) internal override {
        _invoices[id].state = InvoiceState.Voided;
        _freeStrictKeys(id);
    }

    function _invoice(bytes32 id) internal view returns (Invoice storage) {
        return _invoices[id];
    }

    function _requireLive(bytes32 id) internal view override {
        _record(id);
        InvoiceState state = _invoices[id].state;
        if (state != InvoiceState.Registered && state != InvoiceState.Accepted) {
            revert InvoiceBookWrongState(id, state);
        }
    }

    function _requireState(bytes32 id, InvoiceState wanted) internal view {
        _record(id);
        InvoiceState state = _invoices[id].state;
        if (state != wanted) revert InvoiceBookWrongState(id, state);
    }

    function _requireTransferable(bytes32 id) internal view override {
        _requireState(id, InvoiceState.Accepted);
        _requireNotFrozen(id);
    }

    function _requireBuyer(bytes32 id, bytes32 member) internal view {
        if (_record(id).obligor != member) revert InvoiceBookNotBuyer(id, member);
    }

    function _requireSupplier(bytes32 id, bytes32 member) internal view {
        if (_record(id).issuer != member) revert InvoiceBookNotSupplier(id, member);
    }

    /// @dev A financier, or the supplier, to whom a holder with recourse returns its units.
    function _requireTaker(bytes32 id, bytes32 member) internal view override {
        _requireMember(member, member == _record(id).issuer ? 0 : Roles.FINANCIER);
    }

    /// @dev Nobody but the council freezes an invoice from outside.
    function _keeperOf(bytes32) internal pure override returns (bytes32) {
        return 0;
    }
}
