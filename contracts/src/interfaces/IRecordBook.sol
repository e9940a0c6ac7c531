// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Transferable records, in the sense of the UNCITRAL Model Law (MLETR).
/// @notice A record has an issuer, an obligor, a total of units and positions of members.
/// Always: the sum of all positions plus the retired units equals the total. Check and take are one
/// transaction, so nothing can be financed twice.
interface IRecordBook {
    /// @param issuer The member that created the record.
    /// @param obligor The member that owes.
    /// @param commitment The commitment of the statement that describes the record (never zero).
    /// @param total Units issued.
    /// @param retired Units taken out of circulation.
    struct Record {
        bytes32 issuer;
        bytes32 obligor;
        bytes32 commitment;
        uint80 total;
        uint80 retired;
    }

    /// @notice One word of storage: what a member holds of a record, in units.
    /// @param free May be offered, pledged or retired.
    /// @param reserved Taken by open offers.
    /// @param pledged Given as security.
    struct Position {
        uint80 free;
        uint80 reserved;
        uint80 pledged;
    }

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
    /// @param units Units offered.
    /// @param expiresAt Unix time in seconds after which it can no longer be accepted.
    /// @param terms Commitment to the terms (price, fees) that the two agreed on; may be zero.
    struct Offer {
        bytes32 from;
        bytes32 to;
        bytes32 terms;
        uint80 units;
        uint48 expiresAt;
        OfferState state;
    }

    /// @notice What proves that an export of a history left nothing out.
    /// @param count Number of entries, one for each event.
    /// @param digest keccak256(abi.encode(previous digest, entry)), from zero. An entry is
    /// keccak256(topics || data) of the event's log.
    struct History {
        uint64 count;
        bytes32 digest;
    }

    error RecordBookUnknownRecord(bytes32 record);
    error RecordBookRecordExists(bytes32 record);
    error RecordBookNoUnits();
    error RecordBookInsufficientUnits(bytes32 record, bytes32 member, uint80 free, uint80 wanted);
    error RecordBookUnknownOffer(bytes32 record, uint256 offer);
    error RecordBookOfferNotOpen(bytes32 record, uint256 offer, OfferState state);
    error RecordBookOfferExpired(bytes32 record, uint256 offer, uint48 expiresAt);
    error RecordBookOfferNotExpired(bytes32 record, uint256 offer, uint48 expiresAt);
    error RecordBookInvalidExpiry(uint48 expiresAt);
    error RecordBookNotParty(bytes32 record, bytes32 member);
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
    event UnitsRetired(bytes32 indexed record, bytes32 indexed member, uint80 units);

    /// @notice Offers free units of the caller's member to another member, an active financier, and
    /// reserves them.
    /// @param expiresAt Unix time in seconds, later than now.
    function offer(bytes32 record, bytes32 to, uint80 units, uint48 expiresAt, bytes32 terms)
        external
        returns (uint256 id);

    /// @notice Accepts an offer that was made to the caller's member, a financier: the units become
    /// its own.
    function acceptOffer(bytes32 record, uint256 id) external;

    /// @notice Refuses an offer that was made to the caller's member; the units are free again.
    function rejectOffer(bytes32 record, uint256 id) external;

    /// @notice Takes back an offer of the caller's member; the units are free again.
    function withdrawOffer(bytes32 record, uint256 id) external;

    /// @notice Frees the units of an offer whose time is over. Any member may do this.
    function expireOffer(bytes32 record, uint256 id) external;

    /// @notice A record; reverts on unknown ones.
    function record(bytes32 id) external view returns (Record memory);

    /// @notice Whether the record exists.
    function recordExists(bytes32 id) external view returns (bool);

    /// @notice What a member holds of a record; all zero if it holds nothing.
    function position(bytes32 record, bytes32 member) external view returns (Position memory);

    /// @notice An offer; reverts on unknown ones.
    function offerOf(bytes32 record, uint256 id) external view returns (Offer memory);

    /// @notice Number of offers ever made for a record; ids run from zero.
    function offerCount(bytes32 record) external view returns (uint256);

    /// @notice Counter and running hash of all events of which it is the argument `record`.
    function recordHistory(bytes32 record) external view returns (History memory);

    /// @notice Counter and running hash of everything a member did in this book: the events
    /// InvoiceRegistered, InvoiceAccepted, InvoiceRejected, InvoiceCancelled, Offered, OfferAccepted,
    /// OfferRejected, OfferWithdrawn and OfferExpired that name it as the one who acted.
    function memberHistory(bytes32 member) external view returns (History memory);
}
