"""What is done beside the bot's work, day by day: a backup made, what is old forgotten.

A newcomer's mistake is to delete a month at once: who writes meanwhile waits for all of it, so it goes in small bites.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot import metrics
from bot.config import SHORTEST_MEMORY, Backups, Retention
from bot.store import Store, backups
from bot.store.thread import StoreThread

BITE = 200  # rows of a table in one transaction: 50 ms where there are millions
PAUSE_SECONDS = 0.2
FEED_STATES = ("well", "failing", "gone", "paused")

log = logging.getLogger(__name__)


class Housekeeping:
    """Looks after the store of a running bot. Without `keeping` no backup is made.

    `when_saved` hears after every backup why it failed; nothing when it did not.
    """

    def __init__(
        self,
        store: StoreThread,
        database: str,
        keeping: Backups | None,
        retention: Retention,
        clock: Callable[[], datetime],
        *,
        when_saved: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._when_saved = when_saved
        self._store = store
        self._database = database
        self._keeping = keeping
        self._retention = retention
        self._clock = clock
        self._at_work: asyncio.Task[None] | None = None

    async def look(self) -> None:
        """Begin what is due, unless that of the last look still goes on."""
        if self._at_work is None or self._at_work.done():
            self._at_work = asyncio.create_task(self._work(), name="housekeeping")

    async def measure(self) -> None:
        """Say how much there is to do, for whoever watches the metrics."""
        now = self._clock()
        load = await self._store(Store.load, now)
        metrics.queue.set(load.due)
        metrics.queue_age.set((now - load.due_since).total_seconds() if load.due_since else 0)
        for state in FEED_STATES:
            metrics.feeds.labels(state).set(load.feeds.get(state, 0))

    async def close(self) -> None:
        """Wait for a backup being made; what is half deleted is deleted the next time."""
        if self._at_work is not None:
            await asyncio.wait([self._at_work])

    async def _work(self) -> None:
        try:
            await self._save()
            await self._forget()
        except Exception:  # a task of its own: nobody else would ever hear of it
            log.exception("housekeeping failed; it is tried again")

    async def _save(self) -> None:
        now, keeping = self._clock(), self._keeping
        if keeping is None:
            return
        if backups.is_due(keeping.folder, now):
            try:
                await asyncio.to_thread(_save, self._database, keeping.folder, keeping.keep, now)
            except Exception as error:
                self._when_saved(str(error))
                raise
            self._when_saved("")
        if (newest := backups.newest_at(keeping.folder)) is not None:
            metrics.last_backup_at.set(newest.timestamp())

    async def _forget(self) -> None:
        keep = self._retention
        reports = await self._before(keep.reports, Store.newest_reports_since, keep.most_reports)
        await self._nibble(Store.forget_reports, reports)
        messages = await self._before(keep.messages, Store.newest_messages_since, keep.most_messages)
        await self._nibble(Store.forget_messages, messages)

    async def _before(
        self, age: timedelta, newest_since: Callable[[Store, int], datetime | None], most: int | None
    ) -> datetime:
        """What is older goes; where there are too many, also what is younger, but not what may still be needed."""
        now = self._clock()
        since = await self._store(newest_since, most) if most is not None else None
        return now - age if since is None else max(now - age, min(since, now - SHORTEST_MEMORY))

    async def _nibble(self, forget: Callable[[Store, datetime, int], int], before: datetime) -> None:
        is_more = True
        while is_more:
            is_more = await self._store(forget, before, BITE) == BITE
            await asyncio.sleep(PAUSE_SECONDS)


def _save(database: str, folder: Path, keep: timedelta, now: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    backups.back_up(database, backups.name_for(folder, now))
    backups.prune(folder, keep, now)
