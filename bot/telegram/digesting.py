"""/digest: what happened lately as one message, now; and at which hour digests come.

A newcomer's mistake is to wait for the digest here: drawing its picture takes seconds, in which nobody else would be
heard. It comes through the outbox, as alerts do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Protocol

from bot.core.tongue import Tongue, mark
from bot.telegram import texts
from bot.telegram.asking import Answer, Ask, View
from bot.telegram.commands import deciders_only
from bot.telegram.deciding import signed

DAY = timedelta(days=1)
LONGEST = timedelta(days=28)
SPAN = re.compile(r"([0-9]{1,3}) ?(h|d)", re.IGNORECASE)
HOUR = re.compile(r"([01]?[0-9]|2[0-3])(?:[:.]([0-5][0-9]))?")
AT, NOW = "at", "now"

HOW = mark(
    "/digest for the last 24 hours, /digest 7d for the last 7 days, /digest at 08:00 for the hour of daily digests."
)
HOUR_CHANGED = mark("Digests come at {now} by this chat's clock, weekly ones on Mondays. It was: {before}.")


class DigestDesk(Protocol):
    """What is needed of the service for it."""

    async def tell_now(self, chat_id: int, topic_id: int | None, span: timedelta, spoken: Tongue) -> bool:
        """Begin to make a digest, which is told when it is made; False for a chat that listens to nothing."""

    async def digest_at(self, chat_id: int) -> time: ...

    async def choose_hour(self, chat_id: int, at: time) -> None: ...


class DigestCounter:
    """Answers /digest."""

    def __init__(self, desk: DigestDesk) -> None:
        self._desk = desk

    @property
    def commands(self) -> Mapping[str, Answer]:
        return {"digest": self.digest}

    @property
    def taps(self) -> Mapping[str, Answer]:
        """None: nothing of it is tapped."""
        return {}

    async def digest(self, ask: Ask) -> None:
        if ask.words[:1] == (AT,):
            await deciders_only(self._choose_hour)(ask)
            return
        span = _span(" ".join(ask.words))
        if span is None:
            await ask.say(HOW)
        elif not await self._desk.tell_now(ask.chat_id, ask.topic_id, span, ask.tongue):
            await ask.say(texts.NO_SUBSCRIPTIONS)

    async def _choose_hour(self, ask: Ask) -> None:
        found = HOUR.fullmatch(" ".join(ask.words[1:]))
        if found is None:
            await ask.say(HOW)
            return
        before, at = await self._desk.digest_at(ask.chat_id), time(int(found[1]), int(found[2] or 0))
        await self._desk.choose_hour(ask.chat_id, at)
        said = ask.tongue.say(HOUR_CHANGED, now=f"{at:%H:%M}", before=f"{before:%H:%M}")
        await ask.show(View(signed(ask, said)))


def _span(asked: str) -> timedelta | None:
    """How far back, for "24h" or "7d"; a day where nothing is asked, None for what is no span or too long."""
    if asked.lower() in ("", NOW):
        return DAY
    found = SPAN.fullmatch(asked)
    if found is None:
        return None
    span = timedelta(hours=int(found[1])) if found[2].lower() == "h" else timedelta(days=int(found[1]))
    return span if timedelta(0) < span <= LONGEST else None
