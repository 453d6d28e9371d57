"""The language that each chat chose."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("chats", sa.Column("language", sa.Text, nullable=False, server_default=sa.text("''")))
