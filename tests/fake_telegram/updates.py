"""The queue of updates and long polling, one poller at a time; or a webhook.

An update stays in the queue until a later call asks for a higher offset; reading alone does not remove it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Collection

from aiohttp import ClientConnectorError, ClientSession

from tests.fake_telegram.errors import other_poller, webhook_is_active
from tests.fake_telegram.spec import Json

FIRST_UPDATE_ID = 1000
CALL_PAUSES_SECONDS = (0.02, 0.1, 0.5, 2.0, 5.0)  # while nobody answers at the webhook
NOT_SENT_UNLESS_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class UpdateQueue:
    """What happened and has not been fetched. The server delays the second refusal to a poller, lest two spin."""

    def __init__(self, conflict_pause_seconds: float) -> None:
        self._conflict_pause_seconds = conflict_pause_seconds
        self._ids = itertools.count(FIRST_UPDATE_ID)
        self._waiting: list[Json] = []
        self._allowed: frozenset[str] = frozenset()
        self._poller = object()
        self._changed = asyncio.Event()
        self._conflicts = 0
        self._hook: Json = {}
        self._calls: set[asyncio.Task[None]] = set()
        self.answers: list[int] = []  # what the webhook answered each call

    # ---------------------------------------------------------------- webhook
    def hook(self, parameters: Json) -> bool:
        """From now on updates are posted to the address, as far as they are wanted."""
        self._hook = parameters if parameters["url"] else {}
        self._allowed = frozenset(parameters.get("allowed_updates") or self._allowed)
        return True

    def unhook(self, _: Json) -> bool:
        self._hook = {}
        return True

    async def _call(self, update: Json) -> None:
        secret = {"X-Telegram-Bot-Api-Secret-Token": self._hook["secret_token"]} if "secret_token" in self._hook else {}
        async with ClientSession() as http:
            for pause in CALL_PAUSES_SECONDS:
                try:
                    async with http.post(self._hook["url"], json=update, headers=secret) as answer:
                        self.answers.append(answer.status)
                        return
                except ClientConnectorError:
                    await asyncio.sleep(pause)

    # ---------------------------------------------------------------- queue
    @property
    def waiting(self) -> tuple[Json, ...]:
        return tuple(self._waiting)

    def push(self, kind: str, content: Json) -> Json:
        update = {"update_id": next(self._ids), kind: content}
        if self._wants(kind):
            self.repeat(update)
        return update

    def repeat(self, update: Json) -> None:
        """Queue an update as it is, even if it was fetched before."""
        if self._hook:
            task = asyncio.create_task(self._call(update))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
            return
        self._waiting.append(update)
        self._wake()

    async def poll(self, parameters: Json) -> list[Json]:
        if self._hook:
            raise webhook_is_active()
        me = self._poller = object()
        self._wake()
        self._forget_before(parameters.get("offset", 0))
        self._allowed = frozenset(parameters.get("allowed_updates") or self._allowed)
        await self._wait(me, parameters.get("timeout", 0))
        if self._poller is not me:
            await self._refuse()
        return self._waiting[: parameters.get("limit", 100)]

    async def _wait(self, me: object, timeout_seconds: float) -> None:
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while not self._waiting and self._poller is me:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return
            await _quietly(self._changed, left)

    async def _refuse(self) -> None:
        self._conflicts += 1
        if self._conflicts > 1:
            await asyncio.sleep(self._conflict_pause_seconds)
        raise other_poller()

    def _forget_before(self, offset: int) -> None:
        self._waiting = [update for update in self._waiting if update["update_id"] >= offset]

    def _wants(self, kind: str) -> bool:
        return kind in self._allowed if self._allowed else _sent_by_default(kind)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def kinds(updates: Collection[Json]) -> list[str]:
    """What each update is about."""
    return [key for update in updates for key in update if key != "update_id"]


def _sent_by_default(kind: str) -> bool:
    return kind not in NOT_SENT_UNLESS_ASKED


async def _quietly(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
