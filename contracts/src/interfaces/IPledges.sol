// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Units given as security.
/// @notice A pledge locks free units of its pledgor. Further pledges of the same units stand behind it
/// and have later ranks; the units, locked once, are a **lot**. Only the first rank can be enforced;
/// when it is released, those behind move up. So no unit is ever pledged twice in the same rank.
interface IPledges {
    enum PledgeState {
        Unknown,
        Open,
        Released,
        Enforced,
        Extinguished
    }

    /// @param pledgor The member that gives the security and holds the units.
    /// @param pledgee The member that is secured.
    /// @param terms Commitment to the terms of the secured debt; may be zero.
    /// @param units Units that it still secures with.
    /// @param enforceableFrom Unix time in seconds from which it can be enforced.
    /// @param lot The lot of units that it is a pledge of.
    /// @param rank Its rank in that lot, from one; zero when it is not open.
    struct Pledge {
        bytes32 pledgor;
        bytes32 pledgee;
        bytes32 terms;
        uint80 units;
        uint48 enforceableFrom;
        uint32 lot;
        uint8 rank;
        PledgeState state;
    }

    error RecordBookUnknownPledge(bytes32 record, uint256 pledge);
    error RecordBookPledgeNotOpen(bytes32 record, uint256 pledge, PledgeState state);
    error RecordBookPledgeNotFirst(bytes32 record, uint256 pledge, uint8 rank);
    error RecordBookPledgeNotEnforceable(bytes32 record, uint256 pledge, uint48 enforceableFrom);
    error RecordBookPledgeTooSmall(bytes32 record, uint256 pledge, uint80 units, uint80 wanted);
    error RecordBookTooManyRanks(bytes32 record, uint256 lot, uint256 limit);
    error RecordBookSelfPledge(bytes32 member);

    event Pledged(
        bytes32 indexed record,
        uint256 indexed pledge,
        bytes32 indexed pledgor,
        bytes32 pledgee,
        uint80 units,
        uint48 enforceableFrom,
        uint256 lot,
        uint256 rank,
        bytes32 terms
    );
    event PledgeReleased(
        bytes32 indexed record, uint256 indexed pledge, bytes32 indexed pledgee, bytes32 pledgor, uint80 units
    );
    event PledgeEnforced(
        bytes32 indexed record, uint256 indexed pledge, bytes32 indexed pledgee, bytes32 pledgor, uint80 units
    );
    event PledgeCutTo(bytes32 indexed record, uint256 indexed pledge, uint80 units);
    event UnitsUnlocked(bytes32 indexed record, uint256 indexed lot, bytes32 indexed pledgor, uint80 units);

    /// @notice Pledges free units of the caller's member, in the first rank, as a new lot.
    /// @param enforceableFrom Unix time in seconds from which the pledgee may take the units.
    /// @custom:caller an active member that holds free units of the record
    function pledge(bytes32 record, bytes32 pledgee, uint80 units, uint48 enforceableFrom, bytes32 terms)
        external
        returns (uint256 id);

    /// @notice Pledges units that stand pledged already, in the rank behind the last: not more than the
    /// lot holds.
    /// @param senior Any open pledge of the lot, of the caller's member.
    /// @custom:caller the active member that pledged the units
    function pledgeBehind(
        bytes32 record,
        uint256 senior,
        bytes32 pledgee,
        uint80 units,
        uint48 enforceableFrom,
        bytes32 terms
    ) external returns (uint256 id);

    /// @notice Gives up a pledge, or a part of it. Units that no pledge of the lot needs are free again.
    /// @custom:caller the active member that is secured by the pledge
    function releasePledge(bytes32 record, uint256 id, uint80 units) external;

    /// @notice Takes pledged units, or a part of them, which become the pledgee's own. Pledges behind are
    /// cut to what the lot still holds.
    /// @custom:caller the active member that is secured by the pledge, from its date on
    function enforcePledge(bytes32 record, uint256 id, uint80 units) external;

    /// @notice A pledge; reverts on unknown ones.
    function pledgeOf(bytes32 record, uint256 id) external view returns (Pledge memory);

    /// @notice Number of pledges ever made of a record; ids run from zero (reverts on unknown records).
    function pledgeCount(bytes32 record) external view returns (uint256);
}
