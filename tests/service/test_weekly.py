"""Administrators hear once a week which reports nearly alerted."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.nearmisses import Missed, weekly_notice
from bot.rulebook import LiveRules
from bot.store import Store
from bot.store.thread import StoreThread
from bot.weekly import Weekly
from tests.service.house import PATIENCE_SECONDS
from tests.store.samples import outcome, record, report

MONDAY = datetime(2025, 3, 3, 7, tzinfo=UTC)
ADMINISTRATOR = 77
RULE = """\
- id: idlib
  title: Harm in Idlib
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
        '2 × idlib: killed >= 3: 2; would hold with killed: ">= 2"',
        "   “Shelling killed two farmers in Binnish”",
    ]


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

    notice = weekly_notice(missed, 5000, "2025-W09")

    assert len(notice.text.plain) <= 4096
    assert notice.text.plain.endswith("… and 41 more causes: tocsin explain shows each report's")
