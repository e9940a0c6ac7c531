// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Offers} from "./Offers.sol";
import {IPledges} from "./interfaces/IPledges.sol";

/// @dev Units given as security. A lot is a number of units that one or more pledges lock together; it
/// holds as many as the largest of its open pledges.
abstract contract Pledges is IPledges, Offers {
    /// @dev A pledge without what follows from its lot.
    struct Security {
        bytes32 pledgee;
        bytes32 terms;
        uint80 units;
        uint48 enforceableFrom;
        uint32 lot;
        PledgeState state;
    }

    /// @dev `ranking` has the open pledges, first rank first.
    struct Lot {
        bytes32 pledgor;
        uint80 units;
        uint256[] ranking;
    }

    uint256 private constant _RANKS_MAX = 8;

    mapping(bytes32 record => Security[]) private _securities;
    mapping(bytes32 record => Lot[]) private _lots;

    /// @inheritdoc IPledges
    function pledge(bytes32 record_, bytes32 pledgee, uint80 units, uint48 enforceableFrom, bytes32 terms)
        external
        returns (uint256 id)
    {
        bytes32 pledgor = _actor();
        _requirePledgeable(record_);
        _lock(record_, pledgor, units);
        uint256 lot = _lots[record_].length;
        Lot storage lot_ = _lots[record_].push();
        (lot_.pledgor, lot_.units) = (pledgor, units);
        Security memory security =
            Security(pledgee, terms, units, enforceableFrom, SafeCast.toUint32(lot), PledgeState.Open);
        return _pledge(record_, lot_, security);
    }

    /// @inheritdoc IPledges
    function pledgeBehind(
        bytes32 record_,
        uint256 senior,
        bytes32 pledgee,
        uint80 units,
        uint48 enforceableFrom,
        bytes32 terms
    ) external returns (uint256 id) {
        bytes32 pledgor = _actor();
        _requirePledgeable(record_);
        uint32 lot = _openPledge(record_, senior).lot;
        Lot storage lot_ = _lots[record_][lot];
        if (lot_.pledgor != pledgor) revert RecordBookNotParty(record_, pledgor);
        if (lot_.ranking.length == _RANKS_MAX) revert RecordBookTooManyRanks(record_, lot, _RANKS_MAX);
        if (units == 0) revert RecordBookNoUnits();
        if (units > lot_.units) revert RecordBookPledgeTooSmall(record_, senior, lot_.units, units);
        Security memory security = Security(pledgee, terms, units, enforceableFrom, lot, PledgeState.Open);
        return _pledge(record_, lot_, security);
    }

    /// @inheritdoc IPledges
    function releasePledge(bytes32 record_, uint256 id, uint80 units) external {
        bytes32 pledgee = _actor();
        Security storage security = _openPledgeOf(pledgee, record_, id, units);
        _requireLive(record_);

        Lot storage lot_ = _lots[record_][security.lot];
        security.units -= units;
        if (security.units == 0) _close(lot_, id, security, PledgeState.Released);
        emit PledgeReleased(record_, id, pledgee, lot_.pledgor, units);
        bytes memory entry =
            abi.encode(PledgeReleased.selector, record_, id, pledgee, lot_.pledgor, units);
        _logAct(record_, pledgee, entry);
        _unlock(record_, security.lot);
    }

    /// @inheritdoc IPledges
    function enforcePledge(bytes32 record_, uint256 id, uint80 units) public virtual {
        bytes32 pledgee = _actor();
        Security storage security = _openPledgeOf(pledgee, record_, id, units);
        uint48 from = security.enforceableFrom;
        if (block.timestamp < from) revert RecordBookPledgeNotEnforceable(record_, id, from);
        Lot storage lot_ = _lots[record_][security.lot];
        if (lot_.ranking[0] != id) revert RecordBookPledgeNotFirst(record_, id, _rank(lot_, id));
        _requirePledgeable(record_);

        bytes32 pledgor = lot_.pledgor;
        lot_.units -= units;
        security.units -= units;
        if (security.units == 0) _close(lot_, id, security, PledgeState.Enforced);
        _movePledged(record_, pledgor, pledgee, units);
        emit PledgeEnforced(record_, id, pledgee, pledgor, units);
        _logAct(record_, pledgee, abi.encode(PledgeEnforced.selector, record_, id, pledgee, pledgor, units));
        _cut(record_, lot_);
    }

    /// @inheritdoc IPledges
    function pledgeOf(bytes32 record_, uint256 id) external view returns (Pledge memory) {
        Security storage security = _security(record_, id);
        Lot storage lot_ = _lots[record_][security.lot];
        return Pledge({
            pledgor: lot_.pledgor,
            pledgee: security.pledgee,
            terms: security.terms,
            units: security.units,
            enforceableFrom: security.enforceableFrom,
            lot: security.lot,
            rank: _rank(lot_, id),
            state: security.state
        });
    }

    /// @inheritdoc IPledges
    function pledgeCount(bytes32 record_) external view returns (uint256) {
        _record(record_);
        return _securities[record_].length;
    }

    /// @dev Reverts on unknown records, and unless the record's units may secure, and pass to those that
    /// they secure, now. So may what passes to others, unless a book says otherwise.
    function _requirePledgeable(bytes32 record_) internal view virtual {
        _requireTransferable(record_);
    }

    function _pledge(bytes32 record_, Lot storage lot_, Security memory security) private returns (uint256 id) {
        bytes32 pledgor = lot_.pledgor;
        if (security.pledgee == pledgor) revert RecordBookSelfPledge(pledgor);
        _requireTaker(record_, security.pledgee);

        id = _securities[record_].length;
        _securities[record_].push(security);
        lot_.ranking.push(id);
        _logPledge(record_, id, pledgor, security, lot_.ranking.length);
    }

    function _logPledge(bytes32 record_, uint256 id, bytes32 pledgor, Security memory security, uint256 rank)
        private
    {
        (bytes32 pledgee, bytes32 terms) = (security.pledgee, security.terms);
        (uint80 units, uint48 from, uint256 lot) = (security.units, security.enforceableFrom, security.lot);
        emit Pledged(record_, id, pledgor, pledgee, units, from, lot, rank, terms);
        bytes memory entry =
            abi.encode(Pledged.selector, record_, id, pledgor, pledgee, units, from, lot, rank, terms);
        _logAct(record_, pledgor, entry);
    }

    /// @dev Ends a pledge and lets those behind it move up.
    function _close(Lot storage lot_, uint256 id, Security storage security, PledgeState state) private {
        security.state = state;
        uint256[] storage order = lot_.ranking;
        for (uint256 i = _rank(lot_, id); i < order.length; ++i) {
            order[i - 1] = order[i];
        }
        order.pop();
    }

    /// @dev After units left a lot: no pledge secures with more than it still holds.
    function _cut(bytes32 record_, Lot storage lot_) private {
        uint80 held = lot_.units;
        uint256[] memory order = lot_.ranking;
        for (uint256 i = 0; i < order.length; ++i) {
            uint256 id = order[i];
            Security storage security = _securities[record_][id];
            if (security.units <= held) continue;
            security.units = held;
            if (held == 0) _close(lot_, id, security, PledgeState.Extinguished);
            emit PledgeCutTo(record_, id, held);
            _logEffect(record_, abi.encode(PledgeCutTo.selector, record_, id, held));
        }
    }

    /// @dev Frees the units of a lot that none of its pledges needs.
    function _unlock(bytes32 record_, uint256 lot) private {
        Lot storage lot_ = _lots[record_][lot];
        uint256 needed = 0;
        for (uint256 i = 0; i < lot_.ranking.length; ++i) {
            needed = Math.max(needed, _securities[record_][lot_.ranking[i]].units);
        }
        uint80 units = lot_.units - uint80(needed);
        if (units == 0) return;
        lot_.units -= units;
        bytes32 pledgor = lot_.pledgor;
        _movePledged(record_, pledgor, pledgor, units);
        emit UnitsUnlocked(record_, lot, pledgor, units);
        _logEffect(record_, abi.encode(UnitsUnlocked.selector, record_, lot, pledgor, units));
    }

    function _openPledgeOf(bytes32 pledgee, bytes32 record_, uint256 id, uint80 units)
        private
        view
        returns (Security storage security)
    {
        security = _openPledge(record_, id);
        if (security.pledgee != pledgee) revert RecordBookNotParty(record_, pledgee);
        if (units == 0) revert RecordBookNoUnits();
        if (units > security.units) revert RecordBookPledgeTooSmall(record_, id, security.units, units);
    }

    function _openPledge(bytes32 record_, uint256 id) internal view returns (Security storage security) {
        security = _security(record_, id);
        if (security.state != PledgeState.Open) revert RecordBookPledgeNotOpen(record_, id, security.state);
    }

    function _security(bytes32 record_, uint256 id) private view returns (Security storage) {
        if (id >= _securities[record_].length) revert RecordBookUnknownPledge(record_, id);
        return _securities[record_][id];
    }

    /// @dev Rank of a pledge, from one; zero if it is not open.
    function _rank(Lot storage lot_, uint256 id) private view returns (uint8) {
        for (uint256 i = 0; i < lot_.ranking.length; ++i) {
            if (lot_.ranking[i] == id) return uint8(i + 1);
        }
        return 0;
    }
}
