"""A store is saved while it is in use, and put back when it is lost."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, update

from bot.core.model import Feed
from bot.store import MessageState, Store, StoreError, Validators, backups, copying
from bot.store.copying import copy_store
from bot.store.engine import open_engine
from bot.store.tables import feeds
from tests.postgres import PostgresServer
from tests.store.samples import NOW, later, message, outcome, record, report
from tests.store.test_migrations import answer, go_back

PICTURE = bytes(range(256))
PAPER = Feed("https://paper.example/rss", title="صحيفة", tags=("news",))


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> Iterator[str]:
    """An address of the same kind where there is nothing yet."""
    if url.startswith("sqlite"):
        yield str(tmp_path / "elsewhere.db")
        return
    with request.getfixturevalue("postgres").new_database() as address:
        yield address


def lived_in(url: str) -> None:
    """Make the store one that somebody uses: a feed, a told report, a chat, a message sent and one that waits."""
    with closing(Store.open(url)) as store:
        store.reconcile_feeds([PAPER], NOW)
        (feed,) = store.claim_feeds(NOW, 1, 60.0)
        store.feed_polled(feed.id, validators=Validators('"1"'), body_digest="d", next_due_at=later(minutes=5), now=NOW)
        store.subscribe(7, "idlib", NOW)
        record(store, outcome(report("r1")), message("a:new", 7), now=NOW)
        (due,) = store.claim_messages(NOW, 1, 60.0)
        store.message_sent(due.id, 99, NOW)
        record(store, outcome(report("r2")), replace(message("b:new", 7), picture=PICTURE), now=NOW)


def test_a_backup_of_either_kind_of_store_holds_all_of_it(url: str, tmp_path: Path):
    lived_in(url)
    backups.back_up(url, tmp_path / "saved.db")

    with closing(Store.open(str(tmp_path / "saved.db"))) as saved, closing(Store.open(url)) as original:
        assert saved.status(7) == original.status(7)
        assert saved.feed_states() == original.feed_states()
        assert saved.unseen([report("r1"), report("r3")]) == [report("r3")]
        (due,) = saved.claim_messages(later(minutes=1), 9, 60.0)
        assert (due.message.key, due.message.picture) == ("b:new", PICTURE)


def test_a_backup_is_never_overwritten(url: str, tmp_path: Path):
    Store.open(url).close()
    (tmp_path / "saved.db").write_text("precious")
    with pytest.raises(StoreError, match=r"exists already.*Name another file"):
        backups.back_up(url, tmp_path / "saved.db")
    assert (tmp_path / "saved.db").read_text() == "precious"


def test_what_was_half_written_does_not_stand_in_the_way(url: str, tmp_path: Path):
    Store.open(url).close()
    (tmp_path / "saved.db.part").write_text("half of a backup")
    backups.back_up(url, tmp_path / "saved.db")
    Store.open(str(tmp_path / "saved.db")).close()
    assert not (tmp_path / "saved.db.part").exists()


def test_a_backup_does_not_wait_for_a_writer_nor_see_what_it_has_not_finished(tmp_path: Path):
    path = tmp_path / "store.db"
    lived_in(str(path))
    with closing(Store.open(str(path))) as store, store.transaction() as transaction:
        transaction.record(outcome(report("r3")), [], NOW)
        backups.back_up(str(path), tmp_path / "saved.db")
    with closing(Store.open(str(tmp_path / "saved.db"))) as saved:
        assert saved.unseen([report("r3")]) == [report("r3")]


# ---------------------------------------------------------------- putting it back
def test_a_store_put_back_tells_nothing_a_second_time(url: str, elsewhere: str, tmp_path: Path):
    lived_in(url)
    saved = tmp_path / "saved.db"
    backups.back_up(url, saved)
    put_back = backups.restore(saved, elsewhere, later(hours=1))

    assert put_back.messages_settled == 1  # what waited when the backup was made was due before the loss
    with closing(Store.open(elsewhere)) as store:
        assert store.claim_messages(later(hours=2), 9, 60.0) == []
        assert store.status(7).messages == {MessageState.SENT: 1, MessageState.SUPERSEDED: 1}
        (feed,) = store.claim_feeds(later(hours=1), 1, 60.0)
        assert (feed.validators.etag, feed.silent_before) == ('"1"', later(hours=1))


def test_new_rows_go_on_counting_where_the_backup_ended(url: str, elsewhere: str, tmp_path: Path):
    lived_in(url)
    backups.back_up(url, tmp_path / "saved.db")
    backups.restore(tmp_path / "saved.db", elsewhere, NOW)

    with closing(Store.open(elsewhere)) as store:
        record(store, outcome(report("r4")), message("c:new", 7, incident_id="other"), now=NOW)
        store.reconcile_feeds([PAPER, Feed("https://other.example/rss")], NOW)
        assert [due.message.key for due in store.claim_messages(later(minutes=1), 9, 60.0)] == ["b:new", "c:new"]


def test_the_lost_store_is_put_aside_and_not_deleted(tmp_path: Path):
    path = tmp_path / "store.db"
    lived_in(str(path))
    backups.back_up(str(path), tmp_path / "saved.db")
    path.write_bytes(b"damaged" * 100)

    put_back = backups.restore(tmp_path / "saved.db", str(path), NOW)

    assert put_back.aside is not None
    assert put_back.aside.read_bytes() == b"damaged" * 100
    with closing(Store.open(str(path))) as store:
        assert store.rules_of(7) == {"idlib"}


def test_a_damaged_backup_is_refused_and_the_store_left_alone(tmp_path: Path):
    path, saved = tmp_path / "store.db", tmp_path / "saved.db"
    lived_in(str(path))
    saved.write_bytes(path.read_bytes()[:5000] + bytes(3000))
    before = path.read_bytes()

    with pytest.raises(StoreError, match=r"saved\.db"):
        backups.restore(saved, str(path), NOW)
    assert path.read_bytes() == before


def test_another_programs_file_is_refused(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "cookies.db")) as file:
        file.execute("CREATE TABLE cookies (name TEXT)")
    with pytest.raises(StoreError, match="another program"):
        backups.restore(tmp_path / "cookies.db", str(tmp_path / "store.db"), NOW)


def test_an_older_backup_is_brought_up_to_date_and_itself_not_changed(elsewhere: str, tmp_path: Path):
    saved = tmp_path / "saved.db"
    lived_in(str(saved))
    go_back(f"sqlite:///{saved}", "0005")
    with closing(sqlite3.connect(saved, isolation_level=None)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = saved.read_bytes()

    backups.restore(saved, elsewhere, NOW)

    assert saved.read_bytes() == before
    with closing(Store.open(elsewhere)) as store:
        assert store.rules_of(7) == {"idlib"}


# ---------------------------------------------------------------- before the tables change
@pytest.fixture
def aged(empty_url: str) -> str:
    """The address of a store as an older version left it."""
    lived_in(empty_url)
    go_back(empty_url, "0014")
    return empty_url


def kept_before(tmp_path: Path) -> list[Path]:
    return sorted(path for path in tmp_path.rglob("*.schema-*") if not path.name.endswith(("-wal", "-shm")))


def test_a_store_is_saved_as_it_was_before_its_tables_change(aged: str, tmp_path: Path):
    with closing(Store.open(aged, backups.keeping(aged, tmp_path / "saved"))) as now:
        status = now.status(7)
    (file,) = kept_before(tmp_path)
    with closing(sqlite3.connect(file)) as was:
        assert was.execute("SELECT version_num FROM alembic_version").fetchall() == [("0014",)]
        assert was.execute("SELECT tags FROM feeds").fetchall() == [('["news"]',)]
        assert "picture" not in {column for _, column, *_ in was.execute("PRAGMA table_info(outbox)")}

    put_back = str(tmp_path / "put_back.db")
    backups.restore(file, put_back, NOW - timedelta(days=1))
    with closing(Store.open(put_back)) as store:
        assert store.status(7) == status
        assert [feed.url for feed in store.feed_states()] == [PAPER.url]


def test_a_server_whose_store_can_be_saved_nowhere_is_left_as_it_is(postgres: PostgresServer):
    with postgres.new_database() as address:
        lived_in(address)
        go_back(address, "0014")
        with pytest.raises(StoreError, match=r"schema 0014.*names no folder.*backups:.*pg_dump.*--no-backup"):
            Store.open(address)
        assert answer(address, "SELECT version_num FROM alembic_version") == ["0014"]
        Store.open(address, backups.unkept).close()


def test_a_store_that_cannot_be_saved_is_left_as_it_is(aged: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backups, "_settle", no_room)
    with pytest.raises(StoreError, match=r"could not be saved in .*\.schema-0014 .*: no room\. Mend that; or"):
        Store.open(aged, backups.keeping(aged, tmp_path / "saved"))
    assert answer(aged, "SELECT version_num FROM alembic_version") == ["0014"]


def no_room(*_: object) -> None:
    raise OSError("no room")


def test_who_goes_back_and_comes_again_has_the_first_copy_and_the_latest(tmp_path: Path):
    path = tmp_path / "store.db"
    for number in range(3):
        with closing(Store.open(str(path))) as store:
            store.subscribe(number, "idlib", NOW)
        go_back(str(path), "0015")
        for stamped in kept_before(tmp_path)[1:]:
            stamped.rename(stamped.with_name("store.db.schema-0015-2026-01-01T000000Z"))
    Store.open(str(path)).close()

    first, latest = kept_before(tmp_path)
    assert first.name == "store.db.schema-0015"
    assert [subscribed(file) for file in (first, latest)] == [1, 3]


def subscribed(file: Path) -> int:
    with closing(sqlite3.connect(file)) as saved:
        (chats,) = saved.execute("SELECT count(*) FROM subscriptions").fetchone()
    return int(chats)


def test_of_several_processes_one_saves_and_changes_the_tables_and_the_others_wait(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.store.engine.LOCK_SECONDS", 1)
    with postgres.new_database() as address:
        lived_in(address)
        go_back(address, "0014")
        whole = backups.keeping(address, tmp_path)

        def slowly(version: str) -> None:
            time.sleep(1.5)  # longer than anybody waits for another lock
            whole(version)

        with ThreadPoolExecutor() as processes:
            opened = list(processes.map(lambda _: Store.open(address, slowly), range(3)))
        for store in opened:
            store.close()
    assert len(kept_before(tmp_path)) == 1


# ---------------------------------------------------------------- the kept ones
def test_a_backup_is_due_every_day(tmp_path: Path):
    assert backups.is_due(tmp_path, NOW)
    backups.name_for(tmp_path, NOW).touch()
    assert not backups.is_due(tmp_path, NOW + timedelta(hours=23))
    assert backups.is_due(tmp_path, NOW + timedelta(hours=24))


def test_old_backups_go_but_never_the_newest_nor_what_is_not_ours(tmp_path: Path):
    days = [backups.name_for(tmp_path, NOW - timedelta(days=age)) for age in (3, 9, 12)]
    for path in (*days, tmp_path / "tocsin-my own.db", tmp_path / "notes.txt"):
        path.touch()

    backups.prune(tmp_path, timedelta(days=7), NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([days[0].name, "tocsin-my own.db", "notes.txt"])
    backups.prune(tmp_path, timedelta(days=1), NOW)
    assert days[0].exists()
    assert backups.newest(tmp_path) == days[0]


# ---------------------------------------------------------------- from one kind to the other
def test_a_store_in_a_file_goes_over_to_a_server_whole(tmp_path: Path, postgres: PostgresServer):
    path = str(tmp_path / "store.db")
    lived_in(path)
    with postgres.new_database() as address:
        source, target = open_engine(path), open_engine(address)
        copied = copy_store(source, target)
        assert {name: said.rows for name, said in copied.items() if said.rows} == {
            "chats": 1, "feeds": 1, "outbox": 2, "reports": 2, "report_keys": 6, "subscriptions": 1,
        }  # fmt: skip
        with closing(Store.open(path)) as before, closing(Store.open(address)) as after:
            assert after.status(7) == before.status(7)
            assert after.feed_states() == before.feed_states()
        with pytest.raises(StoreError, match=r"holds chats already\. Name an empty one"):
            copy_store(source, target)
        for engine in (source, target):
            engine.dispose()


def test_a_copy_that_says_something_else_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    lived_in(str(tmp_path / "store.db"))
    source, target = open_engine(str(tmp_path / "store.db")), open_engine(str(tmp_path / "copy.db"))
    whole = copying._copy_table

    def careless(old: Connection, new: Connection, table: Table, progress: copying.Progress) -> copying.Fingerprint:
        said = whole(old, new, table, progress)
        if table.name == "feeds":
            new.execute(update(feeds).values(title="something else"))
        return said

    with monkeypatch.context() as patch:
        patch.setattr("bot.store.copying._copy_table", careless)
        with pytest.raises(StoreError, match="The copy of the table feeds differs"):
            copy_store(source, target)
    assert copy_store(source, target)["reports"].rows == 2
    for engine in (source, target):
        engine.dispose()
