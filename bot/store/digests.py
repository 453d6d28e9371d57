"""What each chat was told last in digests, and until when: read and written with the messages themselves.

A newcomer's mistake is to keep the row of a chat that wants no digests any more: it would be told of all the time
between when it wants them again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from bot.core.model import MessageKind, Rhythm
from bot.store.engine import insert_into
from bot.store.states import MessageState
from bot.store.tables import digests, outbox

Key = tuple[int, Rhythm]


@dataclass(frozen=True, slots=True)
class ToldDigest:
    """Until when a chat's digests have told, and the ids of the incidents that the next one has to know were listed."""

    until: datetime
    listed: frozenset[str] = frozenset()


def told(connection: Connection) -> dict[Key, ToldDigest]:
    rows = connection.execute(select(digests)).all()
    return {(row.chat_id, Rhythm(row.rhythm)): ToldDigest(row.told_until, frozenset(row.listed)) for row in rows}


def keep_only(connection: Connection, wanted: Collection[Key]) -> None:
    """Forget the chats that want no digests any more."""
    for chat_id, rhythm in told(connection).keys() - set(wanted):
        connection.execute(delete(digests).where(digests.c.chat_id == chat_id, digests.c.rhythm == rhythm))


def put(connection: Connection, seats: Mapping[Key, ToldDigest]) -> None:
    """Remember what was told, or from where a new chat begins."""
    if not seats:
        return
    insert = insert_into(connection, digests)
    merge = insert.on_conflict_do_update(
        index_elements=["chat_id", "rhythm"],
        set_={name: insert.excluded[name] for name in ("told_until", "listed")},
    )
    connection.execute(merge, [_row(key, seat) for key, seat in seats.items()])


def _row(key: Key, seat: ToldDigest) -> dict[str, object]:
    chat_id, rhythm = key
    return {"chat_id": chat_id, "rhythm": rhythm, "told_until": seat.until, "listed": tuple(sorted(seat.listed))}


def alerts_sent(connection: Connection, chat_id: int, since: datetime, until: datetime) -> int:
    """How many incidents a chat was told of in messages of their own."""
    sent = select(func.count()).where(
        outbox.c.chat_id == chat_id,
        outbox.c.kind == MessageKind.NEW,
        outbox.c.state == MessageState.SENT,
        outbox.c.changed_at >= since,
        outbox.c.changed_at < until,
    )
    return int(connection.scalar(sent) or 0)


def move(connection: Connection, old_chat_id: int, new_chat_id: int) -> None:
    """The group became a supergroup, which goes on where it was; unless it has digests of its own."""
    known = told(connection)
    mine = {key: seat for key, seat in known.items() if key[0] == old_chat_id}
    put(connection, {(new_chat_id, r): seat for (_, r), seat in mine.items() if (new_chat_id, r) not in known})
    connection.execute(delete(digests).where(digests.c.chat_id == old_chat_id))
