"""A backlog of ten thousand messages, and a sender that is killed three times on the way through it."""

from __future__ import annotations

import asyncio
import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.core.model import Message, MessageKind, Rendered
from bot.outbox import ROUND_SIZE
from bot.store import MessageState, Store
from bot.store.engine import open_engine, reading
from bot.store.states import WAITING
from bot.store.tables import outbox
from tests.fake_telegram import FakeTelegram
from tests.postgres import PostgresServer
from tests.service.house import until
from tests.service.mortal import Life
from tests.service.zygote import zygote

CHATS, EACH, SEVERITIES = 100, 100, 4
BACKLOG = CHATS * EACH
KILLED_AT = (2_500, 5_000, 7_500)  # accepted messages
DRAIN_SECONDS = 240.0
LOOK_SECONDS = 0.25
NUMBER = re.compile(r"No\. (\d+)")
AGAIN = "(sent again: the first answer was lost)"


def severity(number: int) -> int:
    """Of the message of that number; 0 is the most severe."""
    return (number * 7 + number // CHATS) % SEVERITIES


def alert(number: int) -> Message:
    text = f"No. {number}"
    return Message(
        key=f"alert-{number}",
        chat_id=1 + number % CHATS,
        kind=MessageKind.NEW,
        text=Rendered(text, text),
        incident_id=f"incident-{number}",
        priority=severity(number),
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield str(tmp_path / "tocsin.db")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.copy("backlog") as url:
            yield url


@pytest.mark.soak
async def test_a_backlog_survives_three_kills_and_drains_the_most_severe_first(
    database: str, telegram: FakeTelegram, tmp_path: Path
):
    for number in range(1, CHATS + 1):
        telegram.person(number, f"Reader {number}")
    with closing(Store.open(database)) as store:
        store.queue([alert(number) for number in range(BACKLOG)], datetime.now(UTC))
        life = Life(database, str(tmp_path), (), telegram.root, telegram.token)
        began = asyncio.get_running_loop().time()
        async with zygote(tmp_path / "said") as mother:
            for accepted in (*KILLED_AT, BACKLOG):
                alive = await mother.bears(life)
                await _accepts(telegram, accepted)
                if accepted == BACKLOG:
                    await until(lambda: not any(map(store.status().messages.get, WAITING)), DRAIN_SECONDS)
                await alive.is_ended(signal.SIGKILL)
        seconds = asyncio.get_running_loop().time() - began
        assert store.status().messages == {MessageState.SENT: BACKLOG}

    texts = [str(call["text"]) for call in telegram.calls("sendMessage")]
    numbers = [_number(text) for text in texts]
    labelled = sum(AGAIN in text for text in texts)
    twice = [number for number, times in Counter(numbers).items() if times > 1]
    print(f"\n{len(texts)} accepted in {seconds:.0f} s, {len(twice)} of them twice, {labelled} labelled", end="")
    assert set(numbers) == set(range(BACKLOG))
    assert all(AGAIN in _last(texts, number) for number in twice)
    assert len(twice) <= labelled == _repeated(database) <= ROUND_SIZE * len(KILLED_AT)
    _check_order(numbers)


def _check_order(numbers: list[int]) -> None:
    """Nothing went before what is more severe, but for what went side by side with it, or died with a sender."""
    firsts = list(dict.fromkeys(numbers))
    for each in range(SEVERITIES):
        as_severe = sum(severity(number) <= each for number in range(BACKLOG))
        last = max(place for place, number in enumerate(firsts) if severity(number) <= each)
        assert last < as_severe + ROUND_SIZE * (1 + len(KILLED_AT))


async def _accepts(telegram: FakeTelegram, wanted: int) -> None:
    """Until Telegram has so many different messages. There are few repetitions, so they are seldom counted."""
    different: set[int] = set()
    async with asyncio.timeout(DRAIN_SECONDS):
        while len(different) < wanted:
            await asyncio.sleep(LOOK_SECONDS)
            if len(telegram.requests) >= wanted:
                different = {_number(str(call["text"])) for call in telegram.calls("sendMessage")}


def _number(text: str) -> int:
    found = NUMBER.search(text)
    assert found is not None
    return int(found.group(1))


def _last(texts: list[str], number: int) -> str:
    return next(text for text in reversed(texts) if _number(text) == number)


def _repeated(database: str) -> int:
    """How many messages the store says were perhaps sent twice."""
    engine = open_engine(database)
    with reading(engine) as connection:
        count = connection.scalar(select(func.count()).select_from(outbox).where(outbox.c.repeated))
    engine.dispose()
    return count or 0
