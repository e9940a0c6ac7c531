"""The only byte layouts: canonical JSON, commitments, tree hashes, words, requests to sign.

Every other module asks this package for bytes, so that what is hashed is laid out in one place.
"""

from ledger.codec.canonical import JsonValue, canonical_json, parse_json_strict
from ledger.codec.commitments import (
    LEAF_PREFIX,
    NODE_PREFIX,
    SALT_BYTES,
    commit,
    commit_field,
    field_salt,
    leaf_hash,
    node_hash,
    statement_leaves,
    statement_salt,
)
from ledger.codec.fields import Fields
from ledger.codec.rlp_strict import (
    RlpItem,
    parse_rlp_strict,
    rlp_bytes,
    rlp_integer,
    rlp_list,
)
from ledger.codec.typed_data import (
    FORWARDER_NAME,
    FORWARDER_VERSION,
    ForwardRequest,
    domain_separator,
    signing_hash,
)
from ledger.codec.words import member_from_word, member_to_word, record_id

__all__ = [
    "FORWARDER_NAME",
    "FORWARDER_VERSION",
    "LEAF_PREFIX",
    "NODE_PREFIX",
    "SALT_BYTES",
    "Fields",
    "ForwardRequest",
    "JsonValue",
    "RlpItem",
    "canonical_json",
    "commit",
    "commit_field",
    "domain_separator",
    "field_salt",
    "leaf_hash",
    "member_from_word",
    "member_to_word",
    "node_hash",
    "parse_json_strict",
    "parse_rlp_strict",
    "record_id",
    "rlp_bytes",
    "rlp_integer",
    "rlp_list",
    "signing_hash",
    "statement_leaves",
    "statement_salt",
]
