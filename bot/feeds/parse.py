"""feedparser behind a deadline: a warm child process that may be killed at any time.

A newcomer's mistake is to parse in here "because this feed is small": 64 KB in an author's field took feedparser 15 s.

A frame is four bytes of length, big-endian, and that many bytes. The child sends one frame when it is ready; then each
question is two frames, a JSON object and the body, and each answer is one JSON object.
"""

import asyncio
import json
import os
import re
import struct
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.core.model import Entry
from bot.feeds.errors import FeedError

FRAME_LENGTH: Final = struct.Struct(">I")
DEADLINE_SECONDS: Final = 2.0
_START_SECONDS: Final = 20.0  # 0.3 s on an idle machine; a crowded one must not look like a hostile feed
_INHERITED: Final = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")  # no tokens for a process that reads what strangers wrote
_PACKAGE_ROOT: Final = Path(__file__).parents[2]  # where `-m` looks first: never the folder somebody happens to be in
_MINUTES: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a body holds. `ttl_seconds` is how often the feed wants to be asked; `note` says what was left out."""

    title: str
    ttl_seconds: int | None
    entries: tuple[Entry, ...]
    note: str = ""


class Parser:
    """One child, one body at a time; further calls wait their turn. Open more of them to parse more at once."""

    def __init__(self, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._deadline_seconds = deadline_seconds
        self._turn = asyncio.Lock()
        self._child: Process | None = None

    async def parse(self, body: bytes, content_type: str, base_url: str) -> ParsedFeed:
        """The feed in a body; FeedError if there is none, or if it takes longer than the deadline.

        `base_url` is what a message calls the feed; links stay as relative as the feed has them.
        """
        async with self._turn:
            answer = await self._ask(body, content_type, base_url)
        if "error" in answer:
            raise FeedError(f"{base_url}: {answer['error']}")
        return _parsed_feed(answer)

    async def close(self) -> None:
        async with self._turn:
            await self._stop()

    async def _ask(self, body: bytes, content_type: str, base_url: str) -> dict[str, Any]:
        child = await self._living()
        question = json.dumps({"content_type": content_type}).encode()
        try:
            async with asyncio.timeout(self._deadline_seconds):
                await _send(child, question, body)
                return dict(json.loads(await _receive(child)))
        except TimeoutError:
            await self._stop()
            raise FeedError(f"{base_url}: parsing it takes longer than {self._deadline_seconds:g} s") from None
        except (EOFError, ConnectionError) as error:
            await self._stop()
            raise FeedError(f"{base_url}: the parser died of it") from error
        except asyncio.CancelledError:
            await self._stop()  # an answer is still on its way: the next body must not get it
            raise

    async def _living(self) -> Process:
        if self._child is None or self._child.returncode is not None:
            self._child = await _start(self._deadline_seconds)
        return self._child

    async def _stop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await _kill(child)


async def _start(deadline_seconds: float) -> Process:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.feeds.worker", str(deadline_seconds)),
        stdin=PIPE,
        stdout=PIPE,
        cwd=_PACKAGE_ROOT,
        env={name: os.environ[name] for name in _INHERITED if name in os.environ},
        start_new_session=True,  # Ctrl-C is for us; the child ends when its pipe closes
    )
    try:
        async with asyncio.timeout(_START_SECONDS):
            await _receive(child)
    except (TimeoutError, EOFError) as error:
        await _kill(child)
        raise FeedError("the parser does not start; `python -m bot.feeds.worker 2` shows why") from error
    except asyncio.CancelledError:
        await _kill(child)
        raise
    return child


async def _kill(child: Process) -> None:
    if child.returncode is None:
        child.kill()
    await child.communicate()  # closes the pipes as well


async def _send(child: Process, *frames: bytes) -> None:
    assert child.stdin is not None
    for frame in frames:
        child.stdin.write(FRAME_LENGTH.pack(len(frame)))
        child.stdin.write(frame)
    await child.stdin.drain()


async def _receive(child: Process) -> bytes:
    assert child.stdout is not None
    (length,) = FRAME_LENGTH.unpack(await child.stdout.readexactly(FRAME_LENGTH.size))
    return await child.stdout.readexactly(length)


def _parsed_feed(answer: dict[str, Any]) -> ParsedFeed:
    return ParsedFeed(
        title=answer["title"],
        ttl_seconds=int(answer["ttl"]) * 60 if _MINUTES.fullmatch(answer["ttl"].strip()) else None,
        entries=tuple(_entry(entry) for entry in answer["entries"]),
        note=answer["note"],
    )


def _entry(fields: dict[str, Any]) -> Entry:
    published = fields.pop("published")
    return Entry(**fields, published=datetime.fromisoformat(published) if published else None)
