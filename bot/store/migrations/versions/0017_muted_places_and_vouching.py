"""What kind of place a muted one is; and who stands for a group that config.yaml does not let in."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("mutes", sa.Column("place_kind", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("chats", sa.Column("vouched_by", sa.BigInteger))
    op.execute("UPDATE chats SET vouched_by = 0 WHERE chat_id < 0")  # nobody wrote down who did
