"""What the store hands out besides the nouns of the core.

A newcomer keeps one and believes it: these are answers of the moment they were asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.model import (
    Acknowledgement,
    Feed,
    History,
    Hub,
    Message,
    MessageKind,
    Push,
    Reason,
    Rendered,
    Report,
    Ways,
)
from bot.core.rhythm import silent_since

UNKNOWN = Ways()
NO_HISTORY = History()


@dataclass(frozen=True, slots=True)
class Validators:
    """What a feed's server gave us to ask "has it changed?" with (RFC 9110, section 8.8)."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class FeedState:
    """A claimed feed, and what is needed to ask it. `failures` counts those in a row; `is_slow` is of the last poll.

    Reports published before `silent_before` were told by a store that is lost: they are recorded and not told again.
    """

    id: int
    feed: Feed
    validators: Validators
    body_digest: str
    failures: int
    polled_before: bool
    last_success_at: datetime | None
    ways: Ways = UNKNOWN
    silent_before: datetime | None = None
    push: Push | None = None
    is_slow: bool = False

    @property
    def is_doubtful(self) -> bool:
        """May it hold up others? Whoever fails, is slow or new has yet to show that it does not."""
        return self.failures > 0 or not self.polled_before or self.is_slow


@dataclass(frozen=True, slots=True)
class Listened:
    """A feed with a hub: the one it names now, empty for none, and what was agreed with one. `asked`: is it polled?"""

    feed_id: int
    url: str
    asked: bool
    wanted: Hub
    push: Push | None


@dataclass(frozen=True, slots=True)
class UnchangedFeed:
    """A feed that had nothing new `now`. Without new validators or ways it keeps those it had."""

    id: int
    next_due_at: datetime
    now: datetime
    due_why: str = ""
    validators: Validators | None = None
    ways: Ways | None = None


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How a feed is doing. `failures` counts those in a row; `last_error` is empty when the last poll went well.

    `due_why` is why it is asked at `next_due_at`, empty before the first poll. `failing_since` is the first of the
    failures in a row, `gone_at` when the server said that it is gone for good (it is then asked no more), `moved_to`
    where it is asked if not at its url, and `trouble_told` what administrators were told last, empty for nothing.
    """

    url: str
    title: str
    paused: bool
    last_polled_at: datetime | None
    last_success_at: datetime | None
    last_error: str
    failures: int
    next_due_at: datetime
    due_why: str = ""
    failing_since: datetime | None = None
    gone_at: datetime | None = None
    moved_to: str = ""
    trouble_told: str = ""
    id: int = 0
    history: History = NO_HISTORY

    @property
    def items_per_day(self) -> float | None:
        """How many new items the feed usually has; None while it has not been watched for a day."""
        return self.history.items / self.history.watched_days if self.history.watched_days >= 1 else None

    def silent_since(self, now: datetime) -> datetime | None:
        """When it last had news, if it answers but has been silent for five times its usual gap."""
        return silent_since(self.history, now) if not (self.failures or self.paused or self.gone_at) else None


class MessageState(StrEnum):
    """Where a message of the outbox stands.

    PENDING waits, SENDING is on its way, UNKNOWN was sent and the answer lost; SENT, SUPERSEDED (a newer edit says it
    better) and GIVEN_UP are final.
    """

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    SUPERSEDED = "superseded"
    GIVEN_UP = "given-up"


WAITING = (MessageState.PENDING, MessageState.SENDING, MessageState.UNKNOWN)
LIVING = (*WAITING, MessageState.SENT)


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A claimed message of the outbox.

    `telegram_id` is the living message that an EDIT changes and a REPLY answers. `repeated`: an earlier attempt has
    perhaps reached the chat, so say that this may be the second copy. `topic_lost`: its topic was deleted, so say that
    this goes to the chat instead. `acknowledged` are those of the chat who see to its incident.
    """

    id: int
    message: Message
    chat_id: int
    attempts: int
    telegram_id: int | None
    repeated: bool = False
    topic_lost: bool = False
    acknowledged: tuple[Acknowledgement, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A message on an incident that is in a chat, as it was rendered. `id` is the outbox's, never Telegram's."""

    id: int
    incident_id: str
    kind: MessageKind
    text: Rendered


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a message, and when. `error` is empty where there was none."""

    kind: MessageKind
    state: MessageState
    changed_at: datetime
    due_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report as it is kept, without its keys, and what was decided of it. `duplicate_of` is the report it copies."""

    report: Report
    fetched_at: datetime
    reason: Reason
    incidents: tuple[str, ...]
    duplicate_of: str | None


@dataclass(frozen=True, slots=True)
class ChatStatus:
    """One chat: what it listens to and what became of its messages. `paused_why` is empty while it is active."""

    chat_id: int
    active: bool
    paused_why: str
    rules: frozenset[str]
    messages: Mapping[MessageState, int]


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """Counts of all that is kept. `feeds` and `chats` are the active ones; `failing_feeds` are among them.

    `waiting_since` is when the oldest message that still has to go out was recorded. `chat` is the chat asked for, if
    it is known. `last_polled_at` is when any feed was asked last.
    """

    feeds: int
    failing_feeds: int
    paused_feeds: int
    reports: Mapping[Reason, int]
    incidents: int
    chats: int
    paused_chats: int
    subscriptions: int
    messages: Mapping[MessageState, int]
    waiting_since: datetime | None
    last_polled_at: datetime | None = None
    chat: ChatStatus | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """Messages that are due or put off by Telegram, since when the oldest waits, and feeds by state.

    Those are well, failing, gone or paused.
    """

    due: int
    due_since: datetime | None
    feeds: Mapping[str, int]
