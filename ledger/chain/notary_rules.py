"""Refusals of the contract Notary."""

from ledger.chain.rule import Rules
from ledger.errors import Conflict, InvalidRequest, NotFound

NOTARY_RULES: Rules = {
    "NotaryEmptyTree": (InvalidRequest, "empty-tree", "a tree has at least one leaf"),
    "NotaryEmptyRoot": (InvalidRequest, "empty-root", "the root is empty"),
    "NotaryAlreadyAnchored": (
        Conflict,
        "already-anchored",
        "{member} has anchored root {root} before",
    ),
    "NotaryUnknownAnchor": (
        NotFound,
        "unknown-anchor",
        "{member} has not anchored root {root}",
    ),
    "NotaryNotIncluded": (
        InvalidRequest,
        "not-included",
        "the path does not lead from leaf {leaf_hash} to root {root}",
    ),
    "NotaryAlreadyRevoked": (
        Conflict,
        "already-revoked",
        "leaf {leaf_hash} of {member} is revoked already",
    ),
    "NotarySupersededByItself": (
        InvalidRequest,
        "own-successor",
        "leaf {leaf_hash} cannot replace itself",
    ),
    "NotaryLengthMismatch": (
        InvalidRequest,
        "length-mismatch",
        "{roots} roots and {sizes} sizes do not belong together",
    ),
}
