"""Messages as the outbox hands them to a sender."""

from __future__ import annotations

from bot.core.model import Message, MessageKind, Rendered
from bot.store import DueMessage

TEXT = Rendered("<b>Binnish</b>: 11 killed", "Binnish: 11 killed", "https://news.example/binnish")


def message(
    chat_id: int,
    kind: MessageKind = MessageKind.NEW,
    *,
    key: str = "k",
    text: Rendered = TEXT,
    priority: int = 2,
    silent: bool = False,
) -> Message:
    return Message(key, chat_id, kind, text, None if kind is MessageKind.TELL else "incident", priority, silent)


def due(
    chat_id: int,
    kind: MessageKind = MessageKind.NEW,
    *,
    text: Rendered = TEXT,
    silent: bool = False,
    telegram_id: int | None = None,
    repeated: bool = False,
) -> DueMessage:
    return DueMessage(1, message(chat_id, kind, text=text, silent=silent), chat_id, 0, telegram_id, repeated)
