"""What kind of place a muted one is: a village, a province, a country."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("mutes", sa.Column("place_kind", sa.Text, nullable=False, server_default=sa.text("''")))
