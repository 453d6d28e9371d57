"""What every poll of a feed leaves behind: what it taught, and when the next one is, and why then.

A newcomer's mistake is to decide here: what an answer teaches and when to ask again are pure, in `bot.feeds.conduct`
and `bot.feeds.schedule`; this has the clock, the dice and the store.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.core.model import Push, Report, Ways
from bot.feeds import conduct
from bot.feeds.errors import FeedError
from bot.feeds.fetch import Fetched, Unchanged
from bot.feeds.parse import ParsedFeed
from bot.feeds.schedule import Bounds, Due, Yardstick, measure
from bot.feeds.websub import after_poll
from bot.store import FeedState, Store, UnchangedFeed, Validators
from bot.store.thread import StoreThread
from bot.store.together import Together

MEASURE_AGAIN = timedelta(minutes=10)  # the rates of feeds change slowly


class Diary:
    """Writes down each poll, and the next one with it."""

    def __init__(self, store: StoreThread, bounds: Bounds, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._bounds = bounds
        self._clock = clock
        self._unchanged = Together[UnchangedFeed](lambda those: store(Store.feeds_unchanged, those))
        self._measuring = asyncio.Lock()
        self._measured: tuple[datetime, Yardstick] | None = None

    async def unchanged(self, state: FeedState, answer: Unchanged) -> None:
        """The feed had nothing new."""
        now = self._clock()
        validators = Validators(answer.etag, answer.last_modified)
        ways = conduct.after_unchanged(state, answer, now)
        push = await self._settled_push(state, None, now)
        due = await self._due(state, validators, ways, push, now)
        await self._unchanged.add(UnchangedFeed(state.id, due.at, now, due.why, validators, ways))

    async def read(self, state: FeedState, answer: Fetched, parsed: ParsedFeed, unseen: Sequence[Report]) -> None:
        """The feed was read and its unseen reports are recorded: call it last."""
        now = self._clock()
        validators = Validators(answer.etag, answer.last_modified)
        ways = conduct.after_read(state, answer, parsed, [report.published for report in unseen], now)
        push = await self._settled_push(state, state.last_success_at if unseen else None, now)
        due = await self._due(state, validators, ways, push, now)
        await self._store(
            Store.feed_polled,
            state.id,
            validators=validators,
            body_digest=answer.body_digest,
            ways=ways,
            next_due_at=due.at,
            due_why=due.why,
            now=now,
        )

    async def failed(self, state: FeedState, error: FeedError) -> None:
        """The feed could not be had or read."""
        now = self._clock()
        due = conduct.due_after_failure(state, error, bounds=self._bounds, now=now, roll=_roll())
        await self._store(
            Store.feed_failed,
            state.id,
            error=str(error),
            ways=conduct.after_failure(state, error),
            gone=conduct.is_gone(state, error),
            next_due_at=due.at,
            due_why=due.why,
            now=now,
        )

    async def _settled_push(self, state: FeedState, had_news_since: datetime | None, now: datetime) -> Push | None:
        """Most feeds name no hub, and need not wait for the store."""
        if state.push is None and not state.ways.hub.address:
            return None
        return await self._store(settled_push, state, had_news_since, now)

    async def _due(self, state: FeedState, validators: Validators, ways: Ways, push: Push | None, now: datetime) -> Due:
        return conduct.due_after_success(
            state,
            validators,
            ways,
            push,
            bounds=self._bounds,
            yardstick=await self._yardstick(now),
            now=now,
            roll=_roll(),
        )

    async def _yardstick(self, now: datetime) -> Yardstick:
        """How the day's requests are shared among the feeds, as of some minutes ago."""
        async with self._measuring:  # at the start, many feeds want to know at once
            if self._measured is None or not timedelta(0) <= now - self._measured[0] < MEASURE_AGAIN:
                self._measured = now, await self._store(measured, self._bounds)
            return self._measured[1]


def settled_push(store: Store, state: FeedState, had_news_since: datetime | None, now: datetime) -> Push | None:
    """On the store's thread: what a poll says of the feed's hub is written down, beside what that said meanwhile."""
    push = store.push_of(state.id)
    if push is None:
        return None
    settled = after_poll(state.push, push, had_news_since=had_news_since, now=now)
    if settled != push:
        store.settle_push(state.id, settled)
    return settled


def measured(store: Store, bounds: Bounds) -> Yardstick:
    """On the store's thread: of thousands of feeds it takes some tens of milliseconds."""
    return measure([conduct.known_of(state) for state in store.active_feeds()], bounds)


def _roll() -> float:
    return random.random()  # noqa: S311  spreading polls, not secrets
