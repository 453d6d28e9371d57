"""How much there is of everything: for /status, `tocsin status` and the summary of the demo.

A newcomer acts on these figures: they are for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Table, case, func, select

from bot.core.model import Reason
from bot.store import subscriptions
from bot.store.states import WAITING, ChatStatus, Load, MessageState, StoreStatus
from bot.store.tables import chats, feeds, incidents, outbox, reports
from bot.store.tables import subscriptions as subscriptions_table


def of_all(connection: Connection, chat_id: int | None) -> StoreStatus:
    active_chat = chats.c.paused_at.is_(None)
    return StoreStatus(
        feeds=_count(connection, feeds, ~feeds.c.paused),
        failing_feeds=_count(connection, feeds, ~feeds.c.paused, feeds.c.failures > 0),
        paused_feeds=_count(connection, feeds, feeds.c.paused),
        reports={Reason(reason): count for reason, count in _tally(connection, reports.c.reason).items()},
        incidents=_count(connection, incidents),
        chats=_count(connection, chats, active_chat),
        paused_chats=_count(connection, chats, ~active_chat),
        subscriptions=_count(connection, subscriptions_table, subscriptions.LISTENING),
        messages=_messages(connection),
        waiting_since=_waiting_since(connection),
        last_polled_at=connection.scalar(select(func.max(feeds.c.last_polled_at))),
        chat=None if chat_id is None else _chat(connection, chat_id),
    )


def _chat(connection: Connection, chat_id: int) -> ChatStatus | None:
    row = connection.execute(select(chats).where(chats.c.chat_id == chat_id)).one_or_none()
    if row is None:
        return None
    return ChatStatus(
        chat_id=chat_id,
        active=row.paused_at is None,
        paused_why=row.paused_why,
        rules=subscriptions.rules_of(connection, chat_id),
        messages=_messages(connection, outbox.c.chat_id == chat_id),
    )


def _count(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> int:
    return int(connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0)


def _messages(connection: Connection, *conditions: ColumnElement[bool]) -> dict[MessageState, int]:
    found = _tally(connection, outbox.c.state, *conditions)
    return {MessageState(state): count for state, count in found.items()}


def _tally(connection: Connection, column: Column[str], *conditions: ColumnElement[bool]) -> Mapping[str, int]:
    rows = connection.execute(select(column, func.count()).where(*conditions).group_by(column))
    return {row[0]: row[1] for row in rows}


def _waiting_since(connection: Connection) -> datetime | None:
    oldest = select(func.min(outbox.c.recorded_at)).where(outbox.c.state.in_(WAITING))
    found: datetime | None = connection.scalar(oldest)
    return found


def load(connection: Connection, now: datetime) -> Load:
    """What there is to do, messages and feeds. What is put off after an attempt has waited since it was recorded."""
    put_off = outbox.c.attempts > 0
    due = (outbox.c.state.in_(WAITING), (outbox.c.due_at <= now) | put_off)
    since = case((put_off, outbox.c.recorded_at), else_=outbox.c.due_at)
    oldest = connection.scalar(select(func.min(since)).where(*due))
    state = case(
        (feeds.c.paused, "paused"),
        (feeds.c.gone_at.is_not(None), "gone"),
        (feeds.c.failures > 0, "failing"),
        else_="well",
    )
    found = connection.execute(select(state, func.count()).group_by(state))
    return Load(_count(connection, outbox, *due), oldest, {row[0]: row[1] for row in found})
