"""The service's side of the commands, kept in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import time, timedelta

from bot.core.tongue import ENGLISH, Tongue
from bot.telegram.desk import Desk, RuleCard
from bot.telegram.digesting import DigestDesk


class MemoryDesk:
    """Remembers what the commands asked of it. `strangers` are ids that may not use the bot."""

    def __init__(self, *rules: RuleCard) -> None:
        self.cards = list(rules)
        self.chosen: defaultdict[int, set[str]] = defaultdict(set)
        self.strangers: set[int] = set()
        self.happened: list[tuple[object, ...]] = []
        self.broken = False
        self.told: list[str] = []

    async def rules(self) -> Sequence[RuleCard]:
        if self.broken:
            raise OSError("the disk is gone")
        return self.cards

    async def subscriptions(self, chat_id: int) -> frozenset[str]:
        return frozenset(self.chosen[chat_id])

    async def subscribe(self, chat_id: int, rule_id: str, topic_id: int | None = None, language: str = "") -> bool:
        changed = rule_id not in self.chosen[chat_id]
        self.chosen[chat_id].add(rule_id)
        return changed

    async def resume_chat(self, chat_id: int) -> None:
        self.happened.append(("resumed", chat_id))

    async def heard_from(self, chat_id: int) -> None:
        """Whoever speaks is there; these chats are never away."""

    async def pause_chat(self, chat_id: int, why: str) -> None:
        self.happened.append(("paused", chat_id, why))

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        self.happened.append(("moved", old_chat_id, new_chat_id))

    async def status(self, chat_id: int, tongue: Tongue) -> Sequence[str]:
        return [f"Listening to {len(self.chosen[chat_id])} rules.", "All 12 feeds are well."]

    async def latest(self, chat_id: int, asked: str, tongue: Tongue = ENGLISH) -> Sequence[str]:
        if asked == "Nowhere":
            raise LookupError("unknown place 'Nowhere'")
        return [entry for entry in self.told if asked in entry]

    async def search(self, chat_id: int, words: str, tongue: Tongue = ENGLISH) -> Sequence[str]:
        return [entry for entry in self.told if all(word in entry for word in words.split())]

    async def tongue(self, chat_id: int, preferred: str | None) -> Tongue:
        return ENGLISH


class MemoryDigests:
    """Remembers which digests were asked for; `listens` is whether chats listen to anything."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int | None, timedelta]] = []
        self.hours: dict[int, time] = {}
        self.listens = True

    async def tell_now(self, chat_id: int, topic_id: int | None, span: timedelta, spoken: Tongue) -> bool:
        if self.listens:
            self.asked.append((chat_id, topic_id, span))
        return self.listens

    async def digest_at(self, chat_id: int) -> time:
        return self.hours.get(chat_id, time(8))

    async def choose_hour(self, chat_id: int, at: time) -> None:
        self.hours[chat_id] = at


_fits: type[Desk] = MemoryDesk
_fits_too: type[DigestDesk] = MemoryDigests
