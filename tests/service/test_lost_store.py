"""The database goes while the bot runs: it says so and stops, and nothing is told twice once a backup is back."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot import metrics
from bot.config import Backups, Retention
from bot.core.model import Feed
from bot.health import Health
from bot.housekeeping import Housekeeping
from bot.rulebook import LiveRules
from bot.service import utc_now
from bot.store import MessageState, Store, StoreLostError, backups
from bot.store.engine import open_engine, writing
from bot.store.tables import reports
from bot.store.thread import StoreThread
from tests.fake_telegram import FakeTelegram, Person
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.service.house import House, until
from tests.service.mortal import Life
from tests.service.processes import python
from tests.store.samples import message, outcome, record, report

SARMIN = "Shelling killed 11 villagers in Sarmin before sunrise."
BINNISH = "Air strikes killed four civilians in Binnish after noon prayers."
NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def lose(path: str | Path) -> None:
    Path(path).unlink()


async def test_a_bot_whose_database_is_deleted_stops_and_says_what_to_do(
    house: House, telegram: FakeTelegram, tmp_path: Path
):
    orchard = await house.outlet("Orchard Post")
    said = tmp_path / "said"
    life = Life(house.database, str(tmp_path), (orchard.feed.url,), telegram.root, telegram.token)
    async with python(life.arguments(), said) as process:
        await until(lambda: orchard.asked_with)
        lose(house.database)
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 2
    assert "is gone: its file was deleted, or another was put in its place. Put a backup back" in said.read_text()


async def test_a_bot_whose_database_is_damaged_while_it_runs_stops_and_says_what_to_do(
    house: House, telegram: FakeTelegram, tmp_path: Path
):
    orchard = await house.outlet("Orchard Post")
    said = tmp_path / "said"
    life = Life(house.database, str(tmp_path), (orchard.feed.url,), telegram.root, telegram.token)
    async with python(life.arguments(), said) as process:
        await until(lambda: orchard.asked_with)
        house.store.close()
        flip_bytes(Path(house.database))
        orchard.publishes(SARMIN)
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 2
    assert "is damaged. Put a backup back with `tocsin restore`" in said.read_text()


def flip_bytes(path: Path) -> None:
    """In every page but the first, and in the log beside the file, as a disk that fails does."""
    for each in (path, path.with_name(f"{path.name}-wal")):
        with each.open("r+b") as file:
            size = file.seek(0, 2)
            for at in range(4096, size, 4096):
                file.seek(at)
                file.write(bytes(range(255, 0, -1)))


async def test_a_backup_put_back_under_a_running_bot_stops_it_and_tells_nothing_twice_of_a_feed_it_did_not_know(
    house: House, telegram: FakeTelegram, ana: Person, tmp_path: Path
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    saved, said = tmp_path / "saved.db", tmp_path / "said"
    async with house.open():
        await until(lambda: orchard.asked_with)
    backups.back_up(house.database, saved)
    valley = await house.outlet("Valley Radio")
    urls = tuple(feed.url for feed in house.feeds)
    life = Life(house.database, str(tmp_path), urls, telegram.root, telegram.token)
    async with python(life.arguments(), said) as process:
        valley.publishes(SARMIN)
        assert "Sarmin" in (await ana.hears())["text"]
        await house.settled(reports=1)
        house.store.close()
        backups.restore(saved, house.database, datetime.now(UTC))
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 2
    assert "or another was put in its place" in said.read_text()

    with closing(Store.open(house.database)) as house.store:
        async with house.open():
            await house.settled(reports=1)
    assert ana.chat.new.empty()


async def test_after_a_backup_is_put_back_what_was_told_stays_told_and_news_is_news(
    house: House, ana: Person, tmp_path: Path
):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    saved = tmp_path / "saved.db"
    async with house.open():
        await until(lambda: orchard.asked_with)
        backups.back_up(house.database, saved)
        orchard.publishes(SARMIN)
        assert "Sarmin" in (await ana.hears())["text"]
        await house.settled(reports=1)
    house.store.close()

    backups.restore(saved, house.database, datetime.now(UTC))
    with closing(Store.open(house.database)) as house.store:
        async with house.open():
            await house.recorded(reports=1)
            await asyncio.sleep(1)  # feeds give times in whole seconds
            orchard.publishes(BINNISH)
            assert "Binnish" in (await ana.hears())["text"]
            await house.settled(reports=2)
    assert ana.chat.new.empty()


async def test_a_report_older_than_all_that_is_remembered_is_no_news(house: House, ana: Person):
    orchard = await house.outlet("Orchard Post")
    house.subscribe(ana.chat)
    async with house.open():
        orchard.publishes(BINNISH)
        await ana.hears()
        orchard.publishes(SARMIN, age=timedelta(days=100))
        await house.settled(reports=2)
    assert ana.chat.new.empty()


# ---------------------------------------------------------------- day by day
@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tocsin.db"


async def worked(path: Path, keeping: Backups | None, now: datetime, retention: Retention | None = None) -> None:
    """One look of the housekeeping, to its end."""
    store = StoreThread(Store.open(str(path)))
    housekeeping = Housekeeping(store, str(path), keeping, retention or Retention(), lambda: now)
    await housekeeping.look()
    await housekeeping.close()
    store.close()


async def test_a_backup_is_made_every_day_and_old_ones_go(path: Path, tmp_path: Path):
    keeping = Backups(tmp_path / "backups", keep=timedelta(days=2))
    for hours in (0, 12, 24, 48, 72, 96):
        await worked(path, keeping, NOW + timedelta(hours=hours))

    made = sorted(at for at, _ in backups.kept(keeping.folder))
    assert made == [NOW + timedelta(days=days) for days in (2, 3, 4)]


async def test_what_is_old_is_forgotten_and_what_is_not_stays(path: Path):
    with closing(Store.open(str(path))) as store:
        for name, days in (("old", 100), ("young", 10)):
            at = NOW - timedelta(days=days)
            told = report(name)
            record(store, outcome(told), now=at)
            _published(path, told.id, at - timedelta(hours=1))
    await worked(path, None, NOW)

    with closing(Store.open(str(path))) as store:
        assert [each.guid for each in store.unseen([report("old"), report("young")])] == ["old"]


async def test_of_too_many_the_oldest_are_forgotten_before_their_time_but_nothing_that_may_be_needed(path: Path):
    ages = {"oldest": 80, "older": 60, "old": 50, "young": 20, "younger": 10}
    with closing(Store.open(str(path))) as store:
        for name, days in ages.items():
            at = NOW - timedelta(days=days)
            told = report(name)
            record(store, outcome(told), message(f"{name}:new", 7, incident_id=name), now=at)
            _published(path, told.id, at - timedelta(hours=1))
            (due,) = store.claim_messages(at, 1, 60.0)
            store.message_sent(due.id, 1, at)

    for most, left in ((3, ["old", "young", "younger"]), (1, ["young", "younger"])):
        await worked(path, None, NOW, Retention(most_reports=most, most_messages=most))
        with closing(Store.open(str(path))) as store:
            unknown = {each.guid for each in store.unseen([report(name) for name in ages])}
            assert [name for name in ages if name not in unknown] == left
            assert store.status().messages == {MessageState.SENT: len(left)}


async def test_how_much_there_is_to_do_is_measured(path: Path):
    with closing(Store.open(str(path))) as store:
        store.reconcile_feeds([Feed("https://paper.example/rss")], NOW)
        record(store, outcome(report("r1")), message("waits", 7), now=NOW)
        record(store, outcome(report("r2")), message("put off", 8), now=NOW - timedelta(seconds=60))
        (put_off,) = store.claim_messages(NOW, 1, 60.0, frozenset({7}))
        store.message_postponed(put_off.id, NOW + timedelta(hours=1), "too many", NOW)
        store.queue([replace(message("held back", 9), delay=timedelta(hours=8))], NOW)
    store_thread = StoreThread(Store.open(str(path)))
    later = NOW + timedelta(seconds=90)
    await Housekeeping(store_thread, str(path), None, Retention(), lambda: later).measure()
    store_thread.close()

    value = metrics.REGISTRY.get_sample_value
    assert value("tocsin_queue_messages") == 2
    assert value("tocsin_queue_oldest_seconds") == 150
    assert (value("tocsin_feeds", {"state": "well"}), value("tocsin_feeds", {"state": "gone"})) == (1, 0)


async def test_a_store_that_is_lost_is_told_to_whoever_runs_it(path: Path):
    heard: list[StoreLostError] = []
    store = StoreThread(Store.open(str(path)), heard.append)
    lose(path)
    with pytest.raises(StoreLostError, match="is gone"):
        await store(Store.subscribe, 7, "idlib", NOW)
    assert len(heard) == 1
    store.close()


async def test_a_backup_that_fails_is_tried_again_and_a_complaint_until_then(
    path: Path, tmp_path: Path, shipped: LiveRules, caplog: pytest.LogCaptureFixture
):
    folder = tmp_path / "backups"
    folder.write_text("in the way")
    health, store = Health(shipped, utc_now), StoreThread(Store.open(str(path)))
    housekeeping = Housekeeping(store, str(path), Backups(folder), Retention(), lambda: NOW, when_saved=health.saved)
    await housekeeping.look()
    await housekeeping.close()
    assert "housekeeping failed; it is tried again" in caplog.text
    (complaint,) = health.condition().complaints
    assert complaint.startswith("the last backup failed: ")
    assert "backups" in complaint
    assert not health.condition().stops_alerts

    folder.unlink()
    await housekeeping.look()
    await housekeeping.close()
    store.close()
    assert health.condition().complaints == ()
    assert metrics.REGISTRY.get_sample_value("tocsin_last_backup_timestamp_seconds") == NOW.timestamp()
    assert backups.newest(folder) == backups.name_for(folder, NOW)


def _published(path: Path, report_id: str, at: datetime) -> None:
    """Say of a report when it was published."""
    engine = open_engine(str(path))
    with writing(engine) as connection:
        connection.execute(update(reports).where(reports.c.id == report_id).values(published=at))
    engine.dispose()
