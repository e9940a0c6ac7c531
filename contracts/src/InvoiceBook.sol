// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {MembersOnly} from "./MembersOnly.sol";
import {RecordBook} from "./RecordBook.sol";
import {IInvoiceBook} from "./interfaces/IInvoiceBook.sol";
import {IMembership} from "./interfaces/IMembership.sol";
import {Roles} from "./libraries/Roles.sol";

contract InvoiceBook is IInvoiceBook, RecordBook {
    uint256 private constant _STRICT_KEYS_MAX = 16;
    uint256 private constant _ALERT_KEYS_MAX = 32;

    mapping(bytes32 record => Invoice) private _invoices;
    mapping(bytes32 record => bytes32[]) private _strictKeys;
    mapping(bytes32 key => bytes32 record) private _strictKeyHolders;
    mapping(bytes32 key => bytes32 record) private _alertKeyFirsts;

    constructor(IMembership membership_) MembersOnly(membership_) {}

    /// @inheritdoc IInvoiceBook
    function register(Registration calldata registration) external returns (bytes32 id) {
        bytes32 supplier = _actor(Roles.SUPPLIER);
        _requireSound(registration);
        if (registration.buyer == supplier) revert InvoiceBookSelfInvoice(supplier);
        _requireMember(registration.buyer, Roles.BUYER);

        id = recordId(supplier, registration.commitment);
        _issue(id, supplier, registration.buyer, registration.commitment, registration.units);
        _invoices[id] = Invoice({
            state: InvoiceState.Registered,
            registeredAt: SafeCast.toUint48(block.timestamp),
            acceptedAt: 0,
            dueDate: registration.dueDate
        });
        _logRegistration(id, supplier, registration);
        _holdStrictKeys(id, registration.strictKeys);
        _noteAlertKeys(id, registration.alertKeys);
    }

    /// @inheritdoc IInvoiceBook
    function accept(bytes32 id) external {
        bytes32 buyer = _actor(Roles.BUYER);
        Invoice storage invoice_ = _awaitingAnswerOf(buyer, id);
        invoice_.state = InvoiceState.Accepted;
        invoice_.acceptedAt = SafeCast.toUint48(block.timestamp);
        emit InvoiceAccepted(id, buyer);
        _logAct(id, buyer, abi.encode(InvoiceAccepted.selector, id, buyer));
    }

    /// @inheritdoc IInvoiceBook
    function reject(bytes32 id, bytes32 reason) external {
        bytes32 buyer = _actor();
        _awaitingAnswerOf(buyer, id).state = InvoiceState.Rejected;
        emit InvoiceRejected(id, buyer, reason);
        _logAct(id, buyer, abi.encode(InvoiceRejected.selector, id, buyer, reason));
        _end(id);
    }

    /// @inheritdoc IInvoiceBook
    function cancel(bytes32 id) external {
        bytes32 supplier = _actor();
        Record storage record_ = _record(id);
        if (record_.issuer != supplier) revert InvoiceBookNotSupplier(id, supplier);
        Invoice storage invoice_ = _invoices[id];
        if (invoice_.state != InvoiceState.Registered && invoice_.state != InvoiceState.Accepted) {
            revert InvoiceBookWrongState(id, invoice_.state);
        }
        if (_free(id, supplier) != record_.total) revert InvoiceBookUnitsElsewhere(id);

        invoice_.state = InvoiceState.Cancelled;
        emit InvoiceCancelled(id, supplier);
        _logAct(id, supplier, abi.encode(InvoiceCancelled.selector, id, supplier));
        _end(id);
    }

    /// @inheritdoc IInvoiceBook
    function invoice(bytes32 id) external view returns (Invoice memory) {
        _record(id);
        return _invoices[id];
    }

    /// @inheritdoc IInvoiceBook
    function recordId(bytes32 supplier, bytes32 commitment) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), supplier, commitment));
    }

    /// @inheritdoc IInvoiceBook
    function strictKeyHolder(bytes32 key) external view returns (bytes32) {
        return _strictKeyHolders[key];
    }

    /// @inheritdoc IInvoiceBook
    function alertKeyFirst(bytes32 key) external view returns (bytes32) {
        return _alertKeyFirsts[key];
    }

    /// @inheritdoc IInvoiceBook
    function strictKeysOf(bytes32 id) external view returns (bytes32[] memory) {
        _record(id);
        return _strictKeys[id];
    }

    function _logRegistration(bytes32 id, bytes32 supplier, Registration calldata registration) private {
        (bytes32 buyer, bytes32 commitment) = (registration.buyer, registration.commitment);
        (uint80 units, uint48 dueDate) = (registration.units, registration.dueDate);
        emit InvoiceRegistered(id, supplier, buyer, commitment, units, dueDate);
        bytes memory entry =
            abi.encode(InvoiceRegistered.selector, id, supplier, buyer, commitment, units, dueDate);
        _logAct(id, supplier, entry);
    }

    function _holdStrictKeys(bytes32 id, bytes32[] calldata keys) private {
        for (uint256 i = 0; i < keys.length; ++i) {
            bytes32 key = keys[i];
            if (key == 0) revert InvoiceBookEmptyKey();
            bytes32 holder = _strictKeyHolders[key];
            if (holder != 0) revert InvoiceBookStrictKeyTaken(key, holder);
            _strictKeyHolders[key] = id;
            emit StrictKeyHeld(key, id);
            _logEffect(id, abi.encode(StrictKeyHeld.selector, key, id));
        }
        _strictKeys[id] = keys;
    }

    function _noteAlertKeys(bytes32 id, AlertKey[] calldata keys) private {
        for (uint256 i = 0; i < keys.length; ++i) {
            (bytes32 key, uint8 kind) = (keys[i].key, keys[i].kind);
            if (key == 0) revert InvoiceBookEmptyKey();
            bytes32 first = _alertKeyFirsts[key];
            if (first == 0) {
                _alertKeyFirsts[key] = id;
                emit AlertKeyNoted(key, id, kind);
                _logEffect(id, abi.encode(AlertKeyNoted.selector, key, id, kind));
            } else if (first != id) {
                emit AlertKeySeen(key, id, first, kind);
                _logEffect(id, abi.encode(AlertKeySeen.selector, key, id, first, kind));
            }
        }
    }

    /// @dev The record is dead: other records may hold its keys, and its units leave circulation.
    /// The issuer holds them all, free.
    function _end(bytes32 id) private {
        bytes32[] storage keys = _strictKeys[id];
        for (uint256 i = 0; i < keys.length; ++i) {
            bytes32 key = keys[i];
            delete _strictKeyHolders[key];
            emit StrictKeyFreed(key, id);
            _logEffect(id, abi.encode(StrictKeyFreed.selector, key, id));
        }
        Record storage record_ = _record(id);
        _retire(id, record_.issuer, record_.total);
    }

    function _awaitingAnswerOf(bytes32 buyer, bytes32 id) private view returns (Invoice storage invoice_) {
        if (_record(id).obligor != buyer) revert InvoiceBookNotBuyer(id, buyer);
        invoice_ = _invoices[id];
        if (invoice_.state != InvoiceState.Registered) revert InvoiceBookWrongState(id, invoice_.state);
    }

    /// @inheritdoc RecordBook
    function _requireTransferable(bytes32 id) internal view override {
        _record(id);
        InvoiceState state = _invoices[id].state;
        if (state != InvoiceState.Accepted) revert InvoiceBookWrongState(id, state);
    }

    function _requireSound(Registration calldata registration) private pure {
        if (registration.commitment == 0) revert InvoiceBookEmptyCommitment();
        uint256 strict = registration.strictKeys.length;
        if (strict == 0) revert InvoiceBookNoStrictKey();
        if (strict > _STRICT_KEYS_MAX) revert InvoiceBookTooManyKeys(strict, _STRICT_KEYS_MAX);
        uint256 alert = registration.alertKeys.length;
        if (alert > _ALERT_KEYS_MAX) revert InvoiceBookTooManyKeys(alert, _ALERT_KEYS_MAX);
    }
}
