"""Administrators hear once a week which reports nearly alerted, and which feeds are dead or silent."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model import HOURS_OF_DAY, Feed, History, Notice, Rendered, Ways
from bot.core.nearmisses import Missed, weekly_notice
from bot.core.notices import DeadFeed, SilentFeed, feeds_notice
from bot.rulebook import LiveRules
from bot.store import Store, UnchangedFeed
from bot.store.thread import StoreThread
from bot.weekly import FeedsOfWeek, Weekly, mute_feeds
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.store.samples import outcome, record, report

MONDAY = datetime(2025, 3, 3, 7, tzinfo=UTC)
SUNDAY = MONDAY - timedelta(days=1)
ADMINISTRATOR = 77
RULE = """\
- id: idlib
  title: Harm in Idlib
  titles: {ar: ضحايا في إدلب}
  when: {event: civilian-casualties, place: Idlib, killed: 3}
"""


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def rules(tmp_path: Path) -> LiveRules:
    (tmp_path / "rules" / "alerts").mkdir(parents=True)
    (tmp_path / "rules" / "alerts" / "a.yaml").write_text(RULE, encoding="utf-8")
    return LiveRules(tmp_path / "rules")


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A store with a week of reports: two killed twice, four killed, and a report of the week before."""
    path = str(tmp_path / "tocsin.db")
    store = Store.open(path)
    for days, text in (
        (9, "Shelling killed a farmer in Binnish."),
        (3, "Shelling killed two farmers in Binnish."),
        (2, "Rockets killed two women in Sarmin."),
        (1, "Shelling killed four farmers in Saraqib."),
    ):
        told = replace(report(f"r{days}"), title="", text=text, published=MONDAY - timedelta(days=days), language="en")
        record(store, outcome(told))
    store.close()
    return path


@asynccontextmanager
async def weekly(rules: LiveRules, database: str, clock: Clock):
    store = StoreThread(Store.open(database))
    one = Weekly(rules, store, database, [ADMINISTRATOR], clock)
    try:
        yield one
    finally:
        await one.close()
        store.close()


async def told(one: Weekly) -> None:
    await one.tell()
    if one._telling is not None:
        await asyncio.wait_for(one._telling, PATIENCE_SECONDS)


def queued(database: str) -> list[str]:
    store = Store.open(database)
    due = store.claim_messages(MONDAY + timedelta(days=1), 10, 0)
    store.close()
    return [each.message.text.plain for each in due]


async def test_the_list_of_the_week_goes_to_administrators_once_also_after_a_restart(rules: LiveRules, database: str):
    for _ in range(2):
        async with weekly(rules, database, Clock(MONDAY)) as one:
            await told(one)
            await told(one)

    (text,) = queued(database)
    assert text.splitlines() == [
        "Near misses of the week 2025-W09: one condition short of an alert, of 3 reports",
        '2 × Harm in Idlib (idlib): killed >= 3: 2; would hold with killed: ">= 2"',
        "   “Shelling killed two farmers in Binnish”",
    ]


async def test_an_administrator_reads_the_titles_of_rules_in_a_language_of_their_own(rules: LiveRules, database: str):
    store = Store.open(database)
    store.speak(ADMINISTRATOR, "ar", MONDAY)
    store.close()
    async with weekly(rules, database, Clock(MONDAY)) as one:
        await told(one)

    (text,) = queued(database)
    assert "\n2 × \u2068ضحايا في إدلب\u2069 (idlib): killed >= 3: 2" in text


@pytest.mark.parametrize("early", [MONDAY - timedelta(hours=2), MONDAY + timedelta(days=1)])
async def test_on_other_days_and_in_the_night_nothing_is_told(rules: LiveRules, database: str, early: datetime):
    async with weekly(rules, database, Clock(early)) as one:
        await told(one)

    assert queued(database) == []


async def test_a_week_without_near_misses_is_not_talked_of(rules: LiveRules, tmp_path: Path):
    Store.open(str(tmp_path / "tocsin.db")).close()
    async with weekly(rules, str(tmp_path / "tocsin.db"), Clock(MONDAY)) as one:
        await told(one)

    assert queued(str(tmp_path / "tocsin.db")) == []


async def test_a_bot_that_stops_leaves_the_list_to_the_next_start(rules: LiveRules, database: str):
    async with weekly(rules, database, Clock(MONDAY)) as one:
        await one.tell()
    assert queued(database) == []

    async with weekly(rules, database, Clock(MONDAY)) as one:
        await told(one)
    assert len(queued(database)) == 1


def test_a_long_list_is_cut_and_stays_within_what_telegram_takes():
    missed = [Missed(f"rule-{n:043}", "killed >= 3: 2" * 40, "x" * 400, 9, "quote " * 200) for n in range(50)]

    notice = weekly_notice(missed, 5000, "2025-W09", {each.rule_id: "Harm & more " * 20 for each in missed})

    assert len(notice.text.plain) <= 4096
    assert notice.text.plain.endswith("… and 42 more causes: tocsin explain shows each report's")


# ---------------------------------------------------------------- feeds
def feed_store(folder: Path) -> Store:
    """Four feeds on a Monday: one is well, one is gone, one is failing for a day, one was chatty and is silent."""
    store = Store.open(str(folder / "tocsin.db"))
    store.reconcile_feeds(
        [Feed(f"https://{name}.example/rss", name) for name in ("Mill", "Quay", "Weir", "Lock")], SUNDAY
    )
    ids = {health.title: health.id for health in store.feed_states()}
    chatty = Ways(history=History((2.0,) * HOURS_OF_DAY, 4.0, MONDAY, newest_at=MONDAY - timedelta(days=3)))
    store.feeds_unchanged([UnchangedFeed(ids["Mill"], next_due_at=MONDAY, now=MONDAY)])
    store.feed_failed(ids["Quay"], error="gone for good (410)", next_due_at=MONDAY, now=SUNDAY, gone=True)
    store.tell_trouble(ids["Quay"], Notice("feed:q", "gone", Rendered("", "")), [], MONDAY)
    store.feed_failed(ids["Weir"], error="answered 500", next_due_at=MONDAY, now=SUNDAY)
    store.feeds_unchanged([UnchangedFeed(ids["Lock"], next_due_at=MONDAY, now=MONDAY, ways=chatty)])
    return store


async def test_dead_and_silent_feeds_are_listed_once_a_week_also_after_a_restart(tmp_path: Path):
    feed_store(tmp_path).close()
    for _ in range(2):
        thread = StoreThread(Store.open(str(tmp_path / "tocsin.db")))
        one = FeedsOfWeek(thread, [ADMINISTRATOR], Clock(MONDAY))
        await one.tell()
        await one.tell()
        thread.close()

    (text,) = queued(str(tmp_path / "tocsin.db"))
    assert text.splitlines()[:3] == [
        "📡 Feeds at the end of the week 2025-W09: 1 dead and 1 silent, of 4",
        "Quay: gone since 2025-03-02 (gone for good (410))",
        "Lock: answers, but no news since 2025-02-28; usually 12.0 a day",
    ]


async def test_the_feeds_are_listed_on_monday_mornings_alone(tmp_path: Path):
    feed_store(tmp_path).close()
    thread = StoreThread(Store.open(str(tmp_path / "tocsin.db")))
    for early in (MONDAY - timedelta(hours=2), MONDAY + timedelta(days=1)):
        await FeedsOfWeek(thread, [ADMINISTRATOR], Clock(early)).tell()
    thread.close()

    assert queued(str(tmp_path / "tocsin.db")) == []


def test_a_silent_feed_that_was_watched_for_half_a_day_is_listed_too(tmp_path: Path):
    with closing(feed_store(tmp_path)) as store:
        lock = next(health for health in store.feed_states() if health.title == "Lock")

    notice = mute_feeds([replace(lock, history=replace(lock.history, watched_days=0.5))], MONDAY, "2025-W09")
    assert notice is not None
    assert "usually 96.0 a day" in notice.text.plain


def test_where_all_feeds_are_well_nothing_is_said(tmp_path: Path):
    with closing(feed_store(tmp_path)) as store:
        well = [health for health in store.feed_states() if health.title in {"Mill", "Weir"}]

    assert mute_feeds(well, MONDAY, "2025-W09") is None


def test_a_long_list_of_feeds_is_cut_and_stays_within_what_telegram_takes():
    dead = [DeadFeed("m" * 300, "failing", MONDAY, "e" * 500) for _ in range(40)]
    silent = [SilentFeed("s" * 300, MONDAY, 0.1) for _ in range(40)]

    text = feeds_notice(dead, silent, 80, "2025-W09").text.plain

    assert len(text) <= 4096
    assert text.count("… and 30 more") == 2
    assert "usually one in 10 days" in text
