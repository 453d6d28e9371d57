"""What can go wrong with a feed.

A newcomer's mistake is to catch aiohttp's or feedparser's errors outside this room: all of them leave it as FeedError.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

_MESSAGE_MAX_CHARACTERS: Final = 500  # it is shown in a chat, and a hostile server may have written part of it


class FeedError(Exception):
    """This feed cannot be had now: note the message, skip the feed, ask again later.

    `retry_after` is what the server asked for, a span or a point in time; `gone` means that the server says it will
    never come back (410): tell the administrator.
    """

    quarantine: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after: timedelta | datetime | None = None, gone: bool = False) -> None:
        super().__init__(message[:_MESSAGE_MAX_CHARACTERS])
        self.retry_after = retry_after
        self.gone = gone


class PoisonousFeedError(FeedError):
    """What this feed sends killed the parser again and again: leave it alone for `retry_after`, tell administrators."""

    quarantine = True
