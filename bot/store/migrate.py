"""Bring the tables of a store to what this code expects.

A newcomer edits an old migration: write a new file in migrations/versions/ instead, for stores out there have run the
old one. There is no way down; the way back is a backup.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.store.engine import MIGRATING, stay_open, wait_for_lock
from bot.store.errors import StoreError, name_of

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"


Before = Callable[[str], None]

log = logging.getLogger(__name__)


def nothing_before(_version: str) -> None:
    """For a store that is a copy already."""


def migrate(connection: Connection, before: Before = nothing_before, *, to: str = "head") -> None:
    """Run the missing migrations inside the connection's transaction. StoreError if the store is not ours to change.

    `before` is called with the schema of a store that is about to change, while nobody else can begin to change it.
    """
    if known_version(connection) == newest_version():
        return
    wait_for_lock(connection, MIGRATING)
    version = known_version(connection)
    if version == newest_version():
        return
    if version is not None:
        stay_open(connection)
        before(version)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, to)
    name = name_of(connection.engine.url)
    log.info("the store %s is %s", name, f"brought up to date from schema {version}" if version else "new")


def require_current(connection: Connection) -> None:
    """StoreError if a migration is missing, or the store is not ours: for those who only read."""
    current = known_version(connection)
    if current != newest_version():
        was = f"was written by an older Tocsin (schema {current})" if current else "holds nothing yet"
        raise StoreError(f"The store {name_of(connection.engine.url)} {was}. Start `tocsin run`, which sees to that.")


def known_version(connection: Connection) -> str | None:
    """The schema of the store, None while it is empty. StoreError if it is another program's, or a newer Tocsin's."""
    current, versions = MigrationContext.configure(connection).get_current_revision(), _versions()
    name = name_of(connection.engine.url)
    if current is None and inspect(connection).get_table_names():
        raise StoreError(f"The store {name} holds tables of another program. Give Tocsin a database of its own.")
    if current is not None and current not in versions:
        raise StoreError(
            f"The store {name} was written by a newer Tocsin (schema {current}; this one knows up to {versions[0]})."
            " Update Tocsin, or restore a backup made before the update."
        )
    return current


def newest_version() -> str:
    """The schema that this code works on."""
    return _versions()[0]


@cache
def _versions() -> tuple[str, ...]:
    """The schemas that this code knows, the newest first."""
    return tuple([script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()])
