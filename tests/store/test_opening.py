"""A store that cannot be used says so when it is opened, and never starts empty instead."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import MessageState, Store, StoreError
from tests.store.samples import NOW, at_once, message, outcome, record, report


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A SQLite store with enough in it to be damaged."""
    path = tmp_path / "used.db"
    with closing(Store.open(str(path))) as store:
        for number in range(50):
            record(store, outcome(report(f"r{number}")), message(f"m{number}"))
    return path


@pytest.fixture
def unprivileged(tmp_path: Path) -> Iterator[None]:
    """Not root for once: permissions do not hold root back."""
    tmp_path.chmod(0o555)
    was = os.geteuid()
    os.seteuid(65_534 if was == 0 else was)
    yield
    os.seteuid(was)
    tmp_path.chmod(0o755)


def refusal(url: str | Path) -> str:
    with pytest.raises(StoreError) as caught:
        Store.open(str(url))
    return str(caught.value)


def test_a_plain_path_is_a_sqlite_file(tmp_path: Path):
    with closing(Store.open(str(tmp_path / "plain.db"))) as store:
        assert store.status().feeds == 0
    assert (tmp_path / "plain.db").read_bytes().startswith(b"SQLite format 3\0")


def test_what_was_recorded_is_there_after_a_restart(used: Path):
    with closing(Store.open(f"sqlite:///{used}")) as store:
        assert sum(store.status().messages.values()) == 50


def test_a_damaged_file_is_refused(used: Path):
    bytes_ = bytearray(used.read_bytes())
    middle = len(bytes_) // 2
    bytes_[middle : middle + 8192] = b"\xff" * 8192
    used.write_bytes(bytes_)
    said = refusal(used)
    assert str(used) in said
    assert "is damaged. Put a backup back with `tocsin restore`; do not just delete it" in said


def test_a_file_cut_short_is_refused(used: Path):
    used.write_bytes(used.read_bytes()[:5000])
    assert "is damaged. Put a backup back" in refusal(used)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path):
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear all, " * 500)
    assert f"{letter} is not a database. Name another file" in refusal(letter)
    assert letter.read_text() == "Dear all, " * 500


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "cookies.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE cookies (name)")
    assert "holds tables of another program" in refusal(path)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_schema").fetchall() == [("cookies",)]


def test_a_missing_folder_is_refused(tmp_path: Path):
    assert "Check that its folder exists" in refusal(tmp_path / "missing" / "store.db")


def test_a_folder_instead_of_a_file_is_refused(tmp_path: Path):
    assert "cannot be opened" in refusal(tmp_path)


@pytest.mark.usefixtures("unprivileged")
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path):
    assert "this user may read and write both folder and file" in refusal(tmp_path / "store.db")


def test_a_store_held_by_another_process_is_refused_in_the_end(used: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.store.engine.LOCK_SECONDS", 0.05)
    with closing(sqlite3.connect(used, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "is held by another process" in refusal(used)


def test_a_full_disk_loses_nothing_and_is_over_when_there_is_room(used: Path):
    with closing(Store.open(str(used))) as store:
        allow_pages(store, 1)  # SQLite takes what the file has already
        with pytest.raises(StoreError, match="has no room left on its disk"):
            record(store, outcome(report("new" * 10_000)), message("new"))
        assert store.status().messages == {MessageState.PENDING: 50}
        allow_pages(store, 10_000)
        record(store, outcome(report("new" * 10_000)), message("new"))
        assert store.status().messages == {MessageState.PENDING: 51}


def allow_pages(store: Store, pages: int) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", ":memory:", ""])
def test_a_memory_store_is_refused_because_it_would_forget(url: str):
    assert "needs a file" in refusal(url)


@pytest.mark.parametrize("url", ["mysql://localhost/x", "redis://localhost"])
def test_another_kind_of_database_is_refused(url: str):
    assert "cannot be kept in" in refusal(url)


def test_an_address_that_cannot_be_read_is_refused_without_showing_its_password():
    said = refusal("postgresql://tocsin:s3cret@host:port/tocsin")
    assert "postgresql://user:password@host/database" in said
    assert "s3cret" not in said


def test_a_server_that_cannot_be_reached_is_refused_without_showing_its_password():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = refusal(f"postgresql://tocsin:s3cret@127.0.0.1:{port}/tocsin")
    assert f"postgresql://tocsin:***@127.0.0.1:{port}/tocsin cannot be reached" in said
    assert "s3cret" not in said


def test_a_database_that_does_not_exist_is_refused(postgres):
    with postgres.new_database() as url:
        pass
    assert "cannot be reached" in refusal(url)


def test_many_workers_may_open_a_new_store_at_once(empty_url: str):
    stores = at_once(Store.open, [empty_url] * 4)
    for store in stores:
        store.subscribe(1, "idlib", NOW)
        store.close()
