"""Three workers on one PostgreSQL, two of which are killed: each incident is told once, each feed asked by one."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from bot.core.model import Message, MessageKind, Rendered
from bot.service import Polling
from bot.store import MessageState, Store
from bot.store.engine import open_engine, reading
from bot.store.states import WAITING
from bot.store.tables import feeds, incidents, outbox
from tests.fake_telegram import FakeTelegram, Hang, Person
from tests.postgres import PostgresServer
from tests.service.crowd import TELLERS
from tests.service.house import IDLIB, until
from tests.service.mortal import Life
from tests.service.processes import ROOT, environment
from tests.service.zygote import Alive, Zygote, zygote

FEEDS = 2_000
SEED = 7
INTERVAL_SECONDS = 20.0
FEW_FEEDS = 200
SHORT_INTERVAL_SECONDS = 2.0
HANDS = Polling().concurrent  # of one worker
SLOW_SECONDS = 1.5
HANG_SECONDS = 60.0
LEASE_SECONDS = 10.0
POLL_SECONDS = 5.0  # that one may take on a crowded machine, after the wait for the lease
OFFICES_SECONDS = 2.0  # as in life
TAKEOVER_SECONDS = 10.0
LOOK_SECONDS = 0.25
STAGE_SECONDS = 120.0
AGAIN = "(sent again: the first answer was lost)"
STORIES = {
    "Sarmin": "Shelling killed 11 villagers in Sarmin before sunrise.",
    "Binnish": "Air strikes killed four civilians in Binnish after noon prayers.",
    "Saraqib": "Rockets killed 12 civilians in Saraqib as the market closed.",
}


@dataclass(slots=True)
class Press:
    """The crowd of outlets, in its own process."""

    process: Process
    feeds: tuple[str, ...]

    async def told(self, line: str) -> dict[str, int]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n".encode())
        return dict(json.loads(await self.process.stdout.readline()))


@asynccontextmanager
async def crowd(feeds: int) -> AsyncIterator[Press]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.service.crowd", str(feeds)), stdin=PIPE, stdout=PIPE, cwd=ROOT, env=environment()
    )
    assert process.stdout is not None
    try:
        yield Press(process, tuple([(await process.stdout.readline()).decode().strip() for _ in range(feeds)]))
    finally:
        process.kill()
        await process.communicate()


@dataclass(slots=True)
class Watch:
    """How late the feed is that waits longest, looked at again and again."""

    stage: Stage
    latest: timedelta = timedelta(0)
    looks: int = 0

    async def goes_on(self) -> None:
        while True:
            self.latest = max(self.latest, self.stage.latest())
            self.looks += 1
            await asyncio.sleep(LOOK_SECONDS)


@dataclass
class Stage:
    mother: Zygote
    press: Press
    telegram: FakeTelegram
    reader: Person
    asker: Person
    store: Store
    engine: Engine
    life: Life
    takeovers: list[float] = field(default_factory=list)

    def latest(self) -> timedelta:
        """By how much the feed that waits longest is late; less than nothing where none is."""
        with reading(self.engine) as connection:
            due = connection.scalar(select(func.min(feeds.c.next_due_at)))
        assert isinstance(due, datetime)
        return datetime.now(UTC) - due

    def leases(self) -> dict[int, datetime]:
        """By feed, until when whoever asks it has it alone."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(feeds.c.id, feeds.c.leased_until).where(feeds.c.leased_until.is_not(None)))
            return {row.id: row.leased_until for row in rows}

    async def all_polled(self) -> None:
        while (await self.press.told("asked"))["feeds"] < len(self.press.feeds):  # noqa: ASYNC110  another process has no events
            await asyncio.sleep(LOOK_SECONDS)
        await until(lambda: self.latest() < timedelta(0), STAGE_SECONDS)

    async def recorded(self, reports: int) -> None:
        await until(lambda: sum(self.store.status().reports.values()) >= reports, STAGE_SECONDS)

    async def settled(self) -> None:
        await until(lambda: not any(map(self.store.status().messages.get, WAITING)), STAGE_SECONDS)

    async def is_taken_over(self) -> None:
        """Somebody else sends and listens, as seen by who asks and waits for a message."""
        began = time.monotonic()
        words = f"Probe {len(self.telegram.requests)}"
        probe = Message(words, self.asker.id, MessageKind.TELL, Rendered(words, words), priority=0)
        self.store.queue([probe], datetime.now(UTC))
        self.asker.says("/help")
        heard = [await asyncio.wait_for(self.asker.chat.new.get(), STAGE_SECONDS) for _ in range(2)]
        self.takeovers.append(time.monotonic() - began)
        assert words in {str(message["text"]) for message in heard}


@pytest.fixture
async def stage(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(postgres, tmp_path, FEEDS, INTERVAL_SECONDS) as scene:
        yield scene


@pytest.fixture
async def small_stage(postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(postgres, tmp_path, FEW_FEEDS, SHORT_INTERVAL_SECONDS) as scene:
        yield scene


@asynccontextmanager
async def staged(postgres: PostgresServer, tmp_path: Path, feeds: int, interval_seconds: float) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        url = stack.enter_context(postgres.copy("three_workers"))
        telegram = await stack.enter_async_context(FakeTelegram(conflict_pause_seconds=0.05))
        press = await stack.enter_async_context(crowd(feeds))
        store = stack.enter_context(closing(Store.open(url)))
        reader, asker = telegram.person(7, "Ana"), telegram.person(8, "Ben")
        store.subscribe(reader.id, IDLIB, datetime.now(UTC))
        engine = open_engine(url)
        stack.callback(engine.dispose)
        life = Life(
            *(url, str(tmp_path), press.feeds, telegram.root, telegram.token),
            interval_seconds=interval_seconds,
            lease_seconds=LEASE_SECONDS,
            offices_seconds=OFFICES_SECONDS,
        )
        mother = await stack.enter_async_context(zygote(tmp_path / "said"))
        yield Stage(mother, press, telegram, reader, asker, store, engine, life)


def sent(stage: Stage) -> Counter[str]:
    """By place, how many first messages Telegram was sent that do not say they are repetitions."""
    texts = [str(call["text"]) for call in stage.telegram.calls("sendMessage") if call["chat_id"] == stage.reader.id]
    fresh = [text for text in texts if AGAIN not in text]
    return Counter(place for text in fresh for place in STORIES if f"{place} (Idlib" in text)


def rows(stage: Stage) -> tuple[Counter[Any], int]:
    """First messages in the outbox by incident, and how many incidents there are."""
    new = select(outbox.c.incident_id).where(outbox.c.kind == MessageKind.NEW)
    with reading(stage.engine) as connection:
        return Counter(connection.scalars(new)), connection.scalar(select(func.count()).select_from(incidents)) or 0


@pytest.mark.soak
async def test_of_three_workers_two_die_and_each_incident_is_told_once_and_no_feed_asked_twice(stage: Stage):
    dice = random.Random(SEED)
    alive: list[Alive] = [await stage.mother.bears(stage.life)]
    await stage.is_taken_over()
    stage.takeovers.clear()  # that was the first start
    alive += [await stage.mother.bears(stage.life) for _ in range(2)]
    async with asyncio.timeout(STAGE_SECONDS):
        await stage.all_polled()
    watch = Watch(stage)
    watching = asyncio.create_task(watch.goes_on())
    for number, (place, text) in enumerate(STORIES.items(), 1):
        await stage.press.told(f"publish {text}")
        if number < len(STORIES):
            await asyncio.sleep(dice.uniform(0, INTERVAL_SECONDS))
            await alive.pop(0).is_ended(signal.SIGKILL)  # the first one holds all offices
            await stage.is_taken_over()
        if number == 1:
            alive.append(await stage.mother.bears(stage.life))
        async with asyncio.timeout(STAGE_SECONDS):
            await stage.recorded(number * TELLERS)
            await stage.settled()
        assert sent(stage)[place] <= 1
    watching.cancel()

    asked, (told, known) = await stage.press.told("asked"), rows(stage)
    print(
        f"\n{asked}; at most {watch.latest.total_seconds():.1f} s late in {watch.looks} looks; incidents {known}",
        end="",
    )
    print(f"; takeovers {', '.join(f'{seconds:.1f} s' for seconds in stage.takeovers)}; {stage.store.status().reports}")
    assert known == len(STORIES)
    assert set(told.values()) == {1}
    assert len(told) == len(STORIES)
    assert asked["twice_at_a_time"] == 0
    assert watch.latest <= timedelta(seconds=LEASE_SECONDS + POLL_SECONDS)
    assert max(stage.takeovers) < TAKEOVER_SECONDS


@pytest.mark.soak
async def test_what_a_worker_had_in_hand_when_it_died_is_asked_by_others_when_its_leases_end_and_sent_again_at_once(
    small_stage: Stage,
):
    stage = small_stage
    first = await stage.mother.bears(stage.life)
    await stage.is_taken_over()
    await stage.mother.bears(stage.life)
    async with asyncio.timeout(STAGE_SECONDS):
        await stage.all_polled()
    watch = Watch(stage)
    watching = asyncio.create_task(watch.goes_on())
    stage.telegram.faults.plan(Hang(HANG_SECONDS), "sendMessage")
    await stage.press.told(f"publish {STORIES['Sarmin']}")
    await until(lambda: stage.store.status().messages.get(MessageState.SENDING), STAGE_SECONDS)
    await stage.press.told(f"answer after {SLOW_SECONDS}")
    await until(lambda: len(stage.leases()) > 1.5 * HANDS, STAGE_SECONDS)  # so both have much in hand

    held = stage.leases()
    await first.is_ended(signal.SIGKILL)
    await stage.press.told("answer after 0.03")
    await stage.is_taken_over()
    await asyncio.sleep(SLOW_SECONDS)
    left = held.items() & stage.leases().items()
    assert left
    assert datetime.now(UTC) < max(ends for _, ends in left)
    async with asyncio.timeout(STAGE_SECONDS):
        await until(lambda: not left & stage.leases().items(), STAGE_SECONDS)
        await stage.recorded(TELLERS)
        await stage.settled()
        await stage.all_polled()
    watching.cancel()

    texts = [str(call["text"]) for call in stage.telegram.calls("sendMessage") if call["chat_id"] == stage.reader.id]
    asked, late = await stage.press.told("asked"), watch.latest.total_seconds()
    print(
        f"\n{len(left)} leases had to end; at most {late:.1f} s late; taken over in {stage.takeovers[-1]:.1f} s", end=""
    )
    assert [AGAIN in text for text in texts] == [True]
    assert asked["twice_at_a_time"] == 0
    assert LEASE_SECONDS - LOOK_SECONDS <= late <= LEASE_SECONDS + POLL_SECONDS
    assert stage.takeovers[-1] < TAKEOVER_SECONDS
