"""`tocsin feeds list`: every feed, when it last answered, when it is asked again, and what is wrong with it.

A newcomer's mistake is to open the Store, which migrates and locks: how feeds are doing is read through the Archive.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from bot.cli.feeds.tables import Column, moment, print_table, shown, stamp
from bot.cli.lines import speak_utf8
from bot.config import Config, ConfigError
from bot.config import load as load_config
from bot.core.model import Feed
from bot.store import Archive, FeedHealth, StoreError


class State(StrEnum):
    """PAUSED feeds left the config, GONE answered 410 and are not asked; NEVER_ASKED were not polled yet."""

    OK = "ok"
    FAILING = "failing"
    GONE = "gone"
    PAUSED = "paused"
    NEVER_ASKED = "never asked"


STYLES = {
    State.OK: "",
    State.FAILING: "red",
    State.GONE: "red",
    State.PAUSED: "dim",
    State.NEVER_ASKED: "yellow",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One feed as the list shows it. `failures` counts those in a row; `next_due_at` is None if it is not asked.

    `due_why` is why it is asked just then, `items_per_day` what it usually has, and `silent_since` when it last had
    news, if that is longer ago than usual.
    """

    url: str
    title: str
    state: State
    failures: int = 0
    last_success_at: datetime | None = None
    next_due_at: datetime | None = None
    due_why: str = ""
    items_per_day: float | None = None
    silent_since: datetime | None = None
    moved_to: str = ""
    last_error: str = ""


def _state(feed: Standing) -> str:
    if feed.state is not State.FAILING:
        return feed.state
    return f"failing, {feed.failures} time{'' if feed.failures == 1 else 's'}"


COLUMNS: Sequence[Column[Standing]] = (
    ("title", lambda feed: feed.title),
    ("address", lambda feed: shown(feed.url)),
    ("state", _state),
    ("news a day", lambda feed: "" if feed.items_per_day is None else f"{feed.items_per_day:.1f}"),
    ("last success (UTC)", lambda feed: moment(feed.last_success_at)),
    ("next poll (UTC)", lambda feed: moment(feed.next_due_at)),
    ("why then", lambda feed: feed.due_why),
    ("silent since (UTC)", lambda feed: moment(feed.silent_since) if feed.silent_since else ""),
    ("moved to", lambda feed: shown(feed.moved_to)),
    ("last error", lambda feed: shown(feed.last_error)),
)


def list_feeds(config: Path | None, *, as_json: bool) -> int:
    """Print all feeds. The exit status: 2 when the configuration or the store cannot be read."""
    speak_utf8()
    try:
        feeds = standings(load_config(config, os.environ), datetime.now(UTC))
    except (ConfigError, StoreError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps({"feeds": [_object(feed) for feed in feeds]}, ensure_ascii=False, indent=2))
    else:
        print_table(COLUMNS, feeds, lambda feed: STYLES[feed.state])
    return 0


def standings(settings: Config, now: datetime) -> list[Standing]:
    """The feeds of the store by address, then those of the config that no bot has seen yet."""
    known = [_known(health, now) for health in _stored(settings.database)]
    urls = {feed.url for feed in known}
    return known + [_new(feed) for feed in settings.feeds if feed.url not in urls]


def _stored(database: str) -> list[FeedHealth]:
    if "://" not in database and not Path(database).exists():
        return []  # the bot has not run yet
    with closing(Archive.open(database)) as archive:
        return archive.feeds()


def _known(health: FeedHealth, now: datetime) -> Standing:
    asked = not (health.paused or health.gone_at)
    return Standing(
        url=health.url,
        title=health.title,
        state=_state_of(health),
        failures=health.failures,
        last_success_at=health.last_success_at,
        next_due_at=health.next_due_at if asked else None,
        due_why=health.due_why if asked else "",
        items_per_day=health.items_per_day,
        silent_since=health.silent_since(now),
        moved_to=health.moved_to,
        last_error=health.last_error,
    )


def _new(feed: Feed) -> Standing:
    return Standing(feed.url, feed.title, State.NEVER_ASKED)


def _state_of(health: FeedHealth) -> State:
    if health.paused:
        return State.PAUSED
    if health.gone_at:
        return State.GONE
    if health.last_polled_at is None:
        return State.NEVER_ASKED
    return State.FAILING if health.failures else State.OK


def _object(feed: Standing) -> dict[str, object]:
    return {
        "url": shown(feed.url),
        "title": feed.title,
        "state": feed.state,
        "failures": feed.failures,
        "last_success_at": stamp(feed.last_success_at),
        "next_due_at": stamp(feed.next_due_at),
        "due_why": feed.due_why,
        "items_per_day": feed.items_per_day,
        "silent_since": stamp(feed.silent_since),
        "moved_to": shown(feed.moved_to) or None,
        "last_error": shown(feed.last_error),
    }
