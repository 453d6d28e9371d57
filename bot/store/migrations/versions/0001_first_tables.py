"""The first tables.

Plain column types on purpose: a migration says what was true then, whatever the code says now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TIME = sa.BigInteger  # microseconds since 1970 UTC


def upgrade() -> None:
    _feeds()
    _reports()
    _incidents()
    _chats()
    _outbox()


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", ID, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("home", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("interval_seconds", sa.Float),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        sa.Column("last_modified", sa.Text, nullable=False),
        sa.Column("body_digest", sa.Text, nullable=False),
        sa.Column("next_due_at", TIME, nullable=False),
        sa.Column("leased_until", TIME),
        sa.Column("last_polled_at", TIME),
        sa.Column("last_success_at", TIME),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.UniqueConstraint("url", name="feeds_url"),
    )
    op.create_index("feeds_next_due_at", "feeds", ["next_due_at"])


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("published", TIME, nullable=False),
        sa.Column("fetched_at", TIME, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("incident_ids", sa.JSON, nullable=False),
        sa.Column("duplicate_of", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("guid", sa.Text, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("home", sa.Text),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("lead", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("reports_published", "reports", ["published"])
    op.create_index("reports_reason", "reports", ["reason"])
    op.create_table(
        "report_keys",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("report_id", sa.Text, sa.ForeignKey("reports.id", name="report_keys_report"), nullable=False),
        sa.PrimaryKeyConstraint("key", "digest", name="report_keys_pk"),
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("last_seen", TIME, nullable=False),
        sa.Column("place_id", sa.Text),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index("incidents_last_seen", "incidents", ["last_seen"])


def _chats() -> None:
    op.create_table(
        "chats",
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("known_at", TIME, nullable=False),
        sa.Column("paused_at", TIME),
        sa.Column("paused_why", sa.Text, nullable=False),
    )
    op.create_table(
        "subscriptions",
        sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chats.chat_id", name="subscriptions_chat"), nullable=False),
        sa.Column("rule_id", sa.Text, nullable=False),
        sa.Column("subscribed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "rule_id", name="subscriptions_pk"),
    )
    op.create_index("subscriptions_rule", "subscriptions", ["rule_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("incident_id", sa.Text),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("text", sa.JSON, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("leased_until", TIME),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("repeated", sa.Boolean, nullable=False),
        sa.Column("telegram_id", sa.BigInteger),
        sa.Column("error", sa.Text, nullable=False),
        sa.UniqueConstraint("key", "chat_id", name="outbox_key_chat"),
    )
    op.create_index("outbox_state_due", "outbox", ["state", "due_at"])
    op.create_index("outbox_state_changed", "outbox", ["state", "changed_at"])
    op.create_index("outbox_incident_chat", "outbox", ["incident_id", "chat_id"])
