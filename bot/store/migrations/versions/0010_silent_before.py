"""Since when a feed's reports are told, after a backup was put back."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("feeds", sa.Column("silent_before", sa.BigInteger))
