"""Tells the administrators when a feed dies and when it is back, and when it is our own network that fails.

A newcomer's mistake is to remember here what was told: the store does, with each feed, or a bot that starts again
would tell it again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from bot.core.notices import feed_notice, network_notice
from bot.feeds.health import cut_off, trouble_of
from bot.store import FeedHealth, Store
from bot.store.thread import StoreThread

log = logging.getLogger(__name__)


class FeedWatch:
    """Looks at all feeds from time to time. The private chat with a person has the id of the person."""

    def __init__(self, store: StoreThread, administrators: Collection[int], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._chats = sorted(administrators)
        self._clock = clock
        self._cut_off: frozenset[int] = frozenset()
        self._network_back_at: datetime | None = None
        self._network_told: str | None = None  # since the start; the store knows what was told before

    async def look(self) -> None:
        """Put what there is to tell into the outbox. What fails is tried again by the next call."""
        now = self._clock()
        feeds = await self._store(Store.feed_states)
        await self._look_at_network(feeds, now)
        for feed in feeds:
            trouble = trouble_of(feed, now, self._cut_off, self._network_back_at)
            if trouble != feed.trouble_told and not feed.paused:
                log.warning("feed %s: %s", feed.url, trouble or "answers again")
                notice = feed_notice(feed.id, feed.title or feed.url, trouble, feed.last_error)
                await self._store(Store.tell_trouble, feed.id, notice, self._chats, now)

    async def _look_at_network(self, feeds: Sequence[FeedHealth], now: datetime) -> None:
        """Who was cut off is asked again as soon as the network is back: their back-off was for no fault of theirs."""
        before, self._cut_off = self._cut_off, cut_off(feeds, now)
        if before and not self._cut_off:
            log.warning("our network is back")
            self._network_back_at = now
            await self._store(Store.hasten_feeds, before, now)
        if self._cut_off and not before:
            log.warning("%d of %d feeds fail at once; probably our own network does", len(self._cut_off), len(feeds))
        await self._tell_network(feeds, now)

    async def _tell_network(self, feeds: Sequence[FeedHealth], now: datetime) -> None:
        error = next((feed.last_error for feed in feeds if feed.id in self._cut_off), "")
        asked = sum(1 for feed in feeds if not feed.paused)
        notice = network_notice(len(self._cut_off), asked, error)
        if self._chats and notice.state != self._network_told:
            await self._store(Store.tell, notice, self._chats, now)
        self._network_told = notice.state
