"""Which hub a feed names, and what was agreed with it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for name in ("hub", "hub_topic"):
        op.add_column("feeds", sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''")))
    op.create_table(
        "pushes",
        sa.Column(
            "feed_id", sa.Integer, sa.ForeignKey("feeds.id", name="pushes_feed"), primary_key=True, autoincrement=False
        ),
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("callback", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("missed", sa.Integer, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sa.Column("lease_seconds", sa.Integer, nullable=False),
        sa.Column("pushed_at", sa.BigInteger),
        sa.Column("error", sa.Text, nullable=False),
    )
