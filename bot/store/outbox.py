"""The messages that have to go out, and what became of each.

A newcomer takes the oldest pending row: a message may have to wait for another of its incident (see `_claimable`), and
a row whose sending was begun but never settled is perhaps already in the chat, so it goes out again as repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Update,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from bot.core.model import Acknowledgement, Message, MessageKind
from bot.store import feedback
from bot.store.engine import insert_into
from bot.store.states import DueMessage, MessageState
from bot.store.tables import outbox

WAITING = (MessageState.PENDING, MessageState.SENDING, MessageState.UNKNOWN)
LIVING = (*WAITING, MessageState.SENT)
FOLLOWING = (MessageKind.EDIT, MessageKind.REPLY)

NEWER_EDIT = "a newer edit says it better"
NO_FIRST = "the message it belongs to never went out"
LOST_TWICE = "the answer was lost twice; the last time: "
MERGED = "the chat it moved to has got it already"

other = outbox.alias("other")  # another message to the same chat on the same incident
_SAME_STORY = and_(other.c.chat_id == outbox.c.chat_id, other.c.incident_id == outbox.c.incident_id)


# ---------------------------------------------------------------- putting in
def add(connection: Connection, messages: Sequence[Message], now: datetime, edit_pause: timedelta) -> None:
    """Put the messages in; those whose key the chat has already are left out. Silent edits wait out the pause."""
    if messages:
        rows = [_row(each, now, _due_at(connection, each, now, edit_pause)) for each in messages]
        connection.execute(insert_into(connection, outbox).on_conflict_do_nothing(), rows)


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
    return max(now, last + edit_pause) if last is not None else now


def _row(message: Message, now: datetime, due_at: datetime) -> dict[str, object]:
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
    }


def living_chats(connection: Connection, incident_id: str) -> frozenset[int]:
    """The chats that have a message of the incident to change and to answer, or will have one."""
    mine = and_(outbox.c.incident_id == incident_id, outbox.c.kind == MessageKind.NEW, outbox.c.state.in_(LIVING))
    return frozenset(connection.scalars(select(outbox.c.chat_id).where(mine)))


# ---------------------------------------------------------------- claiming
def claim(connection: Connection, now: datetime, limit: int, lease_seconds: float) -> list[DueMessage]:
    """The most pressing messages, which nobody else gets until the lease ends or they are settled."""
    _settle_all(connection, _outdated_edits(now), MessageState.SUPERSEDED, NEWER_EDIT, now)
    _settle_all(connection, _orphans(now), MessageState.GIVEN_UP, NO_FIRST, now)
    ids = connection.scalars(_claimable(now).limit(limit)).all()
    if not ids:
        return []
    _lease(connection, ids, now, now + timedelta(seconds=lease_seconds))
    rows = connection.execute(
        select(outbox, _living_id()).where(outbox.c.id.in_(ids)).order_by(outbox.c.priority, outbox.c.id)
    ).all()
    stories = {(row.chat_id, row.incident_id) for row in rows if row.incident_id is not None}
    seen_to = feedback.acknowledged_all(connection, stories)
    return [_due(row, seen_to) for row in rows]


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(outbox.c.state.in_(WAITING), or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= now))


def _locked(*conditions: ColumnElement[bool]) -> Select[int]:
    """The ids of these messages, less those that another worker is busy with."""
    return select(outbox.c.id).where(*conditions).with_for_update(skip_locked=True, of=outbox)


def _outdated_edits(now: datetime) -> Select[int]:
    newer = exists().where(
        _SAME_STORY,
        other.c.kind == MessageKind.EDIT,
        other.c.id > outbox.c.id,
        other.c.state.in_(WAITING),
        other.c.due_at <= now,  # or edits that are held back would for ever replace the one that is due
    )
    return _locked(_free(now), outbox.c.kind == MessageKind.EDIT, newer)


def _orphans(now: datetime) -> Select[int]:
    return _locked(_free(now), outbox.c.kind.in_(FOLLOWING), ~_has_first(LIVING))


def _claimable(now: datetime) -> Select[int]:
    """Edits and replies wait until their first message is sent, and no message overtakes one of its own kind."""
    overtakes = exists().where(
        _SAME_STORY, other.c.kind == outbox.c.kind, other.c.id < outbox.c.id, other.c.state.in_(WAITING)
    )
    return _locked(
        _free(now),
        outbox.c.due_at <= now,
        or_(outbox.c.kind.not_in(FOLLOWING), _has_first((MessageState.SENT,))),
        ~overtakes,
    ).order_by(outbox.c.priority, outbox.c.id)


def _has_first(states: Sequence[MessageState]) -> ColumnElement[bool]:
    """Whether an earlier NEW of the incident is in one of the states; a later one tells more than this message does."""
    return exists().where(
        _SAME_STORY, other.c.kind == MessageKind.NEW, other.c.id < outbox.c.id, other.c.state.in_(states)
    )


def _living_id() -> ColumnElement[int]:
    """The message in the chat that shows the incident: an edit whose message was gone has made a new one."""
    shown = and_(
        _SAME_STORY,
        other.c.kind.in_((MessageKind.NEW, MessageKind.EDIT)),
        other.c.id < outbox.c.id,
        other.c.state == MessageState.SENT,
    )
    return select(func.max(other.c.telegram_id)).where(shown).scalar_subquery().label("living_id")


def _lease(connection: Connection, ids: Sequence[int], now: datetime, until: datetime) -> None:
    """A row still in `sending` was begun by someone who died: that attempt counts, and may have got through."""
    died = outbox.c.state == MessageState.SENDING
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids))
        .values(
            state=MessageState.PENDING,
            changed_at=now,
            leased_until=until,
            attempts=outbox.c.attempts + case((died, 1), else_=0),
            repeated=or_(outbox.c.repeated, outbox.c.state != MessageState.PENDING),
        )
    )


def _due(row: Row[Any], seen_to: Mapping[tuple[int, str], tuple[Acknowledgement, ...]]) -> DueMessage:
    kind = MessageKind(row.kind)
    message = Message(row.key, row.chat_id, kind, row.text, row.incident_id, row.priority, row.silent)
    living_id = row.living_id if kind in FOLLOWING else None
    acknowledged = seen_to.get((row.chat_id, row.incident_id), ())
    return DueMessage(row.id, message, row.chat_id, row.attempts, living_id, row.repeated, acknowledged)


def begin(connection: Connection, message_id: int, now: datetime) -> None:
    """From now on the message may reach the chat at any moment."""
    values = {"state": MessageState.SENDING, "changed_at": now}
    connection.execute(update(outbox).where(outbox.c.id == message_id, outbox.c.state.in_(WAITING)).values(values))


def release(connection: Connection, message_id: int, due_at: datetime, now: datetime) -> None:
    """Claimed but not tried: no attempt is counted."""
    values = {"state": MessageState.PENDING, "changed_at": now, "due_at": due_at, "leased_until": None}
    connection.execute(update(outbox).where(outbox.c.id == message_id, outbox.c.state.in_(WAITING)).values(values))


def forget_leases(connection: Connection) -> None:
    connection.execute(update(outbox).where(outbox.c.leased_until.is_not(None)).values(leased_until=None))


# ---------------------------------------------------------------- what became of them
def mark_sent(connection: Connection, message_id: int, telegram_id: int | None, now: datetime) -> None:
    """Sent is the truth, whatever was written about the message in the meantime."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == message_id)
        .values(state=MessageState.SENT, changed_at=now, leased_until=None, telegram_id=telegram_id, error="")
    )


def postpone(connection: Connection, message_id: int, due_at: datetime, error: str, now: datetime) -> None:
    connection.execute(_try_again(message_id, MessageState.PENDING, due_at, error, now))


def mark_unknown(connection: Connection, message_id: int, due_at: datetime, error: str, now: datetime) -> None:
    """Once more at `due_at`; but of a repeated message the second lost answer is the last."""
    given_up = _settle(MessageState.GIVEN_UP, LOST_TWICE + error, now)
    connection.execute(given_up.where(outbox.c.id == message_id, outbox.c.repeated))
    connection.execute(_try_again(message_id, MessageState.UNKNOWN, due_at, error, now))


def give_up(connection: Connection, message_id: int, why: str, now: datetime) -> None:
    connection.execute(_settle(MessageState.GIVEN_UP, why, now).where(outbox.c.id == message_id))


def give_up_chat(connection: Connection, chat_id: int, why: str, now: datetime) -> None:
    connection.execute(_settle(MessageState.GIVEN_UP, why, now).where(outbox.c.chat_id == chat_id))


def move(connection: Connection, old_chat_id: int, new_chat_id: int, now: datetime) -> None:
    """Re-address the messages of a group that became a supergroup.

    The sent ones go along, so that the incidents in the chat stay alive, but not their Telegram ids: the supergroup
    counts its messages anew.
    """
    taken = select(other.c.key).where(other.c.chat_id == new_chat_id)
    connection.execute(
        update(outbox)
        .where(outbox.c.chat_id == old_chat_id, outbox.c.key.not_in(taken))
        .values(chat_id=new_chat_id, telegram_id=None)
    )
    connection.execute(_settle(MessageState.SUPERSEDED, MERGED, now).where(outbox.c.chat_id == old_chat_id))


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


def _settle(state: MessageState, why: str, now: datetime) -> Update:
    """Bring messages that still wait to their end; narrow it with `where`."""
    values = {"state": state, "changed_at": now, "leased_until": None, "error": why}
    return update(outbox).where(outbox.c.state.in_(WAITING)).values(values)


def _settle_all(connection: Connection, which: Select[int], state: MessageState, why: str, now: datetime) -> None:
    connection.execute(_settle(state, why, now).where(outbox.c.id.in_(which.correlate(None))))
