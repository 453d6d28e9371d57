"""What a poll costs that finds nothing new, from the claim to the record, beside a bot of feedparser and a commit."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from bot.core.model import Feed
from bot.feeds.guard import open_session, user_agent
from bot.feeds.parse import Parser
from bot.outbox import NO_LIMITS, pace_so_far
from bot.rulebook import LiveRules
from bot.service import Polling, Service
from bot.store import FeedHealth, Store
from bot.store.thread import StoreThread
from tests.bench.calm_server import ETAG, WHOLE
from tests.feeds.day import Nobody
from tests.service.processes import serving_elsewhere

FEEDS = 2_000
AT_ONCE = 100
ROUNDS = 5
NAIVE_FEEDS = 100
POLLS_PER_SECOND = 1_500  # of CPU time, at least
CHEAPER = 20  # times, at least


@asynccontextmanager
async def calm_feeds(count: int) -> AsyncIterator[list[Feed]]:
    async with serving_elsewhere("tests.bench.calm_server", count) as urls:
        yield [Feed(url) for url in urls]


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 8, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def bot(folder: Path, feeds: Sequence[Feed], clock: Clock) -> AsyncIterator[Service]:
    store = Store.open(str(folder / "tocsin.db"))
    store.reconcile_feeds(feeds, clock.now)
    async with AsyncExitStack() as stack:
        thread = StoreThread(store)
        stack.callback(thread.close)
        http = await stack.enter_async_context(open_session(user_agent("1.2"), hosts(feeds)))
        parser = Parser()
        stack.push_async_callback(parser.close)
        service = Service(
            rules=LiveRules(folder / "rules"),
            store=thread,
            http=http,
            parser=parser,
            sender=Nobody(),
            pace=await pace_so_far(thread, clock, NO_LIMITS),
            polling=Polling(concurrent=AT_ONCE),
            clock=clock,
        )
        stack.push_async_callback(service.finish)
        yield service


def hosts(feeds: Sequence[Feed]) -> frozenset[str]:
    return frozenset(feed.url.split("/")[2] for feed in feeds)


async def ask_all(service: Service, folder: Path, clock: Clock) -> float:
    """Every feed once; the CPU time of this process, all threads."""
    clock.now += timedelta(hours=1)
    started = time.process_time()
    while True:
        await service.tick()
        if service.idle:
            break
        await asyncio.sleep(0.01)
    spent = time.process_time() - started
    assert all(health.last_polled_at == clock.now for health in healths(folder))
    return spent


def healths(folder: Path) -> list[FeedHealth]:
    with closing(Store.open(str(folder / "tocsin.db"))) as store:
        return store.feed_states()


def naively(feeds: Sequence[Feed], path: Path, etag: str | None) -> float:
    """As most bots do it: feedparser asks, parses what it gets, and each poll is committed; CPU seconds of one."""
    with closing(sqlite3.connect(path)) as store:
        store.execute("CREATE TABLE IF NOT EXISTS feeds (url TEXT PRIMARY KEY, polled REAL)")
        started = time.process_time()
        for feed in feeds:
            assert feedparser.parse(feed.url + WHOLE, etag=etag).status == (304 if etag else 200)
            store.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?)", (feed.url, time.time()))
            store.commit()
        return (time.process_time() - started) / len(feeds)


@pytest.mark.bench
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_two_thousand_feeds_without_news_cost_a_second_or_two(tmp_path: Path):
    clock = Clock()
    async with calm_feeds(FEEDS) as feeds, bot(tmp_path, feeds, clock) as service:
        await ask_all(service, tmp_path, clock)  # the first bodies are parsed
        spent = min([await ask_all(service, tmp_path, clock) for _ in range(ROUNDS)])
        naive = feeds[:NAIVE_FEEDS], tmp_path / "naive.db"
        politely = await asyncio.to_thread(naively, *naive, ETAG)
        theirs = await asyncio.to_thread(naively, *naive, None)
    ours = spent / FEEDS

    assert not any(health.failures for health in healths(tmp_path))
    print(f"\n{FEEDS:,} polls that end as 304: {ours * 1e3:.3f} ms each, {1 / ours:,.0f} a second of CPU time; "
          f"by feedparser {theirs * 1e3:.1f} ms, {theirs / ours:.0f}x, and were it shown the ETag "
          f"{politely * 1e3:.2f} ms, {politely / ours:.1f}x")  # fmt: skip
    assert 1 / ours >= POLLS_PER_SECOND
    assert theirs / ours >= CHEAPER
