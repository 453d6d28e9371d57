"""What people who look closer need, done on the store; a part of the desk.

A newcomer's mistake is to show what is stored: a chat hears of an incident no sooner and no closer than its rules tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.alertdesk import OPENLY, AlertAnswers, heard, quoted_in
from bot.core.caution import careful
from bot.core.explaining import explain
from bot.core.exporting import as_csv, as_geojson, row
from bot.core.listing import told_to
from bot.core.model import Incident, Mute, MuteKind, Reading, Rule
from bot.core.preferences import hushes_place
from bot.feeds.entries import link_key
from bot.store import FeedHealth, KeptReport, MessageState, Store
from bot.telegram.alertdesk import Card
from bot.telegram.lookingdesk import Export, Told, Trace

ARRIVED = (MessageState.SENT, MessageState.UNKNOWN)


class LookingAnswers(AlertAnswers):
    """Answers those who look closer."""

    async def incident(self, chat_id: int, short: str) -> Card | None:
        incident = await self._store(Store.incident_referred_to, short.lower())
        if incident is None or not await self._may_see(chat_id, incident):
            return None
        return await self._card(chat_id, incident)

    async def _may_see(self, chat_id: int, incident: Incident) -> bool:
        """Did a message of it come, or do the rules of the chat tell of it by now?"""
        rules = await self._store(Store.rules_of, chat_id)
        if any(told_to([incident], rules, self._clock())):
            return True
        followed = await self._store(Store.followed, chat_id, incident.id)
        return any(message.state in ARRIVED for message in followed)

    # ---------------------------------------------------------------- what became of a report
    async def trace(self, chat_id: int, link: str) -> Trace | None:
        kept = await self._store(Store.report_named, link_key(link), link)
        return await self._trace(chat_id, kept) if kept else None

    async def trace_of(self, chat_id: int, telegram_id: int) -> Trace | None:
        shown = await self._store(Store.shown_as, chat_id, telegram_id)
        incident = await self._store(Store.incident, shown.incident_id) if shown else None
        kept = await self._store(Store.report, quoted_in(incident)) if incident else None
        return await self._trace(chat_id, kept) if kept else None

    async def _trace(self, chat_id: int, kept: KeptReport) -> Trace:
        own = await self._store(Store.rules_of, chat_id)
        reading = await self._read(kept.report)
        explained = await asyncio.to_thread(explain, reading, self._asked(own, reading))
        status = (await self._store(Store.status, chat_id)).chat
        is_careful = any(one.fires and one.rule.delivery != OPENLY for one in explained)
        mutes = await self._store(Store.mutes_of, chat_id, self._clock())
        about, muted = {one.rule.id for one in explained if one.fires}, set[Mute]()
        told = []
        for incident_id in kept.incidents:
            incident = await self._store(Store.incident, incident_id)
            if incident is not None and await self._may_see(chat_id, incident):
                delivery = careful(incident, heard(incident, own))
                is_careful = is_careful or delivery != OPENLY
                about.add(incident_id)
                muted |= {m for m in mutes if m.kind is MuteKind.PLACE and hushes_place(m, incident, delivery.place)}
                followed = await self._store(Store.followed, chat_id, incident_id)
                told.append(Told(await self._card(chat_id, incident), tuple(followed)))
        return Trace(
            kept=kept,
            reading=None if is_careful else reading,
            rules=tuple(explained),
            told=tuple(told),
            copy_of=await self._store(Store.report, kept.duplicate_of) if kept.duplicate_of else None,
            has_rules=bool(own),
            paused_why=status.paused_why if status and not status.active else "",
            muted=tuple(mute for mute in mutes if mute in muted or mute.target in about),
        )

    def _asked(self, own: frozenset[str], reading: Reading) -> Sequence[Rule]:
        rulebook = self._rulebook()
        if own:
            return [rule for rule in rulebook.rules if rule.id in own]
        return [rule for rule in rulebook.index.concerned(reading) if rule.live]

    # ---------------------------------------------------------------- feeds
    async def feeds(self) -> tuple[Sequence[FeedHealth], datetime]:
        now = self._clock()
        asked = [feed for feed in await self._store(Store.feed_states) if not feed.paused]
        return sorted(asked, key=lambda feed: (_ease(feed, now), feed.title or feed.url)), now

    # ---------------------------------------------------------------- taking away, and going
    async def export(self, chat_id: int, reach: timedelta) -> Export:
        now = self._clock()
        return await self.export_between(chat_id, now - reach, now)

    async def export_between(self, chat_id: int, since: datetime, until: datetime) -> Export:
        own = await self._store(Store.rules_of, chat_id)
        known = [each for each in await self._store(Store.incidents_since, since) if each.first_seen <= until]
        seen = sorted(told_to(known, own, self._clock()), key=lambda incident: incident.first_seen)
        rows = [row(incident, own) for incident in seen]
        if not rows:
            return Export(0, since, until)
        name = f"tocsin-{since:%Y%m%d}-{until:%Y%m%d}"
        table = as_csv(rows).encode("utf-8-sig", "replace")  # or a spreadsheet takes its Arabic for Latin
        files = ((f"{name}.csv", table), (f"{name}.geojson", as_geojson(rows).encode("utf-8", "replace")))
        return Export(len(rows), since, until, files)

    async def forget(self, chat_id: int) -> Mapping[str, int]:
        return await self._store(Store.forget_chat, chat_id)


def _ease(feed: FeedHealth, now: datetime) -> int:
    """How little there is to worry about a feed: 0 is gone or failing."""
    if feed.gone_at or feed.failures:
        return 0
    if feed.last_polled_at is None:
        return 2
    return 1 if feed.silent_since(now) else 3
