"""`tocsin status`: what a bot has done and what still waits, read from its database; the bot may run meanwhile.

A newcomer takes it for a look at the process: whether that is alive, its health address says (`health:` in the config).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot import __version__
from bot.config import ConfigError
from bot.config import load as load_config
from bot.core.model import Reason
from bot.store import MessageState, StoreError, StoreStatus
from bot.store.archive import Archive
from bot.store.engine import shown
from bot.store.states import WAITING


def print_status(config: Path | None) -> int:
    """Print it, a line for each matter. The exit status: 2 when the config or the database cannot be read."""
    try:
        settings = load_config(config, os.environ)
        with closing(Archive.open(settings.database)) as archive:
            status = archive.status()
    except (ConfigError, StoreError) as error:
        print(f"tocsin: {error}", file=sys.stderr)
        return 2
    print(f"Tocsin {__version__}, database {shown(settings.database)}")
    print("\n".join(_lines(status)))
    return 0


def _lines(status: StoreStatus) -> Iterator[str]:
    asked = _moment(status.last_polled_at) if status.last_polled_at else "never"
    failing = f"failing: {status.failing_feeds:,}, paused: {status.paused_feeds:,}"
    yield f"Feeds: {status.feeds:,}, {failing}; asked last {asked}"
    yield f"Reports: {sum(status.reports.values()):,}{_each(status.reports)}"
    yield f"Incidents: {status.incidents:,}"
    yield f"Chats: {status.chats:,}, paused: {status.paused_chats:,}; subscriptions: {status.subscriptions:,}"
    waiting = sum(status.messages.get(state, 0) for state in WAITING)
    since = f", the oldest since {_moment(status.waiting_since)}" if waiting and status.waiting_since else ""
    put_in = sum(status.messages.values())
    yield f"Messages waiting: {waiting:,}{since}; all there were: {put_in:,}{_each(status.messages)}"


def _each(numbers: Mapping[Reason, int] | Mapping[MessageState, int]) -> str:
    listed = ", ".join(f"{name} {number:,}" for name, number in sorted(numbers.items()))
    return f" ({listed})" if listed else ""


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
