// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MembersOnly} from "./MembersOnly.sol";
import {IRecordBook} from "./interfaces/IRecordBook.sol";
import {Histories} from "./libraries/Histories.sol";
import {Roles} from "./libraries/Roles.sol";

/// @dev Records, positions, offers and histories. What a record stands for, and when its units may
/// move, is for the book that inherits.
abstract contract RecordBook is IRecordBook, MembersOnly {
    using Histories for History;

    mapping(bytes32 id => Record) private _records;
    mapping(bytes32 id => mapping(bytes32 member => Position)) private _positions;
    mapping(bytes32 id => Offer[]) private _offers;
    mapping(bytes32 id => History) private _recordHistories;
    mapping(bytes32 member => History) private _memberHistories;

    /// @inheritdoc IRecordBook
    function offer(bytes32 record_, bytes32 to, uint80 units, uint48 expiresAt, bytes32 terms)
        external
        returns (uint256 id)
    {
        bytes32 from = _actor();
        _requireTransferable(record_);
        if (to == from) revert RecordBookSelfOffer(from);
        _requireMember(to, Roles.FINANCIER);
        if (units == 0) revert RecordBookNoUnits();
        if (expiresAt <= block.timestamp) revert RecordBookInvalidExpiry(expiresAt);
        uint80 free = _positions[record_][from].free;
        if (units > free) revert RecordBookInsufficientUnits(record_, from, free, units);

        id = _offers[record_].length;
        _positions[record_][from].free -= units;
        _positions[record_][from].reserved += units;
        _offers[record_].push(Offer(from, to, terms, units, expiresAt, OfferState.Open));
        emit Offered(record_, id, from, to, units, expiresAt, terms);
        bytes memory entry = abi.encode(Offered.selector, record_, id, from, to, units, expiresAt, terms);
        _logAct(record_, from, entry);
    }

    /// @inheritdoc IRecordBook
    function acceptOffer(bytes32 record_, uint256 id) external {
        bytes32 to = _actor(Roles.FINANCIER);
        Offer storage offer_ = _openOffer(record_, id);
        if (offer_.to != to) revert RecordBookNotParty(record_, to);
        if (block.timestamp > offer_.expiresAt) revert RecordBookOfferExpired(record_, id, offer_.expiresAt);
        _requireTransferable(record_);

        (bytes32 from, uint80 units) = (offer_.from, offer_.units);
        offer_.state = OfferState.Accepted;
        _positions[record_][from].reserved -= units;
        _positions[record_][to].free += units;
        emit OfferAccepted(record_, id, to, from, units);
        _logAct(record_, to, abi.encode(OfferAccepted.selector, record_, id, to, from, units));
    }

    /// @inheritdoc IRecordBook
    function rejectOffer(bytes32 record_, uint256 id) external {
        bytes32 to = _actor();
        Offer storage offer_ = _openOffer(record_, id);
        if (offer_.to != to) revert RecordBookNotParty(record_, to);

        _closeOffer(record_, offer_, OfferState.Rejected);
        emit OfferRejected(record_, id, to);
        _logAct(record_, to, abi.encode(OfferRejected.selector, record_, id, to));
    }

    /// @inheritdoc IRecordBook
    function withdrawOffer(bytes32 record_, uint256 id) external {
        bytes32 from = _actor();
        Offer storage offer_ = _openOffer(record_, id);
        if (offer_.from != from) revert RecordBookNotParty(record_, from);

        _closeOffer(record_, offer_, OfferState.Withdrawn);
        emit OfferWithdrawn(record_, id, from);
        _logAct(record_, from, abi.encode(OfferWithdrawn.selector, record_, id, from));
    }

    /// @inheritdoc IRecordBook
    function expireOffer(bytes32 record_, uint256 id) external {
        bytes32 by = _actor();
        Offer storage offer_ = _openOffer(record_, id);
        uint48 expiresAt = offer_.expiresAt;
        if (block.timestamp <= expiresAt) revert RecordBookOfferNotExpired(record_, id, expiresAt);

        _closeOffer(record_, offer_, OfferState.Expired);
        emit OfferExpired(record_, id, by);
        _logAct(record_, by, abi.encode(OfferExpired.selector, record_, id, by));
    }

    /// @inheritdoc IRecordBook
    function record(bytes32 id) external view returns (Record memory) {
        return _record(id);
    }

    /// @inheritdoc IRecordBook
    function recordExists(bytes32 id) public view returns (bool) {
        return _records[id].commitment != 0;
    }

    /// @inheritdoc IRecordBook
    function position(bytes32 record_, bytes32 member) external view returns (Position memory) {
        return _positions[record_][member];
    }

    /// @inheritdoc IRecordBook
    function offerOf(bytes32 record_, uint256 id) external view returns (Offer memory) {
        return _offer(record_, id);
    }

    /// @inheritdoc IRecordBook
    function offerCount(bytes32 record_) external view returns (uint256) {
        return _offers[record_].length;
    }

    /// @inheritdoc IRecordBook
    function recordHistory(bytes32 record_) external view returns (History memory) {
        return _recordHistories[record_];
    }

    /// @inheritdoc IRecordBook
    function memberHistory(bytes32 member) external view returns (History memory) {
        return _memberHistories[member];
    }

    /// @dev Creates a record, of which the issuer then holds all units. `commitment` is not zero.
    function _issue(bytes32 id, bytes32 issuer, bytes32 obligor, bytes32 commitment, uint80 units) internal {
        if (recordExists(id)) revert RecordBookRecordExists(id);
        if (units == 0) revert RecordBookNoUnits();
        _records[id] = Record(issuer, obligor, commitment, units, 0);
        _positions[id][issuer].free = units;
    }

    /// @dev Takes free units of a member out of circulation.
    function _retire(bytes32 id, bytes32 member, uint80 units) internal {
        _positions[id][member].free -= units;
        _records[id].retired += units;
        emit UnitsRetired(id, member, units);
        _logEffect(id, abi.encode(UnitsRetired.selector, id, member, units));
    }

    /// @dev Appends what a member did: one entry in its own history and in the record's.
    function _logAct(bytes32 id, bytes32 member, bytes memory entry) internal {
        _recordHistories[id].append(keccak256(entry));
        _memberHistories[member].append(keccak256(entry));
    }

    /// @dev Appends what followed from an act, to the record's history alone.
    function _logEffect(bytes32 id, bytes memory entry) internal {
        _recordHistories[id].append(keccak256(entry));
    }

    /// @dev Reverts on unknown records, and unless the record's units may pass to others now.
    function _requireTransferable(bytes32 id) internal view virtual;

    function _record(bytes32 id) internal view returns (Record storage) {
        if (!recordExists(id)) revert RecordBookUnknownRecord(id);
        return _records[id];
    }

    /// @dev Free units of a member.
    function _free(bytes32 id, bytes32 member) internal view returns (uint80) {
        return _positions[id][member].free;
    }

    /// @dev Ends an open offer without a transfer: its units are free again.
    function _closeOffer(bytes32 record_, Offer storage offer_, OfferState state) private {
        offer_.state = state;
        Position storage position_ = _positions[record_][offer_.from];
        position_.reserved -= offer_.units;
        position_.free += offer_.units;
    }

    function _offer(bytes32 record_, uint256 id) private view returns (Offer storage) {
        if (id >= _offers[record_].length) revert RecordBookUnknownOffer(record_, id);
        return _offers[record_][id];
    }

    function _openOffer(bytes32 record_, uint256 id) private view returns (Offer storage offer_) {
        offer_ = _offer(record_, id);
        if (offer_.state != OfferState.Open) revert RecordBookOfferNotOpen(record_, id, offer_.state);
    }
}
