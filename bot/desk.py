"""What the commands in Telegram need, done on the store.

A newcomer's mistake is to keep the list of rules here: it is asked for every time, because rules are reloaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot import __version__
from bot.config import Access
from bot.core.model import Rule
from bot.store import MessageState, Store, StoreStatus
from bot.store.thread import StoreThread
from bot.telegram.desk import RuleCard


class StoreDesk:
    """Answers the commands. `rules` gives the rules as they are now."""

    def __init__(
        self, store: StoreThread, rules: Callable[[], Sequence[Rule]], access: Access, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._rules = rules
        self._access = access
        self._clock = clock

    async def rules(self) -> Sequence[RuleCard]:
        return [RuleCard(rule.id, rule.title, _severities(rule)) for rule in self._rules() if rule.live]

    async def subscriptions(self, chat_id: int) -> frozenset[str]:
        return await self._store(Store.rules_of, chat_id)

    async def subscribe(self, chat_id: int, rule_id: str) -> bool:
        return await self._store(Store.subscribe, chat_id, rule_id, self._clock())

    async def unsubscribe(self, chat_id: int, rule_id: str) -> bool:
        return await self._store(Store.unsubscribe, chat_id, rule_id)

    async def resume_chat(self, chat_id: int) -> None:
        await self._store(Store.resume_chat, chat_id, self._clock())

    async def pause_chat(self, chat_id: int, why: str) -> None:
        await self._store(Store.pause_chat, chat_id, why, self._clock())

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        await self._store(Store.move_chat, old_chat_id, new_chat_id, self._clock())

    async def status(self, chat_id: int) -> Sequence[str]:
        status = await self._store(Store.status, chat_id)
        return _status_lines(status)

    async def allowed(self, chat_id: int, user_id: int) -> bool:
        return self._access.allows(chat_id, user_id)


def _severities(rule: Rule) -> str:
    return ", ".join(step.severity.value for step in rule.severity)


def _status_lines(status: StoreStatus) -> list[str]:
    failing = f", {status.failing_feeds} of them failing" if status.failing_feeds else ""
    waiting = sum(status.messages.get(state, 0) for state in (MessageState.PENDING, MessageState.SENDING))
    yours = len(status.chat.rules) if status.chat else 0
    return [
        f"Tocsin {__version__}",
        f"Feeds: {status.feeds}{failing}",
        f"Reports read: {sum(status.reports.values())}, incidents: {status.incidents}",
        f"Messages waiting: {waiting}",
        f"Your subscriptions: {yours}",
    ]
