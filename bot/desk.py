"""What the commands in Telegram need, done on the store.

A newcomer's mistake is to keep the list of rules here: it is asked for every time, because rules are reloaded.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import __version__
from bot.core.listing import is_in, lines, says, told_to
from bot.core.model import Incident, Rule
from bot.core.pipeline import Rulebook
from bot.core.severitywords import severities_of
from bot.core.text import fold
from bot.core.tongue import ENGLISH, Tongue, mark, titles_of
from bot.lookingdesk import LookingAnswers
from bot.store import Store, StoreStatus
from bot.store.states import WAITING as UNSENT
from bot.store.thread import StoreThread
from bot.telegram.desk import RuleCard
from bot.telegram.refusals import is_out_of_reach
from bot.telegram.texts import why_paused
from bot.tongues import Tongues

log = logging.getLogger(__name__)

LATEST, SEARCHED = timedelta(days=30), timedelta(days=365)
MOST_LISTED = 8  # in one message; with the longest of everything, far from Telegram's 4,096 characters


class StoreDesk(LookingAnswers):
    """Answers the commands. `rulebook` gives the rules as they are now."""

    def __init__(
        self,
        store: StoreThread,
        rulebook: Callable[[], Rulebook],
        clock: Callable[[], datetime],
        tongues: Tongues | None = None,
    ) -> None:
        self._store = store
        self._rulebook = rulebook
        self._clock = clock
        self._tongues = tongues or Tongues(lambda: rulebook().knowledge)

    async def rules(self) -> Sequence[RuleCard]:
        live = (rule for rule in self._rulebook().rules if rule.live)
        return [RuleCard(rule.id, rule.title, severities_of(rule), titles=rule.titles) for rule in live]

    async def subscriptions(self, chat_id: int) -> frozenset[str]:
        return await self._store(Store.rules_of, chat_id)

    async def subscribe(self, chat_id: int, rule_id: str, topic_id: int | None = None, language: str = "") -> bool:
        return await self._store(Store.subscribe, chat_id, rule_id, self._clock(), topic_id, language=language)

    async def resume_chat(self, chat_id: int) -> None:
        await self._store(Store.resume_chat, chat_id, self._clock())

    async def heard_from(self, chat_id: int) -> None:
        why = await self._store(Store.paused_why, chat_id)
        if is_out_of_reach(why):
            log.info("chat %s speaks to the bot, so it hears again; it was paused: %s", chat_id, why)
            await self.resume_chat(chat_id)

    async def pause_chat(self, chat_id: int, why: str) -> None:
        await self._store(Store.pause_chat, chat_id, why, self._clock())

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> None:
        await self._store(Store.move_chat, old_chat_id, new_chat_id, self._clock())

    async def status(self, chat_id: int, tongue: Tongue) -> Sequence[str]:
        status = await self._store(Store.status, chat_id)
        return _status_lines(status, tongue)

    async def latest(self, chat_id: int, asked: str, tongue: Tongue = ENGLISH) -> Sequence[str]:
        own = await self._store(Store.rules_of, chat_id)
        named = {rule.id for rule in self._rulebook().rules if rule.id in own and _is_called(rule, asked)}
        area = self._rulebook().knowledge.gazetteer.find(asked) if asked and not named else None
        told = await self._told_to(own, LATEST)
        found = (i for i in told if is_in(area, i) and (not named or not i.rules.isdisjoint(named)))
        return _entries(found, tongue)

    async def search(self, chat_id: int, words: str, tongue: Tongue = ENGLISH) -> Sequence[str]:
        told = await self._told_to(await self._store(Store.rules_of, chat_id), SEARCHED)
        return await asyncio.to_thread(_saying, words, told, tongue)  # of a year: 30 microseconds each

    async def _told_to(self, rules: frozenset[str], reach: timedelta) -> list[Incident]:
        now = self._clock()
        return list(told_to(await self._store(Store.incidents_since, now - reach), rules, now))

    async def tongue(self, chat_id: int, preferred: str | None) -> Tongue:
        chosen = await self._store(Store.language_of, chat_id)
        return replace(self._tongues.of(chosen, preferred), zone=(await self._store(Store.settings_of, chat_id)).zone)


def _saying(words: str, told: Iterable[Incident], tongue: Tongue) -> list[str]:
    return _entries((incident for incident in told if says(words, incident, tongue)), tongue)


def _is_called(rule: Rule, asked: str) -> bool:
    return fold(asked) in map(fold, (rule.id, *titles_of(rule)))


def _entries(incidents: Iterable[Incident], tongue: Tongue) -> list[str]:
    """The newest first, as many as one message holds."""
    newest = sorted(incidents, key=lambda incident: incident.first_seen, reverse=True)
    return ["\n".join(lines(incident, tongue)) for incident in newest[:MOST_LISTED]]


FEEDS = mark("Feeds: {feeds}, failing: {failing}; last asked {at}")
READ = mark("Reports read: {reports}, incidents: {incidents}")
WAITING = mark("Messages waiting: {waiting}")
WAITING_SINCE = mark("Messages waiting: {waiting}, the oldest since {at}")
SUBSCRIPTIONS = mark("Your subscriptions: {number}")
PAUSED = mark("This chat is paused ({why}): /resume")
NEVER = mark("never")


def _status_lines(status: StoreStatus, tongue: Tongue) -> list[str]:
    asked_at = _moment(status.last_polled_at, tongue)
    waiting = sum(status.messages.get(state, 0) for state in UNSENT)
    pattern = WAITING_SINCE if waiting and status.waiting_since else WAITING
    chat = status.chat
    lines = [
        f"Tocsin {__version__}",
        tongue.say(FEEDS, feeds=status.feeds, failing=status.failing_feeds, at=asked_at),
        tongue.say(READ, reports=sum(status.reports.values()), incidents=status.incidents),
        tongue.say(pattern, waiting=waiting, at=_moment(status.waiting_since, tongue)),
        tongue.say(SUBSCRIPTIONS, number=len(chat.rules) if chat else 0),
    ]
    if chat is not None and not chat.active:
        lines.append(tongue.say(PAUSED, why=why_paused(chat.paused_why, tongue)))
    return [tongue.line(line) for line in lines]


def _moment(at: datetime | None, tongue: Tongue) -> str:
    return tongue.clock(at) if at else tongue.say(NEVER)
