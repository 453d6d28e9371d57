"""The outbox on stage: a real store, a clock that moves when told, and a sender whose answers are planned."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from bot.core.model import Message, Outcome, Reading, Reason, Report, Told
from bot.outbox import LIMITS, Delivered, Pace, Sender, deliver
from bot.store import DueMessage, Store

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

P = ParamSpec("P")
T = TypeVar("T")


class Clock:
    """Time passes only when told to."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class ScriptedSender:
    """Sends everything, but for each chat raises what was planned for it first."""

    def __init__(self) -> None:
        self.sent: list[DueMessage] = []
        self._refusals: defaultdict[int, deque[Exception]] = defaultdict(deque)

    def refuse(self, chat_id: int, *refusals: Exception) -> None:
        self._refusals[chat_id].extend(refusals)

    @property
    def chats(self) -> list[int]:
        return [due.chat_id for due in self.sent]

    @property
    def keys(self) -> list[str]:
        return [due.message.key for due in self.sent]

    async def send(self, due: DueMessage) -> int:
        if refusals := self._refusals[due.chat_id]:
            raise refusals.popleft()
        self.sent.append(due)
        return 100 + len(self.sent)


class Scene:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self.sender = ScriptedSender()
        self.pace = Pace(LIMITS)
        self._reports = 0

    async def call(self, function: Callable[Concatenate[Store, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return function(self.store, *args, **kwargs)

    async def round(self, by: Sender | None = None) -> Delivered:
        """One round of delivery, by the scripted sender unless another is named."""
        return await deliver(self.call, by or self.sender, self.clock, self.pace)

    def put(self, *messages: Message) -> None:
        """Record messages, in one report that nobody reads."""
        self._reports += 1
        name = f"report-{self._reports}"
        report = Report(name, "title", "text", self.clock(), keys=(name,), digest=name)
        told = Told(name, name, "lead", self.clock())
        with self.store.transaction() as transaction:
            outcome = Outcome(report, Reading(report, "en"), Reason.FIRST_REPORT, told)
            transaction.record(outcome, messages, self.clock())

    def states(self) -> dict[str, int]:
        """How many messages are in each state, by its name."""
        return {state.value: count for state, count in self.store.status().messages.items() if count}
