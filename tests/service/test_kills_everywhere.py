"""The bot killed at every boundary of a scripted hour, on both engines: what was published against what arrived.

Every kill is a story of its own: the same outlets publish the same acts, the bot dies at its k-th boundary, another one
goes on, and a ledger is drawn up. A newcomer's mistake is to read labels in the chat: an edit takes them away again,
so what counts is what Telegram was sent.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.model import MessageKind
from bot.store import Store
from bot.store.engine import open_engine, reading
from bot.store.states import WAITING
from bot.store.tables import outbox
from tests.fake_telegram import Chat, FakeTelegram
from tests.feeds.feed_server import serving
from tests.postgres import PostgresServer
from tests.service.house import IDLIB, until
from tests.service.mortal import ANY, Life
from tests.service.press import Outlet
from tests.service.zygote import Zygote, zygote

LANES = 4  # stories at a time: the bot waits more than it works
POINTS = 200
CHATS = (7, 8, -1009)
LEASE_SECONDS = 1.0
STORY_SECONDS = 60.0
ENOUGH = 1000  # boundaries: no script has so many
AGAIN = "(sent again: the first answer was lost)"
TOLL = "Toll now"


@dataclass(frozen=True, slots=True)
class Act:
    """What outlets publish at once, by their number, and by which words a chat shows that it was told all of it."""

    published: tuple[tuple[int, str], ...]
    shown: tuple[str, ...]


SCRIPT = (
    Act(
        (
            (0, "Shelling killed 11 villagers in Sarmin before sunrise."),
            (0, "Air strikes killed four civilians in Binnish after noon prayers."),
            (1, "The orchard growers of the valley meet on Thursday."),
        ),
        ("11 killed", "4 killed"),
    ),
    Act(
        (
            (1, "A teacher in Sarmin said that 11 civilians were killed when shells hit the mill."),
            (1, "Rockets killed 12 civilians in Saraqib, relatives told us."),
            (0, "Olive prices rose again this week, traders say."),
        ),
        ("2 sources", "12 killed"),
    ),
    Act(
        (
            (0, "The shelling of Sarmin killed 25 civilians, the town council announced at noon."),
            (1, "Mortar rounds killed two civilians in Taftanaz at dusk."),
            (0, "The bus to the coast leaves an hour later from Monday."),
        ),
        ("25 killed", f"{TOLL} 25 killed (was 11). Sarmin", "2 killed"),
    ),
    Act(
        (
            (1, "The bombardment of Saraqib killed 31 civilians, the hospital said in its last count."),
            (0, "A barrage killed seven civilians in Kafr Nabl."),
            (1, "Rain is expected in the hills tomorrow."),
        ),
        ("31 killed", f"{TOLL} 31 killed (was 12). Saraqib", "7 killed"),
    ),
)
REPORTS = sum(len(act.published) for act in SCRIPT)
FIRST = ("Sarmin", "Binnish", "Saraqib", "Taftanaz", "Kafr Nabl")  # each has one first message in each chat
REPLIES = ("Sarmin", "Saraqib")
FINALLY = {
    "Sarmin": "25 killed",
    "Binnish": "4 killed",
    "Saraqib": "31 killed",
    "Taftanaz": "2 killed",
    "Kafr Nabl": "7 killed",
}

Story = tuple[bool, str]  # is it an answer, and the place


@dataclass
class Ledger:
    """What came of all the stories."""

    points: int = 0
    published: int = 0
    accepted: int = 0
    lost: list[str] = field(default_factory=list)
    repeated: int = 0
    unlabelled: list[str] = field(default_factory=list)
    most_repeated: int = 0

    def __str__(self) -> str:
        return (
            f"{self.points} points, {self.published} messages due, {self.accepted} accepted, {len(self.lost)} lost,"
            f" {self.repeated} repeated (at most {self.most_repeated} by one kill), {len(self.unlabelled)} unlabelled"
        )


@dataclass
class Scene:
    """One story: its own Telegram, outlets and store."""

    life: Life
    telegram: FakeTelegram
    outlets: tuple[Outlet, ...]
    store: Store
    chats: tuple[Chat, ...]

    async def plays(self) -> None:
        """Each act follows when every chat was told all of the one before."""
        for act in SCRIPT:
            for outlet, text in act.published:
                self.outlets[outlet].publishes(text)
            await until(partial(self.was_told, act))

    def was_told(self, act: Act) -> bool:
        return all(shows(chat, words) for chat in self.chats for words in act.shown)

    def is_settled(self) -> bool:
        status = self.store.status()
        return sum(status.reports.values()) == REPORTS and not any(map(status.messages.get, WAITING))

    def repetitions(self) -> Counter[int]:
        """By chat, how many messages the store knows to be perhaps there twice."""
        seen = outbox.c.kind.in_((MessageKind.NEW, MessageKind.REPLY))
        engine = open_engine(self.life.database)
        with reading(engine) as connection:
            found = Counter(connection.scalars(select(outbox.c.chat_id).where(outbox.c.repeated, seen)))
        engine.dispose()
        return found


def shows(chat: Chat, words: str) -> bool:
    return any(words in message["text"] for message in chat.messages.values())


@asynccontextmanager
async def staged(database: str, folder: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(FakeTelegram(conflict_pause_seconds=0.05))
        people = [telegram.person(number, f"Reader {number}").chat for number in CHATS if number > 0]
        groups = [telegram.group(number, "Newsroom") for number in CHATS if number < 0]
        outlets = tuple(
            [Outlet(title, await stack.enter_async_context(serving())) for title in ("Orchard Post", "Valley Radio")]
        )
        store = stack.enter_context(closing(Store.open(database)))
        for number in CHATS:
            store.subscribe(number, IDLIB, datetime.now(UTC))
        addresses = tuple(outlet.feed.url for outlet in outlets)
        life = Life(database, str(folder), addresses, telegram.root, telegram.token, lease_seconds=LEASE_SECONDS)
        yield Scene(life, telegram, outlets, store, (*people, *groups))
        assert telegram.complaints == []


async def told(scene: Scene, mother: Zygote, point: int) -> bool:
    """The whole story with a kill at that boundary; whether there was such a one."""
    playing = asyncio.create_task(scene.plays())
    first = await mother.bears(replace(scene.life, step=ANY, times=point))
    waited: list[asyncio.Future[Any]] = [playing, first.died]
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    if first.died.done():
        assert first.died.result() == -signal.SIGKILL
    last = await mother.bears(scene.life) if first.died.done() else first
    await playing
    await until(lambda: scene.is_settled() or last.died.done())
    if last.died.done():  # at the very end
        last = await mother.bears(scene.life)
        await until(scene.is_settled)
    await last.is_ended(signal.SIGKILL)
    return first.died.result() == -signal.SIGKILL and last is not first


def drawn_up(ledger: Ledger, scene: Scene, point: int) -> None:
    known = scene.repetitions()
    repeated = 0
    for chat in scene.chats:
        texts = [str(call["text"]) for call in scene.telegram.calls("sendMessage") if call["chat_id"] == chat.id]
        shown = [str(message["text"]) for message in chat.messages.values()]
        arrived = Counter(_story(text) for text in texts)
        due = {(False, place) for place in FIRST} | {(True, place) for place in REPLIES}
        ledger.published += len(due)
        ledger.accepted += len(texts)
        ledger.lost += [f"{point}: {chat.id} {story}" for story in due - arrived.keys()]
        ledger.lost += [
            f"{point}: {chat.id} {place} {words}" for place, words in FINALLY.items() if not _last(shown, place, words)
        ]
        twice = sum(arrived.values()) - len(arrived)
        labelled = min(sum(AGAIN in text for text in texts), known[chat.id])
        ledger.unlabelled += [f"{point}: {chat.id}, {labelled} of {twice} labelled"] * max(0, twice - labelled)
        ledger.unlabelled += [f"{point}: {chat.id} {story}" for story in arrived.keys() - due]
        repeated += twice
    ledger.repeated += repeated
    ledger.most_repeated = max(ledger.most_repeated, repeated)


def _story(text: str) -> Story:
    head = "\n".join(text.replace(AGAIN, "").strip().splitlines()[:3])
    return TOLL in head, next((place for place in FIRST if place in head), head)


def _last(texts: list[str], place: str, words: str) -> bool:
    """Does the newest first message of a place show its toll?"""
    firsts = [text for text in texts if _story(text) == (False, place)]
    return bool(firsts) and words in firsts[-1]


Databases = Callable[[int], AbstractContextManager[str]]


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    """A new one for every story."""
    if request.param == "sqlite":
        unused = tmp_path / "unused.db"
        Store.open(str(unused)).close()
        return lambda point: in_a_file(tmp_path / f"{point}" / "tocsin.db", unused)
    server: PostgresServer = request.getfixturevalue("postgres")
    return lambda point: server.copy(f"kill_{point}")


@contextmanager
def in_a_file(path: Path, unused: Path) -> Iterator[str]:
    path.parent.mkdir()
    yield str(shutil.copy(unused, path))
    shutil.rmtree(path.parent)


@pytest.mark.soak
async def test_wherever_it_is_killed_nothing_is_lost_and_what_comes_twice_says_so(databases: Databases, tmp_path: Path):
    ledger, points, ends = Ledger(), itertools.count(1), [ENOUGH]

    async def lane(mother: Zygote) -> None:
        while (point := next(points)) < ends[0]:
            with databases(point) as database:
                async with staged(database, tmp_path) as scene:
                    async with asyncio.timeout(STORY_SECONDS):
                        was_killed = await told(scene, mother, point)
                    drawn_up(ledger, scene, point)
            ledger.points += was_killed
            if not was_killed:
                ends[0] = min(ends[0], point)

    async with zygote(tmp_path / "said") as mother, asyncio.TaskGroup() as lanes:
        for _ in range(LANES):
            lanes.create_task(lane(mother))

    print(f"\n{ledger}")
    assert ledger.points >= POINTS
    assert ledger.lost == []
    assert ledger.unlabelled == []
