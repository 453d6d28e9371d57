"""What many wait to have written, written in one transaction.

A newcomer's mistake is to collect for a while before writing: what comes while the disk is busy is enough, and nobody
waits for anybody when it is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Record = TypeVar("Record")


class Together(Generic[Record]):
    """Writes one batch at a time; what comes meanwhile is the next one."""

    def __init__(self, write: Callable[[Sequence[Record]], Awaitable[object]]) -> None:
        self._write = write
        self._turn = asyncio.Lock()
        self._records: list[Record] = []
        self._next: asyncio.Task[None] | None = None

    async def add(self, record: Record) -> None:
        """Returns when the record is written. Whatever the writing of its batch raises, everybody in it gets."""
        self._records.append(record)
        if self._next is None:
            self._next = asyncio.create_task(self._write_next(), name="write together")
        await asyncio.shield(self._next)  # one who gives up must not take the others along

    async def _write_next(self) -> None:
        async with self._turn:
            records, self._records, self._next = self._records, [], None
            await self._write(records)
