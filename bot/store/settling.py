"""What became of the messages: sent, put off, perhaps sent, given up, and at last forgotten.

A newcomer marks a lost answer as failed: perhaps the chat has the message, so it is repeated once and labelled.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Update, and_, delete, select, update

from bot.core.model import MessageKind
from bot.store.states import WAITING, MessageState
from bot.store.tables import outbox

LOST_TWICE = "the answer was lost twice; the last time: "
TOLD_BEFORE_LOSS = "the store that was lost has most likely sent it"


def settled(state: MessageState, why: str, now: datetime) -> Update:
    """Bring messages that still wait to their end; narrow it with `where`."""
    values = {"state": state, "changed_at": now, "leased_until": None, "error": why, "picture": None}
    return update(outbox).where(outbox.c.state.in_(WAITING)).values(values)


def mark_sent(connection: Connection, message_id: int, telegram_id: int | None, now: datetime) -> None:
    """Sent is the truth, whatever was written about the message in the meantime."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == message_id)
        .values(
            state=MessageState.SENT, changed_at=now, leased_until=None, telegram_id=telegram_id, error="", picture=None
        )
    )


def postpone(connection: Connection, message_id: int, due_at: datetime, error: str, now: datetime) -> None:
    connection.execute(_try_again(message_id, MessageState.PENDING, due_at, error, now))


def mark_unknown(connection: Connection, message_id: int, due_at: datetime, error: str, now: datetime) -> None:
    """Once more at `due_at`; but of a repeated message the second lost answer is the last."""
    given_up = settled(MessageState.GIVEN_UP, LOST_TWICE + error, now)
    connection.execute(given_up.where(outbox.c.id == message_id, outbox.c.repeated))
    connection.execute(_try_again(message_id, MessageState.UNKNOWN, due_at, error, now))


def give_up(connection: Connection, message_id: int, why: str, now: datetime) -> None:
    connection.execute(settled(MessageState.GIVEN_UP, why, now).where(outbox.c.id == message_id))


def settle_before(connection: Connection, moment: datetime) -> int:
    """End what was due before a moment, up to which a lost store has most likely sent it. How many that were."""
    ended = settled(MessageState.SUPERSEDED, TOLD_BEFORE_LOSS, moment).where(outbox.c.due_at < moment)
    return connection.execute(ended).rowcount


def give_up_chat(connection: Connection, chat_id: int, why: str, now: datetime) -> None:
    connection.execute(settled(MessageState.GIVEN_UP, why, now).where(outbox.c.chat_id == chat_id))


def sent_since(connection: Connection, since: datetime) -> list[tuple[int, datetime]]:
    """(chat, when) of each message sent since then, oldest first."""
    rows = connection.execute(
        select(outbox.c.chat_id, outbox.c.changed_at)
        .where(outbox.c.state == MessageState.SENT, outbox.c.changed_at >= since)
        .order_by(outbox.c.changed_at, outbox.c.id)
    )
    return [(chat_id, sent_at) for chat_id, sent_at in rows]


def _try_again(message_id: int, state: MessageState, due_at: datetime, error: str, now: datetime) -> Update:
    return (
        update(outbox)
        .where(outbox.c.id == message_id, outbox.c.state.in_(WAITING))
        .values(
            state=state,
            changed_at=now,
            due_at=due_at,
            leased_until=None,
            attempts=outbox.c.attempts + 1,
            error=error,
        )
    )


def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Delete messages that came to their end before then, but no notices: they say what a chat knows of a topic."""
    ended = outbox.c.state.in_([state for state in MessageState if state not in WAITING])  # so the index serves
    old = and_(ended, outbox.c.changed_at < before, outbox.c.kind != MessageKind.TELL)
    ids = connection.scalars(select(outbox.c.id).where(old).limit(limit)).all()
    connection.execute(delete(outbox).where(outbox.c.id.in_(ids)))
    return len(ids)
