"""Answers count: whatever the bot writes outside the outbox is booked in the pace by which the outbox sends.

Answers themselves are never held back, floods.py bounds them. A newcomer's mistake is to book in each answer, where the
next one is forgotten: here every request passes, and those of the outbox, which booked them itself, say so.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.outbox import Clock, Pace

WRITING = ("send", "editMessage")  # how the methods begin that Telegram counts

_booked: ContextVar[bool] = ContextVar("booked", default=False)


@contextmanager
def booked_already() -> Iterator[None]:
    """What is asked of Telegram in here was booked by the outbox."""
    before = _booked.set(True)
    try:
        yield
    finally:
        _booked.reset(before)


class Answers(BaseRateLimiter[None]):
    """Sees all that a bot asks of Telegram, but for news."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._pace = pace
        self._clock = clock

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """Nor to close."""

    async def process_request(  # noqa: PLR0917  the library gives them by position
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002  what it is called by
    ) -> Any:
        """Ask at once. A "too many" spares the chat afterwards, as one to the outbox does."""
        chat_id = data.get("chat_id")
        if _booked.get() or not endpoint.startswith(WRITING) or not isinstance(chat_id, int):
            return await callback(*args, **kwargs)
        self._pace.book(chat_id, self._clock())
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            self._pace.pause(chat_id, self._clock(), duration(error.retry_after))
            raise


def duration(wait: int | timedelta) -> timedelta:
    """python-telegram-bot gives seconds or a timedelta, by an environment variable that is not ours alone."""
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
