"""Tells the administrators in Telegram what is wrong with the rules, and when all is mended.

A newcomer's mistake is to remember here what was told: a bot that starts again would tell it again, so the store does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from bot.core.notices import rules_notice
from bot.core.pipeline import Rulebook
from bot.rulebook import LiveRules
from bot.store import Store
from bot.store.thread import StoreThread


class Tidings:
    """Tells each state of the rules once. The private chat with a person has the id of the person."""

    def __init__(
        self, rules: LiveRules, store: StoreThread, administrators: Collection[int], clock: Callable[[], datetime]
    ) -> None:
        self._rules = rules
        self._store = store
        self._chats = sorted(administrators)
        self._clock = clock
        self._told: Rulebook | None = None

    async def tell(self) -> None:
        """Put what there is to tell into the outbox. What fails is tried again by the next call."""
        current = self._rules.current
        if self._chats and current is not self._told:
            notice = rules_notice(current.problems, len(current.rules), str(self._rules.folder))
            await self._store(Store.tell, notice, self._chats, self._clock())
        self._told = current
