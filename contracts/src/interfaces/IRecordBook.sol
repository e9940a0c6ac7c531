// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Transferable records, in the sense of the UNCITRAL Model Law (MLETR).
/// @notice A record has an issuer, an obligor, a total of units and positions of members.
/// Always: the sum of all positions plus the retired units equals the total. Check and take are one
/// transaction, so nothing can be financed twice.
interface IRecordBook {
    /// @notice Why a record is frozen. Several causes can hold at once; each is lifted on its own.
    enum Freeze {
        Council,
        Keeper,
        Dispute,
        Loss
    }

    /// @param issuer The member that created the record.
    /// @param obligor The member that owes.
    /// @param commitment The commitment of the statement that describes the record (never zero).
    /// @param total Units issued.
    /// @param retired Units taken out of circulation.
    /// @param pledged Units under pledge, of all positions together.
    /// @param freezes The causes that freeze the record: bit 2**cause for each.
    struct Record {
        bytes32 issuer;
        bytes32 obligor;
        bytes32 commitment;
        uint80 total;
        uint80 retired;
        uint80 pledged;
        uint8 freezes;
    }

    /// @notice One word of storage: what a member holds of a record, in units.
    /// @param free May be offered, pledged or retired.
    /// @param reserved Promised: taken by open offers, or surrendered to the issuer.
    /// @param pledged Given as security.
    struct Position {
        uint80 free;
        uint80 reserved;
        uint80 pledged;
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
    error RecordBookEmptyCommitment();
    error RecordBookNoUnits();
    error RecordBookInsufficientUnits(bytes32 record, bytes32 member, uint80 available, uint80 wanted);
    error RecordBookNotParty(bytes32 record, bytes32 member);
    error RecordBookNotSuspended(bytes32 record, bytes32 member);
    error RecordBookFrozen(bytes32 record, uint8 freezes);
    error RecordBookAlreadyFrozen(bytes32 record, Freeze cause);
    error RecordBookForeignFreeze(bytes32 record, Freeze cause);
    error RecordBookNotFrozen(bytes32 record, Freeze cause);

    event UnitsRetired(bytes32 indexed record, bytes32 indexed member, uint80 units);
    event RecordFrozen(bytes32 indexed record, Freeze indexed cause, bytes32 indexed by, bytes32 reason);
    event RecordUnfrozen(bytes32 indexed record, Freeze indexed cause, bytes32 indexed by);
    event RecordVoided(bytes32 indexed record, bytes32 reason);

    /// @notice Freezes a record: until this is lifted, no unit changes hands, is pledged or retires.
    /// Promises can still be taken back.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the council, by decision; the record's keeper, if its book knows one
    function freeze(bytes32 record, bytes32 reason) external;

    /// @notice Lifts a freeze of the caller's own; the council lifts the keeper's too.
    /// @custom:caller the council, by decision; the record's keeper, if its book knows one
    function unfreeze(bytes32 record, Freeze cause) external;

    /// @notice Ends a live record for good, frozen or not: its strict keys are free again, and its units
    /// stay where they are and never move again.
    /// @param reason A short text, left-aligned, for people.
    /// @custom:caller the council, by decision
    function voidRecord(bytes32 record, bytes32 reason) external;

    /// @notice A record; reverts on unknown ones.
    function record(bytes32 id) external view returns (Record memory);

    /// @notice Whether the record exists.
    function recordExists(bytes32 id) external view returns (bool);

    /// @notice The name that a record gets: keccak256(abi.encode(chain id, this contract, issuer,
    /// commitment)).
    function recordId(bytes32 issuer, bytes32 commitment) external view returns (bytes32);

    /// @notice What a member holds of a record, all zero if nothing; reverts on unknown records.
    function position(bytes32 record, bytes32 member) external view returns (Position memory);

    /// @notice Counter and running hash of all events of which it is the argument `record`; reverts on
    /// unknown records.
    function recordHistory(bytes32 record) external view returns (History memory);

    /// @notice Counter and running hash of everything a member did in this book: the events that name
    /// it as the one who acted.
    function memberHistory(bytes32 member) external view returns (History memory);
}
