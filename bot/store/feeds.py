"""Which feeds there are, when each is due, and how it answered.

A newcomer deletes a feed that left config.yaml: it is paused, so that it comes back with all it knew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select, update

from bot.core.model import Feed
from bot.store.columns import clean
from bot.store.engine import insert_into
from bot.store.states import FeedHealth, FeedState, Validators
from bot.store.tables import feeds

FROM_CONFIG = ("title", "home", "language", "tags", "interval_seconds", "paused")


def reconcile(connection: Connection, listed: Sequence[Feed], now: datetime) -> None:
    """Make the listed feeds the active ones. The next poll of a known feed stays where it was."""
    if listed:
        insert = insert_into(connection, feeds)
        merge = insert.on_conflict_do_update(
            index_elements=["url"], set_={name: insert.excluded[name] for name in FROM_CONFIG}
        )
        connection.execute(merge, [_row(feed, now) for feed in listed])
    _pause_all_but(connection, {clean(feed.url) for feed in listed})


def _row(feed: Feed, now: datetime) -> dict[str, object]:
    return {
        "url": feed.url,
        "title": feed.title,
        "home": feed.home,
        "language": feed.language,
        "tags": feed.tags,
        "interval_seconds": feed.interval_seconds,
        "paused": False,
        "next_due_at": now,
    }


def _pause_all_but(connection: Connection, urls: set[str]) -> None:
    active = connection.scalars(select(feeds.c.url).where(~feeds.c.paused))
    gone = [{"gone": url} for url in active if url not in urls]
    if gone:
        connection.execute(update(feeds).where(feeds.c.url == bindparam("gone")).values(paused=True), gone)


def forget_leases(connection: Connection) -> None:
    connection.execute(update(feeds).where(feeds.c.leased_until.is_not(None)).values(leased_until=None))


def claim(connection: Connection, now: datetime, limit: int, lease_seconds: float) -> list[FeedState]:
    """The feeds due longest, which nobody else gets until the lease ends or the poll is reported."""
    free = or_(feeds.c.leased_until.is_(None), feeds.c.leased_until <= now)
    rows = connection.execute(
        select(feeds)
        .where(~feeds.c.paused, feeds.c.next_due_at <= now, free)
        .order_by(feeds.c.next_due_at, feeds.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    lease = update(feeds).where(feeds.c.id.in_([row.id for row in rows]))
    connection.execute(lease.values(leased_until=now + timedelta(seconds=lease_seconds)))
    return [_state(row) for row in rows]


def _state(row: Row[Any]) -> FeedState:
    return FeedState(
        id=row.id,
        feed=Feed(row.url, row.title, row.home, row.language, row.tags, row.interval_seconds),
        validators=Validators(row.etag, row.last_modified),
        body_digest=row.body_digest,
        failures=row.failures,
        polled_before=row.last_success_at is not None,
        last_success_at=row.last_success_at,
    )


def polled(
    connection: Connection,
    feed_id: int,
    *,
    validators: Validators,
    body_digest: str,
    next_due_at: datetime,
    now: datetime,
) -> None:
    unchanged(connection, feed_id, next_due_at=next_due_at, now=now)
    connection.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(etag=validators.etag, last_modified=validators.last_modified, body_digest=body_digest)
    )


def unchanged(connection: Connection, feed_id: int, *, next_due_at: datetime, now: datetime) -> None:
    connection.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(
            next_due_at=next_due_at,
            leased_until=None,
            last_polled_at=now,
            last_success_at=now,
            failures=0,
            last_error="",
        )
    )


def failed(connection: Connection, feed_id: int, *, error: str, next_due_at: datetime, now: datetime) -> None:
    connection.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(
            next_due_at=next_due_at,
            leased_until=None,
            last_polled_at=now,
            failures=feeds.c.failures + 1,
            last_error=error,
        )
    )


def states(connection: Connection) -> list[FeedHealth]:
    """How every feed is doing, by address."""
    names = ("url", "title", "paused", "last_polled_at", "last_success_at", "last_error", "failures", "next_due_at")
    rows = connection.execute(select(*(feeds.c[name] for name in names)).order_by(feeds.c.url))
    return [FeedHealth(*row) for row in rows]
