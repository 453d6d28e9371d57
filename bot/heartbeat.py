"""Calls an address while all is well, so that somebody else notices when it is not called any more.

A newcomer's mistake is to report trouble through it: a machine that lost its power reports nothing, it falls silent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import aiohttp

from bot.ops import Condition

LONGEST_SECONDS = 10.0

log = logging.getLogger(__name__)


class Heartbeat:
    """One call of `beat` is one beat, left out while there is a complaint. The address may hold a secret."""

    def __init__(self, url: str, condition: Callable[[], Condition]) -> None:
        self._url = url
        self._condition = condition
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=LONGEST_SECONDS), trust_env=True)
        self._failing = False

    async def beat(self) -> None:
        """Say of the first failure in a row, not of each: the other side notices anyway."""
        if self._condition().complaints:
            return
        try:
            async with self._http.get(self._url) as answer:
                answer.raise_for_status()
        except (aiohttp.ClientError, TimeoutError) as error:
            if not self._failing:
                log.warning("the heartbeat does not get through: %s", _without_address(error))
            self._failing = True
        else:
            self._failing = False

    async def close(self) -> None:
        await self._http.close()


def _without_address(error: Exception) -> str:
    return f"status {error.status}" if isinstance(error, aiohttp.ClientResponseError) else type(error).__name__
