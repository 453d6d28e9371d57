"""A bot in a process of its own that kills itself at a step, as if the power went.

`python -m tests.service.mortal SETTINGS`, where SETTINGS are those of `Life` as JSON. The steps are put round the bot's
functions here; the bot knows nothing of them.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

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

INTERVAL = timedelta(seconds=0.1)
NEVER_SECONDS = 3600.0

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
    "accepted": (Store, "message_sent", "before"),
    "marked sent": (Store, "message_sent", "after"),
}


@dataclass(frozen=True, slots=True)
class Life:
    """What the bot works with. It dies when it gets to the step for the `times`-th time; without a step it lives."""

    database: str
    feed: str
    telegram: str
    token: str
    step: str = ""
    times: int = 1
    sends: bool = True
    paced: bool = False

    def arguments(self) -> list[str]:
        return ["-m", "tests.service.mortal", json.dumps(asdict(self))]


def main(life: Life) -> None:
    start_logging(logging.INFO)
    running.TICK_SECONDS = INTERVAL.total_seconds() / 2
    running.FLUSH_SECONDS = running.TICK_SECONDS if life.sends else NEVER_SECONDS
    if life.step:
        _mine(life)
    sys.exit(asyncio.run(until_signal(_setting(life))))


def _mine(life: Life) -> None:
    owner, name, when = STEPS[life.step]
    whole = getattr(owner, name)
    count = itertools.count(1)

    def die_in_time() -> None:
        if next(count) == life.times:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, _dying_before(whole, die_in_time) if when == "before" else _dying_after(whole, die_in_time))


def _dying_before(whole: Callable[..., Any], die: Callable[[], None]) -> Callable[..., Any]:
    @wraps(whole)
    def dying(*args: Any, **kwargs: Any) -> Any:
        die()
        return whole(*args, **kwargs)

    return dying


def _dying_after(whole: Callable[..., Any], die: Callable[[], None]) -> Callable[..., Any]:
    @wraps(whole)
    def dying(*args: Any, **kwargs: Any) -> Any:
        result = whole(*args, **kwargs)
        die()
        return result

    return dying


def _setting(life: Life) -> Setting:
    config = Config(
        feeds=(Feed(life.feed, "Orchard Post", home="SY"),),
        database=life.database,
        state=Path(life.database).parent,
        telegram=Telegram(life.token, api_url=life.telegram),
        polling=Polling(
            interval=INTERVAL,
            min_interval=INTERVAL,
            max_interval=INTERVAL,
            allow_private=frozenset({"127.0.0.1"}),
        ),
        incidents=Policy(edit_pause=timedelta(0)),
    )
    sending = LIMITS if life.paced else NO_LIMITS
    return Setting(config, Store.open(life.database), LiveRules(shipped_rules()), sending=sending)


if __name__ == "__main__":
    main(Life(**json.loads(sys.argv[1])))
