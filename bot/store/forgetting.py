"""Everything about a chat goes, from every table.

A newcomer's mistake is to list the tables here: each table that has a `chat_id` or a `user_id` is gone through, so that
one that is added later is not forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, or_

from bot.store.tables import chats, metadata

WHOSE = ("chat_id", "user_id")  # a private chat has the number of its person


def became(chat_id: int) -> str:
    """Why a group is paused that moved to this chat."""
    return f"became chat {chat_id}"


def forget(connection: Connection, chat_id: int) -> Mapping[str, int]:
    """How many rows went, by table; tables without any are left out."""
    gone: dict[str, int] = {}
    for table in reversed(metadata.sorted_tables):
        of_chat = [table.c[name] == chat_id for name in WHOSE if name in table.c]
        if not of_chat:
            continue
        if table is chats:
            of_chat.append(chats.c.paused_why == became(chat_id))
        if count := connection.execute(delete(table).where(or_(*of_chat))).rowcount:
            gone[table.name] = count
    return gone
