"""A good feed beside a hundred that mean harm: its news comes as soon as without them, and the bot grows by little."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.running import DRY_RUN_DATABASE
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.feeds.feed_server import FeedServer, answer, serving
from tests.service.press import PATH, Article
from tests.service.processes import environment, python, serving_elsewhere

ENEMIES = 100
ALONE_SECONDS, BESIEGED_SECONDS = 40.0, 100.0
EVERY_SECONDS = 0.3  # an article
SLOWER = 1.5  # times, at most, in the 99th percentile
GROWS_BYTES = 64_000_000
SHOWN = 100  # articles in a feed
TOWNS = (
    *("Sarmin", "Binnish", "Saraqib", "Darat Izza", "Azaz", "Jarabulus", "Manbij", "Afrin"),
    *("Kafr Nabl", "Jisr al-Shughur", "Khan Shaykhun", "Salqin", "Raqqa", "Palmyra", "Daraa", "Douma"),
)


@dataclass
class Newsroom:
    """An outlet that tells, with every article, a new toll of a town."""

    server: FeedServer
    articles: list[Article] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.pages[PATH] = self._play

    def publish(self) -> None:
        number = len(self.articles)
        town, killed = TOWNS[number % len(TOWNS)], 5 + number // len(TOWNS) * 5
        text = f"Shelling killed {killed} villagers in {town} before sunrise."
        self.articles.append(Article(self.server.url(f"/{number}"), f"Bulletin {number}", text, datetime.now(UTC)))

    @property
    def published_at(self) -> list[float]:
        return [article.published.timestamp() for article in self.articles]

    async def _play(self, writer: asyncio.StreamWriter) -> None:
        items = "".join(article.item() for article in reversed(self.articles[-SHOWN:]))
        page = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Orchard Post</title>{items}</channel></rss>'
        writer.write(answer(body=page.encode(), Content_Type="application/rss+xml", ETag=f'"{len(self.articles)}"'))
        await writer.drain()


@dataclass(frozen=True)
class Siege:
    """One bot process after another on the same store, and an outlet that publishes all the while."""

    folder: Path
    newsroom: Newsroom

    @asynccontextmanager
    async def bot(self, enemies: Sequence[str] = ()) -> AsyncIterator[int]:
        """The bot runs inside and is past its start; the id of its process."""
        config = self.folder / "config.yaml"
        config.write_text(json.dumps(self._config([self.newsroom.server.url(PATH), *enemies])))
        arguments = ["-m", "bot", "run", "--dry-run", "--config", str(config)]
        async with python(arguments, self.folder / "said", environment()) as process:
            self.newsroom.publish()
            await self._all_told()
            yield process.pid

    def _config(self, feeds: Sequence[str]) -> dict[str, object]:
        """Everything is asked every second, so that the hostile ones come again and again. JSON is YAML."""
        pace = dict.fromkeys(("interval", "min_interval", "min_unconditional", "max_interval"), "1s")
        return {
            "feeds": [{"url": url} for url in feeds],
            "polling": pace | {"timeout": "5s", "allow_private": sorted({url.split("/")[2] for url in feeds})},
            "near_misses": "never",
        }

    async def waits(self, seconds: float) -> list[float]:
        """How long every article waits that is published from now on, from the shortest."""
        before, end = len(self.newsroom.articles), time.monotonic() + seconds
        while time.monotonic() < end:
            self.newsroom.publish()
            await asyncio.sleep(EVERY_SECONDS)
        told = await self._all_told()
        published = self.newsroom.published_at
        assert len(told) == len(published)
        return sorted(told[n] - published[n] for n in range(before, len(published)))

    async def _all_told(self) -> list[float]:
        """When what follows from each article was put into the outbox, once all is there."""
        async with asyncio.timeout(PATIENCE_SECONDS + BESIEGED_SECONDS):
            while len(told := self._told_at()) < len(self.newsroom.articles):  # noqa: ASYNC110  a file has no events
                await asyncio.sleep(0.2)
        return told

    def _told_at(self) -> list[float]:
        database = f"file:{self.folder}/state/{DRY_RUN_DATABASE}?mode=ro"
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(database, uri=True)) as file:  # not made yet
            rows = file.execute("SELECT DISTINCT recorded_at FROM outbox ORDER BY recorded_at").fetchall()
            return [moment / 1e6 for (moment,) in rows]
        return []


@pytest.fixture
async def siege(tmp_path: Path) -> AsyncIterator[Siege]:
    async with serving() as server:
        yield Siege(tmp_path, Newsroom(server))


def resident_bytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


@asynccontextmanager
async def watching(pid: int) -> AsyncIterator[list[int]]:
    """The resident size of a process, many times a second while the block runs."""
    sizes = [resident_bytes(pid)]

    async def watch() -> None:
        while True:
            await asyncio.sleep(0.02)
            sizes.append(resident_bytes(pid))

    watcher = asyncio.create_task(watch())
    try:
        yield sizes
    finally:
        watcher.cancel()


def percentile(waits: Sequence[float], percent: int) -> float:
    return waits[min(len(waits) * percent // 100, len(waits) - 1)]


@pytest.mark.soak
async def test_a_hundred_hostile_feeds_hold_up_no_news_and_fill_no_memory(siege: Siege):
    async with siege.bot() as pid, watching(pid) as sizes_alone:
        alone = await siege.waits(ALONE_SECONDS)
    async with (
        serving_elsewhere("tests.siege.enemies", ENEMIES) as foes,
        siege.bot(foes) as pid,
        watching(pid) as sizes,
    ):
        besieged = await siege.waits(BESIEGED_SECONDS)

    grown = max(sizes) - max(sizes_alone)
    for name, waits in (("alone", alone), ("besieged", besieged)):
        print(f"\n{name:8} {len(waits)} articles: ", end="")
        print(", ".join(f"p{percent} {percentile(waits, percent):.2f} s" for percent in (50, 90, 99)), end="")
    print(
        f"\nratio of p99 {percentile(besieged, 99) / percentile(alone, 99):.2f}; {grown / 1e6:.0f} MB more than alone"
    )
    assert percentile(besieged, 99) <= SLOWER * percentile(alone, 99)
    assert grown <= GROWS_BYTES
