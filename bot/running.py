"""The whole bot from start to stop: opens everything in order, sets the timers, closes everything in reverse.

A newcomer's mistake is to stop at once on SIGTERM: what is in hand is finished, and the rest stays in the store for the
next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import __version__, metrics
from bot.choosing import StoreChoosing
from bot.config import Config
from bot.core.pipeline import Rulebook
from bot.desk import StoreDesk
from bot.digests import Digests
from bot.feeds import Limits, PageReader, Parser, open_session, user_agent
from bot.feeds.schedule import Bounds
from bot.feedwatch import FeedWatch
from bot.ops import Condition, build_ops, serve_ops
from bot.outbox import Limits as SendingLimits
from bot.outbox import Sender, Unauthorized, pace_so_far
from bot.rulebook import Change, LiveRules
from bot.service import Polling, Service, utc_now
from bot.store import Store
from bot.store.thread import StoreThread
from bot.telegram import polling
from bot.telegram.application import App, build_application
from bot.telegram.sender import TelegramSender
from bot.tidings import Tidings
from bot.timers import Timers
from bot.weekly import Weekly

TICK_SECONDS = 1.0
FLUSH_SECONDS = 0.5
RELOAD_SECONDS = 0.5  # a change takes effect at the second look that finds it the same
LISTEN_SECONDS = 60.0
FORGET_SECONDS = 3600.0
WEEKLY_SECONDS = 600.0
WATCH_FEEDS_SECONDS = 60.0
DIGESTS_SECONDS = 60.0
STALE = timedelta(minutes=2)  # without a round of polling, something is wrong

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """What one run of the bot is made of.

    Without a sender it is Telegram's, and the config must hold a token. `audience` is a chat that hears every rule.
    """

    config: Config
    store: Store
    rules: LiveRules
    sender: Sender | None = None
    sending: SendingLimits | None = None
    audience: int | None = None


class Health:
    """What the parts of the running bot say of themselves."""

    def __init__(self, rules: LiveRules, clock: Callable[[], datetime]) -> None:
        self._rules = rules
        self._clock = clock
        self.ticked_at = clock()
        self.token_is_dead = False
        self.is_deaf = False

    def condition(self) -> Condition:
        return Condition(tuple(self._complaints()))

    def _complaints(self) -> Iterator[str]:
        if self._clock() - self.ticked_at > STALE:
            yield f"no round of polling since {self.ticked_at:%H:%M:%S} UTC"
        if self.token_is_dead:
            yield "Telegram refuses the bot's token"
        if self.is_deaf:
            yield "what people say in Telegram is not heard; alerts go out; restart the bot"
        yield from (f"rules: {problem}" for problem in self._rules.current.problems)


async def serve(setting: Setting, until: asyncio.Event) -> None:
    """Run the bot until the event is set, then finish what is in hand."""
    config = setting.config
    async with AsyncExitStack() as stack:
        store = StoreThread(setting.store)
        stack.callback(store.close)
        await store(Store.forget_leases)
        await store(Store.reconcile_feeds, config.feeds, utc_now())
        await _seat(setting, store)
        health = Health(setting.rules, utc_now)
        digests = Digests(store, lambda: setting.rules.current.knowledge.gazetteer, utc_now)
        stack.push_async_callback(digests.close)
        service = await _service(setting, store, health, digests, stack)
        if config.health is not None:
            runner = await serve_ops(build_ops(health.condition), config.health.host, config.health.port)
            stack.push_async_callback(runner.cleanup)
        weekly = Weekly(setting.rules, store, config.database, _curious(config), utc_now)
        stack.push_async_callback(weekly.close)
        timers = _timers(setting, service, health, weekly, digests)
        stack.push_async_callback(timers.stop)
        timers.start()
        await until.wait()
        log.info("stopping; what is in hand is finished first")


def _curious(config: Config) -> frozenset[int]:
    """Who wants to know of near misses."""
    return config.access.administrators if config.near_misses else frozenset()


async def _service(
    setting: Setting, store: StoreThread, health: Health, digests: Digests, stack: AsyncExitStack
) -> Service:
    config = setting.config
    http = open_session(user_agent(__version__, config.polling.contact), config.polling.allow_private)
    stack.push_async_callback(http.close)
    parser = Parser()
    stack.push_async_callback(parser.close)
    pages = PageReader(http, frozenset(feed.url for feed in config.feeds if feed.full_text))
    stack.push_async_callback(pages.close)
    service = Service(
        rules=setting.rules,
        store=store,
        http=http,
        parser=parser,
        sender=setting.sender or _telegram(setting, store, health, digests, stack),
        pace=await pace_so_far(store, utc_now, setting.sending or SendingLimits()),
        polling=_polling(config),
        policy=config.incidents,
        pages=pages,
    )
    stack.push_async_callback(service.finish)
    return service


def _polling(config: Config) -> Polling:
    said = config.polling
    bounds = Bounds(
        interval_seconds=said.interval.total_seconds(),
        shortest_seconds=said.min_interval.total_seconds(),
        unconditional_seconds=said.min_unconditional.total_seconds(),
        wished_seconds=said.wishes_up_to.total_seconds(),
        longest_seconds=said.max_interval.total_seconds(),
        requests_per_day=said.budget,
    )
    return Polling(
        bounds=bounds,
        backfill=config.backfill,
        concurrent=config.polling.concurrent,
        limits=Limits(total_seconds=config.polling.timeout.total_seconds()),
    )


async def _seat(setting: Setting, store: StoreThread) -> None:
    """Let the audience hear every rule there is."""
    if setting.audience is not None:
        for rule in setting.rules.current.rules:
            await store(Store.subscribe, setting.audience, rule.id, utc_now())


# ---------------------------------------------------------------- Telegram
def _telegram(setting: Setting, store: StoreThread, health: Health, digests: Digests, stack: AsyncExitStack) -> Sender:
    """The sender, and the listening half in the background: Telegram being away must not hold up the feeds."""
    config = setting.config
    desk = StoreDesk(store, lambda: setting.rules.current, config.access, utc_now)
    choosing = StoreChoosing(store, lambda: setting.rules.current, config.access, utc_now)
    application = build_application(config.require_token(), f"{config.telegram.api_url}/bot", desk, choosing, digests)
    listening = asyncio.create_task(_listen(application, health), name="listen to Telegram")
    stack.push_async_callback(_stop_listening, application, listening)
    return TelegramSender(application.bot)


async def _listen(application: App, health: Health) -> None:
    def token_died() -> None:
        health.token_is_dead = True

    try:
        await polling.start(application)
        await polling.watch_token(application.bot, token_died)
    except Unauthorized as error:
        log.error("%s", error)  # noqa: TRY400  the traceback says nothing more
        token_died()
    except Exception:  # a task of its own: nobody else would ever hear of it
        log.exception("the bot no longer listens to Telegram; alerts go out all the same")
        health.is_deaf = True


async def _stop_listening(application: App, listening: asyncio.Task[None]) -> None:
    listening.cancel()
    await asyncio.wait([listening])
    await polling.stop(application)


# ---------------------------------------------------------------- timers
def _timers(setting: Setting, service: Service, health: Health, weekly: Weekly, digests: Digests) -> Timers:
    rules = setting.rules
    tidings = Tidings(rules, service.store, setting.config.access.administrators, utc_now)
    feed_watch = FeedWatch(service.store, setting.config.access.administrators, utc_now)

    async def tick() -> None:
        await service.tick()
        health.ticked_at = utc_now()

    async def flush() -> None:
        try:
            await service.flush()
        except Unauthorized as error:
            log.error("%s", error)  # noqa: TRY400  the traceback says nothing more
            health.token_is_dead = True

    async def reload() -> None:
        if change := await asyncio.to_thread(rules.reload_if_settled):
            _say_what_changed(change, rules.current)
            await _seat(setting, service.store)
        await tidings.tell()

    metrics.rule_problems.set(len(rules.current.problems))
    timers = Timers()
    timers.every(TICK_SECONDS, tick, "poll the feeds that are due")
    timers.every(FLUSH_SECONDS, flush, "send the messages that are due")
    timers.every(LISTEN_SECONDS, service.listen, "listen for silence")
    timers.every(WEEKLY_SECONDS, weekly.tell, "tell the near misses of the week")
    timers.every(WATCH_FEEDS_SECONDS, feed_watch.look, "watch how the feeds are doing")
    timers.every(DIGESTS_SECONDS, digests.tell_due, "tell the digests that are due")
    timers.every(FORGET_SECONDS, service.forget, "forget what no rule counts any more")
    timers.every(RELOAD_SECONDS, reload, "look for changed rules")
    return timers


def _say_what_changed(change: Change, current: Rulebook) -> None:
    metrics.rule_problems.set(len(current.problems))
    for problem in current.problems:
        log.error("%s", problem)
    for gone in change.gone:
        why = "is deleted" if gone.is_deleted else "no longer has them"
        log.warning("rules no longer in force, for %s %s: %s", gone.file, why, ", ".join(gone.ids))
    state = "the last good version of what is broken stays in force" if current.problems else "all of them are good"
    log.info("rules reloaded: %d rules; %s", len(current.rules), state)
