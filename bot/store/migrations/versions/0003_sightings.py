"""Which rule counts which report, for spikes and for silence."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "sightings",
        sa.Column("rule_id", sa.Text, nullable=False),
        sa.Column("report_id", sa.Text, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "report_id", name="sightings_pk"),
    )
    op.create_index("sightings_seen_at", "sightings", ["rule_id", "seen_at"])
