"""What many feeds and several workers need: the country of an incident, numbers that never wait, an index."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

NUMBERS = sa.Sequence("report_numbers")
COUNTRY = {
    "sqlite": "json_extract(body, '$.place.country')",
    "postgresql": "body->'place'->>'country'",
}


def upgrade() -> None:
    op.add_column("incidents", sa.Column("country", sa.Text))
    op.create_index("incidents_country", "incidents", ["country", "last_seen"])
    op.create_index("feeds_last_polled_at", "feeds", ["last_polled_at", "next_due_at"])
    dialect = op.get_bind().dialect.name
    op.execute(sa.text(f"UPDATE incidents SET country = nullif({COUNTRY[dialect]}, '')"))  # noqa: S608  all ours
    if dialect == "postgresql":
        op.execute(sa.schema.CreateSequence(NUMBERS))
        op.execute(sa.text("SELECT setval('report_numbers', coalesce(max(number), 0) + 1, false) FROM reports"))
