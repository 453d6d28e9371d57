"""The real bot with all that surrounds it: Telegram and outlets on loopback, rules, a store in a file.

Nothing of the bot is replaced; a newcomer's mistake is to sleep until it has done something: wait for what it does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.config import Config, Polling, Telegram
from bot.core.model import Feed, Policy, Reason
from bot.outbox import NO_LIMITS
from bot.rulebook import LiveRules
from bot.running import Setting, serve
from bot.store import FeedHealth, Store
from bot.store.states import WAITING
from tests.fake_telegram import Chat, FakeTelegram
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.feeds.feed_server import FeedServer, Play, serving
from tests.service.press import PATH, Outlet

LOOK_SECONDS = 0.02
INTERVAL = timedelta(seconds=0.1)
IDLIB = "idlib-civilian-casualties"


async def until(holds: Callable[[], object], at_most_seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(at_most_seconds):
        while not holds():  # noqa: ASYNC110  what is waited for has no events
            await asyncio.sleep(LOOK_SECONDS)


class House:
    """`store` is for looking in: the bot opens the same file for itself."""

    def __init__(self, folder: Path, telegram: FakeTelegram, rules: LiveRules, servers: AsyncExitStack) -> None:
        self.database = str(folder / "tocsin.db")
        self.rules = rules
        self.store = Store.open(self.database)
        self.sending = NO_LIMITS  # what is not about the pace need not wait for it
        self.feeds: list[Feed] = []
        self._folder = folder
        self._telegram = telegram
        self._servers = servers

    # ---------------------------------------------------------------- the scene
    async def outlet(self, title: str) -> Outlet:
        outlet = Outlet(title, await self._server())
        self.feeds.append(outlet.feed)
        return outlet

    async def page(self, page: bytes | Play) -> FeedServer:
        """A server that answers with that page to whoever asks for its feed."""
        server = await self._server()
        server.pages[PATH] = page
        self.feeds.append(Feed(server.url(PATH)))
        return server

    async def _server(self) -> FeedServer:
        return await self._servers.enter_async_context(serving())

    def subscribe(self, *chats: Chat, rule: str = IDLIB) -> None:
        for chat in chats:
            self.store.subscribe(chat.id, rule, datetime.now(UTC))

    # ---------------------------------------------------------------- the bot
    @asynccontextmanager
    async def open(self, **changes: Any) -> AsyncIterator[None]:
        """The bot runs inside; `changes` are those of its configuration."""
        stop = asyncio.Event()
        config = replace(self.config(), **changes)
        setting = Setting(config, Store.open(self.database), self.rules, sending=self.sending)
        running = asyncio.create_task(serve(setting, stop))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(running, PATIENCE_SECONDS)

    def config(self) -> Config:
        return Config(
            feeds=tuple(self.feeds),
            database=self.database,
            state=self._folder,
            telegram=Telegram(self._telegram.token, api_url=self._telegram.root),
            polling=Polling(
                interval=INTERVAL,
                min_interval=INTERVAL,
                max_interval=INTERVAL,
                allow_private=frozenset({"127.0.0.1"}),
            ),
            incidents=Policy(edit_pause=timedelta(0)),
            feed_summary=False,
            near_misses=False,  # on some days of the week it would be a message more
        )

    # ---------------------------------------------------------------- what became of it
    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def files(self) -> list[Path]:
        """Those of the store."""
        return list(self._folder.glob("tocsin.db*"))

    @property
    def reports(self) -> dict[Reason, int]:
        """How many reports were recorded, by the reason of the decision."""
        return dict(self.store.status().reports)

    def feed_health(self, url: str) -> FeedHealth:
        return next(state for state in self.store.feed_states() if state.url == url)

    async def recorded(self, reports: int) -> None:
        """Until so many reports are recorded."""
        await until(lambda: sum(self.reports.values()) >= reports)

    async def settled(self, reports: int) -> None:
        """Until so many reports are recorded, and every message that follows from them has gone its way."""
        await self.recorded(reports)
        await until(lambda: not any(self.store.status().messages.get(state) for state in WAITING))
