"""The real bot before a chat of the fake Telegram, on a morning that is always the same, with a world that tells of it.

Everything that follows from a report or a word is the bot's own; only the feeds are left out, for reports are told here
one by one. A newcomer's mistake is to let real time in: what is drawn today must be what is drawn tomorrow.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from bot.choosing import StoreChoosing
from bot.cli.lines import report_of
from bot.core.model import Policy
from bot.core.pipeline import Rulebook, examine
from bot.core.tongue import Tongue
from bot.desk import StoreDesk
from bot.digests import Digests
from bot.outbox import LIMITS, Pace, deliver
from bot.seeds import SeedReport, Story
from bot.service import record
from bot.store import Store
from bot.store.thread import StoreThread
from bot.telegram import polling
from bot.telegram.application import Desks, build_application
from bot.telegram.sender import TelegramSender
from bot.tongues import Tongues
from tests.fake_telegram import FakeTelegram, Person
from tests.fake_telegram.spec import Json
from tests.screens.drawing import Shown
from tests.telegram.admindesk import MemoryAdminDesk
from tests.telegram.desk import MemoryDesk

MORNING = datetime(2020, 3, 5, 6, tzinfo=UTC)
AT_ONCE = Policy(edit_pause=timedelta(0))
SECOND = timedelta(seconds=1)
PATIENCE_SECONDS, LOOK_SECONDS = 30.0, 0.02
READER = 7


class Clock:
    """Time passes only when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Stage:
    """One person's chat with the bot. What is shown is as it is at that moment."""

    def __init__(
        self,
        rulebook: Rulebook,
        telegram: FakeTelegram,
        store: StoreThread,
        sender: TelegramSender,
        *,
        clock: Clock,
        tongue: Tongue,
    ) -> None:
        self.clock = clock
        self.tongue = tongue
        self.zone: tzinfo = UTC
        self.person: Person = telegram.person(READER, "Reader", tongue.language)
        self._rulebook = rulebook
        self._telegram = telegram
        self._store = store
        self._sender = sender
        self._pace = Pace(LIMITS)
        self._tongues = Tongues(lambda: rulebook.knowledge)

    # ---------------------------------------------------------------- the world
    async def happens(self, report: SeedReport, story: Story) -> None:
        """A report is read, judged and recorded at the time of the clock; nothing is sent yet."""
        url, source = f"https://example.org/{report.id}", story.outlets[report.outlet].title
        given = {"id": report.id, "title": report.title, "text": report.text, "source": source, "url": url}
        told = replace(report_of({**given, "home": "SY"}, self.clock()), published=self.clock())
        examined = examine(told, self._rulebook.knowledge, self._rulebook.index)
        await self._store(record, examined, self.clock(), AT_ONCE, self._tongues.of, silent=False)

    async def sent(self) -> list[Json]:
        """All that goes out now: new messages and edited ones, as the chat has them."""
        while (await deliver(self._store, self._sender, self.clock, self._pace)).results:
            self.clock.now += SECOND  # one a second for each chat
        chat, messages = self.person.chat, []
        for queue in (chat.edited, chat.new):
            while not queue.empty():
                messages.append(queue.get_nowait())
        return messages

    async def sent_later(self) -> list[Json]:
        """What goes out once it is made."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (messages := await self.sent()):  # noqa: ASYNC110  what is waited for has no events
                await asyncio.sleep(LOOK_SECONDS)
        return messages

    # ---------------------------------------------------------------- the person
    def says(self, text: str) -> Shown:
        return self.shown(self.person.says(text)["message"])

    async def hears(self) -> Json:
        return await self.person.hears()

    async def taps(self, message: Json, label: str) -> Json:
        """The message as it is after a tap; the label is a part of it, in the language of the chat."""
        self.person.taps(message, label)
        return await self.person.chat.sees_edit()

    def shown(self, message: Json, tapped: str = "", before: str = "", picture: bytes = b"") -> Shown:
        """A message to be drawn; `before` is said before the time in its corner."""
        return Shown(message, f"{before} {self.clock().astimezone(self.zone):%H:%M}".strip(), tapped, picture)

    def photos(self) -> Sequence[bytes]:
        """All pictures that were sent."""
        return [call["photo"].data for call in self._telegram.calls("sendPhoto")]


@asynccontextmanager
async def open_stage(rulebook: Rulebook, language: str, folder: Path) -> AsyncIterator[Stage]:
    """The bot listens inside; its store is in the folder."""
    async with FakeTelegram(conflict_pause_seconds=0.05) as telegram, AsyncExitStack() as stack:
        store = StoreThread(Store.open(str(folder / f"{language}.db")))
        stack.enter_context(closing(store))
        clock = Clock(MORNING)
        tongues = Tongues(lambda: rulebook.knowledge)
        digests = Digests(store, lambda: rulebook.knowledge.gazetteer, tongues, clock)
        stack.push_async_callback(digests.close)
        admin = MemoryAdminDesk(MemoryDesk())  # it lets everybody in

        def current() -> Rulebook:
            return rulebook

        chats, choosing = StoreDesk(store, current, clock, tongues), StoreChoosing(store, current, admin.allowed, clock)
        application = build_application(telegram.token, telegram.url, Desks(chats, choosing, admin, digests))
        stack.push_async_callback(polling.stop, application)
        await polling.start(application)
        sender = TelegramSender(application.bot)
        yield Stage(rulebook, telegram, store, sender, clock=clock, tongue=tongues.of(language))
        assert telegram.complaints == []
