"""Which feeds there are, when each is due, and how it answered.

A newcomer deletes a feed that left config.yaml: it is paused, so that it comes back with all it knew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.core.model import DueWhy, Feed, History, Hub, Push, Ways, Whereabouts, Wishes
from bot.store import pushes
from bot.store.columns import Moment, clean
from bot.store.engine import insert_into
from bot.store.states import FeedHealth, FeedState, UnchangedFeed, Validators
from bot.store.tables import feeds

CLOCK_JUMP = timedelta(minutes=1)  # workers' clocks differ by less
NEW = "new_"  # before the names of values to be: those of columns are taken
FROM_CONFIG = ("title", "home", "language", "tags", "interval_seconds", "paused", "added_by")
ACTIVE = and_(~feeds.c.paused, feeds.c.gone_at.is_(None))


def reconcile(connection: Connection, listed: Sequence[Feed], now: datetime) -> None:
    """Make the listed feeds the active ones, beside those added in Telegram. The next poll of a known feed stays."""
    urls = {clean(feed.url) for feed in listed}
    _adopt_moved(connection, urls)
    _revive_returning(connection, urls, now)
    if listed:
        insert = insert_into(connection, feeds)
        merge = insert.on_conflict_do_update(
            index_elements=["url"], set_={name: insert.excluded[name] for name in FROM_CONFIG}
        )
        silent = {"silent_before": _silent_before(connection)}
        connection.execute(merge, [_row(feed, now) | silent for feed in listed])
    _pause_all_but(connection, urls)


def _adopt_moved(connection: Connection, urls: set[str]) -> None:
    """A feed that moved is the same feed when the config names its new address instead of the old."""
    known = set(connection.scalars(select(feeds.c.url)))
    moved = connection.execute(select(feeds.c.id, feeds.c.url, feeds.c.moved_to).where(feeds.c.moved_to != "")).all()
    for feed_id, url, moved_to in moved:
        if moved_to in urls - known and url not in urls:
            known.add(moved_to)
            adopted = update(feeds).where(feeds.c.id == feed_id)
            connection.execute(adopted.values(url=moved_to, moved_to="", moving_to="", moves_seen=0))


def _revive_returning(connection: Connection, urls: set[str], now: datetime) -> None:
    """A feed that was gone for good is asked again once it was taken out of the config and put back."""
    gone = connection.scalars(select(feeds.c.url).where(feeds.c.paused, feeds.c.gone_at.is_not(None))).all()
    for url in urls.intersection(gone):
        revive(connection, url, now)


def revive(connection: Connection, url: str, now: datetime) -> bool:
    """A feed that fails otherwise is asked again anyway, as soon as its server has been left in peace long enough."""
    left_alone = or_(feeds.c.gone_at.is_not(None), feeds.c.due_why == DueWhy.QUARANTINE)
    asked = update(feeds).where(feeds.c.url == clean(url), left_alone)
    return bool(connection.execute(asked.values(gone_at=None, next_due_at=now, due_why=DueWhy.NEW)).rowcount)


def be_silent_before(connection: Connection, moment: datetime) -> None:
    """Reports that were published before are recorded without an alert, from all feeds."""
    connection.execute(update(feeds).values(silent_before=moment, leased_until=None))


def _silent_before(connection: Connection) -> datetime | None:
    """What holds for a new feed too: it may be new to the backup alone, and told of before the store was lost."""
    moment: datetime | None = connection.scalar(select(func.max(feeds.c.silent_before)))
    return moment


def add(connection: Connection, url: str, title: str, by: int, now: datetime) -> bool:
    revived = revive(connection, url, now)
    row = _row(Feed(url, title), now) | {"added_by": by, "silent_before": _silent_before(connection)}
    new = insert_into(connection, feeds).values(row).on_conflict_do_nothing()
    if connection.execute(new.returning(feeds.c.id)).first() is not None:
        return True
    resumed = update(feeds).where(feeds.c.url == clean(url), feeds.c.paused)
    back = connection.execute(resumed.values(paused=False, added_by=by, next_due_at=now, due_why=DueWhy.NEW)).rowcount
    return revived or bool(back)


def pause_added(connection: Connection, url: str) -> bool | None:
    found = connection.execute(select(feeds.c.added_by).where(feeds.c.url == clean(url), ~feeds.c.paused)).first()
    if found is None:
        return False
    if found.added_by is None:
        return None
    connection.execute(update(feeds).where(feeds.c.url == clean(url)).values(paused=True))
    return True


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
        "due_why": DueWhy.NEW,
        "added_by": None,
    }


def _pause_all_but(connection: Connection, urls: set[str]) -> None:
    active = connection.scalars(select(feeds.c.url).where(~feeds.c.paused, feeds.c.added_by.is_(None)))
    gone = [{"gone": url} for url in active if url not in urls]
    if gone:
        connection.execute(update(feeds).where(feeds.c.url == bindparam("gone")).values(paused=True), gone)


def forget_leases(connection: Connection) -> None:
    connection.execute(update(feeds).where(feeds.c.leased_until.is_not(None)).values(leased_until=None))


def claim(
    connection: Connection,
    now: datetime,
    limit: int,
    lease_seconds: float,
    *,
    most_doubtful: int,
    slow: Collection[int],
) -> list[FeedState]:
    """The feeds due longest, which nobody else gets until the lease ends or the poll is reported."""
    _follow_clock(connection, now)
    lease_ends = now + timedelta(seconds=lease_seconds)
    doubtful = or_(feeds.c.failures > 0, feeds.c.last_success_at.is_(None), feeds.c.id.in_(slow))
    rows = _due(connection, ~doubtful, now, lease_ends, limit)
    rows += _due(connection, doubtful, now, lease_ends, min(limit, most_doubtful))
    chosen = sorted(rows, key=lambda row: (row.next_due_at, row.id))[:limit]
    if chosen:
        lease = update(feeds).where(feeds.c.id.in_([row.id for row in chosen]))
        connection.execute(lease.values(leased_until=lease_ends))
    listening = pushes.of(connection, [row.id for row in chosen])
    return [_state(row, listening.get(row.id), is_slow=row.id in slow) for row in chosen]


def _due(
    connection: Connection, which: ColumnElement[bool], now: datetime, lease_ends: datetime, limit: int
) -> list[Row[Any]]:
    lease_is_sound = feeds.c.leased_until.between(now, lease_ends + CLOCK_JUMP)
    free = or_(feeds.c.leased_until.is_(None), feeds.c.leased_until <= now, ~lease_is_sound)
    due = (
        select(feeds)
        .where(ACTIVE, which, feeds.c.next_due_at <= now, free)
        .order_by(feeds.c.next_due_at, feeds.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(due).all()) if limit else []


def _follow_clock(connection: Connection, now: datetime) -> None:
    """Where the last poll is still to come, the clock was set back: what is left of the wait begins now."""
    late = now + CLOCK_JUMP
    ahead = connection.execute(
        select(feeds.c.id, feeds.c.next_due_at, feeds.c.last_polled_at).where(
            or_(
                feeds.c.last_polled_at > late,
                and_(feeds.c.last_polled_at.is_(None), feeds.c.next_due_at > late),
            )
        )
    ).all()
    for feed_id, due, polled_at in ahead:
        wait = due - polled_at if polled_at else timedelta(0)
        pulled = {"next_due_at": now + wait, "due_why": DueWhy.CLOCK, "last_polled_at": now if polled_at else None}
        connection.execute(update(feeds).where(feeds.c.id == feed_id).values(pulled))


def active(connection: Connection) -> list[FeedState]:
    return [_state(row) for row in connection.execute(select(feeds).where(ACTIVE).order_by(feeds.c.id))]


def _state(row: Row[Any], push: Push | None = None, *, is_slow: bool = False) -> FeedState:
    return FeedState(
        id=row.id,
        feed=Feed(row.url, row.title, row.home, row.language, row.tags, row.interval_seconds),
        validators=Validators(row.etag, row.last_modified),
        body_digest=row.body_digest,
        failures=row.failures,
        polled_before=row.last_success_at is not None,
        silent_before=row.silent_before,
        last_success_at=row.last_success_at,
        is_slow=is_slow,
        ways=Ways(
            _history(row),
            Wishes(row.fresh_seconds, row.every_seconds, row.skipped_hours, row.skipped_days),
            Whereabouts(row.answered_url, row.moved_to, row.moving_to, row.moves_seen),
            Hub(row.hub, row.hub_topic),
        ),
        push=push,
    )


def _history(row: Row[Any]) -> History:
    return History(row.items_by_hour or History().hours, row.watched_days, row.history_at, row.newest_at)


def _columns(ways: Ways) -> dict[str, object]:
    where, wishes, history = ways.whereabouts, ways.wishes, ways.history
    return {
        "answered_url": where.answered,
        "moved_to": where.moved_to,
        "moving_to": where.moving_to,
        "moves_seen": where.times,
        "fresh_seconds": wishes.fresh_seconds,
        "every_seconds": wishes.every_seconds,
        "skipped_hours": wishes.skipped_hours,
        "skipped_days": wishes.skipped_days,
        "items_by_hour": history.hours,
        "watched_days": history.watched_days,
        "history_at": history.at,
        "newest_at": history.newest_at,
        "hub": ways.hub.address,
        "hub_topic": ways.hub.topic,
    }


def polled(
    connection: Connection,
    feed_id: int,
    *,
    body_digest: str,
    validators: Validators,
    ways: Ways | None,
    next_due_at: datetime,
    due_why: str,
    now: datetime,
) -> None:
    values = _answered(UnchangedFeed(feed_id, next_due_at, now, due_why, validators, ways))
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(values | {"body_digest": body_digest}))


def unchanged(connection: Connection, those: Iterable[UnchangedFeed]) -> None:
    """Statement by statement this would cost ten times as much."""
    rows = [(each.id, _answered(each)) for each in those]
    for columns in {frozenset(values) for _, values in rows}:
        same = [
            {"feed": id_} | {NEW + name: v for name, v in values.items()}
            for id_, values in rows
            if values.keys() == columns
        ]
        new: dict[str, BindParameter[Any]] = {name: bindparam(NEW + name) for name in sorted(columns)}
        connection.execute(update(feeds).where(feeds.c.id == bindparam("feed")).values(new), same)


def _answered(feed: UnchangedFeed) -> dict[str, object]:
    """What is None stays as it was."""
    values = _settled(feed.next_due_at, feed.due_why, feed.now) | _known(feed.ways)
    if feed.validators is not None:
        values |= {"etag": feed.validators.etag, "last_modified": feed.validators.last_modified}
    return values | {
        "last_success_at": feed.now,
        "failures": 0,
        "failing_since": None,
        "last_error": "",
        "gone_at": None,
    }


def failed(
    connection: Connection,
    feed_id: int,
    *,
    error: str,
    ways: Ways | None,
    gone: bool,
    next_due_at: datetime,
    due_why: str,
    now: datetime,
) -> None:
    values = _settled(next_due_at, due_why, now) | _known(ways)
    values |= {
        "failures": feeds.c.failures + 1,
        "failing_since": func.coalesce(feeds.c.failing_since, literal(now, Moment)),
        "last_error": error,
        "gone_at": now if gone else None,
    }
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(values))


def _settled(next_due_at: datetime, due_why: str, now: datetime) -> dict[str, object]:
    return {"next_due_at": next_due_at, "due_why": due_why, "leased_until": None, "last_polled_at": now}


def _known(ways: Ways | None) -> dict[str, object]:
    return {} if ways is None else _columns(ways)


def hasten(connection: Connection, feed_ids: Collection[int], now: datetime) -> None:
    later = update(feeds).where(feeds.c.id.in_(feed_ids), feeds.c.failures > 0, feeds.c.next_due_at > now)
    connection.execute(later.values(next_due_at=now, due_why=DueWhy.NETWORK))


def trouble_told(connection: Connection, feed_id: int, trouble: str) -> None:
    connection.execute(update(feeds).where(feeds.c.id == feed_id).values(trouble_told=trouble))


def states(connection: Connection) -> list[FeedHealth]:
    """How every feed is doing, by address."""
    return [_health(row) for row in connection.execute(select(feeds).order_by(feeds.c.url))]


def _health(row: Row[Any]) -> FeedHealth:
    return FeedHealth(
        url=row.url,
        title=row.title,
        paused=row.paused,
        last_polled_at=row.last_polled_at,
        last_success_at=row.last_success_at,
        last_error=row.last_error,
        failures=row.failures,
        next_due_at=row.next_due_at,
        due_why=row.due_why,
        failing_since=row.failing_since,
        gone_at=row.gone_at,
        moved_to=row.moved_to,
        trouble_told=row.trouble_told,
        id=row.id,
        history=_history(row),
    )
