"""How many large bodies may be in memory at once.

A newcomer's mistake is to limit each body and believe memory limited: twenty servers that send just less than the limit
and then fall silent hold twenty times as much.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

LARGE_BYTES: Final = 500_000  # hardly any feed is larger; the smaller ones need no place


class Visit:
    """One poll's stay in the room."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self.has_place = False

    async def grow_to(self, body_bytes: int) -> None:
        """Wait for a place if the body is large by now. It is kept for the rest of the visit."""
        if body_bytes > LARGE_BYTES and not self.has_place:
            await self._places.acquire()
            self.has_place = True


def alone() -> Visit:
    """For whoever keeps one body at a time anyway."""
    return Visit(asyncio.Semaphore(1))


class Room:
    """Has so many places for large bodies."""

    def __init__(self, places: int = 1) -> None:
        self._places = asyncio.Semaphore(places)

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[Visit]:
        """Let the body go before the visit ends."""
        visit = Visit(self._places)
        try:
            yield visit
        finally:
            if visit.has_place:
                self._places.release()
