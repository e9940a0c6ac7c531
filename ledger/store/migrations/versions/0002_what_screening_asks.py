"""What screening asks: events by identity key, and the invoices that a member has seen."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY_EVENTS = ("StrictKeyHeld", "StrictKeyFreed", "AlertKeyNoted", "AlertKeySeen")


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("identity_key", sa.LargeBinary(length=32), nullable=True))
    _name_identity_keys()
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_events_identity_key_block_number_log_index"),
            ["identity_key", "block_number", "log_index"],
            unique=False,
        )

    op.create_table(
        "seen_invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("file", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("folded_number", sa.Text(), nullable=False),
        sa.Column("issue_date", sa.String(length=10), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("invoice_class", sa.String(length=8), nullable=False),
        sa.Column("self_billed", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("minor_units", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("record", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_invoices")),
        sa.UniqueConstraint("member", "file", name=op.f("uq_seen_invoices_member_file")),
    )
    with op.batch_alter_table("seen_invoices", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_seen_invoices_member_folded_number"),
            ["member", "folded_number"],
            unique=False,
        )

    op.create_table(
        "seen_parties",
        sa.Column("seen_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("scheme", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seen_id"], ["seen_invoices.id"], name=op.f("fk_seen_parties_seen_id")
        ),
        sa.PrimaryKeyConstraint("seen_id", "side", "scheme", "value", name=op.f("pk_seen_parties")),
    )
    with op.batch_alter_table("seen_parties", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_seen_parties_scheme_value"), ["scheme", "value"], unique=False
        )

    op.create_table(
        "seen_references",
        sa.Column("seen_id", sa.Uuid(), nullable=False),
        sa.Column("folded_number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seen_id"], ["seen_invoices.id"], name=op.f("fk_seen_references_seen_id")
        ),
        sa.PrimaryKeyConstraint("seen_id", "folded_number", name=op.f("pk_seen_references")),
    )
    with op.batch_alter_table("seen_references", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_seen_references_folded_number"), ["folded_number"], unique=False
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("seen_references", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seen_references_folded_number"))

    op.drop_table("seen_references")
    with op.batch_alter_table("seen_parties", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seen_parties_scheme_value"))

    op.drop_table("seen_parties")
    with op.batch_alter_table("seen_invoices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seen_invoices_member_folded_number"))

    op.drop_table("seen_invoices")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_identity_key_block_number_log_index"))
        batch_op.drop_column("identity_key")


def _name_identity_keys() -> None:
    """Put the keys of events that were followed before into their column."""
    events = sa.table(
        "events",
        sa.column("block_number", sa.BigInteger),
        sa.column("log_index", sa.BigInteger),
        sa.column("name", sa.String),
        sa.column("arguments", sa.Text),
        sa.column("identity_key", sa.LargeBinary),
    )
    connection = op.get_bind()
    followed = sa.select(events).where(events.c.name.in_(_KEY_EVENTS))
    found = [
        {
            "block": row.block_number,
            "log": row.log_index,
            "key": bytes.fromhex(json.loads(row.arguments)["key"].removeprefix("0x")),
        }
        for row in connection.execute(followed)
    ]
    if found:
        connection.execute(
            events.update()
            .where(
                events.c.block_number == sa.bindparam("block"),
                events.c.log_index == sa.bindparam("log"),
            )
            .values(identity_key=sa.bindparam("key")),
            found,
        )
