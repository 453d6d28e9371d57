"""The few timers of the running bot, on APScheduler.

Each job is guarded: one that fails is logged and comes again, one that hangs ends at its deadline. A newcomer's mistake
is to trust the wall clock: set back an hour, APScheduler is silent for that hour (measured), so jumps are watched for.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.store import StoreError

DEADLINE_SECONDS = 90.0  # of one run of a job; longer than the store waits for a lock
GRACE_SECONDS = 30.0  # for what is under way when the bot stops
WATCH_SECONDS = 5.0
JUMP_SECONDS = 2.0  # by which the wall clock must leave the monotonic one to be called a jump

Job = Callable[[], Awaitable[object]]

log = logging.getLogger(__name__)


class Timers:
    """Jobs that come again every so many seconds, never two runs of one at a time."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._running: set[asyncio.Task[object]] = set()
        self._watch: asyncio.Task[None] | None = None

    def every(self, seconds: float, job: Job, name: str) -> None:
        """Run a job now, once the timers start, and then every so many seconds."""
        self._scheduler.add_job(
            self._run,
            "interval",
            seconds=seconds,
            args=(job, name),
            id=name,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        self._scheduler.start()
        self._watch = asyncio.create_task(self._watch_clock(), name="watch the clock")

    async def stop(self) -> None:
        """Start nothing more and wait for what is under way, for a while."""
        if self._watch is None:
            return
        self._watch.cancel()
        self._scheduler.pause()
        await asyncio.sleep(0)  # a run handed out just now has yet to begin, and would be cut short
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE_SECONDS)
        self._scheduler.shutdown(wait=False)

    async def _run(self, job: Job, name: str) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await job()
        except StoreError as error:
            log.error("could not %s: %s", name, error)  # noqa: TRY400  it says all there is to say
        except Exception:
            log.exception("%s failed; it comes again", name)
        finally:
            self._running.discard(task)

    async def _watch_clock(self) -> None:
        ahead = time.time() - time.monotonic()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            now_ahead = time.time() - time.monotonic()
            if abs(now_ahead - ahead) > JUMP_SECONDS:
                log.warning("the clock jumped by %+.0f seconds; the timers go on from now", now_ahead - ahead)
                self._go_on()
            ahead = now_ahead

    def _go_on(self) -> None:
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))
