"""Starting, stopping and watching the listening half of the bot, inside an event loop that is not its own.

python-telegram-bot gives up if Telegram is away at the start, and says nothing at all when the token is revoked later:
`start` tries again, and `watch_token` asks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.outbox import Unauthorized
from bot.telegram import texts
from bot.telegram.application import App

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
TOKEN_CHECK_SECONDS = 300.0
WANTED = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]

Sleep = Callable[[float], Awaitable[None]]

log = logging.getLogger(__name__)


async def start(application: App, sleep: Sleep = asyncio.sleep) -> None:
    """Returns once the bot listens, however long Telegram is away; Unauthorized if it refuses the token.

    Stop with `stop`, also after an error or a cancellation in here.
    """
    await _initialize(application, sleep)
    await _introduce(application.bot)
    await application.start()
    assert application.updater is not None
    await application.updater.start_polling(
        bootstrap_retries=-1, allowed_updates=WANTED, error_callback=_polling_failed
    )


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
    bot: Bot, when_dead: Callable[[], None], check_seconds: float = TOKEN_CHECK_SECONDS, sleep: Sleep = asyncio.sleep
) -> None:
    """Asks Telegram for the bot's name now and again; calls `when_dead` and ends once the token is refused."""
    while True:
        await sleep(check_seconds)
        try:
            await bot.get_me()
        except InvalidToken:
            log.error("%s", texts.TOKEN_REFUSED)  # noqa: TRY400  the traceback holds nothing but the library
            when_dead()
            return
        except TelegramError as error:
            log.warning("Telegram cannot be asked whether the token is good: %s", error)


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


async def _introduce(bot: Bot) -> None:
    """The menu of commands is a convenience: the bot works without."""
    try:
        await bot.set_my_commands(texts.COMMANDS)
    except TelegramError as error:
        log.warning("the menu of commands could not be set: %s", error)


def _polling_failed(error: TelegramError) -> None:
    """The library itself tries again, for ever."""
    if isinstance(error, Conflict):
        log.error("Another process listens with the same token; each gets half of what people say. Stop one: %s", error)
    else:
        log.warning("Telegram cannot be asked for news, trying again: %s", error)
