"""Starting, stopping and watching the listening half of the bot, inside an event loop that is not its own.

A newcomer leaves it to python-telegram-bot, which gives up if Telegram is away at the start, and says nothing at all
when the token is revoked later: `start` tries again, and `watch_token` asks. What follows from a dead token is
line.py's.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import urlsplit

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.outbox import Unauthorized
from bot.telegram import texts
from bot.telegram.application import App

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
TOKEN_CHECK_SECONDS = 60.0
WANTED = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]

REPEATED_SECONDS = 300.0  # until a conflict that goes on is told again

Sleep = Callable[[float], Awaitable[None]]
Receive = Callable[[App], Awaitable[None]]  # begins to listen

log = logging.getLogger(__name__)


def _nobody() -> None:
    """Nobody wants to know."""


async def poll(application: App, contested: Callable[[], None] = _nobody) -> None:
    """Ask Telegram for news. `contested` is called whenever another process turns out to ask with the same token."""
    assert application.updater is not None
    await application.updater.start_polling(
        bootstrap_retries=-1, allowed_updates=WANTED, error_callback=partial(_polling_failed, contested, Seldom())
    )


async def be_called(application: App, url: str, host: str, port: int, secret: str) -> None:
    """Have Telegram call at `url`, and serve what comes from there. OSError when the port is taken."""
    socket.create_server((host, port)).close()  # or the library would tell Telegram of a port that is not ours
    assert application.updater is not None
    await application.updater.start_webhook(
        listen=host,
        port=port,
        url_path=urlsplit(url).path.lstrip("/"),
        webhook_url=url,
        secret_token=secret,
        bootstrap_retries=-1,
        allowed_updates=WANTED,
    )


async def start(application: App, sleep: Sleep = asyncio.sleep, receive: Receive = poll) -> None:
    """Returns once the bot listens, however long Telegram is away; Unauthorized if it refuses the token.

    Stop with `stop`, also after an error or a cancellation in here.
    """
    await _initialize(application, sleep)
    await application.start()
    await receive(application)


async def stop(application: App) -> None:
    """Ends the polling, waits for what is being handled, closes all connections; in whatever state the bot is."""
    if application.updater and application.updater.running:
        try:
            await application.updater.stop()
        except InvalidToken:
            log.warning("%s", texts.TOKEN_REFUSED)
    if application.running:
        await application.stop()
    await application.shutdown()
    await application.bot.shutdown()  # its connections are open even if it never got as far as "initialized"


async def watch_token(
    bot: Bot, doubted: asyncio.Event, check_seconds: float = TOKEN_CHECK_SECONDS, sleep: Sleep = asyncio.sleep
) -> None:
    """Asks Telegram for the bot's name now and again, and when the token is `doubted`; ends once it is refused."""
    while True:
        await _either(sleep(check_seconds), doubted.wait())
        doubted.clear()
        try:
            await bot.get_me()
        except InvalidToken:
            log.error("%s", texts.TOKEN_REFUSED)  # noqa: TRY400  the traceback holds nothing but the library
            return
        except TelegramError as error:
            log.warning("Telegram cannot be asked whether the token is good: %s", error)


async def _either(*things: Awaitable[object]) -> None:
    """Until one of them has happened."""
    tasks = [asyncio.ensure_future(thing) for thing in things]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def is_good(token: str, api_url: str) -> bool:
    """Whether Telegram takes this token now. `api_url` is all that comes before the token."""
    try:
        async with Bot(token, base_url=api_url):
            return True
    except InvalidToken:
        return False
    except TelegramError as error:
        log.warning("Telegram cannot be asked whether the token is good: %s", error)
        return False


async def _initialize(application: App, sleep: Sleep) -> None:
    wait_seconds = FIRST_WAIT_SECONDS
    while True:
        try:
            await application.initialize()
        except InvalidToken:
            raise Unauthorized(texts.TOKEN_REFUSED) from None  # the library's error holds the token
        except TelegramError as error:
            log.warning("Telegram cannot be reached, next try in %.0f s: %s", wait_seconds, error)
            await sleep(wait_seconds)
            wait_seconds = min(2 * wait_seconds, LONGEST_WAIT_SECONDS)
        else:
            return


class Seldom:
    """Says yes once per while, so that what happens every few seconds does not fill the log."""

    def __init__(self, seconds: float = REPEATED_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._last: float | None = None

    def __call__(self) -> bool:
        now = self._clock()
        if self._last is not None and now - self._last < self._seconds:
            return False
        self._last = now
        return True


def _polling_failed(contested: Callable[[], None], seldom: Seldom, error: TelegramError) -> None:
    """The library itself tries again, for ever."""
    if not isinstance(error, Conflict):
        log.warning("Telegram cannot be asked for news, trying again: %s", error)
        return
    contested()
    if seldom():
        log.error("Another process listens with the same token; each gets half of what people say. Stop one: %s", error)
