"""A bot in a process of its own that kills itself at a step, as if the power went.

`python -m tests.service.mortal SETTINGS`, where SETTINGS are those of `Life` as JSON; many lives one after another are
cheaper by `zygote`. The steps are put round the bot's functions here; the bot knows nothing of them.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, event

from bot import running, service
from bot.cli.logs import start_logging
from bot.cli.running import until_signal
from bot.config import Config, Polling, Telegram
from bot.core.model import Feed, Policy
from bot.outbox import LIMITS, NO_LIMITS
from bot.rulebook import LiveRules, shipped_rules
from bot.running import Setting
from bot.store import Store, outbox
from bot.store.store import Transaction
from bot.telegram.line import Line

INTERVAL = timedelta(seconds=0.1)
NEVER_SECONDS = 3600.0
OFFICES_SECONDS = 0.1
IDLE_FLUSH_SECONDS = 1.0
ANY = "any"  # step: all of them are counted together, and the commits with them
WROTE = "wrote"

# Where each step is: a function, and whether death comes before or after it.
STEPS: dict[str, tuple[Any, str, str]] = {
    "examined": (service, "record", "before"),
    "half recorded": (outbox, "add", "before"),
    "recorded but not committed": (Transaction, "record", "after"),
    "committed": (service, "record", "after"),
    "feed not yet remembered": (Store, "feed_polled", "before"),
    "feed remembered": (Store, "feed_polled", "after"),
    "claimed": (Store, "messages_begun", "before"),
    "begun": (Store, "messages_begun", "after"),
    "on its way": (Line, "send", "before"),
    "accepted": (Store, "message_sent", "before"),
    "marked sent": (Store, "message_sent", "after"),
}


@dataclass(frozen=True, slots=True)
class Life:
    """What the bot works with. It dies when it gets to the step for the `times`-th time; without a step it lives.

    `lease_seconds` is that of feeds: on a server, those of a bot that died are asked again only after it.
    """

    database: str
    state: str
    feeds: tuple[str, ...]
    telegram: str
    token: str
    step: str = ""
    times: int = 1
    sends: bool = True
    paced: bool = False
    interval_seconds: float = INTERVAL.total_seconds()
    lease_seconds: float = service.LEASE_SECONDS
    offices_seconds: float = OFFICES_SECONDS

    @classmethod
    def of(cls, text: str) -> Life:
        given = json.loads(text)
        return cls(**{**given, "feeds": tuple(given["feeds"])})

    def as_text(self) -> str:
        return json.dumps(asdict(self))

    def arguments(self) -> list[str]:
        return ["-m", "tests.service.mortal", self.as_text()]


def main(life: Life) -> None:
    start_logging(logging.INFO)
    sys.exit(live(life, LiveRules(shipped_rules())))


def live(life: Life, rules: LiveRules) -> int:
    """The exit status, if it is not killed before."""
    running.TICK_SECONDS = INTERVAL.total_seconds() / 2
    running.FLUSH_SECONDS = running.TICK_SECONDS if life.sends else NEVER_SECONDS
    running.OFFICES_SECONDS = life.offices_seconds
    running.IDLE_FLUSH_SECONDS = IDLE_FLUSH_SECONDS
    service.LEASE_SECONDS = life.lease_seconds
    if life.step:
        _mine(life)
    return asyncio.run(until_signal(_setting(life, rules)))


def _mine(life: Life) -> None:
    count = itertools.count(1)

    def die_in_time() -> None:
        if next(count) == life.times:
            os.kill(os.getpid(), signal.SIGKILL)

    for owner, name, when in STEPS.values() if life.step == ANY else [STEPS[life.step]]:
        whole = getattr(owner, name)
        setattr(owner, name, (_dying_before if when == "before" else _dying_after)(whole, die_in_time))
    if life.step == ANY:
        _mine_commits(die_in_time)


def _mine_commits(die: Callable[[], None]) -> None:
    """Before every commit that puts something in, or changes a message; claims of feeds are too many, and no news."""

    def written(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        if cursor.rowcount and statement.startswith(("INSERT", "UPDATE outbox")):
            connection.info[WROTE] = True

    def committing(connection: Connection) -> None:
        if connection.info.pop(WROTE, False):
            die()

    event.listen(Engine, "after_cursor_execute", written)
    event.listen(Engine, "commit", committing)


def _is_idle(name: str, args: Sequence[Any]) -> bool:
    """A round of delivery that found nothing to deliver is no step."""
    return name == Store.messages_begun.__name__ and not args[1]


def _dying_before(whole: Callable[..., Any], die: Callable[[], None]) -> Callable[..., Any]:
    @wraps(whole)
    def dying(*args: Any, **kwargs: Any) -> Any:
        if not _is_idle(whole.__name__, args):
            die()
        return whole(*args, **kwargs)

    return dying


def _dying_after(whole: Callable[..., Any], die: Callable[[], None]) -> Callable[..., Any]:
    @wraps(whole)
    def dying(*args: Any, **kwargs: Any) -> Any:
        result = whole(*args, **kwargs)
        if not _is_idle(whole.__name__, args):
            die()
        return result

    return dying


def _setting(life: Life, rules: LiveRules) -> Setting:
    interval = timedelta(seconds=life.interval_seconds)
    config = Config(
        feeds=tuple(Feed(url, f"Outlet {number}", home="SY") for number, url in enumerate(life.feeds, 1)),
        database=life.database,
        state=Path(life.state),
        telegram=Telegram(life.token, api_url=life.telegram),
        polling=Polling(
            interval=interval,
            min_interval=interval,
            max_interval=interval,
            allow_private=frozenset(urlsplit(url).hostname or "" for url in life.feeds),
        ),
        incidents=Policy(edit_pause=timedelta(0)),
        feed_summary=False,
        near_misses=False,  # on some days of the week it would be a message more
    )
    sending = LIMITS if life.paced else NO_LIMITS
    return Setting(config, Store.open(life.database), rules, sending=sending)


if __name__ == "__main__":
    main(Life.of(sys.argv[1]))
