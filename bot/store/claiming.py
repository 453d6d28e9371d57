"""Who sends which message next: claimed in batches, so that nobody else sends it too.

A newcomer takes the oldest pending row: a message may have to wait for another of its incident (see `_claimable`), and
a row whose sending was begun but never settled is perhaps already in the chat, so it goes out again as repeated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from bot.core.model import Acknowledgement, Message, MessageKind
from bot.store import feedback
from bot.store.settling import settled
from bot.store.states import LIVING, WAITING, DueMessage, MessageState
from bot.store.tables import outbox

CLOCK_JUMP = timedelta(minutes=1)  # workers' clocks differ by less
FOLLOWING = (MessageKind.EDIT, MessageKind.REPLY)

NEWER_EDIT = "a newer edit says it better"
NO_FIRST = "the message it belongs to never went out"

other = outbox.alias("other")  # another message to the same chat on the same incident
_SAME_STORY = and_(other.c.chat_id == outbox.c.chat_id, other.c.incident_id == outbox.c.incident_id)


def claim(
    connection: Connection,
    now: datetime,
    limit: int,
    lease_seconds: float,
    *,
    passing_over: Collection[int],
    per_chat: int,
) -> list[DueMessage]:
    """The most pressing messages, which nobody else gets until the lease ends or they are settled."""
    _follow_clock(connection, now, timedelta(seconds=lease_seconds))
    _settle(connection, _outdated_edits(now), MessageState.SUPERSEDED, NEWER_EDIT, now)
    _settle(connection, _orphans(now), MessageState.GIVEN_UP, NO_FIRST, now)
    ids = connection.scalars(_pressing(now, passing_over, per_chat).limit(limit)).all()
    if not ids:
        return []
    _lease(connection, ids, now, now + timedelta(seconds=lease_seconds))
    rows = connection.execute(
        select(outbox, _living_id(), _living_topic())
        .where(outbox.c.id.in_(ids))
        .order_by(outbox.c.priority, outbox.c.id)
    ).all()
    stories = {(row.chat_id, row.incident_id) for row in rows if row.incident_id is not None}
    seen_to = feedback.acknowledged_all(connection, stories)
    return [_due(row, seen_to) for row in rows]


def _follow_clock(connection: Connection, now: datetime, lease: timedelta) -> None:
    """What was put in or put off in a time still to come, before the clock was set back, waits from now what it had to.

    No longest legal delay is asked for: rules may hold messages back for as long as they like. A clock that jumps ahead
    needs nothing: then all is due. Leases begin anew, because whoever holds one may be sending at this moment.
    """
    late, lease_ends = now + CLOCK_JUMP, now + lease
    ahead = connection.execute(
        select(outbox.c.id, outbox.c.changed_at, outbox.c.due_at).where(
            outbox.c.state.in_(WAITING), outbox.c.changed_at > late
        )
    ).all()
    if not ahead:  # no lease is unsound either: claiming changes a message
        return
    waits = [{"of": row.id, "due": now + max(row.due_at - row.changed_at, timedelta(0))} for row in ahead]
    pulled = update(outbox).where(outbox.c.id == bindparam("of"), outbox.c.changed_at > late)
    connection.execute(pulled.values(due_at=bindparam("due"), changed_at=now), waits)
    unsound = and_(outbox.c.state.in_(WAITING), outbox.c.leased_until > lease_ends + CLOCK_JUMP)
    connection.execute(update(outbox).where(unsound).values(leased_until=lease_ends))


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


def _settle(connection: Connection, which: Select[int], state: MessageState, why: str, now: datetime) -> None:
    connection.execute(settled(state, why, now).where(outbox.c.id.in_(which.correlate(None))))


def _pressing(now: datetime, passing_over: Collection[int], per_chat: int) -> Select[int]:
    """Of each chat the first ones, or a chat with a thousand messages would keep all others waiting."""
    turn = func.row_number().over(partition_by=outbox.c.chat_id, order_by=(outbox.c.priority, outbox.c.id))
    turns = select(outbox.c.id, turn.label("turn")).where(_claimable(now, passing_over)).subquery()
    firsts = select(turns.c.id).where(turns.c.turn <= per_chat)
    return _locked(_free(now), outbox.c.id.in_(firsts)).order_by(outbox.c.priority, outbox.c.id)


def _claimable(now: datetime, passing_over: Collection[int]) -> ColumnElement[bool]:
    """Edits and replies wait until their first message is sent, and no message overtakes one of its own kind."""
    overtakes = exists().where(
        _SAME_STORY, other.c.kind == outbox.c.kind, other.c.id < outbox.c.id, other.c.state.in_(WAITING)
    )
    return and_(
        _free(now),
        outbox.c.due_at <= now,
        outbox.c.chat_id.not_in(passing_over),
        or_(outbox.c.kind.not_in(FOLLOWING), _has_first((MessageState.SENT,))),
        ~overtakes,
    )


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


def _living_topic() -> ColumnElement[int]:
    """The topic of the first message, in which all that follows it belongs."""
    first = and_(_SAME_STORY, other.c.kind == MessageKind.NEW, other.c.id < outbox.c.id)
    sent = first & (other.c.state == MessageState.SENT)
    newest = select(other.c.topic_id).where(sent).order_by(other.c.id.desc()).limit(1)
    return newest.scalar_subquery().label("living_topic")


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
    follows = kind in FOLLOWING
    message = Message(
        row.key,
        row.chat_id,
        kind,
        row.text,
        row.incident_id,
        row.priority,
        row.silent,
        topic_id=row.living_topic if follows else row.topic_id,
        rules=row.rules or (),
        picture=row.picture or b"",
        published_at=row.published_at,
    )
    living_id = row.living_id if follows else None
    acknowledged = seen_to.get((row.chat_id, row.incident_id), ())
    return DueMessage(row.id, message, row.chat_id, row.attempts, living_id, row.repeated, row.topic_lost, acknowledged)


def begin(connection: Connection, message_ids: Collection[int], now: datetime) -> None:
    """From now on these messages may reach their chats at any moment."""
    values = {"state": MessageState.SENDING, "changed_at": now}
    connection.execute(update(outbox).where(outbox.c.id.in_(message_ids), outbox.c.state.in_(WAITING)).values(values))


def release(connection: Connection, message_id: int, now: datetime) -> None:
    """Certainly not sent, through no fault of the message's: no attempt is counted."""
    values = {"state": MessageState.PENDING, "changed_at": now, "leased_until": None}
    connection.execute(update(outbox).where(outbox.c.id == message_id, outbox.c.state.in_(WAITING)).values(values))


def forget_leases(connection: Connection) -> None:
    connection.execute(update(outbox).where(outbox.c.leased_until.is_not(None)).values(leased_until=None))
