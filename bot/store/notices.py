"""What chats are told once, when it changes: the outbox remembers what each was told last.

A newcomer's mistake is to name a message by its state alone: what breaks, is mended and breaks again the same way is
told three times, so the messages of a chat on one topic are numbered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.core.model import Message, MessageKind, Notice
from bot.store import outbox
from bot.store.states import LIVING
from bot.store.tables import outbox as rows

AT_ONCE = timedelta(0)


def add(connection: Connection, notice: Notice, chats: Iterable[int], now: datetime) -> None:
    """Tell each chat, unless it was told just this the last time, or all is well and it heard of nothing else."""
    messages = []
    for chat_id in chats:
        number, last = _told(connection, notice.topic, chat_id)
        if last != notice.state:
            key = f"{notice.topic}:{number + 1}:{notice.state}"
            messages.append(Message(key, chat_id, MessageKind.TELL, notice.text))
    outbox.add(connection, messages, now, AT_ONCE)


def _told(connection: Connection, topic: str, chat_id: int) -> tuple[int, str]:
    """How many messages on a topic a chat has, and the state told last; what was given up was not told."""
    found = connection.execute(
        select(rows.c.key, rows.c.state)
        .where(
            rows.c.incident_id.is_(None),
            rows.c.chat_id == chat_id,
            rows.c.kind == MessageKind.TELL,
            rows.c.key.startswith(f"{topic}:", autoescape=True),
        )
        .order_by(rows.c.id)
    ).all()
    told = [key for key, state in found if state in LIVING]
    return len(found), told[-1].rpartition(":")[2] if told else ""
