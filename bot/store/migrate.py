"""Bring the tables of a store to what this code expects.

A newcomer edits an old migration: write a new file in migrations/versions/ instead, for stores out there have run the
old one. There is no way down; the way back is a backup.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.store.engine import MIGRATING, take_lock
from bot.store.errors import StoreError, name_of

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(connection: Connection) -> None:
    """Run the missing migrations inside the connection's transaction. StoreError if the store is not ours to change."""
    take_lock(connection, MIGRATING)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    versions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    current = MigrationContext.configure(connection).get_current_revision()
    name = name_of(connection.engine.url)
    if current is None and inspect(connection).get_table_names():
        raise StoreError(f"The store {name} holds tables of another program. Give Tocsin a database of its own.")
    if current is not None and current not in versions:
        raise StoreError(
            f"The store {name} was written by a newer Tocsin (schema {current}; this one knows up to {versions[0]})."
            " Update Tocsin, or restore a backup made before the update."
        )
    if current != versions[0]:
        command.upgrade(config, "head")
