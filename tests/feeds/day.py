"""A day of the bot's life by a clock that a test turns: the real service, store and parser, and one scripted server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from bot.core.model import Feed
from bot.feeds.guard import open_session, user_agent
from bot.feeds.parse import Parser
from bot.feeds.schedule import Bounds
from bot.outbox import NO_LIMITS, pace_so_far
from bot.rulebook import LiveRules
from bot.service import Polling, Service
from bot.store import DueMessage, FeedHealth, Store
from bot.store.thread import StoreThread
from tests.feeds.feed_server import FeedServer, Play, Request, answer

MORNING = datetime(2026, 3, 4, 5, 23, 17, tzinfo=UTC)  # a Wednesday
PATH = "/feed"
RULE = """\
- id: quiet
  title: Nobody writes of lighthouses
  when: {words: [lighthouse]}
"""


@dataclass(frozen=True, slots=True)
class Asked:
    at: datetime
    request: Request


def quiet_rules(folder: Path) -> LiveRules:
    """Rules in a new folder that no report meets."""
    (folder / "alerts").mkdir(parents=True)
    (folder / "alerts" / "quiet.yaml").write_text(RULE, encoding="utf-8")
    return LiveRules(folder)


class Nobody:
    async def send(self, due: DueMessage) -> int | None:
        return 1


class Day:
    """`asked` is every request so far and when it came by the test's clock."""

    def __init__(self, folder: Path, server: FeedServer, rules: LiveRules) -> None:
        self.now = MORNING
        self.server = server
        self.feed = Feed(server.url(PATH))
        self.bounds = Bounds()
        self.asked: list[Asked] = []
        self.store = Store.open(str(folder / "day.db"))
        self.folder = folder
        self.rules = rules

    def clock(self) -> datetime:
        return self.now

    def answers(self, page: bytes | Callable[[Request], bytes], path: str = PATH) -> None:
        """What the server says from now on; a function sees the request."""
        self.server.pages[path] = page if isinstance(page, bytes) else self._scripted(page)

    def _scripted(self, page: Callable[[Request], bytes]) -> Play:
        async def play(writer: asyncio.StreamWriter) -> None:
            writer.write(page(self.server.requests[-1]))
            await writer.drain()

        return play

    @asynccontextmanager
    async def begins(self, *feeds: Feed) -> AsyncIterator[Service]:
        """The bot starts with these feeds, and stops at the end; the store stays."""
        self.store.reconcile_feeds(feeds or [self.feed], self.now)
        self.store.forget_leases()
        async with AsyncExitStack() as stack:
            thread = StoreThread(Store.open(str(self.folder / "day.db")))
            stack.callback(thread.close)
            agent = user_agent("1.2", "https://example.org/bot")
            http = await stack.enter_async_context(open_session(agent, frozenset({self.server.host})))
            parser = Parser()
            stack.push_async_callback(parser.close)
            service = Service(
                rules=self.rules,
                store=thread,
                http=http,
                parser=parser,
                sender=Nobody(),
                pace=await pace_so_far(thread, self.clock, NO_LIMITS),
                polling=Polling(bounds=self.bounds),
                clock=self.clock,
            )
            stack.push_async_callback(service.finish)
            yield service

    async def passes(self, service: Service, **span: float) -> None:
        """Turn the clock from poll to poll until the time is over."""
        end = self.now + timedelta(**span)
        while (due := self._next()) <= end:
            self.now = max(due, self.now)
            await self.moment(service)
        self.now = end

    async def moment(self, service: Service) -> None:
        """Ask whoever is due now."""
        before = len(self.server.requests)
        await service.tick()
        while not service.idle:  # noqa: ASYNC110  polls have no event
            await asyncio.sleep(0.001)
        self.asked += [Asked(self.now, request) for request in self.server.requests[before:]]

    def _next(self) -> datetime:
        asked = [health for health in self.health_of_all() if not (health.paused or health.gone_at)]
        return min((health.next_due_at for health in asked), default=datetime.max.replace(tzinfo=UTC))

    # ---------------------------------------------------------------- what came of it
    def health_of_all(self) -> list[FeedHealth]:
        return self.store.feed_states()

    @property
    def health(self) -> FeedHealth:
        """How the first feed is doing."""
        return self.health_of_all()[0]

    @property
    def paths(self) -> list[str]:
        return [each.request.path for each in self.asked]

    @property
    def waits(self) -> list[timedelta]:
        """The time between each request and the next."""
        return [later.at - sooner.at for sooner, later in zip(self.asked, self.asked[1:], strict=False)]

    def header(self, name: str) -> list[str | None]:
        """A header of every request so far, None where it was not sent."""
        return [each.request.headers.get(name) for each in self.asked]


def rss(*published: datetime, channel: str = "") -> bytes:
    """A feed with an item for each time; `channel` is what stands before them."""
    items = "".join(
        f"<item><guid>{at:%d%H%M%S}</guid><title>Notice of {at:%d %H:%M:%S}</title>"
        f"<pubDate>{format_datetime(at)}</pubDate></item>"
        for at in published
    )
    head = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title>{channel}'
    return f"{head}{items}</channel></rss>".encode()


def conditional(body: bytes, etag: str) -> Callable[[Request], bytes]:
    """A server that knows its own ETag."""

    def play(request: Request) -> bytes:
        if request.headers.get("if-none-match") == etag:
            return answer(b"304 Not Modified", ETag=etag)
        return answer(body=body, Content_Type="text/xml", ETag=etag)

    return play
