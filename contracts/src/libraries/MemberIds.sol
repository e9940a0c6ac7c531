// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The form of a member's readable name: `scheme:value`.
/// @notice The scheme is 2 to 12 lower-case letters or digits and begins with a letter; the value
/// is 1 to 28 of `A-Z a-z 0-9 . _ -`. The text is left-aligned and padded with zero bytes, so a
/// name has one encoding only.
library MemberIds {
    uint256 private constant _WORD = 32;
    uint256 private constant _SCHEME_MIN = 2;
    uint256 private constant _SCHEME_MAX = 12;
    uint256 private constant _VALUE_MAX = 28;

    /// @notice Whether `id` is a well-formed name.
    function isValid(bytes32 id) internal pure returns (bool) {
        uint256 colon = 0;
        while (colon < _SCHEME_MAX && (_isLower(id[colon]) || _isDigit(id[colon]))) ++colon;
        if (colon < _SCHEME_MIN || _isDigit(id[0]) || id[colon] != ":") return false;

        uint256 end = colon + 1;
        while (end < _WORD && _isValue(id[end])) ++end;
        uint256 valueLength = end - colon - 1;
        if (valueLength == 0 || valueLength > _VALUE_MAX) return false;

        return id << (8 * end) == 0;
    }

    function _isValue(bytes1 char) private pure returns (bool) {
        return _isLower(char) || _isUpper(char) || _isDigit(char) || char == "." || char == "_" || char == "-";
    }

    function _isLower(bytes1 char) private pure returns (bool) {
        return char >= "a" && char <= "z";
    }

    function _isUpper(bytes1 char) private pure returns (bool) {
        return char >= "A" && char <= "Z";
    }

    function _isDigit(bytes1 char) private pure returns (bool) {
        return char >= "0" && char <= "9";
    }
}
