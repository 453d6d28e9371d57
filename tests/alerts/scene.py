"""An alert in chats, with all its buttons: the real store, desk, listener and sender, without feeds and timers.

A newcomer's mistake is to wait for a timer: reports are told and messages sent when a test says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.model import POLICY, Delivery, Entry, Feed, Incident, Report
from bot.core.pipeline import Rulebook, examine
from bot.feeds.entries import to_report
from bot.outbox import NO_LIMITS, Pace, Sender, deliver
from bot.service import record
from bot.store import Store
from bot.store.thread import StoreThread
from bot.tongues import tongue
from tests.fake_telegram import Chat
from tests.fake_telegram.methods import buttons_of

IDLIB, SYRIA = "idlib-civilian-casualties", "syria-civilian-casualties"
NOON = datetime(2025, 3, 10, 12, tzinfo=UTC)
AT_ONCE = replace(POLICY, edit_pause=timedelta(0))
ORCHARD = Feed("https://orchard.example/rss", "Orchard Post", home="SY")
VALLEY = Feed("https://valley.example/rss", "Valley Radio", home="SY")

SARMIN = "Shelling killed 15 villagers and wounded nine in Sarmin this morning."
SARMIN_AGAIN = "A doctor in Sarmin said that 14 civilians were killed when rockets hit the grain market."
BINNISH = "Air strikes killed four civilians in Binnish after noon prayers."


class Desk:
    """The newsroom's end of the scene: what is told, and when messages go out. `now` moves when told to."""

    def __init__(self, store: Store, thread: StoreThread, rulebook: Rulebook) -> None:
        self.store = store
        self.rulebook = rulebook
        self.now = NOON
        self.sender: Sender | None = None
        self._thread = thread
        self._pace = Pace(NO_LIMITS)
        self._told = 0

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)

    def subscribe(self, *chats: Chat, rule: str = IDLIB) -> None:
        for chat in chats:
            self.store.subscribe(chat.id, rule, self.now)

    def asks_for_care(self, delivery: Delivery, rule_id: str = IDLIB) -> None:
        """From now on a rule tells with care."""
        rules = tuple(replace(r, delivery=delivery) if r.id == rule_id else r for r in self.rulebook.rules)
        self.rulebook = replace(self.rulebook, rules=rules)

    async def tells(self, text: str, feed: Feed = ORCHARD, title: str = "Morning bulletin") -> Report:
        """A report comes in, and what follows from it goes out."""
        self._told += 1
        link = feed.url.replace("/rss", f"/{self._told}")
        report = to_report(Entry(link, link, title, text, self.now), feed, self.now)
        examined = examine(report, self.rulebook.knowledge, self.rulebook.index)
        await self._thread(record, examined, self.now, AT_ONCE, tongue, silent=False)
        await self.sends()
        return report

    async def sends(self) -> None:
        """Whatever is due goes out."""
        assert self.sender is not None
        await deliver(self._thread, self.sender, lambda: self.now, self._pace)

    def muted(self, *chats: Chat) -> list[tuple[int, str, str, datetime, str]]:
        """What chats have muted: each with its kind, its id, until when, and by whom."""
        found = ((chat.id, mute) for chat in chats for mute in self.store.mutes_of(chat.id, self.now))
        return [(chat_id, each.kind, each.target, each.until, each.by) for chat_id, each in found]

    @property
    def incidents(self) -> Sequence[Incident]:
        return self.store.incidents_since(NOON - timedelta(days=400))


def labels(message: dict[str, Any]) -> list[str]:
    return [button["text"] for button in buttons_of(message["reply_markup"])]


def data_of(message: dict[str, Any], label: str) -> str:
    """What the button with this label says when it is tapped."""
    return next(str(b["callback_data"]) for b in buttons_of(message["reply_markup"]) if label in b["text"])
