"""Delivery: what is due goes out, at the pace Telegram allows, and what became of it is written down.

Exactly once is impossible: an answer can be lost after the message was performed. Such a message is repeated once, and
says so; a newcomer who retries it like any other sends the same alert eight times.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from bot import metrics
from bot.store import DueMessage, Store

ROUND_SIZE = 30
LEASE_SECONDS = (
    120.0  # longer than any single attempt: a lease that ends makes a message look as if we had died with it
)
MAX_ATTEMPTS = 150  # with the longest back-off about a day: an outage of Telegram's must not cost an alert
BACKOFF_SECONDS = 5.0
LONGEST_BACKOFF_SECONDS = 600.0
REPEAT_SECONDS = 30.0  # until a message whose answer was lost is sent again
UNAUTHORIZED_SECONDS = 60.0
PAUSE_AFTER_429_SECONDS = 1.0
MEMORY_SECONDS = 60.0  # the longest window of any limit
CLOCK_JUMP = timedelta(seconds=2)  # by which the time may go back without having been set back

P = ParamSpec("P")
T = TypeVar("T")
Clock = Callable[[], datetime]

log = logging.getLogger(__name__)


# ---------------------------------------------------------------- what a sender may say instead of "sent"
class Rejected(Exception):
    """This chat will never take this message. `pause`: the chat itself is gone (blocked, kicked, deactivated)."""

    def __init__(self, why: str, *, pause: bool = False) -> None:
        super().__init__(why)
        self.pause = pause


class Delayed(Exception):
    """Not sent for certain, so later. `after` is what the other side asked for, if it did."""

    def __init__(self, why: str, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.after = after


class Moved(Exception):
    """The group became a supergroup, whose id is `chat_id`."""

    def __init__(self, chat_id: int) -> None:
        super().__init__(f"the chat is now {chat_id}")
        self.chat_id = chat_id


class TopicGone(Exception):
    """The topic of the forum is deleted or closed: the chat has it, the topic has not."""

    def __init__(self, why: str, topic_id: int) -> None:
        super().__init__(why)
        self.topic_id = topic_id


class Unknown(Exception):
    """Perhaps performed: the answer was lost."""


class Unauthorized(Exception):
    """The token is dead: nothing can be sent, and the queue is kept until there is another."""


# ---------------------------------------------------------------- what delivery needs of others
class Sender(Protocol):
    async def send(self, due: DueMessage) -> int | None:
        """Telegram's id of the message, None where there is no such thing; or one of the exceptions above."""


class StoreCall(Protocol):
    """Runs a method of the store on the thread that owns it: `await store_call(Store.message_sent, 7, 1, now)`."""

    async def __call__(
        self, function: Callable[Concatenate[Store, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


# ---------------------------------------------------------------- the pace
@dataclass(frozen=True, slots=True)
class Rate:
    """At most so many messages in any so many seconds."""

    messages: int
    seconds: float

    def next_after(self, times: Sequence[datetime]) -> Iterator[datetime]:
        """When there is room again, if there is none; `times` in order."""
        if len(times) >= self.messages:
            yield times[-self.messages] + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Limits:
    """Telegram's published limits, https://core.telegram.org/bots/faq (broadcasting)."""

    chat: Rate = Rate(1, 1)
    group: Rate = Rate(20, 60)
    overall: Rate = Rate(30, 1)


LIMITS = Limits()
NO_LIMITS = Limits(Rate(1, 0), Rate(1, 0), Rate(ROUND_SIZE, 0))  # where nobody minds, such as a terminal


class Pace:
    """What may go at this moment, by what went out in the last minute. Group chats have negative ids."""

    def __init__(self, limits: Limits, sent: Iterable[tuple[int, datetime]] = ()) -> None:
        self._limits = limits
        self._sent: deque[tuple[int, datetime]] = deque()
        self._sent_to: dict[int, deque[datetime]] = {}
        self._paused_until: dict[int, datetime] = {}
        self._all_paused_until: datetime | None = None
        self._latest: datetime | None = None
        self.begin_anew(sent)

    def begin_anew(self, sent: Iterable[tuple[int, datetime]]) -> None:
        """From now on what was sent is this, oldest first; who has to wait still does."""
        self._sent.clear()
        self._sent_to.clear()
        for chat_id, at in sent:
            self.book(chat_id, at)
        self._latest = self._sent[-1][1] if self._sent else None

    def follow_clock(self, now: datetime) -> None:
        """Where the clock was set back, everything remembered moves back with it; else chats would wait that long."""
        if self._latest is not None and self._latest - now > CLOCK_JUMP:
            back = self._latest - now
            self._sent = deque((chat, at - back) for chat, at in self._sent)
            self._sent_to = {chat: deque(at - back for at in times) for chat, times in self._sent_to.items()}
            self._paused_until = {chat: until - back for chat, until in self._paused_until.items()}
            self._all_paused_until = self._all_paused_until and self._all_paused_until - back
        self._latest = now

    def room(self, now: datetime) -> int:
        """How many messages may go at once, to whatever chats."""
        if self._all_paused_until and now < self._all_paused_until:
            return 0
        since = now - timedelta(seconds=self._limits.overall.seconds)
        lately = sum(1 for _ in takewhile(lambda sent: sent[1] > since, reversed(self._sent)))
        return max(0, self._limits.overall.messages - lately)

    @property
    def at_once(self) -> int:
        """How many messages may go to one chat in one round."""
        return self._limits.chat.messages if self._limits.chat.seconds else ROUND_SIZE

    def resting(self, now: datetime) -> frozenset[int]:
        """The chats that get nothing at this moment."""
        chats = {*self._sent_to, *self._paused_until}
        return frozenset(chat_id for chat_id in chats if self._free_at(chat_id, now) > now)

    def _free_at(self, chat_id: int, now: datetime) -> datetime:
        times = self._sent_to.get(chat_id, ())
        rates = (self._limits.chat, self._limits.group) if chat_id < 0 else (self._limits.chat,)
        waits = (at for rate in rates for at in rate.next_after(times))
        return max(now, self._paused_until.get(chat_id, now), *waits)

    def book(self, chat_id: int, at: datetime) -> None:
        """A message goes out at that moment: one of the outbox, or an answer to somebody, which counts as well."""
        while self._sent and self._sent[0][1] < at - timedelta(seconds=MEMORY_SECONDS):
            self._forget(self._sent.popleft()[0])
        self._sent.append((chat_id, at))
        self._sent_to.setdefault(chat_id, deque()).append(at)

    def _forget(self, chat_id: int) -> None:
        """The oldest message to the chat counts no more."""
        self._sent_to[chat_id].popleft()
        if not self._sent_to[chat_id]:
            del self._sent_to[chat_id]

    def pause(self, chat_id: int, now: datetime, after: timedelta) -> None:
        """Telegram said "too many": spare this chat for as long as it asked, and all others a moment."""
        self._paused_until = {chat: until for chat, until in self._paused_until.items() if until > now}
        self._paused_until[chat_id] = now + after
        self.pause_all(now, timedelta(seconds=PAUSE_AFTER_429_SECONDS))

    def pause_all(self, now: datetime, after: timedelta) -> None:
        """Nothing goes out for so long."""
        self._all_paused_until = max(now + after, self._all_paused_until or now)

    def go_on(self) -> None:
        """Whatever held up everything is over; chats that have to wait still do."""
        self._all_paused_until = None


async def pace_so_far(store_call: StoreCall, clock: Clock, limits: Limits) -> Pace:
    """The pace as it stands after a restart: Telegram counts what the process before us sent."""
    pace = Pace(limits)
    await catch_up(pace, store_call, clock)
    return pace


async def catch_up(pace: Pace, store_call: StoreCall, clock: Clock) -> None:
    """Another process has sent until now. Answers of the last minute are in no store, so they count no more."""
    since = clock() - timedelta(seconds=MEMORY_SECONDS)
    pace.begin_anew(await store_call(Store.sent_at, since))


# ---------------------------------------------------------------- one round
class Result(StrEnum):
    """What became of a message in this round; the values stand in the metrics."""

    SENT = "sent"
    DELAYED = "delayed"
    MOVED = "moved"
    UNKNOWN = "unknown"
    GIVEN_UP = "given-up"
    UNAUTHORIZED = "unauthorized"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of each message of a round; empty when nothing was due."""

    results: tuple[Result, ...] = ()

    def count(self, result: Result) -> int:
        return self.results.count(result)


async def deliver(store_call: StoreCall, sender: Sender, clock: Clock, pace: Pace) -> Delivered:
    """One round: claim what is due and the pace allows, send it, write down what became of each.

    Messages go out side by side, so that one that hangs holds up no other. Raises Unauthorized when the token is
    dead; by then everything claimed is back in the queue.
    """
    now = clock()
    pace.follow_clock(now)
    room = min(ROUND_SIZE, pace.room(now))
    if not room:
        return Delivered()
    due = await store_call(Store.claim_messages, now, room, LEASE_SECONDS, pace.resting(now), pace.at_once)
    for message in due:
        pace.book(message.chat_id, now)
    await store_call(Store.messages_begun, [message.id for message in due], now)
    desk = _Desk(store_call, sender, clock, pace)
    outcomes = await asyncio.gather(*map(desk.handle, due), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    results = tuple(outcome for outcome in outcomes if isinstance(outcome, Result))
    if Result.UNAUTHORIZED in results:
        pace.pause_all(clock(), timedelta(seconds=UNAUTHORIZED_SECONDS))
        raise Unauthorized("Telegram refuses the bot's token: give it a valid one. Nothing is lost, the queue is kept.")
    return Delivered(results)


def backoff(attempts: int, after: timedelta | None) -> timedelta:
    """How long to wait after so many attempts before this one; never less than was asked for."""
    own = timedelta(seconds=min(2**attempts * BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS))
    return max(after, own) if after else own


@dataclass(frozen=True, slots=True)
class _Desk:
    """Handles the messages of one round."""

    store_call: StoreCall
    sender: Sender
    clock: Clock
    pace: Pace

    async def handle(self, due: DueMessage) -> Result:
        result = await self._send(due)
        metrics.messages.labels(result).inc()
        return result

    async def _send(self, due: DueMessage) -> Result:
        try:
            telegram_id = await self.sender.send(due)
        except Exception as refusal:  # noqa: BLE001  whatever is wrong with one message must not hold up the others
            return await self._react(due, refusal)
        now = self.clock()
        await self.store_call(Store.message_sent, due.id, telegram_id, now)
        if due.message.published_at is not None:
            took = (now - due.message.published_at).total_seconds()
            metrics.publication_to_send.observe(took)
        return Result.SENT

    async def _react(self, due: DueMessage, refusal: Exception) -> Result:
        match refusal:
            case Rejected():
                return await self._stop(due, refusal)
            case Moved():
                return await self._readdress(due, refusal)
            case TopicGone():
                return await self._lose_topic(due, refusal)
            case Delayed():
                return await self._delay(due, refusal)
            case Unknown():
                return await self._doubt(due, refusal)
            case Unauthorized():
                await self.store_call(Store.message_released, due.id, self.clock())
                return Result.UNAUTHORIZED
            case _:
                log.error("%s to chat %s failed unexpectedly", due.message.key, due.chat_id, exc_info=refusal)
                return await self._delay(due, Delayed(repr(refusal)))

    async def _stop(self, due: DueMessage, rejected: Rejected) -> Result:
        await self._give_up(due, str(rejected))
        if rejected.pause:
            await self.store_call(Store.pause_chat, due.chat_id, str(rejected), self.clock())
        return Result.GIVEN_UP

    async def _readdress(self, due: DueMessage, moved: Moved) -> Result:
        now = self.clock()
        await self.store_call(Store.move_chat, due.chat_id, moved.chat_id, now)
        await self.store_call(Store.message_postponed, due.id, now, str(moved), now)
        return Result.MOVED

    async def _lose_topic(self, due: DueMessage, gone: TopicGone) -> Result:
        now = self.clock()
        await self.store_call(Store.lose_topic, due.id, due.chat_id, gone.topic_id)
        await self.store_call(Store.message_postponed, due.id, now, str(gone), now)
        return Result.DELAYED

    async def _delay(self, due: DueMessage, delayed: Delayed) -> Result:
        now = self.clock()
        if delayed.after is not None:
            self.pace.pause(due.chat_id, now, delayed.after)
        if due.attempts + 1 >= MAX_ATTEMPTS:
            await self._give_up(due, f"tried {MAX_ATTEMPTS} times; the last time: {delayed}")
            return Result.GIVEN_UP
        due_at = now + backoff(due.attempts, delayed.after)
        log.warning("%s to chat %s waits until %s UTC: %s", due.message.key, due.chat_id, f"{due_at:%H:%M:%S}", delayed)
        await self.store_call(Store.message_postponed, due.id, due_at, str(delayed), now)
        return Result.DELAYED

    async def _doubt(self, due: DueMessage, unknown: Unknown) -> Result:
        """The store repeats it once; a second lost answer is the end of it there."""
        now = self.clock()
        due_at = now + timedelta(seconds=REPEAT_SECONDS)
        then = "given up" if due.repeated else "sent once more, and says so"
        log.warning("%s to chat %s may have arrived, and is %s: %s", due.message.key, due.chat_id, then, unknown)
        await self.store_call(Store.message_unknown, due.id, due_at, str(unknown), now)
        return Result.GIVEN_UP if due.repeated else Result.UNKNOWN

    async def _give_up(self, due: DueMessage, why: str) -> None:
        log.warning("%s to chat %s is given up: %s", due.message.key, due.chat_id, why)
        await self.store_call(Store.message_given_up, due.id, why, self.clock())
