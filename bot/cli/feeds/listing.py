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
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bot.cli.feeds.tables import Column, moment, print_table, shown, stamp
from bot.cli.lines import speak_utf8
from bot.config import Config, ConfigError
from bot.config import load as load_config
from bot.core.model import Feed
from bot.store import Archive, FeedHealth, StoreError


class State(StrEnum):
    """PAUSED feeds left the config; NEVER_ASKED are those that were not polled yet."""

    OK = "ok"
    FAILING = "failing"
    PAUSED = "paused"
    NEVER_ASKED = "never asked"


STYLES = {State.OK: "", State.FAILING: "red", State.PAUSED: "dim", State.NEVER_ASKED: "yellow"}


@dataclass(frozen=True, slots=True)
class Standing:
    """One feed as the list shows it. `failures` counts those in a row; `next_due_at` is None while no bot knows it."""

    url: str
    title: str
    state: State
    failures: int = 0
    last_success_at: datetime | None = None
    next_due_at: datetime | None = None
    last_error: str = ""


def _state(feed: Standing) -> str:
    if feed.state is not State.FAILING:
        return feed.state
    return f"failing, {feed.failures} time{'' if feed.failures == 1 else 's'}"


COLUMNS: Sequence[Column[Standing]] = (
    ("title", lambda feed: feed.title),
    ("address", lambda feed: shown(feed.url)),
    ("state", _state),
    ("last success (UTC)", lambda feed: moment(feed.last_success_at)),
    ("next poll (UTC)", lambda feed: moment(feed.next_due_at)),
    ("last error", lambda feed: shown(feed.last_error)),
)


def list_feeds(config: Path | None, *, as_json: bool) -> int:
    """Print all feeds. The exit status: 2 when the configuration or the store cannot be read."""
    speak_utf8()
    try:
        feeds = standings(load_config(config, os.environ))
    except (ConfigError, StoreError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps({"feeds": [_object(feed) for feed in feeds]}, ensure_ascii=False, indent=2))
    else:
        print_table(COLUMNS, feeds, lambda feed: STYLES[feed.state])
    return 0


def standings(settings: Config) -> list[Standing]:
    """The feeds of the store by address, then those of the config that no bot has seen yet."""
    known = [_known(health) for health in _stored(settings.database)]
    urls = {feed.url for feed in known}
    return known + [_new(feed) for feed in settings.feeds if feed.url not in urls]


def _stored(database: str) -> list[FeedHealth]:
    if "://" not in database and not Path(database).exists():
        return []  # the bot has not run yet
    with closing(Archive.open(database)) as archive:
        return archive.feeds()


def _known(health: FeedHealth) -> Standing:
    return Standing(
        url=health.url,
        title=health.title,
        state=_state_of(health),
        failures=health.failures,
        last_success_at=health.last_success_at,
        next_due_at=None if health.paused else health.next_due_at,
        last_error=health.last_error,
    )


def _new(feed: Feed) -> Standing:
    return Standing(feed.url, feed.title, State.NEVER_ASKED)


def _state_of(health: FeedHealth) -> State:
    if health.paused:
        return State.PAUSED
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
        "last_error": shown(feed.last_error),
    }
