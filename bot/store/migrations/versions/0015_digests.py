"""Digests: when each chat was told last and of what, at which hour it wants them, and pictures of messages."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("chats", sa.Column("digest_at", sa.Integer))
    op.add_column("outbox", sa.Column("picture", sa.LargeBinary))
    op.create_table(
        "digests",
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("rhythm", sa.Text, nullable=False),
        sa.Column("told_until", sa.BigInteger, nullable=False),
        sa.Column("listed", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "rhythm", name="digests_pk"),
    )
