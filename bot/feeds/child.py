"""A child process that answers questions about what strangers wrote, and may be killed at any time; the parent's side.

A newcomer's mistake is to read such things in here "because this one is small": 64 KB in an author's field took
feedparser 15 s, and a thread can be neither stopped nor kept from holding the interpreter. The child's side is `pipe`.
"""

import asyncio
import json
import math
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any, Final

from bot.feeds.errors import FeedError
from bot.feeds.pipe import FRAME_LENGTH

DEADLINE_SECONDS: Final = 2.0
_START_SECONDS: Final = 20.0  # 0.3 s on an idle machine; a crowded one must not look like a hostile feed
_IDLE_SHARE: Final = 0.2  # of the deadline, in CPU time: a hostile body has the child compute all the while
_STAT_BYTES: Final = 1_000  # 52 numbers and a name
_INHERITED: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")  # no tokens for a process that reads what strangers wrote
_PACKAGE_ROOT: Final = Path(__file__).parents[2]  # where `-m` looks first: never the folder somebody happens to be in


class OverdueError(Exception):
    """No answer within the deadline; the child was killed. `was_idle`: it hardly ran, so the machine was to blame."""

    def __init__(self, *, was_idle: bool) -> None:
        super().__init__()
        self.was_idle = was_idle


class DeadError(Exception):
    """The child died over this question."""


class Child:
    """One process, one question at a time; further ones wait their turn. Replaced when it is dead."""

    def __init__(self, module: str, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self.deadline_seconds = deadline_seconds
        self._module = module
        self._turn = asyncio.Lock()
        self._process: Process | None = None

    async def ask(self, question: dict[str, Any], body: bytes) -> tuple[dict[str, Any], float]:
        """The child's answer, and the seconds it took, waiting for its turn not counted.

        OverdueError or DeadError if there is none, FeedError if no child can be started.
        """
        async with self._turn:
            process = await self._living()
            spent_before, began = _cpu_seconds(process.pid), time.monotonic()
            try:
                async with asyncio.timeout(self.deadline_seconds):
                    await send(process, json.dumps(question).encode(), body)
                    return dict(json.loads(await _receive(process))), time.monotonic() - began
            except TimeoutError:
                spent = _cpu_seconds(process.pid) - spent_before
                await self._stop()
                raise OverdueError(was_idle=spent < _IDLE_SHARE * self.deadline_seconds) from None
            except (EOFError, ConnectionError) as error:
                await self._stop()
                raise DeadError from error
            except asyncio.CancelledError:
                await self._stop()  # an answer is still on its way: the next question must not get it
                raise

    async def close(self) -> None:
        async with self._turn:
            await self._stop()

    async def _living(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await start(self._module, self.deadline_seconds)
        return self._process

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await _kill(process)


async def start(module: str, deadline_seconds: float) -> Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, str(deadline_seconds)),
        stdin=PIPE,
        stdout=PIPE,
        cwd=_PACKAGE_ROOT,
        env={name: os.environ[name] for name in _INHERITED if name in os.environ},
        start_new_session=True,  # Ctrl-C is for us; the child ends when its pipe closes
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            await _receive(process)
    except (TimeoutError, EOFError) as error:
        await _kill(process)
        raise FeedError(f"the parser does not start; `python -m {module} 2` shows why") from error
    except asyncio.CancelledError:
        await _kill(process)
        raise
    return process


async def send(process: Process, *frames: bytes) -> None:
    assert process.stdin is not None
    process.stdin.writelines(part for frame in frames for part in (FRAME_LENGTH.pack(len(frame)), frame))
    await process.stdin.drain()


async def _receive(process: Process) -> bytes:
    assert process.stdout is not None
    (length,) = FRAME_LENGTH.unpack(await process.stdout.readexactly(FRAME_LENGTH.size))
    return await process.stdout.readexactly(length)


def _cpu_seconds(pid: int) -> float:
    """What a process has computed so far; without end where the system does not tell, so that none counts as idle."""
    try:
        stat = os.open(f"/proc/{pid}/stat", os.O_RDONLY)  # asked for every body: a Path takes three times as long
        try:
            fields = os.read(stat, _STAT_BYTES).rpartition(b")")[2].split()
        finally:
            os.close(stat)
    except OSError:
        return math.inf
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime and stime, proc(5)


async def _kill(process: Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.communicate()  # closes the pipes as well
