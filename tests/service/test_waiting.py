"""Rules that count reports, in the running service: a spike is told once, and silence to those who listen for it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.core.model import Report
from bot.feeds.parse import Parser
from bot.outbox import NO_LIMITS, pace_so_far
from bot.rulebook import LiveRules
from bot.service import Polling, Service
from bot.store import DueMessage, Store
from bot.store.thread import StoreThread

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
HOURS = timedelta(hours=1)
RULES = """\
- id: spike
  title: Shelling in Idlib
  when: {event: shelling, place: Idlib, for: 3 reports in 2h}
- id: quiet
  title: Nothing heard of Idlib
  when: {place: Idlib, silence: 12h}
  severity: high
"""
SHELLED = ("Shells fell on Binnish and hit a mill.", "Artillery shelled Sarmin.", "The army shelled Saraqib at dusk.")


class Ear:
    """A sender that keeps what was said."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def send(self, due: DueMessage) -> int:
        self.heard.append(due.message.text.plain)
        return len(self.heard)


class Clock:
    """`now` may be moved as one likes; `set_by` moves it without any time passing."""

    def __init__(self) -> None:
        self.now = NOON
        self._set = timedelta(0)

    def __call__(self) -> datetime:
        return self.now

    def set_by(self, jump: timedelta) -> None:
        self.now += jump
        self._set += jump

    def ticks(self) -> float:
        """Seconds on a clock that nobody can set."""
        return (self.now - self._set).timestamp()


@pytest.fixture
def rules(tmp_path: Path) -> LiveRules:
    (tmp_path / "rules" / "alerts").mkdir(parents=True)
    (tmp_path / "rules" / "alerts" / "a.yaml").write_text(RULES, encoding="utf-8")
    live = LiveRules(tmp_path / "rules")
    assert live.current.problems == ()
    return live


@pytest.fixture
def store(tmp_path: Path, unused_store: Path) -> Store:
    opened = Store.open(str(shutil.copy(unused_store, tmp_path / "tocsin.db")))
    for rule_id in ("spike", "quiet"):
        opened.subscribe(1, rule_id, NOON)
    return opened


@asynccontextmanager
async def serving(rules: LiveRules, store: Store, clock: Clock, ear: Ear) -> AsyncIterator[Service]:
    thread = StoreThread(store)
    parser = Parser()
    async with aiohttp.ClientSession() as http:
        pace = await pace_so_far(thread, clock, NO_LIMITS)
        service = Service(
            rules=rules,
            store=thread,
            http=http,
            parser=parser,
            sender=ear,
            pace=pace,
            polling=Polling(),
            clock=clock,
            ticks=clock.ticks,
        )
        try:
            yield service
        finally:
            await service.finish()
            await parser.close()
            thread.close()


def told(text: str, at: datetime) -> Report:
    return Report(
        id=f"{at:%d-%H%M}", title="", text=text, published=at, source="The Paper", digest=text, keys=(f"{at}",)
    )


async def test_a_spike_is_told_when_it_is_one(rules: LiveRules, store: Store):
    clock, ear = Clock(), Ear()
    async with serving(rules, store, clock, ear) as service:
        for text in SHELLED:
            assert ear.heard == []
            await service.take(told(text, clock.now), silent=False)
            await service.flush()
            clock.now += HOURS / 2

    (said,) = ear.heard
    assert said.splitlines()[:2] == ["🟡 Shelling in Idlib (3 reports in 2 h)", "Saraqib (Idlib, Syria)"]


async def test_silence_is_told_once_and_never_right_after_the_start(rules: LiveRules, store: Store, tmp_path: Path):
    clock, ear = Clock(), Ear()
    async with serving(rules, store, clock, ear) as service:
        for back in range(9, 0, -1):
            at = NOON - back * 10 * HOURS
            await service.take(told(f"Number {back} of the olive growers of Binnish had a good day.", at), silent=True)
    clock.now += 3 * HOURS
    async with serving(rules, Store.open(str(tmp_path / "tocsin.db")), clock, ear) as restarted:
        clock.now += HOURS / 6
        await restarted.listen()
        await restarted.flush()
        assert ear.heard == []
        for _ in range(2):
            clock.now += HOURS / 6
            await restarted.listen()
            await restarted.flush()

    assert ear.heard == ["🟠 Nothing heard of Idlib\nNothing heard for 12 h. The last report: 1 March 2025, 02:00 UTC."]


async def is_called_silent(service: Service, ear: Ear) -> bool:
    await service.listen()
    await service.flush()
    return any("Nothing heard" in said for said in ear.heard)


async def usually_heard(service: Service) -> None:
    for back in range(8, -1, -1):
        at = NOON - back * 10 * HOURS
        await service.take(told(f"Number {back} of the olive growers of Binnish had a good day.", at), silent=True)


async def test_a_clock_that_jumps_a_day_ahead_makes_nobody_silent_before_that_long_has_truly_passed(
    rules: LiveRules, store: Store
):
    clock, ear = Clock(), Ear()
    async with serving(rules, store, clock, ear) as service:
        await usually_heard(service)
        clock.now += HOURS
        assert not await is_called_silent(service, ear)
        clock.set_by(24 * HOURS)
        for _ in range(12):
            assert not await is_called_silent(service, ear)
            clock.now += HOURS
        assert await is_called_silent(service, ear)


async def test_a_clock_that_is_set_back_or_put_right_by_seconds_makes_nobody_silent_and_nobody_deaf(
    rules: LiveRules, store: Store
):
    clock, ear = Clock(), Ear()
    async with serving(rules, store, clock, ear) as service:
        await usually_heard(service)
        clock.set_by(-HOURS)
        assert not await is_called_silent(service, ear)
        for _ in range(13):
            clock.now += HOURS
            clock.set_by(timedelta(seconds=5))
            assert ear.heard == []
            await service.listen()
        assert await is_called_silent(service, ear)


@pytest.mark.parametrize("jump", [-HOURS, 24 * HOURS])
async def test_an_alert_goes_out_at_once_though_the_clock_was_set_meanwhile(
    rules: LiveRules, store: Store, jump: timedelta
):
    clock, ear = Clock(), Ear()
    async with serving(rules, store, clock, ear) as service:
        for text in SHELLED:
            await service.take(told(text, clock.now), silent=False)
            clock.now += timedelta(minutes=1)
        clock.set_by(jump)
        await service.flush()

    assert [said.splitlines()[0] for said in ear.heard] == ["🟡 Shelling in Idlib (3 reports in 2 h)"]


CAREFUL = """\
- id: plain
  title: Harm in Idlib
  when: {event: civilian-casualties, place: Idlib}
- id: careful
  title: Harm that two sources tell
  when: {event: civilian-casualties, place: Idlib, min_sources: 2}
  deliver: {place: admin1, delay: 1h, names: hide}
"""


async def test_a_careful_rule_is_careful_from_the_first_message_also_while_it_waits(tmp_path: Path):
    (tmp_path / "rules" / "alerts").mkdir(parents=True)
    (tmp_path / "rules" / "alerts" / "a.yaml").write_text(CAREFUL, encoding="utf-8")
    store = Store.open(str(tmp_path / "careful.db"))
    for chat_id, rule_id in ((1, "plain"), (1, "careful"), (2, "plain")):
        store.subscribe(chat_id, rule_id, NOON)
    clock, ear = Clock(), Ear()
    async with serving(LiveRules(tmp_path / "rules"), store, clock, ear) as service:
        await service.take(told("Shelling killed three civilians in Binnish, said Omar Haddad.", NOON), silent=False)
        await service.flush()
        (at_once,) = ear.heard
        clock.now += HOURS
        await service.flush()

    assert "Binnish (Idlib, Syria)" in at_once
    later = ear.heard[1]
    assert "Idlib (Syria)" in later
    assert not any(hidden in later for hidden in ("Binnish", "Omar", "The Paper"))


async def test_the_text_of_an_old_report_is_no_news_under_a_new_date(tmp_path: Path):
    (tmp_path / "rules" / "alerts").mkdir(parents=True)
    (tmp_path / "rules" / "alerts" / "a.yaml").write_text(CAREFUL, encoding="utf-8")
    store = Store.open(str(tmp_path / "old.db"))
    store.subscribe(1, "plain", NOON)
    clock, ear = Clock(), Ear()
    text = "Shelling killed three civilians in Binnish on the road that leads from the mill to the market."
    async with serving(LiveRules(tmp_path / "rules"), store, clock, ear) as service:
        await service.take(told(text, NOON - 50 * HOURS), silent=True)
        await service.take(told(text, NOON), silent=False)
        await service.flush()
        assert ear.heard == []
        await service.take(told("Air strikes killed four civilians in Sarmin.", NOON + HOURS), silent=False)
        await service.flush()

    assert len(ear.heard) == 1
