"""The messages that have to go out, and what became of each.

A newcomer takes the oldest pending row: a message may have to wait for another of its incident (see `_claimable`), and
a row whose sending was begun but never settled is perhaps already in the chat, so it goes out again as repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.model import Acknowledgement, Message, MessageKind
from bot.store import feedback, waking
from bot.store.engine import insert_into
from bot.store.states import DueMessage, MessageState
from bot.store.tables import outbox

WAITING = (MessageState.PENDING, MessageState.SENDING, MessageState.UNKNOWN)
LIVING = (*WAITING, MessageState.SENT)
CLOCK_JUMP = timedelta(minutes=1)  # workers' clocks differ by less
FOLLOWING = (MessageKind.EDIT, MessageKind.REPLY)

NEWER_EDIT = "a newer edit says it better"
NO_FIRST = "the message it belongs to never went out"
LOST_TWICE = "the answer was lost twice; the last time: "
TOLD_BEFORE_LOSS = "the store that was lost has most likely sent it"
MERGED = "the chat it moved to has got it already"
NEWER_ANSWER = "a newer answer that is held back as long says it better"
TAKEN_BACK = "the chat does not want to hear it any more"


@dataclass(frozen=True, slots=True)
class Withdrawable:
    """What is known of a message that may be taken back: its incident, and the rules for which it is told."""

    incident_id: str | None
    rules: frozenset[str]


other = outbox.alias("other")  # another message to the same chat on the same incident
_SAME_STORY = and_(other.c.chat_id == outbox.c.chat_id, other.c.incident_id == outbox.c.incident_id)


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
        _settle(MessageState.SUPERSEDED, NEWER_ANSWER, now).where(same, waits_as_long, outbox.c.key != row["key"])
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
    settled = _settle(MessageState.GIVEN_UP, TAKEN_BACK, now).where(outbox.c.id.in_(ids), mine)
    return connection.execute(settled.values(values)).rowcount


def waiting_incidents(connection: Connection, chat_id: int) -> frozenset[str]:
    """The incidents of which the chat has yet to get a message."""
    mine = and_(outbox.c.chat_id == chat_id, outbox.c.state.in_(WAITING), outbox.c.incident_id.is_not(None))
    return frozenset(connection.scalars(select(outbox.c.incident_id).where(mine)))


def lose_topic(connection: Connection, message_id: int, chat_id: int, topic_id: int) -> None:
    """The topic was deleted: all that was for it goes to the chat, and the message that found it out says so."""
    in_topic = and_(outbox.c.chat_id == chat_id, outbox.c.topic_id == topic_id)
    connection.execute(update(outbox).where(in_topic).values(topic_id=None))
    connection.execute(update(outbox).where(outbox.c.id == message_id).values(topic_lost=True))


# ---------------------------------------------------------------- claiming
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
    _settle_all(connection, _outdated_edits(now), MessageState.SUPERSEDED, NEWER_EDIT, now)
    _settle_all(connection, _orphans(now), MessageState.GIVEN_UP, NO_FIRST, now)
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


# ---------------------------------------------------------------- what became of them
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
    given_up = _settle(MessageState.GIVEN_UP, LOST_TWICE + error, now)
    connection.execute(given_up.where(outbox.c.id == message_id, outbox.c.repeated))
    connection.execute(_try_again(message_id, MessageState.UNKNOWN, due_at, error, now))


def give_up(connection: Connection, message_id: int, why: str, now: datetime) -> None:
    connection.execute(_settle(MessageState.GIVEN_UP, why, now).where(outbox.c.id == message_id))


def settle_before(connection: Connection, moment: datetime) -> int:
    """End what was due before a moment, up to which a lost store has most likely sent it. How many that were."""
    settled = _settle(MessageState.SUPERSEDED, TOLD_BEFORE_LOSS, moment).where(outbox.c.due_at < moment)
    return connection.execute(settled).rowcount


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


def oldest_of_newest(connection: Connection, most: int) -> datetime | None:
    """When the oldest of the newest so many was put in; None if there is none."""
    last = connection.scalar(select(func.max(outbox.c.id))) or 0
    newest = select(outbox.c.recorded_at).where(outbox.c.id > last - most)
    return connection.scalar(newest.order_by(outbox.c.id).limit(1))


def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Delete messages that came to their end before then, but no notices: they say what a chat knows of a topic."""
    ended = outbox.c.state.in_([state for state in MessageState if state not in WAITING])  # so the index serves
    old = and_(ended, outbox.c.changed_at < before, outbox.c.kind != MessageKind.TELL)
    ids = connection.scalars(select(outbox.c.id).where(old).limit(limit)).all()
    connection.execute(delete(outbox).where(outbox.c.id.in_(ids)))
    return len(ids)


def _settle(state: MessageState, why: str, now: datetime) -> Update:
    """Bring messages that still wait to their end; narrow it with `where`."""
    values = {"state": state, "changed_at": now, "leased_until": None, "error": why, "picture": None}
    return update(outbox).where(outbox.c.state.in_(WAITING)).values(values)


def _settle_all(connection: Connection, which: Select[int], state: MessageState, why: str, now: datetime) -> None:
    connection.execute(_settle(state, why, now).where(outbox.c.id.in_(which.correlate(None))))
