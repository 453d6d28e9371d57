"""The messages on incidents as chats have them: which one a button belongs to, what became of each, showing one anew.

A newcomer's mistake is to let a tap name any row: one that still waits, or another chat's, would be read too early.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, update

from bot.core.model import MessageKind
from bot.store.engine import insert_into
from bot.store.states import LIVING, Followed, MessageState, Shown
from bot.store.tables import outbox

ARRIVED = (MessageState.SENDING, MessageState.UNKNOWN, MessageState.SENT)
SHOWING = (MessageKind.NEW, MessageKind.EDIT)
AGAIN = "shown-again"


def shown(connection: Connection, chat_id: int, message_id: int, telegram_id: int | None) -> Shown | None:
    """The message of this id, if the chat may have it under this number of Telegram's (None: whatever its number)."""
    has_come = or_(outbox.c.state.in_(ARRIVED), outbox.c.repeated)
    row = connection.execute(
        select(outbox).where(
            outbox.c.id == message_id, outbox.c.chat_id == chat_id, outbox.c.incident_id.is_not(None), has_come
        )
    ).first()
    if row is None or not (row.repeated or telegram_id is None or row.telegram_id in (None, telegram_id)):
        return None
    return _shown(row)


def shown_as(connection: Connection, chat_id: int, telegram_id: int) -> Shown | None:
    """The last message on an incident that the chat has under this number."""
    mine = and_(outbox.c.chat_id == chat_id, outbox.c.telegram_id == telegram_id, outbox.c.incident_id.is_not(None))
    row = connection.execute(select(outbox).where(mine).order_by(outbox.c.id.desc()).limit(1)).first()
    return _shown(row) if row else None


def _shown(row: Row[Any]) -> Shown:
    return Shown(row.id, row.incident_id, MessageKind(row.kind), row.text)


def followed(connection: Connection, chat_id: int, incident_id: str) -> list[Followed]:
    """What became of each message on an incident to a chat, oldest first."""
    rows = connection.execute(select(outbox).where(_story(chat_id, incident_id)).order_by(outbox.c.id))
    return [
        Followed(MessageKind(row.kind), MessageState(row.state), row.changed_at, row.due_at, row.error) for row in rows
    ]


def show_again(connection: Connection, chat_id: int, incident_id: str, now: datetime) -> None:
    """Change the living message soon: by what waits to be said anyway, or else by saying the last of it again."""
    free = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)
    waiting = and_(
        _story(chat_id, incident_id), outbox.c.kind.in_(SHOWING), outbox.c.state == MessageState.PENDING, free
    )
    if connection.execute(select(outbox.c.id).where(waiting)).first():
        held_back = and_(waiting, outbox.c.attempts == 0, outbox.c.due_at > now)  # not by Telegram
        connection.execute(update(outbox).where(held_back, outbox.c.kind == MessageKind.EDIT).values(due_at=now))
        return
    last = connection.execute(
        select(outbox)
        .where(_story(chat_id, incident_id), outbox.c.kind.in_(SHOWING), outbox.c.state.in_(LIVING))
        .order_by(outbox.c.id.desc())
        .limit(1)
    ).first()
    if last is not None:
        connection.execute(insert_into(connection, outbox).on_conflict_do_nothing(), [_once_more(last, now)])


def _once_more(last: Row[Any], now: datetime) -> dict[str, Any]:
    """The same message as an edit of its own, whatever columns a message has."""
    copied = {column.name: getattr(last, column.name) for column in outbox.c if column.name != "id"}
    return copied | {
        "key": f"{last.incident_id}:{last.id}:{AGAIN}",
        "kind": MessageKind.EDIT,
        "silent": True,
        "state": MessageState.PENDING,
        "recorded_at": now,
        "changed_at": now,
        "due_at": now,
        "leased_until": None,
        "attempts": 0,
        "repeated": False,
        "telegram_id": None,
        "held_since": None,
        "error": "",
    }


def _story(chat_id: int, incident_id: str) -> ColumnElement[bool]:
    return and_(outbox.c.chat_id == chat_id, outbox.c.incident_id == incident_id)
