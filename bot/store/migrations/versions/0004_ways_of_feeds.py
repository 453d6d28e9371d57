"""What is remembered of a feed's ways: its rhythm, its server's wishes, where it moved, why it is asked when."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXTS = ("due_why", "trouble_told", "answered_url", "moved_to", "moving_to", "items_by_hour")
TIMES = ("failing_since", "gone_at", "history_at", "newest_at")
WHOLE = ("moves_seen", "skipped_hours", "skipped_days")
FRACTIONS = ("fresh_seconds", "every_seconds", "watched_days")


def upgrade() -> None:
    for name in TEXTS:
        op.add_column("feeds", sa.Column(name, sa.Text, nullable=False, server_default=sa.text("''")))
    for name in TIMES:
        op.add_column("feeds", sa.Column(name, sa.BigInteger))
    for name in WHOLE:
        op.add_column("feeds", sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0")))
    for name in FRACTIONS:
        op.add_column("feeds", sa.Column(name, sa.Float, nullable=False, server_default=sa.text("0")))
