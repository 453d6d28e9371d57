"""In which language a subscription is told, where that is not the chat's."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("language", sa.Text, nullable=False, server_default=sa.text("''")))
