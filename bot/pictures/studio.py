"""Where pictures are drawn: in a child process with a deadline, one at a time.

A newcomer's mistake is to draw in a thread: it would hold the interpreter while alerts wait to go out.
"""

from __future__ import annotations

import logging
from importlib.util import find_spec

from pydantic import TypeAdapter

from bot.core.model import Picture
from bot.feeds.child import Child, DeadError, OverdueError
from bot.feeds.errors import FeedError

DEADLINE_SECONDS = 15.0  # a map of the whole world takes two on an idle machine
KEPT = 30  # pictures of 60 KB
WORKER = "bot.pictures.worker"
PICTURES = TypeAdapter(Picture)

log = logging.getLogger(__name__)


def can_draw() -> bool:
    """Is matplotlib there, the extra `pictures`?"""
    return find_spec("matplotlib") is not None


class Studio:
    """Starts its child when it is first asked, and again after `close`. Chats that listen to the same see the same
    picture, so the last ones are kept until then.
    """

    def __init__(self, deadline_seconds: float = DEADLINE_SECONDS, worker: str = WORKER) -> None:
        self._child = Child(worker, deadline_seconds)
        self._drawn: dict[bytes, bytes] = {}

    async def draw(self, picture: Picture) -> bytes:
        """The picture as a PNG; nothing where it cannot be drawn, which the log then says."""
        if not can_draw():
            return b""
        asked = PICTURES.dump_json(picture)
        if asked not in self._drawn:
            while len(self._drawn) >= KEPT:
                del self._drawn[next(iter(self._drawn))]
            png = await self._answer(asked)
            self._drawn[asked] = png
            return png
        return self._drawn[asked]

    async def _answer(self, asked: bytes) -> bytes:
        try:
            answer, _ = await self._child.ask({}, asked)
        except OverdueError:
            answer = {"error": f"it takes longer than {self._child.deadline_seconds:g} s"}
        except DeadError:
            answer = {"error": "the process that draws died of it"}
        except (FeedError, OSError) as error:
            answer = {"error": str(error)}
        if "error" in answer:
            log.warning("a digest goes out without its picture: %s", answer["error"])
        return bytes.fromhex(answer.get("png", ""))

    async def close(self) -> None:
        """End the child, which holds a hundred megabytes, and keep nothing."""
        self._drawn.clear()
        await self._child.close()
