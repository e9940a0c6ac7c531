"""The tables. Times are Unix seconds, digests and hashes are raw bytes, ids are UUIDv7."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    text,
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


def _waiting(column: str) -> dict[str, Any]:
    """Where an index holds only rows that wait: its size is that of the queue, not of the table."""
    is_null = text(f"{column} IS NULL")
    return {"sqlite_where": is_null, "postgresql_where": is_null}


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
# attempt that the chain holds. Every change counts `revision` up: whoever changes a row names the
# revision that it has read, so that of two workers one is told that the other was faster.
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
    Column("revision", Integer, nullable=False, server_default="0"),
    Index(None, "state", "id"),
    Index(None, "state", "block_number"),
)

# Every signed form of a transaction, stored before it is sent. `outcome` is null while the chain
# may still take it. Fees are in wei per gas, as decimal text: they may exceed 64 bits. `kind` is
# call, or cancel for one that does nothing but use the nonce up.
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
    Column("kind", String(8), nullable=False, server_default="call"),
    Column("outcome", String(16)),
    UniqueConstraint("transaction_id", "sequence"),
    Index(None, "signer", "nonce"),
)

# Which transaction a nonce of a key was given to. Never given twice, whoever asks at the same time.
nonces = Table(
    "nonces",
    metadata,
    Column("signer", _ADDRESS, primary_key=True),
    Column("nonce", BigInteger, primary_key=True, autoincrement=False),
    Column("transaction_id", ForeignKey("transactions.id"), nullable=False),
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

# A document waits for its batch while batch_id is null. `statement`, `secret` and, if it has any,
# the values of its `fields` (a JSON object) open its commitment; they are null once it was erased.
documents = Table(
    "documents",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member", _MEMBER, nullable=False),
    Column("statement", LargeBinary),
    Column("secret", LargeBinary(32)),
    Column("fields", LargeBinary),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    Column("erased_at", BigInteger),
    Column("batch_id", ForeignKey("batches.id")),
    Column("leaf_index", BigInteger),
    Column("record", LargeBinary(32)),
    Index(None, "member", "id"),
    Index(None, "batch_id", "leaf_index"),
    Index("ix_documents_waiting", "member", "id", **_waiting("batch_id")),
)

# Documents that one request handed in by digest and size, all of one media type, anchored together.
# Flat: for each document 32 bytes of digest, 8 of size (big-endian), 32 of secret, 32 of leaf hash.
# The bundle waits for its batch while batch_id is null; its leaves begin there at first_leaf. What
# is erased of a document are its digest, size and secret, which are zeros then.
bundles = Table(
    "bundles",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member", _MEMBER, nullable=False),
    Column("media_type", String(127), nullable=False),
    Column("size", Integer, nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    Column("batch_id", ForeignKey("batches.id")),
    Column("first_leaf", BigInteger),
    # Last: SQLite reads through what stands before a column.
    Column("digests", LargeBinary, nullable=False),
    Column("sizes", LargeBinary, nullable=False),
    Column("secrets", LargeBinary, nullable=False),
    Column("leaves", LargeBinary, nullable=False),
    Index(None, "member", "id"),
    Index(None, "batch_id"),
    Index("ix_bundles_waiting", "member", "id", **_waiting("batch_id")),
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
    Index(None, "resource_id"),
)

# The follower's position: blocks that it has read, newest last.
followed_blocks = Table(
    "followed_blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("timestamp", BigInteger, nullable=False),
)

# Contract events in canonical blocks. `arguments` is a JSON object; `identity_key` is the one among
# them that the event is about, if any.
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
    Column("identity_key", LargeBinary(32)),
    Index(None, "record", "block_number", "log_index"),
    Index(None, "name", "block_number", "log_index"),
    Index(None, "identity_key", "block_number", "log_index"),
)

# Invoices that a member registered or screened. `file` is the SHA-256 of the bytes as they came in.
# Amounts are in minor units, as decimal text: they may exceed 64 bits.
seen_invoices = Table(
    "seen_invoices",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("member", _MEMBER, nullable=False),
    Column("file", LargeBinary(32), nullable=False),
    Column("number", Text, nullable=False),
    Column("folded_number", Text, nullable=False),
    Column("issue_date", String(10), nullable=False),
    Column("type_code", Text, nullable=False),
    Column("invoice_class", String(8), nullable=False),
    Column("self_billed", Boolean, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("minor_units", Text, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("how", String(16), nullable=False),
    Column("record", LargeBinary(32)),
    UniqueConstraint("member", "file"),
    Index(None, "member", "folded_number"),
)

# What names the parties of a seen invoice, normalised. `side` is seller or buyer.
seen_parties = Table(
    "seen_parties",
    metadata,
    Column("seen_id", ForeignKey("seen_invoices.id"), primary_key=True),
    Column("side", String(8), primary_key=True),
    Column("scheme", String(8), primary_key=True),
    Column("value", Text, primary_key=True),
    Index(None, "scheme", "value"),
)

# Numbers of the invoices that a seen one refers to (BT-25), folded.
seen_references = Table(
    "seen_references",
    metadata,
    Column("seen_id", ForeignKey("seen_invoices.id"), primary_key=True),
    Column("folded_number", Text, primary_key=True),
    Index(None, "folded_number"),
)
