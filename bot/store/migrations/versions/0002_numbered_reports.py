"""Reports are numbered in the order they were recorded, so that what came since is found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

IN_ORDER = """
UPDATE reports SET number = ordered.number
FROM (SELECT id, row_number() OVER (ORDER BY fetched_at, id) AS number FROM reports) AS ordered
WHERE ordered.id = reports.id
"""


def upgrade() -> None:
    op.add_column("reports", sa.Column("number", sa.BigInteger))
    op.execute(IN_ORDER)
    op.create_index("reports_number", "reports", ["number"], unique=True)
