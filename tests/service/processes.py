"""Processes that a test starts, and that never outlive it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "TOCSIN_STATE", "TOCSIN_DATA")
START_SECONDS = 30.0
WIDE = "200"  # columns, so that no line of output is wrapped where somebody looks for its words


def environment(**variables: str) -> dict[str, str]:
    """The environment of a process that finds this tree from any folder; of the bot's own, its tables and these."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | {"PYTHONPATH": str(ROOT), "COLUMNS": WIDE} | variables


@asynccontextmanager
async def python(
    arguments: Sequence[str], said: Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> AsyncIterator[Process]:
    """A Python process; what it says to standard output and error is in the file `said`."""
    with said.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdout=file, stderr=file, env=env or environment(), cwd=cwd
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def serving_elsewhere(module: str, count: int) -> AsyncIterator[list[str]]:
    """The addresses of so many servers, in a process of their own that ends with this block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, str(count)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            addresses = [(await process.stdout.readline()).decode().strip() for _ in range(count)]
        yield addresses
    finally:
        process.kill()
        await process.communicate()


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo under way since `started_at` (seconds since 1970); `shown` is the file with what it shows."""

    process: subprocess.Popen[bytes]
    shown: Path
    started_at: float
