"""The one thread that owns the store while the bot runs.

A newcomer's mistake is to call the store from the event loop: it waits for disk and locks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from bot.store.errors import StoreLostError
from bot.store.store import Store

P = ParamSpec("P")
T = TypeVar("T")


class StoreThread:
    """The one thread that owns the store; `await store_thread(Store.method, ...)` runs there.

    `when_lost` hears of it, on the event loop, when the store is damaged or gone; who called hears of it too.
    """

    def __init__(self, store: Store, when_lost: Callable[[StoreLostError], None] | None = None) -> None:
        self._store = store
        self._when_lost = when_lost
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def __call__(self, function: Callable[Concatenate[Store, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, lambda: function(self._store, *args, **kwargs))
        except StoreLostError as error:
            if self._when_lost is not None:
                self._when_lost(error)
            raise

    def close(self) -> None:
        """Finishes what is being written, then closes the store."""
        self._thread.shutdown(wait=True)
        self._store.close()
