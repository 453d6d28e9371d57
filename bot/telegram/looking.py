"""What people ask who look closer: incidents, what became of a report, feeds, files to take away; and to be forgotten.

A newcomer's mistake is to let anybody make a group be forgotten: looking is for everybody, /forget for its
administrators, let in or not, and only after a second tap.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import blake2s

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.yamlfile import duration_of
from bot.telegram import looking_texts, texts
from bot.telegram.asking import Answer, Ask, View
from bot.telegram.commands import deciders_only
from bot.telegram.lookingdesk import Export, LookingDesk, Trace
from bot.telegram.replying import fitting, reply

LONGEST_EXPORT = timedelta(days=366)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
USUAL_EXPORT = "30d"
FORGETTING = re.compile(r"fg([+-]):([0-9a-f]{16})")
REFERENCE_BYTES = 8


class Looking:
    """The answers, over the service's desk."""

    def __init__(self, desk: LookingDesk) -> None:
        self._desk = desk

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {
            "incident": self.incident,
            "why": self.why,
            "feeds": self.feeds,
            "export": self.export,
            "forget": deciders_only(self.forget),
        }

    @property
    def taps(self) -> Mapping[str, Answer]:
        """By the pattern of a button's data."""
        return {FORGETTING.pattern: deciders_only(self.confirm)}

    # ---------------------------------------------------------------- looking
    async def incident(self, ask: Ask) -> None:
        if len(ask.words) != 1:
            await ask.say(looking_texts.WHICH_INCIDENT)
            return
        card = await self._desk.incident(ask.chat_id, ask.words[0].lstrip("#"))
        if card is None:
            await ask.say(looking_texts.UNKNOWN_INCIDENT)
            return
        seen_to = await self._desk.acknowledged(ask.chat_id, card.incident.id)
        await reply(ask, looking_texts.incident(card, seen_to, ask.tongue))

    async def why(self, ask: Ask) -> None:
        answered = ask.update.message.reply_to_message if ask.update.message else None
        if ask.words:
            found, unknown = await self._desk.trace(ask.chat_id, ask.words[0]), looking_texts.UNKNOWN_REPORT
        elif answered is not None:
            found = await self._desk.trace_of(ask.chat_id, answered.message_id)
            unknown = looking_texts.NO_ALERT
        else:
            found, unknown = None, looking_texts.WHY_WHAT
        await self._show(ask, found, unknown)

    async def _show(self, ask: Ask, found: Trace | None, otherwise: str) -> None:
        await (reply(ask, looking_texts.trace(found, ask.tongue)) if found else ask.say(otherwise))

    async def feeds(self, ask: Ask) -> None:
        found, now = await self._desk.feeds()
        await reply(ask, looking_texts.feeds(found, now, ask.tongue))

    # ---------------------------------------------------------------- taking away
    async def export(self, ask: Ask) -> None:
        if not await self._desk.subscriptions(ask.chat_id):
            await ask.say(texts.NO_SUBSCRIPTIONS)
            return
        reach, days = _reach(ask.words), _days(ask.words, ask.tongue.zone)
        if days is not None:
            export = await self._desk.export_between(ask.chat_id, *days)
            await self._hand_over(ask, export, looking_texts.EXPORTED_BETWEEN)
        elif reach is not None:
            await self._hand_over(ask, await self._desk.export(ask.chat_id, reach), looking_texts.EXPORTED)
        else:
            await ask.say(looking_texts.EXPORT_WHAT, days=LONGEST_EXPORT.days)

    async def _hand_over(self, ask: Ask, export: Export, pattern: tuple[str, str]) -> None:
        """The files, the first with what they are; `pattern` is in one and many."""
        if not export.count:
            await ask.say(looking_texts.NOTHING_TO_EXPORT)
        times = {"since": ask.tongue.clock(export.since), "until": ask.tongue.clock(export.until)}
        said = ask.tongue.count(*pattern, export.count, **times)
        for number, (name, content) in enumerate(export.files):
            await ask.bot.send_document(
                ask.chat_id,
                content,
                filename=name,
                caption=None if number else said,
                message_thread_id=ask.topic_id,
            )

    # ---------------------------------------------------------------- being forgotten
    async def forget(self, ask: Ask) -> None:
        keys = [
            InlineKeyboardButton(ask.tongue.say(label), callback_data=f"fg{sign}:{_reference(ask.chat_id)}")
            for sign, label in (("+", looking_texts.FORGET_YES), ("-", looking_texts.FORGET_NO))
        ]
        await ask.show(View(ask.tongue.say(looking_texts.FORGET), InlineKeyboardMarkup([keys])))

    async def confirm(self, ask: Ask) -> None:
        found = FORGETTING.fullmatch(ask.tapped.data or "") if ask.tapped else None
        if found is None or found[2] != _reference(ask.chat_id):
            await ask.say(looking_texts.STALE_FORGET)
            return
        if found[1] == "-":
            said = ask.tongue.say(looking_texts.KEPT)
        else:
            said = looking_texts.forgotten(await self._desk.forget(ask.chat_id), ask.tongue)
        await ask.show(View(fitting(said, 200)))
        await ask.redraw(View(said))


def _reach(words: tuple[str, ...]) -> timedelta | None:
    """For how long somebody asked; None when that cannot be understood, or is too long."""
    try:
        reach = duration_of(words[0] if words else USUAL_EXPORT)
    except OverflowError:
        return None
    return reach if reach and timedelta(0) < reach <= LONGEST_EXPORT and len(words) <= 1 else None


def _days(words: tuple[str, ...], zone: tzinfo) -> tuple[datetime, datetime] | None:
    """From the beginning of one day to the end of another; None when these are no days, or too many."""
    try:
        first, last = (datetime.strptime(word, "%Y-%m-%d").replace(tzinfo=zone) for word in words)
        since, until = first.astimezone(UTC), (last + DAY).astimezone(UTC) - INSTANT
    except (ValueError, OverflowError):
        return None
    return (since, until) if timedelta(0) < until - since <= LONGEST_EXPORT else None


def _reference(chat_id: int) -> str:
    """Of no use in another chat."""
    return blake2s(f"forget {chat_id}".encode(), digest_size=REFERENCE_BYTES).hexdigest()
