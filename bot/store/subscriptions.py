"""Chats, whether they can be written to, and which rules they listen to.

A newcomer removes the subscriptions of a chat that blocked us: they are kept, and count again when it speaks to us.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, literal, select

from bot.core.model import Subscriber
from bot.store.columns import Moment
from bot.store.engine import insert_into
from bot.store.forgetting import became
from bot.store.tables import chats, subscriptions


def subscribe(connection: Connection, chat_id: int, rule_id: str, now: datetime) -> bool:
    """Whether the chat did not listen to the rule before."""
    connection.execute(insert_into(connection, chats).values(chat_id=chat_id, known_at=now).on_conflict_do_nothing())
    added = connection.execute(
        insert_into(connection, subscriptions)
        .values(chat_id=chat_id, rule_id=rule_id, subscribed_at=now)
        .on_conflict_do_nothing()
        .returning(subscriptions.c.rule_id)
    )
    return added.first() is not None


def unsubscribe(connection: Connection, chat_id: int, rule_id: str) -> bool:
    """Whether the chat listened to the rule until now."""
    mine = (subscriptions.c.chat_id == chat_id) & (subscriptions.c.rule_id == rule_id)
    return connection.execute(delete(subscriptions).where(mine)).rowcount > 0


def unsubscribe_all(connection: Connection, chat_id: int) -> int:
    return connection.execute(delete(subscriptions).where(subscriptions.c.chat_id == chat_id)).rowcount


def rules_of(connection: Connection, chat_id: int) -> frozenset[str]:
    return frozenset(connection.scalars(select(subscriptions.c.rule_id).where(subscriptions.c.chat_id == chat_id)))


def subscribers(connection: Connection, rule_ids: Collection[str]) -> list[Subscriber]:
    """Who listens to any of the rules, in active chats alone."""
    rows = connection.execute(
        select(subscriptions.c.chat_id, subscriptions.c.rule_id, chats.c.language)
        .join(chats, chats.c.chat_id == subscriptions.c.chat_id)
        .where(chats.c.paused_at.is_(None), subscriptions.c.rule_id.in_(rule_ids))
        .order_by(subscriptions.c.chat_id, subscriptions.c.rule_id)
    )
    return [Subscriber(*row) for row in rows]


def language_of(connection: Connection, chat_id: int) -> str:
    """Empty for a chat that chose none."""
    return connection.scalar(select(chats.c.language).where(chats.c.chat_id == chat_id)) or ""


def speak(connection: Connection, chat_id: int, language: str, now: datetime) -> None:
    """From now on the chat is written to in this language."""
    insert = insert_into(connection, chats).values(chat_id=chat_id, known_at=now, language=language)
    connection.execute(insert.on_conflict_do_update(index_elements=["chat_id"], set_={"language": language}))


def resume(connection: Connection, chat_id: int, now: datetime) -> None:
    _set_chat(connection, chat_id, now, paused_at=None, paused_why="")


def pause(connection: Connection, chat_id: int, why: str, now: datetime) -> None:
    _set_chat(connection, chat_id, now, paused_at=now, paused_why=why)


def move(connection: Connection, old_chat_id: int, new_chat_id: int, now: datetime) -> None:
    """Give the new chat the rules of the old one, which is paused for good."""
    resume(connection, new_chat_id, now)
    columns = ["chat_id", "rule_id", "subscribed_at"]
    old = select(literal(new_chat_id), subscriptions.c.rule_id, literal(now, Moment)).where(
        subscriptions.c.chat_id == old_chat_id
    )
    connection.execute(insert_into(connection, subscriptions).from_select(columns, old).on_conflict_do_nothing())
    unsubscribe_all(connection, old_chat_id)
    pause(connection, old_chat_id, became(new_chat_id), now)


def _set_chat(
    connection: Connection, chat_id: int, now: datetime, *, paused_at: datetime | None, paused_why: str
) -> None:
    row = {"paused_at": paused_at, "paused_why": paused_why}
    insert = insert_into(connection, chats).values(chat_id=chat_id, known_at=now, **row)
    connection.execute(insert.on_conflict_do_update(index_elements=["chat_id"], set_=row))
