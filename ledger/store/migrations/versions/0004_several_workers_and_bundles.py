"""What lets several workers share one store, and many documents come in by one request."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WAITING = sa.text("batch_id IS NULL")
_BUNDLES = sa.text("SELECT count(*) FROM bundles")
# An older version would take the cancelling of a call for the call.
_CANCELLING = sa.text("SELECT count(*) FROM attempts WHERE kind <> 'call' OR length(outcome) > 8")

# It cannot read them, also when they are over.
_FILLING = sa.text("SELECT count(*) FROM transactions WHERE purpose = 'filler'")


def upgrade() -> None:
    """Forward. Nonces that were given before are kept as given."""
    op.add_column(
        "transactions", sa.Column("revision", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index("ix_transactions_state_block_number", "transactions", ["state", "block_number"])
    op.add_column(
        "attempts", sa.Column("kind", sa.String(length=8), nullable=False, server_default="call")
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.alter_column("outcome", type_=sa.String(length=16), existing_nullable=True)
    op.create_table(
        "nonces",
        sa.Column("signer", sa.String(length=42), nullable=False),
        sa.Column("nonce", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_nonces_transaction_id")
        ),
        sa.PrimaryKeyConstraint("signer", "nonce", name=op.f("pk_nonces")),
    )
    op.execute(
        "INSERT INTO nonces (signer, nonce, transaction_id)"
        " SELECT a.signer, a.nonce, a.transaction_id FROM attempts a WHERE NOT EXISTS ("
        "SELECT 1 FROM attempts b WHERE b.signer = a.signer AND b.nonce = a.nonce"
        " AND b.hash > a.hash)"
    )
    op.create_index(
        "ix_documents_waiting",
        "documents",
        ["member", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index("ix_idempotency_keys_resource_id", "idempotency_keys", ["resource_id"])
    _create_bundles()


def _create_bundles() -> None:
    op.create_table(
        "bundles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=127), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("first_leaf", sa.BigInteger(), nullable=True),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
        sa.Column("sizes", sa.LargeBinary(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_bundles_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
    )
    op.create_index("ix_bundles_member_id", "bundles", ["member", "id"])
    op.create_index("ix_bundles_batch_id", "bundles", ["batch_id"])
    op.create_index(
        "ix_bundles_waiting",
        "bundles",
        ["member", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def downgrade() -> None:
    """Back, unless there is what the older schema has no place for."""
    bundles = op.get_bind().execute(_BUNDLES).scalar_one()
    if bundles:
        raise RuntimeError(f"there are {bundles} bundles, and the older schema cannot hold them")
    cancelling = op.get_bind().execute(_CANCELLING).scalar_one()
    if cancelling:
        raise RuntimeError(
            f"{cancelling} attempts cancel their transactions, which the older schema cannot tell"
        )
    filling = op.get_bind().execute(_FILLING).scalar_one()
    if filling:
        raise RuntimeError(
            f"{filling} transactions fill nonces that were missing, which the older version cannot"
            " read"
        )
    op.drop_table("bundles")
    op.drop_index("ix_idempotency_keys_resource_id", table_name="idempotency_keys")
    op.drop_index("ix_documents_waiting", table_name="documents")
    op.drop_table("nonces")
    op.drop_column("attempts", "kind")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.alter_column("outcome", type_=sa.String(length=8), existing_nullable=True)
    op.drop_index("ix_transactions_state_block_number", table_name="transactions")
    op.drop_column("transactions", "revision")
