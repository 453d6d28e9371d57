"""What was asked of the hubs of feeds, what they agreed to, and when they told of news.

A newcomer's mistake is to keep it in memory: hubs go on calling the same callback after a restart, for days.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from bot.core.model import DueWhy, Hub, Push
from bot.store.engine import insert_into
from bot.store.states import Listened
from bot.store.tables import feeds, pushes

TOLD = ("pushed_at", "missed")


def of(connection: Connection, feed_ids: Collection[int]) -> dict[int, Push]:
    """The subscriptions of these feeds."""
    rows = connection.execute(select(pushes).where(pushes.c.feed_id.in_(feed_ids))) if feed_ids else ()
    return {row.feed_id: _push(row) for row in rows}


def listened(connection: Connection) -> list[Listened]:
    """All feeds that name a hub or have a subscription, whether they are asked or not."""
    rows = connection.execute(
        select(feeds.c.url, feeds.c.hub.label("named_hub"), feeds.c.hub_topic, feeds.c.paused, feeds.c.gone_at)
        .add_columns(feeds.c.id, pushes)
        .select_from(feeds.outerjoin(pushes))
        .where(or_(feeds.c.hub != "", pushes.c.feed_id.is_not(None)))
        .order_by(feeds.c.id)
    )
    return [
        Listened(
            feed_id=row.id,
            url=row.url,
            asked=not row.paused and row.gone_at is None,
            wanted=Hub(row.named_hub, row.hub_topic),
            push=_push(row) if row.feed_id is not None else None,
        )
        for row in rows
    ]


def put(connection: Connection, feed_id: int, push: Push) -> None:
    """What was asked and agreed; of one that is known, what its hub told and did not tell stays as it is."""
    values = _columns(push)
    agreed = {name: value for name, value in values.items() if name not in TOLD}
    merge = insert_into(connection, pushes).on_conflict_do_update(index_elements=["feed_id"], set_=agreed)
    connection.execute(merge, {"feed_id": feed_id} | values)


def settle(connection: Connection, feed_id: int, push: Push) -> None:
    connection.execute(update(pushes).where(pushes.c.feed_id == feed_id).values(_columns(push)))


def told(connection: Connection, feed_id: int, now: datetime, pause: timedelta) -> None:
    """A hub told of news: the feed is asked at once, though not sooner than a pause after the last time."""
    connection.execute(update(pushes).where(pushes.c.feed_id == feed_id).values(pushed_at=now, missed=0))
    asked_at = connection.scalar(select(feeds.c.last_polled_at).where(feeds.c.id == feed_id))
    due = max(now, min(asked_at, now) + pause) if asked_at else now
    sooner = update(feeds).where(feeds.c.id == feed_id, feeds.c.next_due_at > due)
    connection.execute(sooner.values(next_due_at=due, due_why=DueWhy.PUSHED))


def forget(connection: Connection) -> None:
    connection.execute(delete(pushes))


def _push(row: Row[Any]) -> Push:
    return Push(
        hub=Hub(row.hub, row.topic),
        callback=row.callback,
        secret=row.secret,
        asked_at=row.asked_at,
        tries=row.tries,
        missed=row.missed,
        lease_until=row.lease_until,
        lease_seconds=row.lease_seconds,
        pushed_at=row.pushed_at,
        error=row.error,
    )


def _columns(push: Push) -> dict[str, object]:
    return {
        "hub": push.hub.address,
        "topic": push.hub.topic,
        "callback": push.callback,
        "secret": push.secret,
        "asked_at": push.asked_at,
        "tries": push.tries,
        "missed": push.missed,
        "lease_until": push.lease_until,
        "lease_seconds": push.lease_seconds,
        "pushed_at": push.pushed_at,
        "error": push.error,
    }
