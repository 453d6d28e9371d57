"""Records that many wait for, written in few transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.store.together import Together


class Disk:
    """Writes one batch whenever it is let; a record called "bad" fails its batch."""

    def __init__(self) -> None:
        self.written: list[list[str]] = []
        self.free = asyncio.Event()

    async def write(self, records: Sequence[str]) -> None:
        await self.free.wait()
        if "bad" in records:
            raise OSError("no room left")
        self.written.append(list(records))


async def test_what_comes_while_one_batch_is_written_is_the_next_batch():
    disk = Disk()
    together = Together[str](disk.write)
    first = asyncio.create_task(together.add("a"))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(together.add(each)) for each in "bcd"]
    await asyncio.sleep(0.01)
    disk.free.set()
    await asyncio.gather(first, *others)
    assert disk.written == [["a"], ["b", "c", "d"]]


async def test_everybody_in_a_batch_hears_that_it_failed_and_the_next_is_written():
    disk = Disk()
    disk.free.set()
    together = Together[str](disk.write)
    outcomes = await asyncio.gather(together.add("good"), together.add("bad"), return_exceptions=True)
    assert [str(each) for each in outcomes] == ["no room left"] * 2
    await together.add("later")
    assert disk.written == [["later"]]


async def test_one_who_gives_up_waiting_takes_no_other_along():
    disk = Disk()
    together = Together[str](disk.write)
    waiting = asyncio.create_task(together.add("a"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await together.add("b")
    disk.free.set()
    await waiting
    assert [sorted(batch) for batch in disk.written] == [["a", "b"]]
