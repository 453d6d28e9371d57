"""Many lives of the bot one after another, or side by side, each in a process of its own and for the price of a fork.

`python -m tests.service.zygote` loads the rules once and says "ready". Every line of its input is a `Life`; it answers
"born PID", and "died PID STATUS" when that one is dead. A newcomer's mistake is to start a thread or an event loop in
here: a child would inherit the half of it.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import traceback
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from bot.cli.logs import start_logging
from bot.feeds import worker
from bot.feeds.child import Child
from bot.rulebook import LiveRules, shipped_rules
from bot.store import engine
from bot.telegram import line
from bot.tongues import languages, tongue
from tests.service.mortal import Life, live
from tests.service.processes import ROOT, environment

READY_SECONDS = 120.0
FAILED = 70
LATE = ("anyio._backends._asyncio", "httpcore", "babel.numbers", "xml.sax")


# ---------------------------------------------------------------- the process that forks
def main() -> None:
    start_logging(logging.INFO)
    rules = LiveRules(shipped_rules())
    Child.ask = _answer  # type: ignore[method-assign, assignment]
    vars(line)["introduce"] = _is_known
    engine.SYNCHRONOUS = "OFF"  # they are killed; the power does not go
    _learn()
    gc.collect()
    gc.freeze()  # or the collector of every child would copy all that they share
    signal.signal(signal.SIGCHLD, lambda *_: _bury())
    _say("ready")
    for asked in sys.stdin:
        _bear(Life.of(asked), rules)


async def _answer(_child: Child, question: dict[str, Any], body: bytes) -> tuple[dict[str, Any], float]:
    """Feeds are parsed in the same process: to start one for them would cost more than all else of a short life."""
    return worker.answer(body, question), 0.0


async def _is_known(*_: object) -> None:
    """Menus in all languages, set at every start, are half of what a short life costs; no message is among them."""


def _learn() -> None:
    """What every life would else have to learn for itself: what is imported late, and all languages."""
    for module in LATE:
        import_module(module)
    for language in languages():
        tongue(language)


def _bear(life: Life, rules: LiveRules) -> None:
    """Nobody is buried before it is said that it was born."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    else:
        _say(f"born {pid}")
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    if pid == 0:
        _live(life, rules)


def _live(life: Life, rules: LiveRules) -> None:
    status = FAILED
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        status = live(life, rules)
    except BaseException:  # noqa: BLE001  a child must not go on as if it were its mother
        traceback.print_exc()
    finally:
        os._exit(status)


def _bury() -> None:
    with suppress(ChildProcessError):
        while (dead := os.waitpid(-1, os.WNOHANG))[0]:
            _say(f"died {dead[0]} {os.waitstatus_to_exitcode(dead[1])}")


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


# ---------------------------------------------------------------- who asks it to
@dataclass(slots=True)
class Alive:
    """A bot that was born; `died` is its exit status, or minus the signal that killed it, some day."""

    pid: int
    died: asyncio.Future[int]

    async def is_ended(self, number: signal.Signals) -> int:
        """By that signal, if it is not dead already."""
        if not self.died.done():
            with suppress(ProcessLookupError):  # it died this moment, and that is still on its way here
                os.kill(self.pid, number)
        return await self.died


@dataclass(slots=True)
class Zygote:
    """A process that bears bots."""

    process: Process
    births: asyncio.Queue[Alive] = field(default_factory=asyncio.Queue)
    living: dict[int, Alive] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def bears(self, life: Life) -> Alive:
        assert self.process.stdin is not None
        async with self.turn:
            self.process.stdin.write(f"{life.as_text()}\n".encode())
            await self.process.stdin.drain()
            return await self.births.get()

    async def hears(self) -> None:
        """What it says, for as long as it lives."""
        assert self.process.stdout is not None
        async for said in self.process.stdout:
            match said.decode().split():
                case ["born", pid]:
                    alive = Alive(int(pid), asyncio.get_running_loop().create_future())
                    self.living[alive.pid] = alive
                    self.births.put_nowait(alive)
                case ["died", pid, status]:
                    self.living.pop(int(pid)).died.set_result(int(status))
                case other:
                    raise AssertionError(f"a zygote does not say {other}")


@asynccontextmanager
async def zygote(said: Path, **variables: str) -> AsyncIterator[Zygote]:
    """None of its children outlives it; what they say is in the file."""
    with said.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.service.zygote"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=file,
            cwd=ROOT,
            env=environment(**variables),
        )
    mother = Zygote(process)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(READY_SECONDS):
            assert await process.stdout.readline() == b"ready\n"
        hearing = asyncio.create_task(mother.hears())
        try:
            yield mother
        finally:
            for alive in list(mother.living.values()):
                await alive.is_ended(signal.SIGKILL)
            assert process.stdin is not None
            process.stdin.close()
            await hearing
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


if __name__ == "__main__":
    main()
