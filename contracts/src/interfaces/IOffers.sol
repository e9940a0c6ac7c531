// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Assignment of units by offer and acceptance.
interface IOffers {
    enum OfferState {
        Unknown,
        Open,
        Accepted,
        Rejected,
        Withdrawn,
        Expired
    }

    /// @notice An offer to assign units. It reserves them until it is answered or expires.
    /// @param from The member that offers.
    /// @param to The only member that may accept.
    /// @param terms Commitment to the terms (price, fees) that the two agreed on; may be zero.
    /// @param units Units offered.
    /// @param expiresAt Unix time in seconds after which it can no longer be accepted.
    struct Offer {
        bytes32 from;
        bytes32 to;
        bytes32 terms;
        uint80 units;
        uint48 expiresAt;
        OfferState state;
    }

    error RecordBookUnknownOffer(bytes32 record, uint256 offer);
    error RecordBookOfferNotOpen(bytes32 record, uint256 offer, OfferState state);
    error RecordBookOfferExpired(bytes32 record, uint256 offer, uint48 expiresAt);
    error RecordBookOfferNotExpired(bytes32 record, uint256 offer, uint48 expiresAt);
    error RecordBookInvalidExpiry(uint48 expiresAt);
    error RecordBookSelfOffer(bytes32 member);

    event Offered(
        bytes32 indexed record,
        uint256 indexed offer,
        bytes32 indexed from,
        bytes32 to,
        uint80 units,
        uint48 expiresAt,
        bytes32 terms
    );
    event OfferAccepted(bytes32 indexed record, uint256 indexed offer, bytes32 indexed to, bytes32 from, uint80 units);
    event OfferRejected(bytes32 indexed record, uint256 indexed offer, bytes32 indexed to);
    event OfferWithdrawn(bytes32 indexed record, uint256 indexed offer, bytes32 indexed from);
    event OfferExpired(bytes32 indexed record, uint256 indexed offer, bytes32 indexed by);

    /// @notice Offers free units of the caller's member to another member that may take them, and
    /// reserves them.
    /// @param expiresAt Unix time in seconds, later than now.
    /// @custom:caller an active member that holds free units of the record
    function offer(bytes32 record, bytes32 to, uint80 units, uint48 expiresAt, bytes32 terms)
        external
        returns (uint256 id);

    /// @notice Accepts an offer that was made to the caller's member, which may still take units: they
    /// become its own.
    /// @custom:caller the active member that the offer was made to
    function acceptOffer(bytes32 record, uint256 id) external;

    /// @notice Refuses an offer that was made to the caller's member; the units are free again.
    /// @custom:caller the active member that the offer was made to
    function rejectOffer(bytes32 record, uint256 id) external;

    /// @notice Takes back an offer of the caller's member; the units are free again.
    /// @custom:caller the active member that made the offer
    function withdrawOffer(bytes32 record, uint256 id) external;

    /// @notice Frees the units of an offer whose time is over, or whose maker is suspended. Any member
    /// may do this.
    /// @custom:caller an active member
    function expireOffer(bytes32 record, uint256 id) external;

    /// @notice An offer; reverts on unknown ones.
    function offerOf(bytes32 record, uint256 id) external view returns (Offer memory);

    /// @notice Number of offers ever made for a record; ids run from zero (reverts on unknown records).
    function offerCount(bytes32 record) external view returns (uint256);
}
