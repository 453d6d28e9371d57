"""What goes out to whom: a message as rendered, as queued, and who subscribed.

A newcomer's mistake is to send at once: a message is stored with the decision that made it, and sent afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.model.preferences import ChatSettings, Mute, Preferences

EVERYTHING, AS_USUAL = Preferences(), ChatSettings()


class MessageKind(StrEnum):
    """NEW makes the living message, EDIT changes it silently, REPLY answers it aloud, TELL belongs to no incident."""

    NEW = "new"
    EDIT = "edit"
    REPLY = "reply"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text for Telegram, as HTML and as the plain words it falls back to, in a `language` by its ISO 639-1 code.

    `link` is where its one button leads.
    """

    html: str
    plain: str
    link: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Message:
    """One alert to one chat, ready for the outbox. `key` names it for ever: the same key is never stored twice.

    Lower `priority` goes first. `delay` is how long it is held back on purpose, `held` how much of that is for quiet
    hours. `topic_id` is the forum topic it goes to (an EDIT and a REPLY go where their first message went), `rules`
    are those for which it is told. A `picture` is a PNG under which a short text stands; the text goes out without it
    where it must. `published_at` is of the report that it tells, where it tells one.
    """

    key: str
    chat_id: int
    kind: MessageKind
    text: Rendered
    incident_id: str | None = None
    priority: int = 2
    silent: bool = False
    delay: timedelta = timedelta(0)
    topic_id: int | None = None
    rules: tuple[str, ...] = ()
    held: timedelta = timedelta(0)
    picture: bytes = b""
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that chats are told when its state changes. The empty state is that all is well."""

    topic: str
    state: str
    text: Rendered


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A chat that listens to a rule, since when, and what it chose. Its `language` is the chat's, empty where it chose
    none; what the rule tells it is `written_in` another one where the subscription has its own.
    """

    chat_id: int
    rule_id: str
    language: str = ""
    since: datetime | None = None
    preferences: Preferences = EVERYTHING
    settings: ChatSettings = AS_USUAL
    mutes: tuple[Mute, ...] = ()

    @property
    def written_in(self) -> str:
        return self.preferences.language or self.language
