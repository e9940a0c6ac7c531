"""Documents with fields, and documents whose opening was erased.

Columns are added, filled and dropped one by one: SQLite changes no column in place, and a copy of
the table would break the references to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WITHOUT_A_PLACE = sa.text(
    "SELECT count(*) FROM documents WHERE fields IS NOT NULL OR erased_at IS NOT NULL"
)


def upgrade() -> None:
    """Forward. The salt of a document without fields is its secret."""
    op.alter_column("documents", "statement", new_column_name="old_statement")
    op.add_column("documents", sa.Column("statement", sa.LargeBinary(), nullable=True))
    op.add_column("documents", sa.Column("secret", sa.LargeBinary(length=32), nullable=True))
    op.add_column("documents", sa.Column("fields", sa.LargeBinary(), nullable=True))
    op.add_column("documents", sa.Column("erased_at", sa.BigInteger(), nullable=True))
    op.execute("UPDATE documents SET statement = old_statement, secret = salt")
    op.drop_column("documents", "old_statement")
    op.drop_column("documents", "salt")


def downgrade() -> None:
    """Back, unless there are documents that the older schema has no place for.

    The two columns stay nullable; the older version never writes null into them.
    """
    lost = op.get_bind().execute(_WITHOUT_A_PLACE).scalar_one()
    if lost:
        raise RuntimeError(
            f"{lost} documents have fields or were erased, and the older schema cannot hold them"
        )
    op.add_column("documents", sa.Column("salt", sa.LargeBinary(length=32), nullable=True))
    op.execute("UPDATE documents SET salt = secret")
    op.drop_column("documents", "secret")
    op.drop_column("documents", "fields")
    op.drop_column("documents", "erased_at")
