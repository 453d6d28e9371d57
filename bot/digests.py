"""Tells digests: those that are due, by each chat's clock, and those that somebody asks for.

Which are due, what is in them and how they read is decided in core/digests. A newcomer's mistake is to remember here
what was told: the store does, in the transaction that queues it, or a bot that starts again would tell it twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from datetime import time as hour

from bot.core.composing import timed
from bot.core.digests import (
    LATE,
    LONGEST_CAPTION,
    LONGEST_TEXT,
    Digest,
    Due,
    Entry,
    Listening,
    Period,
    Reader,
    bars_since,
    due,
    entries_of,
    first_slots,
    picture_of,
    remembered,
    render_digest,
    with_towns,
)
from bot.core.model import Incident, Message, MessageKind, Picture, Rendered, Rhythm, Severity, Subscriber
from bot.core.places import Gazetteer
from bot.core.rules.conditions import LONGEST_DELAY
from bot.core.tongue import Tongue
from bot.pictures import Studio
from bot.store import FeedHealth, Store, ToldDigest
from bot.store.thread import StoreThread
from bot.telegram.digesting import DigestDesk
from bot.tongues import Tongues
from bot.zones import name_of

RHYTHMS = (Rhythm.DAILY, Rhythm.WEEKLY)
BUSY_SECONDS = 60.0  # after which a round leaves the rest to the next
REACH = LATE + LONGEST_DELAY  # before a period, what was published then may be told in it

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Past:
    """What the digests of one round are made of."""

    incidents: Sequence[Incident]
    feeds: Sequence[FeedHealth]
    now: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """A digest to be made: of these subscriptions, one at least, of a chat that listens to all of `own`."""

    key: str
    subscribed: Sequence[Subscriber]
    own: Sequence[Subscriber]
    period: Period
    rhythm: Rhythm
    listed: Collection[str] = ()
    late: timedelta = LATE

    @property
    def chat_id(self) -> int:
        return self.subscribed[0].chat_id

    @property
    def zone(self) -> tzinfo:
        return self.subscribed[0].settings.zone

    def message(self, number: int, text: Rendered) -> Message:
        rules = tuple(sorted({each.rule_id for each in self.subscribed}))
        topic_id = self.subscribed[0].preferences.topic_id
        return Message(f"{self.key}:{number}", self.chat_id, MessageKind.TELL, text, topic_id=topic_id, rules=rules)

    def entries(self, period: Period, past: Past, listed: Collection[str]) -> tuple[Entry, ...]:
        """The incidents of that time, as the chat may see them."""
        rules = {each.rule_id for each in self.own}
        return entries_of(period, self.subscribed, past.incidents, past.now, rules=rules, listed=listed, late=self.late)


class Digests:
    """`tell_due` is called now and then; `tell_now` when somebody asks."""

    def __init__(
        self,
        store: StoreThread,
        gazetteer: Callable[[], Gazetteer],
        tongues: Tongues,
        clock: Callable[[], datetime],
        studio: Studio | None = None,
    ) -> None:
        self._store = store
        self._gazetteer = gazetteer
        self._tongues = tongues
        self._clock = clock
        self._studio = studio or Studio()
        self._asked: dict[int, asyncio.Task[None]] = {}

    async def close(self) -> None:
        """What was asked for and is not made yet is not told; what is due is made after the next start."""
        for task in self._asked.values():
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)
        await self._studio.close()

    # ---------------------------------------------------------------- by the clock
    async def tell_due(self) -> None:
        """Queue every digest that is due; what is not done after a while is left to the next call."""
        now, ends = self._clock(), time.monotonic() + BUSY_SECONDS
        listening = {each.key: each for rhythm in RHYTHMS for each in await self._listening(rhythm, now)}
        told = await self._store(Store.told_digests)
        await self._seat(listening, told, now)
        pending = list(due(listening.values(), {key: seat.until for key, seat in told.items()}, now))
        if not pending:
            return
        past = await self._past(min(bars_since(Period(each.since, each.until)) for each in pending), now)
        for each in pending:
            if time.monotonic() > ends:
                return
            try:
                await self._tell(each, told[each.listening.key].listed, past)
            except Exception:  # one chat's digest must not hold up the others
                log.exception("the digest of chat %s could not be made; it is tried again", each.listening.chat_id)
        await self._studio.close()

    async def _listening(self, rhythm: Rhythm, now: datetime) -> list[Listening]:
        subscribers = await self._store(Store.digest_subscribers, rhythm, now)
        return [Listening(chat_id, rhythm, s.settings) for chat_id, s in {s.chat_id: s for s in subscribers}.items()]

    async def _seat(
        self,
        listening: dict[tuple[int, Rhythm], Listening],
        told: dict[tuple[int, Rhythm], ToldDigest],
        now: datetime,
    ) -> None:
        """Who is new begins with what comes from now on: what came before counts as told."""
        slots = first_slots(listening.values(), told, now)
        if not slots and told.keys() <= listening.keys():
            return
        earlier = await self._store(Store.incidents_since, min(slots.values()) - REACH) if slots else ()
        new = {
            key: ToldDigest(slot, frozenset(each.id for each in earlier if each.last_seen < slot))
            for key, slot in slots.items()
        }
        await self._store(Store.seat_digests, listening.keys(), new)

    async def _past(self, since: datetime, now: datetime) -> Past:
        incidents = await self._store(Store.incidents_since, since - REACH)
        return Past(incidents, await self._store(Store.feed_states), now)

    async def _tell(self, each: Due, listed: Collection[str], past: Past) -> None:
        chat_id, rhythm = each.listening.key
        own = await self._store(Store.subscriptions_of, chat_id, past.now)
        messages: list[Message] = []
        shown: list[Entry] = []
        for topic_id, subscribed in _by_topic([s for s in own if s.preferences.rhythm is rhythm]).items():
            key = f"digest:{rhythm}:{each.until.isoformat()}:{topic_id or 0}"
            order = Order(key, subscribed, own, Period(each.since, each.until), rhythm, listed)
            entries, texts = await self._make(order, self._tongues.of(language_of(subscribed)), past)
            shown += entries
            silent = all(s.preferences.silent for s in subscribed) or each.listening.settings.silent or not entries
            messages += (
                timed(replace(text, silent=silent), each.listening.settings, Severity.NORMAL, past.now)
                for text in texts
            )
        told = ToldDigest(each.until, frozenset(remembered(shown, listed, past.incidents)))
        await self._store(Store.tell_digest, chat_id, rhythm, told, messages, past.now)

    # ---------------------------------------------------------------- when asked
    async def tell_now(self, chat_id: int, topic_id: int | None, span: timedelta, spoken: Tongue) -> bool:
        """Begin to make a digest of the last hours or days, of all that the chat listens to; False where it listens to
        nothing. One at a time for each chat: who asks twice gets one.
        """
        own = await self._store(Store.subscriptions_of, chat_id, self._clock())
        if own and (chat_id not in self._asked or self._asked[chat_id].done()):
            self._asked[chat_id] = asyncio.create_task(self._tell_now(chat_id, topic_id, span, spoken))
        return bool(own)

    async def _tell_now(self, chat_id: int, topic_id: int | None, span: timedelta, spoken: Tongue) -> None:
        try:
            now = self._clock()
            period = Period(now - span, now)
            past = await self._past(bars_since(period), now)
            own = await self._store(Store.subscriptions_of, chat_id, now)
            order = Order(f"digest:asked:{now.isoformat()}", own, own, period, Rhythm.INSTANT, (), timedelta(0))
            _, messages = await self._make(order, spoken, past)
            await self._store(Store.queue, [replace(each, topic_id=topic_id) for each in messages], now)
        except Exception:  # a task of its own: nobody else would ever hear of it
            log.exception("the digest that chat %s asked for could not be made", chat_id)
        finally:
            self._asked.pop(chat_id, None)
            if not self._asked:
                await self._studio.close()

    # ---------------------------------------------------------------- making one
    async def _make(self, order: Order, spoken: Tongue, past: Past) -> tuple[Sequence[Entry], list[Message]]:
        """What is in a digest, and its messages."""
        reader = Reader(spoken, order.zone, name_of(order.zone))
        entries = order.entries(order.period, past, order.listed)
        sent = await self._store(Store.alerts_sent, order.chat_id, order.period.since, order.period.until)
        digest = Digest(order.rhythm, order.period, entries, tuple(_gone_quiet(past.feeds, order.period)), sent)
        lately = order.entries(Period(bars_since(order.period), order.period.until), past, ())
        picture = await self._drawn(picture_of(digest, lately, reader), spoken)
        texts = render_digest(digest, reader, LONGEST_CAPTION if picture else LONGEST_TEXT)
        first, *rest = (order.message(number, text) for number, text in enumerate(texts))
        return entries, [replace(first, picture=picture), *rest]

    async def _drawn(self, picture: Picture | None, spoken: Tongue) -> bytes:
        return b"" if picture is None else await self._studio.draw(with_towns(picture, self._gazetteer(), spoken))

    # ---------------------------------------------------------------- at which hour
    async def digest_at(self, chat_id: int) -> hour:
        return (await self._store(Store.settings_of, chat_id)).digest_at

    async def choose_hour(self, chat_id: int, at: hour) -> None:
        settings = await self._store(Store.settings_of, chat_id)
        await self._store(Store.choose_settings, chat_id, replace(settings, digest_at=at), self._clock())


_fits: type[DigestDesk] = Digests


def language_of(subscribed: Sequence[Subscriber]) -> str:
    """The language that all subscriptions of a digest have in common; that of the chat where they differ."""
    languages = {each.written_in for each in subscribed}
    return languages.pop() if len(languages) == 1 else subscribed[0].language


def _by_topic(subscribed: Iterable[Subscriber]) -> dict[int | None, list[Subscriber]]:
    """A forum gets one digest in each topic that asked for it."""
    topics: dict[int | None, list[Subscriber]] = {}
    for each in subscribed:
        topics.setdefault(each.preferences.topic_id, []).append(each)
    return topics


def _gone_quiet(feeds: Iterable[FeedHealth], period: Period) -> Iterator[str]:
    """The feeds that stopped answering in a period, or stopped having news."""
    for feed in feeds:
        stopped = [at for at in (feed.failing_since, feed.gone_at) if at is not None]
        has_failed = any(period.since <= at < period.until for at in stopped)
        is_silent = feed.silent_since(period.until) is not None and feed.silent_since(period.since) is None
        if not feed.paused and (has_failed or is_silent):
            yield feed.title or feed.url
