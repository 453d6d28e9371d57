"""The messages that have to go out: put in, re-timed, re-addressed and taken back.

A newcomer's mistake is to take one out here: who sends which next is in `claiming`, what became of it in `settling`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, case, cast, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.model import Message, MessageKind
from bot.store import waking
from bot.store.engine import insert_into
from bot.store.settling import settled
from bot.store.states import LIVING, WAITING, MessageState
from bot.store.tables import outbox

MERGED = "the chat it moved to has got it already"
NEWER_ANSWER = "a newer answer that is held back as long says it better"
TAKEN_BACK = "the chat does not want to hear it any more"


@dataclass(frozen=True, slots=True)
class Withdrawable:
    """What is known of a message that may be taken back: its incident, and the rules for which it is told."""

    incident_id: str | None
    rules: frozenset[str]


# ---------------------------------------------------------------- putting in
def add(connection: Connection, messages: Sequence[Message], now: datetime, edit_pause: timedelta) -> None:
    """Put the messages in; those whose key the chat has already are left out. Silent edits wait out the pause.

    What is held back does not pile up: a first message and an answer take the place of those that wait as they would.
    """
    if not messages:
        return
    rows = [_row(each, now, _due_at(connection, each, now, edit_pause)) for each in messages]
    for row in rows:
        if row["kind"] is MessageKind.REPLY:
            _replace_answers(connection, row, now)
    insert = insert_into(connection, outbox)
    connection.execute(insert.on_conflict_do_update(index_elements=["key", "chat_id"], **_instead(insert, now)), rows)
    waking.call(connection)


def _instead(insert: sqlite.Insert | postgresql.Insert, now: datetime) -> dict[str, Any]:
    """How a first message takes the place of the one that is held back. It comes when that would, or sooner."""
    new = insert.excluded
    earlier = case((new.due_at < outbox.c.due_at, new.due_at), else_=outbox.c.due_at)
    told = {name: new[name] for name in ("priority", "silent", "text", "topic_id", "rules", "held_since")}
    return {"set_": {**told, "due_at": earlier}, "where": and_(outbox.c.kind == MessageKind.NEW, _held(now))}


def _held(now: datetime) -> ColumnElement[bool]:
    """Not begun, and not due yet: nobody has seen anything of it."""
    untouched = and_(outbox.c.state == MessageState.PENDING, ~outbox.c.repeated, outbox.c.leased_until.is_(None))
    return and_(untouched, outbox.c.due_at > now)


def _replace_answers(connection: Connection, row: dict[str, Any], now: datetime) -> None:
    """Only those that come no sooner: or answers to a busy incident would put each other off for ever."""
    same = and_(outbox.c.chat_id == row["chat_id"], outbox.c.incident_id == row["incident_id"])
    waits_as_long = and_(outbox.c.kind == MessageKind.REPLY, _held(now), outbox.c.due_at >= row["due_at"])
    connection.execute(
        settled(MessageState.SUPERSEDED, NEWER_ANSWER, now).where(same, waits_as_long, outbox.c.key != row["key"])
    )


def _due_at(connection: Connection, message: Message, now: datetime, edit_pause: timedelta) -> datetime:
    now += message.delay
    if message.kind is not MessageKind.EDIT or not message.silent or not edit_pause:
        return now
    shown = select(func.max(outbox.c.changed_at)).where(
        outbox.c.chat_id == message.chat_id,
        outbox.c.incident_id == message.incident_id,
        outbox.c.kind.in_((MessageKind.NEW, MessageKind.EDIT)),
        outbox.c.state == MessageState.SENT,
    )
    last = connection.scalar(shown)
    return max(now, min(last, now) + edit_pause) if last is not None else now  # later than now: the clock was set back


def _row(message: Message, now: datetime, due_at: datetime) -> dict[str, Any]:
    return {
        "key": message.key,
        "chat_id": message.chat_id,
        "kind": message.kind,
        "incident_id": message.incident_id,
        "priority": message.priority,
        "silent": message.silent,
        "text": message.text,
        "state": MessageState.PENDING,
        "recorded_at": now,
        "changed_at": now,
        "due_at": due_at,
        "topic_id": message.topic_id,
        "rules": message.rules,
        "held_since": due_at - message.held if message.held else None,
        "picture": message.picture or None,
        "published_at": message.published_at if due_at <= now else None,
    }


# ---------------------------------------------------------------- what waits there
def living_chats(connection: Connection, incident_id: str) -> frozenset[int]:
    """The chats that have a message of the incident to change and to answer, or will have one."""
    mine = and_(outbox.c.incident_id == incident_id, outbox.c.kind == MessageKind.NEW, outbox.c.state.in_(LIVING))
    return frozenset(connection.scalars(select(outbox.c.chat_id).where(mine)))


def held_chats(connection: Connection, incident_id: str, now: datetime) -> frozenset[int]:
    """The chats whose first message of the incident is held back; nobody claims it before the transaction ends."""
    first = and_(outbox.c.incident_id == incident_id, outbox.c.kind == MessageKind.NEW, _held(now))
    return frozenset(connection.scalars(select(outbox.c.chat_id).where(first).with_for_update()))


def retime(connection: Connection, chat_id: int, due_at: Callable[[int, datetime], datetime], now: datetime) -> None:
    """Bring what is held back for quiet hours to another time: by its priority, and since when it is held."""
    held = and_(outbox.c.chat_id == chat_id, outbox.c.held_since.is_not(None), _held(now))
    rows = connection.execute(select(outbox.c.id, outbox.c.priority, outbox.c.held_since).where(held)).all()
    for row in rows:
        due = due_at(row.priority, max(row.held_since, now))
        connection.execute(update(outbox).where(outbox.c.id == row.id, _held(now)).values(due_at=due))


def take_back(connection: Connection, chat_id: int, which: Callable[[Withdrawable], bool], now: datetime) -> int:
    """Take back what has not gone out yet and belongs to what the chat does not want any more; how many that were.

    The key goes with the message: what happens later to the incident may be told anew.
    """
    mine = and_(outbox.c.chat_id == chat_id, outbox.c.state.in_((MessageState.PENDING, MessageState.UNKNOWN)))
    idle = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)
    rows = connection.execute(select(outbox.c.id, outbox.c.incident_id, outbox.c.rules).where(mine, idle))
    ids = [row.id for row in rows if which(Withdrawable(row.incident_id, frozenset(row.rules or ())))]
    values = {"key": outbox.c.key + ":taken-back:" + cast(outbox.c.id, Text)}
    ended = settled(MessageState.GIVEN_UP, TAKEN_BACK, now).where(outbox.c.id.in_(ids), mine)
    return connection.execute(ended.values(values)).rowcount


def waiting_incidents(connection: Connection, chat_id: int) -> frozenset[str]:
    """The incidents of which the chat has yet to get a message."""
    mine = and_(outbox.c.chat_id == chat_id, outbox.c.state.in_(WAITING), outbox.c.incident_id.is_not(None))
    return frozenset(connection.scalars(select(outbox.c.incident_id).where(mine)))


def lose_topic(connection: Connection, message_id: int, chat_id: int, topic_id: int) -> None:
    """The topic was deleted: all that was for it goes to the chat, and the message that found it out says so."""
    in_topic = and_(outbox.c.chat_id == chat_id, outbox.c.topic_id == topic_id)
    connection.execute(update(outbox).where(in_topic).values(topic_id=None))
    connection.execute(update(outbox).where(outbox.c.id == message_id).values(topic_lost=True))


def oldest_of_newest(connection: Connection, most: int) -> datetime | None:
    """When the oldest of the newest so many was put in; None if there is none."""
    last = connection.scalar(select(func.max(outbox.c.id))) or 0
    newest = select(outbox.c.recorded_at).where(outbox.c.id > last - most)
    return connection.scalar(newest.order_by(outbox.c.id).limit(1))


def move(connection: Connection, old_chat_id: int, new_chat_id: int, now: datetime) -> None:
    """Re-address the messages of a group that became a supergroup.

    The sent ones go along, so that the incidents in the chat stay alive, but not their Telegram ids: the supergroup
    counts its messages anew.
    """
    taker = outbox.alias("taker")
    taken = select(taker.c.key).where(taker.c.chat_id == new_chat_id)
    connection.execute(
        update(outbox)
        .where(outbox.c.chat_id == old_chat_id, outbox.c.key.not_in(taken))
        .values(chat_id=new_chat_id, telegram_id=None)
    )
    connection.execute(settled(MessageState.SUPERSEDED, MERGED, now).where(outbox.c.chat_id == old_chat_id))
