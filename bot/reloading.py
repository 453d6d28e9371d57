"""Takes up changed rules while the bot runs, and says what changed.

A newcomer's mistake is to read them in the event loop: ten thousand rules take a second, and nothing else goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot import metrics
from bot.core.pipeline import Rulebook
from bot.rulebook import Change, LiveRules
from bot.service import utc_now
from bot.store import Store
from bot.store.thread import StoreThread

log = logging.getLogger(__name__)


class Reloading:
    """Reads changed rules, by the timer and when an administrator says so, one at a time."""

    def __init__(self, rules: LiveRules, store: StoreThread, audience: int | None = None) -> None:
        self._rules = rules
        self._store = store
        self._audience = audience
        self._alone = asyncio.Lock()

    async def if_settled(self) -> None:
        await self._by(self._rules.reload_if_settled)

    async def at_once(self) -> None:
        await self._by(self._rules.reload_if_changed)

    async def _by(self, read: Callable[[], Change | None]) -> None:
        async with self._alone:
            if change := await asyncio.to_thread(read):
                _say_what_changed(change, self._rules.current)
                await self.seat()

    async def seat(self) -> None:
        """Let the audience hear every rule there is."""
        if self._audience is not None:
            for rule in self._rules.current.rules:
                await self._store(Store.subscribe, self._audience, rule.id, utc_now())


def _say_what_changed(change: Change, current: Rulebook) -> None:
    metrics.rule_problems.set(len(current.problems))
    for problem in current.problems:
        log.error("%s", problem)
    for gone in change.gone:
        why = "is deleted" if gone.is_deleted else "no longer has them"
        log.warning("rules no longer in force, for %s %s: %s", gone.file, why, ", ".join(gone.ids))
    state = "the last good version of what is broken stays in force" if current.problems else "all of them are good"
    log.info("rules reloaded: %d rules; %s", len(current.rules), state)
