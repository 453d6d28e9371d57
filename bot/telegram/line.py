"""The bot's line to Telegram: it listens and sends over whichever token is good, and outlives a token that is not.

A newcomer's mistake is to keep the application: python-telegram-bot's polling ends without a word when the token is
refused, so each good token gets a new application, and only the line itself is for keeps.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from functools import partial
from typing import Protocol

from bot.outbox import Unauthorized
from bot.store import DueMessage
from bot.telegram import polling, texts
from bot.telegram.application import App
from bot.telegram.introducing import introduce
from bot.telegram.polling import Receive, Sleep
from bot.telegram.sender import TelegramSender

RECHECK_SECONDS = 15.0  # until a refused token, or another one in its place, is tried again

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who wants to know how the line is."""

    def token_refused(self) -> None: ...

    def token_accepted(self) -> None: ...

    def token_contested(self) -> None:
        """Another process listens with it too; said again and again as long as it does."""


class Line:
    """A Sender, and a listening half while `keep` runs. `token` gives the token as it is now, None where there is none.

    `build` makes an application of a token; `api_url` is all that comes before the token. `receive` begins to listen,
    if not by polling.
    """

    def __init__(
        self,
        build: Callable[[str], App],
        token: Callable[[], str | None],
        api_url: str,
        listener: Listener,
        *,
        administrators: Collection[int] = (),
        receive: Receive | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._build = build
        self._token = token
        self._api_url = api_url
        self._listener = listener
        self._administrators = administrators
        self._receive = receive or partial(polling.poll, contested=listener.token_contested)
        self._sleep = sleep
        self._doubted = asyncio.Event()
        self._refused = self._is_doubted = False
        self._put_up(token() or "")

    def _put_up(self, token: str) -> None:
        self._application = self._build(token)
        self._sender = TelegramSender(self._application.bot)

    async def send(self, due: DueMessage) -> int:
        """As a Sender does; without asking Telegram while the token is refused."""
        if self._refused:
            raise Unauthorized(texts.TOKEN_REFUSED)
        try:
            number = await self._sender.send(due)
        except Unauthorized:
            self._is_doubted = True
            self._doubted.set()
            raise
        if self._is_doubted:  # a refusal that was none
            self._is_doubted = False
            self._listener.token_accepted()
        return number

    async def keep(self) -> None:
        """Listen for ever, with a new token or the old one whenever it is refused. `close` in the end."""
        while True:
            try:
                await polling.start(self._application, self._sleep, self._receive)
                self._accepted()
                await introduce(self._application.bot, self._administrators)
                await polling.watch_token(self._application.bot, self._doubted, polling.TOKEN_CHECK_SECONDS)
            except Unauthorized as error:
                log.error("%s", error)  # noqa: TRY400  the traceback says nothing more
            self._refused = True
            self._listener.token_refused()
            await polling.stop(self._application)
            self._put_up(await self._good_token())

    def _accepted(self) -> None:
        if self._refused:
            log.warning("Telegram accepts the bot's token again: what waited goes out now")
        self._refused = False
        self._doubted.clear()
        self._listener.token_accepted()

    async def _good_token(self) -> str:
        while True:
            await self._sleep(RECHECK_SECONDS)
            token = self._token()
            if token and await polling.is_good(token, self._api_url):
                return token

    async def close(self) -> None:
        """Once `keep` runs no more."""
        await polling.stop(self._application)
