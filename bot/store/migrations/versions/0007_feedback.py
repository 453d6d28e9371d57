"""What people say of alerts, who sees to an incident, and short names of incidents."""

from base64 import b32encode
from hashlib import blake2s

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("incident_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("incident", sa.JSON, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
        sa.UniqueConstraint("chat_id", "incident_id", "user_id", name="feedback_one_each"),
    )
    op.create_table(
        "acknowledgements",
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("incident_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "incident_id", "user_id", name="acknowledgements_pk"),
    )
    op.add_column("incidents", sa.Column("reference", sa.Text, nullable=False, server_default=sa.text("''")))
    _name_incidents()
    op.create_index("incidents_reference", "incidents", ["reference"])


def _name_incidents() -> None:
    connection = op.get_bind()
    ids = connection.scalars(sa.text("SELECT id FROM incidents")).all()
    if ids:
        named = [{"known": each, "short": _reference(each)} for each in ids]
        connection.execute(sa.text("UPDATE incidents SET reference = :short WHERE id = :known"), named)


def _reference(incident_id: str) -> str:
    return b32encode(blake2s(incident_id.encode(), digest_size=5).digest()).decode().lower()
