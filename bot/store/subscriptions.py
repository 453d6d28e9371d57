"""Chats, whether they can be written to, and which rules they listen to.

A newcomer removes the subscriptions of a chat that blocked us: they are kept, and count again when it speaks to us.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, literal, select, update

from bot.core.model import Preferences, Rhythm, Severity, Subscriber
from bot.store import preferences
from bot.store.columns import Moment
from bot.store.engine import insert_into
from bot.store.forgetting import became
from bot.store.tables import chats, subscriptions

KEPT = timedelta(days=1)  # what somebody chose who left and comes back, by mistake or on second thoughts
LISTENING = subscriptions.c.left_at.is_(None)
CHOSEN = ("minimum", "place", "minimum_toll", "rhythm", "silent", "topic_id", "language")


def subscribe(
    connection: Connection,
    chat_id: int,
    rule_id: str,
    now: datetime,
    topic_id: int | None = None,
    *,
    language: str = "",
) -> bool:
    """Whether the chat did not listen to the rule before. Who left a moment ago finds all as it was.

    The language is that of the chat from now on if it has chosen none.
    """
    connection.execute(insert_into(connection, chats).values(chat_id=chat_id, known_at=now).on_conflict_do_nothing())
    if language and not language_of(connection, chat_id):
        speak(connection, chat_id, language, now)
    long_gone = (subscriptions.c.chat_id == chat_id) & (subscriptions.c.left_at < now - KEPT)
    connection.execute(delete(subscriptions).where(long_gone))
    back = {"left_at": None, "subscribed_at": now, "topic_id": topic_id}
    added = connection.execute(
        insert_into(connection, subscriptions)
        .values(chat_id=chat_id, rule_id=rule_id, subscribed_at=now, topic_id=topic_id)
        .on_conflict_do_update(
            index_elements=["chat_id", "rule_id"], set_=back, where=subscriptions.c.left_at.is_not(None)
        )
        .returning(subscriptions.c.rule_id)
    )
    return added.first() is not None


def unsubscribe(connection: Connection, chat_id: int, rule_id: str, now: datetime) -> bool:
    """Whether the chat listened to the rule until now."""
    mine = (subscriptions.c.chat_id == chat_id) & (subscriptions.c.rule_id == rule_id)
    return connection.execute(update(subscriptions).where(mine, LISTENING).values(left_at=now)).rowcount > 0


def unsubscribe_all(connection: Connection, chat_id: int) -> int:
    """Forgets what was chosen as well."""
    listening = len(rules_of(connection, chat_id))
    connection.execute(delete(subscriptions).where(subscriptions.c.chat_id == chat_id))
    return listening


def rules_of(connection: Connection, chat_id: int) -> frozenset[str]:
    mine = select(subscriptions.c.rule_id).where(subscriptions.c.chat_id == chat_id, LISTENING)
    return frozenset(connection.scalars(mine))


def subscribers(connection: Connection, rule_ids: Collection[str], now: datetime) -> list[Subscriber]:
    """Who listens to any of the rules, in active chats alone, with what they chose."""
    return _subscribers(connection, subscriptions.c.rule_id.in_(rule_ids), now)


def with_rhythm(connection: Connection, rhythm: Rhythm, now: datetime) -> list[Subscriber]:
    """Whose alerts are told together, and how often; in active chats alone."""
    return _subscribers(connection, subscriptions.c.rhythm == rhythm, now)


def of_chat(connection: Connection, chat_id: int, now: datetime) -> list[Subscriber]:
    """What a chat listens to, paused or not, and what it chose."""
    return _rows(connection, [subscriptions.c.chat_id == chat_id], now)


def _subscribers(connection: Connection, which: ColumnElement[bool], now: datetime) -> list[Subscriber]:
    return _rows(connection, [chats.c.paused_at.is_(None), which], now)


def _rows(connection: Connection, which: Sequence[ColumnElement[bool]], now: datetime) -> list[Subscriber]:
    rows = connection.execute(
        select(subscriptions, chats.c.language.label("chat_language"), *preferences.SETTINGS)
        .join(chats, chats.c.chat_id == subscriptions.c.chat_id)
        .where(LISTENING, *which)
        .order_by(subscriptions.c.chat_id, subscriptions.c.rule_id)
    ).all()
    mutes = preferences.mutes_by_chat(connection, now) if rows else {}
    return [
        Subscriber(
            row.chat_id,
            row.rule_id,
            row.chat_language,
            row.subscribed_at,
            _preferences(row),
            preferences.settings_in(row),
            mutes.get(row.chat_id, ()),
        )
        for row in rows
    ]


def _preferences(row: Row[*tuple[Any, ...]]) -> Preferences:
    return Preferences(
        minimum=Severity(row.minimum),
        place=row.place,
        minimum_toll=row.minimum_toll,
        rhythm=Rhythm(row.rhythm),
        silent=row.silent,
        topic_id=row.topic_id,
        language=row.language,
    )


def prefer(connection: Connection, chat_id: int, rule_id: str, chosen: Preferences) -> bool:
    """Whether the chat listens to the rule, so that it can choose what of it."""
    mine = (subscriptions.c.chat_id == chat_id) & (subscriptions.c.rule_id == rule_id)
    values = {name: getattr(chosen, name) for name in CHOSEN}
    return connection.execute(update(subscriptions).where(mine, LISTENING).values(values)).rowcount > 0


def lose_topic(connection: Connection, chat_id: int, topic_id: int) -> None:
    """The topic was deleted: what was told there is told to the chat."""
    there = (subscriptions.c.chat_id == chat_id) & (subscriptions.c.topic_id == topic_id)
    connection.execute(update(subscriptions).where(there).values(topic_id=None))


def language_of(connection: Connection, chat_id: int) -> str:
    """Empty for a chat that chose none."""
    return connection.scalar(select(chats.c.language).where(chats.c.chat_id == chat_id)) or ""


def speak(connection: Connection, chat_id: int, language: str, now: datetime) -> None:
    """From now on the chat is written to in this language."""
    insert = insert_into(connection, chats).values(chat_id=chat_id, known_at=now, language=language)
    connection.execute(insert.on_conflict_do_update(index_elements=["chat_id"], set_={"language": language}))


def resume(connection: Connection, chat_id: int, now: datetime) -> None:
    _set_chat(connection, chat_id, now, paused_at=None, paused_why="")


def paused_why(connection: Connection, chat_id: int) -> str:
    """Empty for a chat that is active, or not known."""
    return connection.scalar(select(chats.c.paused_why).where(chats.c.chat_id == chat_id)) or ""


def pause(connection: Connection, chat_id: int, why: str, now: datetime) -> None:
    _set_chat(connection, chat_id, now, paused_at=now, paused_why=why)


def move(connection: Connection, old_chat_id: int, new_chat_id: int, now: datetime) -> None:
    """Give the new chat the rules of the old one with all that was chosen; the old one is paused for good."""
    resume(connection, new_chat_id, now)
    preferences.move(connection, old_chat_id, new_chat_id, now)
    if not language_of(connection, new_chat_id):
        speak(connection, new_chat_id, language_of(connection, old_chat_id), now)
    chosen = [subscriptions.c[name] for name in CHOSEN if name != "topic_id"]  # a group without topics became one
    old = select(literal(new_chat_id), subscriptions.c.rule_id, literal(now, Moment), *chosen).where(
        subscriptions.c.chat_id == old_chat_id, LISTENING
    )
    columns = ["chat_id", "rule_id", "subscribed_at", *(column.name for column in chosen)]
    connection.execute(insert_into(connection, subscriptions).from_select(columns, old).on_conflict_do_nothing())
    unsubscribe_all(connection, old_chat_id)
    pause(connection, old_chat_id, became(new_chat_id), now)


def _set_chat(
    connection: Connection, chat_id: int, now: datetime, *, paused_at: datetime | None, paused_why: str
) -> None:
    row = {"paused_at": paused_at, "paused_why": paused_why}
    insert = insert_into(connection, chats).values(chat_id=chat_id, known_at=now, **row)
    connection.execute(insert.on_conflict_do_update(index_elements=["chat_id"], set_=row))
