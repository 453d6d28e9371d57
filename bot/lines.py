"""Puts the line to Telegram together: what people may ask, who may ask, and which process answers.

A newcomer's mistake is to let each of several processes listen: Telegram gives each word to one of them, so half of the
words would go to whoever is about to stop.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import Coroutine
from functools import partial
from typing import Any

from bot.admindesk import FeedProber, StoreAdminDesk
from bot.choosing import StoreChoosing
from bot.config import Config, Webhook, current_token
from bot.desk import StoreDesk
from bot.health import Health
from bot.offices import Offices
from bot.outbox import Pace
from bot.reloading import Reloading
from bot.rulebook import LiveRules
from bot.service import utc_now
from bot.store.election import Office
from bot.store.thread import StoreThread
from bot.telegram.application import App, Desks, build_application
from bot.telegram.booking import Answers
from bot.telegram.digesting import DigestDesk
from bot.telegram.line import Line
from bot.telegram.polling import Receive, be_called, poll
from bot.tongues import Tongues

SECRET_BYTES = 32
TURN_SECONDS = 0.5  # until a process sees that it is its turn to listen, or no more

log = logging.getLogger(__name__)


def open_line(
    config: Config,
    rules: LiveRules,
    store: StoreThread,
    *,
    health: Health,
    offices: Offices,
    reloading: Reloading,
    prober: FeedProber,
    tongues: Tongues,
    digests: DigestDesk,
    pace: Pace,
) -> Line:
    """The sender and the listening half, not listening yet: see `listen`. ConfigError without a token.

    What is answered counts in the pace.
    """
    config.require_token()
    api_url = f"{config.telegram.api_url}/bot"
    chats = StoreDesk(store, lambda: rules.current, utc_now, tongues)
    admin = StoreAdminDesk(store, config.access, utc_now, tongues, rules=rules, reload=reloading.at_once, prober=prober)
    choosing = StoreChoosing(store, lambda: rules.current, admin.allowed, utc_now)
    desks = Desks(chats, choosing, admin, digests)
    answers = Answers(pace, utc_now)
    return Line(
        lambda token: build_application(token, api_url, desks, answers),
        lambda: current_token(config.telegram, os.environ),
        api_url,
        health,
        administrators=config.access.administrators,
        receive=in_turn(offices, health, _receive(config.telegram.webhook, health)),
    )


def _receive(webhook: Webhook | None, health: Health) -> Receive:
    if webhook is None:
        return partial(poll, contested=health.token_contested)
    secret = webhook.secret or secrets.token_urlsafe(SECRET_BYTES)
    return partial(be_called, url=webhook.url, host=webhook.host, port=webhook.port, secret=secret)


def in_turn(offices: Offices, health: Health, receive: Receive) -> Receive:
    """Listens while this process holds that office, and only then; sending needs no turn of this kind."""
    turns: set[asyncio.Task[None]] = set()

    async def take_turns(application: App) -> None:
        turning = _as_long_as_it_can(_take_turns(application, offices, receive), health)
        turn = asyncio.create_task(turning, name="take turns in listening")
        turns.add(turn)
        turn.add_done_callback(turns.discard)

    return take_turns


async def _take_turns(application: App, offices: Offices, receive: Receive) -> None:
    listens = False
    while application.running:
        holds = offices.holds(Office.LISTENING)
        if holds and not listens:
            await receive(application)
        elif listens and not holds and application.updater is not None:
            await application.updater.stop()
        listens = holds
        await asyncio.sleep(TURN_SECONDS)


async def listen(line: Line, health: Health) -> None:
    """Keep the line for ever."""
    await _as_long_as_it_can(line.keep(), health)


async def _as_long_as_it_can(listening: Coroutine[Any, Any, None], health: Health) -> None:
    """In a task of its own, so nobody else would ever hear of what goes wrong."""
    try:
        await listening
    except Exception:
        log.exception("the bot no longer listens to Telegram; alerts go out all the same")
        health.is_deaf = True
