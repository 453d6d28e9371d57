"""Chats and what is in them: their state, people, topics and messages.

Message ids are unique over all chats of the fake, so that a client that mixes up two chats is found out.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal

from tests.fake_telegram import errors
from tests.fake_telegram.spec import Json

ChatType = Literal["private", "group", "supergroup", "channel"]

PATIENCE_SECONDS = 30.0  # a busy machine is no failure; nothing waits this long on an idle one


class State(Enum):
    OK = auto()
    BLOCKED = auto()
    KICKED = auto()
    DEACTIVATED = auto()
    MIGRATED = auto()


@dataclass(slots=True, eq=False)
class Chat:
    """One chat. What the bot says is also queued for whoever waits in `hears` or `sees_edit`."""

    id: int
    type: ChatType
    name: str
    state: State = State.OK
    migrated_to: int = 0
    administrators: set[int] = field(default_factory=set)
    topics: set[int] = field(default_factory=set)
    takes_no_photos: bool = False
    messages: dict[int, Json] = field(default_factory=dict)
    new: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)
    edited: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)

    async def hears(self) -> Json:
        """The next message of the bot that nobody has waited for yet."""
        return await asyncio.wait_for(self.new.get(), PATIENCE_SECONDS)

    async def sees_edit(self) -> Json:
        """The next message that the bot edits."""
        return await asyncio.wait_for(self.edited.get(), PATIENCE_SECONDS)

    def public(self) -> Json:
        name = {"first_name": self.name} if self.type == "private" else {"title": self.name}
        forum = {"is_forum": True} if self.topics else {}
        return {"id": self.id, "type": self.type} | name | forum

    def check_reachable(self) -> None:
        match self.state:
            case State.BLOCKED:
                raise errors.blocked()
            case State.KICKED:
                raise errors.kicked(self.type)
            case State.DEACTIVATED:
                raise errors.deactivated()
            case State.MIGRATED:
                raise errors.migrated(self.migrated_to)
            case State.OK:
                pass


@dataclass(slots=True, eq=False)
class World:
    """All chats the bot could know, and the numbers that Telegram gives out."""

    bot: Json
    chats: dict[int, Chat] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    menus: dict[tuple[str, int, str], list[Json]] = field(default_factory=dict)  # by scope, chat and language
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)  # by "long" or "short", and language
    open_queries: set[str] = field(default_factory=set)
    notices: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)

    def add(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        return chat

    def reachable(self, chat_id: int | str) -> Chat:
        """The chat, if the bot may write to it."""
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise errors.chat_not_found()
        chat.check_reachable()
        return chat

    def new_message(self, chat: Chat, sender: Json, content: Json) -> Json:
        """A message kept in the chat. `sender` is a user."""
        number = next(self.numbers)
        head = {"message_id": number, "date": now(), "chat": chat.public(), "from": sender}
        chat.messages[number] = head | content
        return chat.messages[number]


def now() -> int:
    """Telegram's clock: whole seconds since 1970."""
    return int(time.time())
