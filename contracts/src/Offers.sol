// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RecordBook} from "./RecordBook.sol";
import {IOffers} from "./interfaces/IOffers.sol";

/// @dev Assignment by offer and acceptance. An offer reserves what it promises.
abstract contract Offers is IOffers, RecordBook {
    mapping(bytes32 record => Offer[]) private _offers;

    /// @inheritdoc IOffers
    function offer(bytes32 record_, bytes32 to, uint80 units, uint48 expiresAt, bytes32 terms)
        external
        returns (uint256 id)
    {
        bytes32 from = _actor();
        _requireTransferable(record_);
        if (to == from) revert RecordBookSelfOffer(from);
        _requireTaker(record_, to);
        if (expiresAt <= block.timestamp) revert RecordBookInvalidExpiry(expiresAt);
        _reserve(record_, from, units);

        id = _offers[record_].length;
        _offers[record_].push(Offer(from, to, terms, units, expiresAt, OfferState.Open));
        emit Offered(record_, id, from, to, units, expiresAt, terms);
        bytes memory entry = abi.encode(Offered.selector, record_, id, from, to, units, expiresAt, terms);
        _logAct(record_, from, entry);
    }

    /// @inheritdoc IOffers
    function acceptOffer(bytes32 record_, uint256 id) public virtual {
        bytes32 to = _actor();
        Offer storage offer_ = _openOffer(record_, id);
        if (offer_.to != to) revert RecordBookNotParty(record_, to);
        if (block.timestamp > offer_.expiresAt) revert RecordBookOfferExpired(record_, id, offer_.expiresAt);
        _requireTransferable(record_);
        _requireTaker(record_, to);

        (bytes32 from, uint80 units) = (offer_.from, offer_.units);
        offer_.state = OfferState.Accepted;
        _moveReserved(record_, from, to, units);
        emit OfferAccepted(record_, id, to, from, units);
        _logAct(record_, to, abi.encode(OfferAccepted.selector, record_, id, to, from, units));
    }

    /// @inheritdoc IOffers
    function rejectOffer(bytes32 record_, uint256 id) external {
        bytes32 to = _actor();
        Offer storage offer_ = _openOffer(record_, id);
        if (offer_.to != to) revert RecordBookNotParty(record_, to);

        _closeOffer(record_, offer_, OfferState.Rejected);
        emit OfferRejected(record_, id, to);
        _logAct(record_, to, abi.encode(OfferRejected.selector, record_, id, to));
    }

    /// @inheritdoc IOffers
    function withdrawOffer(bytes32 record_, uint256 id) external {
        bytes32 from = _actor();
        Offer storage offer_ = _openOffer(record_, id);
        if (offer_.from != from) revert RecordBookNotParty(record_, from);

        _closeOffer(record_, offer_, OfferState.Withdrawn);
        emit OfferWithdrawn(record_, id, from);
        _logAct(record_, from, abi.encode(OfferWithdrawn.selector, record_, id, from));
    }

    /// @inheritdoc IOffers
    function expireOffer(bytes32 record_, uint256 id) external {
        bytes32 by = _actor();
        Offer storage offer_ = _openOffer(record_, id);
        uint48 expiresAt = offer_.expiresAt;
        if (block.timestamp <= expiresAt && !_isSuspended(offer_.from)) {
            revert RecordBookOfferNotExpired(record_, id, expiresAt);
        }

        _closeOffer(record_, offer_, OfferState.Expired);
        emit OfferExpired(record_, id, by);
        _logAct(record_, by, abi.encode(OfferExpired.selector, record_, id, by));
    }

    /// @inheritdoc IOffers
    function offerOf(bytes32 record_, uint256 id) external view returns (Offer memory) {
        return _offer(record_, id);
    }

    /// @inheritdoc IOffers
    function offerCount(bytes32 record_) external view returns (uint256) {
        _record(record_);
        return _offers[record_].length;
    }

    /// @dev Reverts on unknown records, and unless the record's units may pass to others now.
    function _requireTransferable(bytes32 record_) internal view virtual;

    /// @dev Reverts unless a member is active and may take units of the record.
    function _requireTaker(bytes32 record_, bytes32 member) internal view virtual;

    function _openOffer(bytes32 record_, uint256 id) internal view returns (Offer storage offer_) {
        offer_ = _offer(record_, id);
        if (offer_.state != OfferState.Open) revert RecordBookOfferNotOpen(record_, id, offer_.state);
    }

    /// @dev Ends an open offer without a transfer: its units are free again.
    function _closeOffer(bytes32 record_, Offer storage offer_, OfferState state) private {
        _requireLive(record_);
        offer_.state = state;
        _moveReserved(record_, offer_.from, offer_.from, offer_.units);
    }

    function _offer(bytes32 record_, uint256 id) private view returns (Offer storage) {
        if (id >= _offers[record_].length) revert RecordBookUnknownOffer(record_, id);
        return _offers[record_][id];
    }
}
