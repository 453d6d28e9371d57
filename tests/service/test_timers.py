"""The timers of the running bot when somebody sets the clock: they go on within a moment, and say so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

import pytest

from bot import timers
from bot.timers import Timers
from tests.service.house import until

ON_TIME_SECONDS = 1.0
KNOWS_THE_TIME = (
    "bot.timers",
    "apscheduler.schedulers.base",
    "apscheduler.triggers.interval",
    "apscheduler.executors.base",
)


class WallClock:
    """What this process takes for the time; `set_by` moves it, and no time passes."""

    ahead = timedelta(0)

    def set_by(self, jump: timedelta) -> None:
        WallClock.ahead += jump


class Now(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Now:
        return super().now(tz) + WallClock.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[WallClock]:
    true_time = time.time
    for module in KNOWS_THE_TIME:
        monkeypatch.setattr(f"{module}.datetime", Now)
    monkeypatch.setattr("time.time", lambda: true_time() + WallClock.ahead.total_seconds())
    monkeypatch.setattr(timers, "WATCH_SECONDS", 0.05)
    yield WallClock()
    WallClock.ahead = timedelta(0)


@pytest.mark.parametrize("days", [1, -1])
async def test_a_clock_that_is_set_a_day_ahead_or_back_stops_no_timer(
    clock: WallClock, caplog: pytest.LogCaptureFixture, days: int
):
    ran: list[float] = []

    async def run() -> None:
        ran.append(time.monotonic())

    bells = Timers()
    bells.every(0.2, run, "ring")
    bells.start()
    await until(lambda: len(ran) >= 2)
    clock.set_by(timedelta(days=days))
    before, begun = len(ran), time.monotonic()
    await until(lambda: len(ran) >= before + 4, at_most_seconds=10)
    assert time.monotonic() - begun < 4 * 0.2 + ON_TIME_SECONDS
    assert len(ran) < before + 8  # what a day would have rung is not made up for
    await asyncio.sleep(0)
    await bells.stop()
    assert f"the clock jumped by {days * 86_400:+d} seconds" in caplog.text
