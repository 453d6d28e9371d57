"""Each test that takes `url` or `store` runs on SQLite and on a real PostgreSQL, and finds its tables there and empty.

Only tests that care how tables come about (`empty_url`) get a database of their own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from bot.store import Store
from tests.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store that nobody has used yet."""
    if request.param == "sqlite":
        unused: Path = request.getfixturevalue("unused_store")
        yield f"sqlite:///{shutil.copy(unused, tmp_path / 'store.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.with_tables() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.new_database() as address:
        yield address


@pytest.fixture
def open_store(url: str) -> Iterator[Callable[[], Store]]:
    """Open the same store as often as there are workers."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Store.open(url)))


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()
