"""What people chose: time zones, quiet hours, preferences of subscriptions, mutes, topics and channels."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NOTHING, ZERO = sa.text("''"), sa.text("0")


def upgrade() -> None:
    for column in (
        sa.Column("time_zone", sa.Text, nullable=False, server_default=NOTHING),
        sa.Column("quiet_from", sa.Integer),
        sa.Column("quiet_until", sa.Integer),
        sa.Column("critical_passes", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("silent", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("chats", column)
    for column in (
        sa.Column("left_at", sa.BigInteger),
        sa.Column("minimum", sa.Text, nullable=False, server_default=sa.text("'normal'")),
        sa.Column("place", sa.JSON),
        sa.Column("minimum_toll", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("rhythm", sa.Text, nullable=False, server_default=sa.text("'instant'")),
        sa.Column("silent", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("topic_id", sa.BigInteger),
    ):
        op.add_column("subscriptions", column)
    for column in (
        sa.Column("rules", sa.JSON),
        sa.Column("topic_id", sa.BigInteger),
        sa.Column("held_since", sa.BigInteger),
        sa.Column("topic_lost", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("outbox", column)
    op.create_table(
        "mutes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("muted_at", sa.BigInteger, nullable=False),
        sa.Column("muted_until", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("chat_id", "kind", "target", name="mutes_target"),
    )
    op.create_table(
        "channels",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
    )
