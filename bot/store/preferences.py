"""How chats are written to, what they do not want to hear of for a while, and the channels that can be written to.

A newcomer takes the rows of `mutes` for what is muted: one whose time is over is nothing any more.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select

from bot.core.model import MORNING, ChatSettings, Mute, MuteKind, QuietHours
from bot.store.engine import insert_into
from bot.store.tables import channels, chats, mutes
from bot.zones import name_of, zone

SETTINGS = (
    chats.c.time_zone,
    chats.c.quiet_from,
    chats.c.quiet_until,
    chats.c.critical_passes,
    chats.c.silent.label("chat_silent"),
    chats.c.digest_at,
)


# ---------------------------------------------------------------- how a chat is written to
def settings_of(connection: Connection, chat_id: int) -> ChatSettings:
    """Those of a chat that chose nothing are as usual."""
    row = connection.execute(select(*SETTINGS).where(chats.c.chat_id == chat_id)).one_or_none()
    return settings_in(row) if row else ChatSettings()


def settings_in(row: Row[*tuple[Any, ...]]) -> ChatSettings:
    """The settings in a row with the columns SETTINGS."""
    quiet = None
    if row.quiet_from is not None and row.quiet_until is not None:
        quiet = QuietHours(_time(row.quiet_from), _time(row.quiet_until))
    digest_at = MORNING if row.digest_at is None else _time(row.digest_at)
    return ChatSettings(zone(row.time_zone), quiet, row.critical_passes, row.chat_silent, digest_at)


def choose_settings(connection: Connection, chat_id: int, chosen: ChatSettings, now: datetime) -> None:
    row = {
        "time_zone": name_of(chosen.zone),
        "quiet_from": _minutes(chosen.quiet.start) if chosen.quiet else None,
        "quiet_until": _minutes(chosen.quiet.end) if chosen.quiet else None,
        "critical_passes": chosen.critical_passes,
        "silent": chosen.silent,
        "digest_at": _minutes(chosen.digest_at),
    }
    insert = insert_into(connection, chats).values(chat_id=chat_id, known_at=now, **row)
    connection.execute(insert.on_conflict_do_update(index_elements=["chat_id"], set_=row))


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minutes: int) -> time:
    return time(*divmod(minutes, 60))


# ---------------------------------------------------------------- mutes
def mute(connection: Connection, chat_id: int, asked: Mute) -> int:
    """The number of its row. What was muted already is muted as it is asked now."""
    row = {
        "name": asked.name,
        "asked_by": asked.by,
        "muted_at": asked.muted_at,
        "muted_until": asked.until,
        "place_kind": asked.place_kind or "",
    }
    insert = insert_into(connection, mutes).values(chat_id=chat_id, kind=asked.kind, target=asked.target, **row)
    merge = insert.on_conflict_do_update(index_elements=["chat_id", "kind", "target"], set_=row)
    return int(connection.execute(merge.returning(mutes.c.id)).scalar_one())


def unmute(connection: Connection, chat_id: int, mute_id: int, now: datetime) -> Mute | None:
    """The mute that ends with this, if the chat has it and it has not ended by itself."""
    found = next((each for each in mutes_of(connection, chat_id, now) if each.id == mute_id), None)
    connection.execute(delete(mutes).where(mutes.c.chat_id == chat_id, mutes.c.id == mute_id))
    return found


def mutes_of(connection: Connection, chat_id: int, now: datetime) -> tuple[Mute, ...]:
    """Those that have not ended, the next to end first."""
    return _by_chat(connection, mutes.c.chat_id == chat_id, mutes.c.muted_until > now).get(chat_id, ())


def mutes_by_chat(connection: Connection, now: datetime) -> dict[int, tuple[Mute, ...]]:
    """Those of all chats: they are few, and chats may be more than a statement takes parameters."""
    return _by_chat(connection, mutes.c.muted_until > now)


def _by_chat(connection: Connection, *which: ColumnElement[bool]) -> dict[int, tuple[Mute, ...]]:
    found: dict[int, tuple[Mute, ...]] = {}
    for row in connection.execute(select(mutes).where(*which).order_by(mutes.c.muted_until, mutes.c.id)):
        found[row.chat_id] = (*found.get(row.chat_id, ()), _mute(row))
    return found


def _mute(row: Row[*tuple[Any, ...]]) -> Mute:
    return Mute(
        MuteKind(row.kind),
        row.target,
        row.muted_until,
        row.name,
        row.asked_by,
        row.muted_at,
        row.id,
        row.place_kind or None,
    )


def move(connection: Connection, old_chat_id: int, new_chat_id: int, now: datetime) -> None:
    """Settings and mutes go along to a chat that has none of its own."""
    if settings_of(connection, new_chat_id) == ChatSettings():
        choose_settings(connection, new_chat_id, settings_of(connection, old_chat_id), now)
    for each in mutes_of(connection, old_chat_id, now):
        mute(connection, new_chat_id, each)
    connection.execute(delete(mutes).where(mutes.c.chat_id == old_chat_id))


# ---------------------------------------------------------------- channels
def add_channel(connection: Connection, chat_id: int, title: str, now: datetime) -> None:
    insert = insert_into(connection, channels).values(chat_id=chat_id, title=title, added_at=now)
    connection.execute(insert.on_conflict_do_update(index_elements=["chat_id"], set_={"title": title}))


def remove_channel(connection: Connection, chat_id: int) -> None:
    connection.execute(delete(channels).where(channels.c.chat_id == chat_id))


def channel_titles(connection: Connection) -> dict[int, str]:
    """The channels that the bot may write to, the latest first."""
    rows = connection.execute(select(channels.c.chat_id, channels.c.title).order_by(channels.c.added_at.desc()))
    return {row.chat_id: row.title for row in rows}
