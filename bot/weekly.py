"""Tells the administrators once a week which reports were one condition short of an alert, and which feeds are mute.

The reports are read again with the rules of today. A newcomer's mistake is to read a week's reports in one go: what
runs in Python holds up everything else, so each report is followed by a pause.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from threading import Event

from bot.core.model import Notice
from bot.core.nearmisses import Missed, NearMiss, grouped, near_misses, weekly_notice
from bot.core.notices import DeadFeed, SilentFeed, feeds_notice
from bot.core.pipeline import Rulebook
from bot.core.reading import read
from bot.rulebook import LiveRules
from bot.store import Archive, FeedHealth, Store
from bot.store.thread import StoreThread
from bot.tongues import Tongues

MONDAY = 0
HOUR = 6  # UTC, on Monday
WEEK = timedelta(days=7)
MOST_REPORTS = 20_000  # about two minutes of reading, and as long of pauses
MOST_SECONDS = 1800.0  # with ten thousand rules, a report costs half a second
PAUSE_SECONDS = 0.005

log = logging.getLogger(__name__)


class Weekly:
    """Tells each week once, also after a restart; a bot that slept through Monday tells nothing of it."""

    def __init__(
        self,
        rules: LiveRules,
        store: StoreThread,
        database: str,
        administrators: Collection[int],
        clock: Callable[[], datetime],
        *,
        tongues: Tongues | None = None,
    ) -> None:
        self._rules = rules
        self._tongues = tongues or Tongues(lambda: rules.current.knowledge)
        self._store = store
        self._database = database
        self._chats = sorted(administrators)
        self._clock = clock
        self._told = ""
        self._telling: asyncio.Task[None] | None = None
        self._stop = Event()

    async def tell(self) -> None:
        """If it is Monday morning, begin to make the list of the week; it goes into the outbox when it is made."""
        now = self._clock()
        busy = self._telling is not None and not self._telling.done()
        if not self._chats or not _is_time(now) or busy or self._told == _week(now):
            return
        self._telling = asyncio.create_task(self._tell(now), name="near misses of the week")

    async def close(self) -> None:
        """Leave a list that is not made yet; the next start makes it."""
        self._stop.set()
        if self._telling is not None:
            await asyncio.wait([self._telling])

    async def _tell(self, now: datetime) -> None:
        try:
            current = self._rules.current
            missed, reports = await asyncio.to_thread(missed_since, self._database, current, now - WEEK, self._stop)
            if self._stop.is_set():
                return
            for chat_id in self._chats if missed else ():
                spoken = self._tongues.of(await self._store(Store.language_of, chat_id))
                titles = {rule.id: spoken.title(rule) for rule in current.rules}
                await self._store(Store.tell, weekly_notice(missed, reports, _week(now), titles), [chat_id], now)
            self._told = _week(now)
        except Exception:  # a task of its own: nobody else would ever hear of it
            log.exception("the near misses of the week could not be listed; it is tried again")


def _is_time(now: datetime) -> bool:
    return now.weekday() == MONDAY and now.hour >= HOUR


def _week(now: datetime) -> str:
    """The week before, as ISO 8601 has it: 2025-W09."""
    return f"{now - WEEK:%G-W%V}"


def missed_since(database: str, rulebook: Rulebook, since: datetime, stop: Event) -> tuple[Sequence[Missed], int]:
    """Read the reports since then: what they lacked, and how many they were. Slow: call it in a thread."""
    misses: list[NearMiss] = []
    reports = 0
    ends = time.monotonic() + MOST_SECONDS
    with closing(Archive.open(database)) as archive:
        for report in islice(archive.reports(since), MOST_REPORTS):
            if stop.is_set() or time.monotonic() > ends:
                break
            reports += 1
            try:
                misses += near_misses(read(report, rulebook.knowledge), rulebook.rules)
            except Exception:  # one report must not cost the list
                log.exception("report %s (%s) could not be read again", report.id, report.url)
            time.sleep(PAUSE_SECONDS)
    return grouped(misses), reports


# ---------------------------------------------------------------- feeds
class FeedsOfWeek:
    """Tells once a week which feeds are dead, and which answer but are silent for longer than usual.

    The death of a feed is told when it happens, too; a week later it is forgotten. Silence is told here alone: that a
    feed rests over a holiday is no news to be woken by.
    """

    def __init__(self, store: StoreThread, administrators: Collection[int], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._chats = sorted(administrators)
        self._clock = clock
        self._told = ""

    async def tell(self) -> None:
        """If it is Monday morning, put the list into the outbox; the store knows which week it told last."""
        now = self._clock()
        if not self._chats or not _is_time(now) or self._told == _week(now):
            return
        notice = mute_feeds(await self._store(Store.feed_states), now, _week(now))
        if notice is not None:
            await self._store(Store.tell, notice, self._chats, now)
        self._told = _week(now)


def mute_feeds(feeds: Sequence[FeedHealth], now: datetime, week: str) -> Notice | None:
    """The dead feeds and the silent ones, those first that have been so for longest; None where there are none."""
    asked = [feed for feed in feeds if not feed.paused]
    dead = [feed for feed in asked if feed.trouble_told]  # after the network was blamed for what it did
    silent = [(since, feed) for feed in asked if (since := feed.silent_since(now)) and not feed.trouble_told]
    if not (dead or silent):
        return None
    dead.sort(key=lambda feed: (feed.failing_since or now, feed.url))
    silent.sort(key=lambda found: (found[0], found[1].url))
    return feeds_notice(
        [DeadFeed(feed.title or feed.url, feed.trouble_told, feed.failing_since, feed.last_error) for feed in dead],
        [
            SilentFeed(feed.title or feed.url, since, feed.history.items / feed.history.watched_days)
            for since, feed in silent
        ],
        len(asked),
        week,
    )
