// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IdentityKeys} from "./IdentityKeys.sol";
import {InvoiceDisputes} from "./InvoiceDisputes.sol";
import {InvoicePayments} from "./InvoicePayments.sol";
import {MembersOnly} from "./MembersOnly.sol";
import {IIdentityKeys} from "./interfaces/IIdentityKeys.sol";
import {IInvoiceBook} from "./interfaces/IInvoiceBook.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {Roles} from "./libraries/Roles.sol";

contract InvoiceBook is InvoicePayments, InvoiceDisputes {
    constructor(IMembership membership_, IIdentityKeys predecessorBook_)
        MembersOnly(membership_)
        IdentityKeys(predecessorBook_)
    {}

    /// @inheritdoc IInvoiceBook
    function register(Registration calldata registration) external returns (bytes32 id) {
        bytes32 supplier = _actor(Roles.SUPPLIER);
        _requireOpen();
        if (registration.buyer == supplier) revert InvoiceBookSelfInvoice(supplier);
        _requireMember(registration.buyer, Roles.BUYER);

        id = _issue(supplier, registration.buyer, supplier, registration.commitment, registration.units);
        Invoice storage invoice_ = _invoice(id);
        invoice_.state = InvoiceState.Registered;
        invoice_.registeredAt = SafeCast.toUint48(block.timestamp);
        invoice_.dueDate = registration.dueDate;
        _logRegistration(id, supplier, registration);
        _holdStrictKeys(id, registration.strictKeys);
        _noteAlertKeys(id, registration.alertKeys);
    }

    /// @inheritdoc IInvoiceBook
    function accept(bytes32 id) external {
        bytes32 buyer = _actor(Roles.BUYER);
        _accept(id, buyer);
        emit InvoiceAccepted(id, buyer);
        _logAct(id, buyer, abi.encode(InvoiceAccepted.selector, id, buyer));
    }

    /// @inheritdoc IInvoiceBook
    function acceptPart(bytes32 id, uint80 units, bytes32 reason) external {
        bytes32 buyer = _actor(Roles.BUYER);
        _accept(id, buyer);
        uint80 outstanding = _outstanding(id);
        if (units == 0) revert RecordBookNoUnits();
        if (units >= outstanding) revert InvoiceBookTooManyUnits(id, outstanding, units);
        emit InvoiceAcceptedInPart(id, buyer, units, reason);
        _logAct(id, buyer, abi.encode(InvoiceAcceptedInPart.selector, id, buyer, units, reason));
        _retire(id, _record(id).issuer, outstanding - units);
    }

    /// @inheritdoc IInvoiceBook
    function undertake(bytes32 id) external {
        bytes32 buyer = _actor(Roles.BUYER);
        _requireBuyer(id, buyer);
        _requireTransferable(id);
        Invoice storage invoice_ = _invoice(id);
        if (invoice_.undertakenAt != 0) revert InvoiceBookUndertaken(id, invoice_.undertakenAt);
        invoice_.undertakenAt = SafeCast.toUint48(block.timestamp);
        emit PaymentUndertaken(id, buyer);
        _logAct(id, buyer, abi.encode(PaymentUndertaken.selector, id, buyer));
    }

    /// @inheritdoc IInvoiceBook
    function reject(bytes32 id, bytes32 reason) external {
        bytes32 buyer = _actor();
        _requireAnswerable(id, buyer);
        _invoice(id).state = InvoiceState.Rejected;
        emit InvoiceRejected(id, buyer, reason);
        _logAct(id, buyer, abi.encode(InvoiceRejected.selector, id, buyer, reason));
        _end(id);
    }

    /// @inheritdoc IInvoiceBook
    function cancel(bytes32 id) external {
        bytes32 supplier = _actor();
        _requireSupplier(id, supplier);
        _requireLive(id);
        _requireNotFrozen(id);
        if (_invoice(id).paymentDeclared) revert InvoiceBookPaymentDeclared(id);
        if (_position(id, supplier).free != _outstanding(id)) revert InvoiceBookUnitsElsewhere(id);

        _invoice(id).state = InvoiceState.Cancelled;
        emit InvoiceCancelled(id, supplier);
        _logAct(id, supplier, abi.encode(InvoiceCancelled.selector, id, supplier));
        _end(id);
    }

    /// @inheritdoc IInvoiceBook
    function credit(bytes32 id, uint80 units, bytes32 commitment) external {
        bytes32 supplier = _actor();
        _requireSupplier(id, supplier);
        _requireTransferable(id);
        if (commitment == 0) revert InvoiceBookEmptyCredit(id);
        emit InvoiceCredited(id, supplier, units, commitment);
        _logAct(id, supplier, abi.encode(InvoiceCredited.selector, id, supplier, units, commitment));
        _retire(id, supplier, units);
        _settleIfPaid(id);
    }

    /// @inheritdoc IInvoiceBook
    function freeSettledKeys(bytes32 id, bytes32 reason) external {
        _requireDecision();
        _requireState(id, InvoiceState.Settled);
        emit SettledKeysFreed(id, reason);
        _logEffect(id, abi.encode(SettledKeysFreed.selector, id, reason));
        _freeStrictKeys(id);
    }

    /// @inheritdoc IInvoiceBook
    function acceptOfferIfClear(bytes32 id, uint256 offer_, Clearance calldata clearance) external {
        requireClear(id, offer_, clearance);
        acceptOffer(id, offer_);
    }

    /// @inheritdoc IInvoiceBook
    function requireClear(bytes32 id, uint256 offer_, Clearance calldata clearance) public view {
        _requireTransferable(id);
        _requireKeysClear(id, clearance);
        Offer storage found = _openOffer(id, offer_);
        if (found.units != clearance.units || found.terms != clearance.terms) {
            revert InvoiceBookOtherOffer(id, offer_, found.units, found.terms);
        }
        Record storage record_ = _record(id);
        if (record_.commitment != clearance.commitment) revert InvoiceBookOtherCommitment(id, record_.commitment);
        if (clearance.undertaken && _invoice(id).undertakenAt == 0) revert InvoiceBookNotUndertaken(id);
        (uint80 pledged, uint80 limit) = (record_.pledged, clearance.pledgedAtMost);
        if (pledged > limit) revert InvoiceBookPledged(id, pledged, limit);
        bytes32 digest = recordHistory(id).digest;
        if (clearance.history != 0 && clearance.history != digest) {
            revert InvoiceBookHistoryMoved(id, digest, clearance.history);
        }
    }

    /// @inheritdoc IIdentityKeys
    function bookKind() public pure override(IdentityKeys, IIdentityKeys) returns (bytes32) {
        return "invoices";
    }

    function _logRegistration(bytes32 id, bytes32 supplier, Registration calldata registration) private {
        (bytes32 buyer, bytes32 commitment) = (registration.buyer, registration.commitment);
        (uint80 units, uint48 dueDate) = (registration.units, registration.dueDate);
        emit InvoiceRegistered(id, supplier, buyer, commitment, units, dueDate);
        bytes memory entry =
            abi.encode(InvoiceRegistered.selector, id, supplier, buyer, commitment, units, dueDate);
        _logAct(id, supplier, entry);
    }

    function _accept(bytes32 id, bytes32 buyer) private {
        _requireAnswerable(id, buyer);
        Invoice storage invoice_ = _invoice(id);
        invoice_.state = InvoiceState.Accepted;
        invoice_.acceptedAt = SafeCast.toUint48(block.timestamp);
    }

    /// @dev The record is dead: other records may hold its keys, and its units leave circulation.
    /// The issuer holds them all, free.
    function _end(bytes32 id) private {
        _freeStrictKeys(id);
        _retire(id, _record(id).issuer, _outstanding(id));
    }

    function _requireKeysClear(bytes32 id, Clearance calldata clearance) private view {
        for (uint256 i = 0; i < clearance.strictKeys.length; ++i) {
            bytes32 key = clearance.strictKeys[i];
            bytes32 holder = strictKeyHolder(key);
            if (holder != id) revert InvoiceBookKeyNotHeld(id, key, holder);
        }
        uint256 limit = clearance.repeatsAtMost;
        for (uint256 i = 0; i < clearance.alertKeys.length; ++i) {
            bytes32 key = clearance.alertKeys[i];
            bytes32 first = alertKeyFirst(key);
            if (first == 0) revert InvoiceBookAlertKeyNotNoted(id, key);
            uint256 repeats = alertRepeats(key);
            // A record that left the key out repeats it too.
            if (first != id && repeats == 0) repeats = 1;
            if (repeats > limit) revert InvoiceBookRepeats(id, key, repeats, limit);
        }
    }

    function _requireAnswerable(bytes32 id, bytes32 buyer) private view {
        _requireBuyer(id, buyer);
        _requireState(id, InvoiceState.Registered);
        _requireNotFrozen(id);
    }
}
