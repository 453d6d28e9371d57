"""A queue that no bot could send at once: what goes first, how fast, and that nothing is lost on the way."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model import Message, MessageKind
from bot.outbox import Delayed, Rejected, Unknown
from bot.store import DueMessage, Store
from tests.telegram.samples import message
from tests.telegram.scene import Scene, ScriptedSender

FLUSHES_A_SECOND = 2
GROUPS = 5  # one chat in so many is a group
SEVERITIES = 4


class Timed(ScriptedSender):
    """Notes when each message went out; sometimes refuses, as a network does."""

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self._scene = scene
        self.times: list[datetime] = []

    async def send(self, due: DueMessage) -> int:
        number = await super().send(due)
        self.times.append(self._scene.clock())
        return number


@pytest.fixture
def scene(tmp_path: Path, unused_store: Path):
    store = Store.open(str(shutil.copy(unused_store, tmp_path / "tocsin.db")))
    yield Scene(store)
    store.close()


def alerts(chats: int, each: int) -> list[Message]:
    """So many for each chat, of all severities, every one of an incident of its own."""
    return [
        Message(
            key=f"alert-{number}",
            chat_id=-1000 - chat if chat % GROUPS == 0 else chat,
            kind=MessageKind.NEW,
            text=message(1).text,
            incident_id=f"incident-{number}",
            priority=(number + chat) % SEVERITIES,
        )
        for number in range(each)
        for chat in range(1, chats + 1)
    ]


async def drain(scene: Scene, sender: Timed, wanted: int, at_most: timedelta) -> timedelta:
    """Flush as the running bot does until so many are sent; the answer is how long that took."""
    began = scene.clock()
    while len(sender.sent) < wanted and scene.clock() - began < at_most:
        await scene.round(sender)
        scene.clock.passes(seconds=1 / FLUSHES_A_SECOND)
    return scene.clock() - began


def busiest(times: list[datetime], seconds: float) -> int:
    """The most in any so many seconds; `times` in order."""
    most = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - timedelta(seconds=seconds):
            first += 1
        most = max(most, last - first + 1)
    return most


def check_limits(sender: Timed) -> None:
    assert busiest(sender.times, 1) <= 30
    by_chat: dict[int, list[datetime]] = {}
    for due, at in zip(sender.sent, sender.times, strict=True):
        by_chat.setdefault(due.chat_id, []).append(at)
    for chat, times in by_chat.items():
        assert busiest(times, 1) <= 1
        assert chat > 0 or busiest(times, 60) <= 20


@pytest.mark.soak
async def test_ten_thousand_alerts_for_a_thousand_chats_drain_within_the_limits_the_most_severe_first(scene: Scene):
    await check_drained(scene, chats=1000, each=10)


async def test_a_thousand_alerts_for_a_hundred_chats_drain_within_the_limits_the_most_severe_first(scene: Scene):
    await check_drained(scene, chats=100, each=10)


async def check_drained(scene: Scene, chats: int, each: int) -> None:
    sender, all_of_them = Timed(scene), chats * each
    scene.put(*alerts(chats, each))

    took = await drain(scene, sender, all_of_them, timedelta(minutes=10))

    assert len({(due.chat_id, due.message.key) for due in sender.sent}) == len(sender.sent) == all_of_them
    assert scene.states() == {"sent": all_of_them}
    check_limits(sender)
    assert took <= timedelta(seconds=all_of_them / 30 * 1.02)
    last_severe = max(n for n, due in enumerate(sender.sent) if due.message.priority == 0)
    assert last_severe < all_of_them / SEVERITIES * 1.1
    for chat in {due.chat_id for due in sender.sent}:
        told = [due.message.priority for due in sender.sent if due.chat_id == chat]
        assert told == sorted(told)


async def test_a_queue_drains_without_loss_while_telegram_refuses_now_and_then(scene: Scene):
    sender = Timed(scene)
    scene.put(*alerts(chats=50, each=4))
    for chat in range(1, 51, 7):
        sender.refuse(chat, Delayed("flood", timedelta(seconds=20)), Delayed("connection reset"))
    sender.refuse(3, Rejected("can't parse entities"))
    sender.refuse(4, Rejected("bot was blocked by the user", pause=True))
    sender.refuse(6, Unknown("timed out"))

    await drain(scene, sender, 195, timedelta(minutes=10))

    assert scene.states() == {"sent": 195, "given-up": 5}
    assert len({(due.chat_id, due.message.key) for due in sender.sent}) == len(sender.sent)
    assert [due.chat_id for due in sender.sent if due.repeated] == [6]
    check_limits(sender)
