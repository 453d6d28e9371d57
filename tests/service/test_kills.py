"""A real process killed at the worst moments and started again: what feeds published against what Telegram accepted.

Nothing may be lost. Only a message that Telegram took before the bot could write that down may come twice, and the
second one says so.
"""

import asyncio
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.fake_telegram import Chat, FakeTelegram, Person
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.service.house import House, until
from tests.service.mortal import Life
from tests.service.press import Outlet
from tests.service.zygote import Zygote, zygote

PUBLISHED = {
    "Sarmin": "Shelling killed 11 villagers in Sarmin before sunrise.",
    "Binnish": "Air strikes killed four civilians in Binnish after noon prayers.",
}
NEVER: dict[str, list[bool]] = {place: [] for place in PUBLISHED}
ONCE = {place: [False] for place in PUBLISHED}
AGAIN = "(sent again: the first answer was lost)"
PROMPTLY_SECONDS = 15.0  # takes a second on an idle machine; a lease that had to run out would take two minutes


@dataclass(frozen=True, slots=True)
class Lives:
    """One bot after another on the same store, with the same outlet, which has published everything already."""

    life: Life
    house: House
    outlet: Outlet
    mother: Zygote

    async def ends(self, step: str, times: int = 1, **changes: Any) -> None:
        """The bot runs until it kills itself."""
        bot = await self.mother.bears(replace(self.life, step=step, times=times, **changes))
        assert await asyncio.wait_for(bot.died, PATIENCE_SECONDS) == -signal.SIGKILL

    async def goes_on(self) -> None:
        """The bot runs until all is delivered, and it knows that nothing is new."""
        started = time.monotonic()
        bot = await self.mother.bears(self.life)
        await self.house.settled(reports=len(PUBLISHED))
        await until(lambda: self.outlet.asked_with[-1] == f'"{len(PUBLISHED)}"')
        assert await bot.is_ended(signal.SIGKILL) == -signal.SIGKILL
        assert time.monotonic() - started < PROMPTLY_SECONDS

    def repeated(self) -> int:
        """How many messages the store says were perhaps sent twice."""
        with closing(sqlite3.connect(self.house.database)) as file:
            (count,) = file.execute("SELECT count(*) FROM outbox WHERE repeated").fetchone()
        return int(count)


@pytest.fixture
async def lives(house: House, telegram: FakeTelegram, ana: Person, tmp_path: Path) -> AsyncIterator[Lives]:
    house.subscribe(ana.chat)
    outlet = await house.outlet("Orchard Post")
    for text in PUBLISHED.values():
        outlet.publishes(text)
    life = Life(house.database, str(tmp_path), (outlet.feed.url,), telegram.root, telegram.token)
    async with zygote(tmp_path / "said") as mother:
        yield Lives(life, house, outlet, mother)


def accepted(chat: Chat) -> dict[str, list[bool]]:
    """By place, for every message that Telegram took in this order, whether it says that it is a repetition."""
    texts = [message["text"] for message in chat.messages.values()]
    found = {place: [AGAIN in text for text in texts if place in text] for place in PUBLISHED}
    assert len(texts) == sum(map(len, found.values()))
    return found


async def test_a_report_half_recorded_is_read_again_and_told_once(lives: Lives, ana: Person):
    await lives.ends("half recorded", times=2, sends=False)
    assert sum(lives.house.reports.values()) == 1
    await lives.goes_on()

    assert accepted(ana.chat) == ONCE
    assert lives.repeated() == 0


async def test_what_was_recorded_but_not_sent_is_sent_once(lives: Lives, ana: Person):
    await lives.ends("claimed")
    assert accepted(ana.chat) == NEVER
    await lives.goes_on()

    assert accepted(ana.chat) == ONCE
    assert lives.repeated() == 0


async def test_what_telegram_took_before_we_wrote_it_down_comes_once_more_and_says_so(lives: Lives, ana: Person):
    await lives.ends("accepted", paced=True)  # so that one message alone is on its way
    await lives.goes_on()

    assert sorted(accepted(ana.chat).values()) == [[False], [False, True]]
    assert lives.repeated() == 1


async def test_the_etag_is_stored_after_the_reports_so_they_are_looked_at_again_and_known(lives: Lives, ana: Person):
    await lives.ends("feed not yet remembered", sends=False)
    asked_before = len(lives.outlet.asked_with)
    await lives.goes_on()

    assert lives.outlet.asked_with[asked_before] == ""
    assert sum(lives.house.reports.values()) == len(PUBLISHED)
    assert accepted(ana.chat) == ONCE
