"""The tables. Times are Unix seconds, digests and hashes are raw bytes, ids are UUIDv7."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

_MEMBER = String(32)
_ADDRESS = String(42)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member", _MEMBER, nullable=False),
    Column("role", String(16), nullable=False),
    Column("secret_hash", LargeBinary(32), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

# What the chain was asked to do: written before it is done. `hash` and the block are those of the
# attempt that the chain holds.
transactions = Table(
    "transactions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member", _MEMBER, nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("recipient", _ADDRESS, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("hash", LargeBinary(32)),
    Column("block_number", BigInteger),
    Column("block_hash", LargeBinary(32)),
    Column("problem", Text),
    Column("due_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Index(None, "state", "id"),
)

# Every signed form of a transaction, stored before it is sent. `outcome` is null while the chain
# may still take it. Fees are in wei per gas, as decimal text: they may exceed 64 bits.
attempts = Table(
    "attempts",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("transaction_id", ForeignKey("transactions.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("signer", _ADDRESS, nullable=False),
    Column("nonce", BigInteger, nullable=False),
    Column("max_fee", String(32), nullable=False),
    Column("priority_fee", String(32)),
    Column("raw", LargeBinary, nullable=False),
    Column("outcome", String(8)),
    UniqueConstraint("transaction_id", "sequence"),
    Index(None, "signer", "nonce"),
)

# `leaves` is the tree's leaf hashes in order, 32 bytes each.
batches = Table(
    "batches",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member", _MEMBER, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Column("transaction_id", ForeignKey("transactions.id"), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
)

# Where a final batch stands on the chain, with the proof of it. `nodes` is an RLP list.
anchors = Table(
    "anchors",
    metadata,
    Column("batch_id", ForeignKey("batches.id"), primary_key=True),
    Column("header", LargeBinary, nullable=False),
    Column("transaction_index", BigInteger, nullable=False),
    Column("log_index", BigInteger, nullable=False),
    Column("nodes", LargeBinary, nullable=False),
)

# A document waits for its batch while batch_id is null.
documents = Table(
    "documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member", _MEMBER, nullable=False),
    Column("statement", LargeBinary, nullable=False),
    Column("salt", LargeBinary(32), nullable=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    Column("batch_id", ForeignKey("batches.id")),
    Column("leaf_index", BigInteger),
    Column("record", LargeBinary(32)),
    Index(None, "member", "id"),
    Index(None, "batch_id", "leaf_index"),
)

# What a member asked to be done to a record.
operations = Table(
    "operations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member", _MEMBER, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("record", LargeBinary(32), nullable=False),
    Column("document_id", ForeignKey("documents.id")),
    Column("transaction_id", ForeignKey("transactions.id"), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "member", "id"),
    Index(None, "document_id"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("member", _MEMBER, primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("fingerprint", LargeBinary(32), nullable=False),
    Column("resource_id", Uuid, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

# The follower's position: blocks that it has read, newest last.
followed_blocks = Table(
    "followed_blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("timestamp", BigInteger, nullable=False),
)

# Contract events in canonical blocks. `arguments` is a JSON object.
events = Table(
    "events",
    metadata,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", BigInteger, primary_key=True, autoincrement=False),
    Column("transaction_hash", LargeBinary(32), nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("contract", String(32), nullable=False),
    Column("name", String(32), nullable=False),
    Column("record", LargeBinary(32)),
    Column("arguments", Text, nullable=False),
    Index(None, "record", "block_number", "log_index"),
    Index(None, "name", "block_number", "log_index"),
)
