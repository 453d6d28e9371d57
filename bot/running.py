"""The whole bot from start to stop: opens everything in order, sets the timers, closes everything in reverse.

A newcomer's mistake is to stop at once on SIGTERM: what is in hand is finished, and the rest stays in the store for the
next start.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot import __version__, metrics
from bot.admindesk import FeedProber, enforce
from bot.config import Config
from bot.digests import Digests
from bot.feeds.fetch import Limits
from bot.feeds.fulltext import PageReader
from bot.feeds.guard import open_session, user_agent
from bot.feeds.parse import Parser
from bot.feeds.schedule import Bounds
from bot.feedwatch import FeedWatch
from bot.health import Health
from bot.heartbeat import Heartbeat
from bot.housekeeping import Housekeeping
from bot.hubs import Hubs, Reception
from bot.lines import listen, open_line
from bot.offices import Offices, offices_of, plays
from bot.ops import build_ops, serve_ops
from bot.outbox import Limits as SendingLimits
from bot.outbox import Pace, Sender, Unauthorized, pace_so_far
from bot.reloading import Reloading
from bot.roles import ALL_ROLES, Role
from bot.rulebook import LiveRules
from bot.service import Polling, Service, utc_now
from bot.store import DueMessage, Store, StoreLostError
from bot.store.election import Candidate, Office
from bot.store.engine import path_of, shown
from bot.store.thread import StoreThread
from bot.store.waking import Waker
from bot.tidings import Tidings
from bot.timers import Timers
from bot.tongues import Tongues
from bot.weekly import FeedsOfWeek, Weekly

TICK_SECONDS = 1.0
FLUSH_SECONDS = 0.5
IDLE_FLUSH_SECONDS = 5.0  # where a server calls when there is something to send
OFFICES_SECONDS = 2.0
RELOAD_SECONDS = 0.5  # a change takes effect at the second look that finds it the same
LISTEN_SECONDS = 60.0
FORGET_SECONDS = 3600.0
HUBS_SECONDS = 30.0
WEEKLY_SECONDS = 600.0
HOUSEKEEPING_SECONDS = 600.0
MEASURE_SECONDS = 15.0
WATCH_FEEDS_SECONDS = 60.0
DIGESTS_SECONDS = 60.0

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
    roles: frozenset[Role] = ALL_ROLES


@dataclass(frozen=True, slots=True)
class House:
    """What the parts of one run share."""

    setting: Setting
    store: StoreThread
    health: Health
    offices: Offices
    reloading: Reloading
    tongues: Tongues
    digests: Digests
    stack: AsyncExitStack

    @property
    def config(self) -> Config:
        return self.setting.config

    def plays(self, role: Role) -> bool:
        return plays(self.setting.roles, role)


async def serve(setting: Setting, until: asyncio.Event) -> None:
    """Run the bot until the event is set, then finish what is in hand.

    StoreLostError when the store is damaged or gone meanwhile: the bot stops, for nothing more could be kept.
    """
    losses: list[StoreLostError] = []

    def stop_for(loss: StoreLostError) -> None:
        losses.append(loss)
        until.set()

    async with AsyncExitStack() as stack:
        house = await _enter(setting, StoreThread(setting.store, stop_for), stack)
        service = await _service(house)
        timers = Timers()
        await _look_after(house, service, timers)
        _poll_and_send(house, service, timers)
        await _answer_monitoring(house, timers)
        stack.push_async_callback(timers.stop)
        timers.start()
        _say_what_runs(setting)
        await until.wait()
        log.info("stopping; what is in hand is finished first")
    if losses:
        raise losses[0]


def _say_what_runs(setting: Setting) -> None:
    config, rules = setting.config, setting.rules.current.rules
    live, store = sum(rule.live for rule in rules), shown(config.database)
    log.info(
        "Tocsin %s runs as %s; feeds in the config: %d, live rules: %d, store: %s",
        *(__version__, "+".join(sorted(setting.roles)), len(config.feeds), live, store),
    )
    if config.health is not None:
        log.info("health and metrics: http://%s:%d", config.health.host, config.health.port)


async def _enter(setting: Setting, store: StoreThread, stack: AsyncExitStack) -> House:
    stack.callback(store.close)
    await store(Store.forget_leases)
    await store(Store.reconcile_feeds, setting.config.feeds, utc_now())
    access = setting.config.access
    await enforce(access, store, utc_now)
    reloading = Reloading(setting.rules, store, setting.audience)
    await reloading.seat()
    hubs = {Office.HUBS} if setting.config.websub else set()
    health = Health(setting.rules, utc_now, polls=plays(setting.roles, Role.POLLER))
    candidate = Candidate(setting.config.database, offices_of(setting.roles) | hubs)
    offices = Offices(candidate, health.database_answers)
    stack.push_async_callback(offices.close)
    await offices.look()
    tongues = Tongues(lambda: setting.rules.current.knowledge, setting.config.language)
    digests = Digests(store, lambda: setting.rules.current.knowledge.gazetteer, tongues, utc_now)
    stack.push_async_callback(digests.close)
    return House(setting, store, health, offices, reloading, tongues, digests, stack)


# ---------------------------------------------------------------- what polls and sends
async def _service(house: House) -> Service:
    config, stack = house.config, house.stack
    http = open_session(user_agent(__version__, config.polling.contact), config.polling.allow_private)
    stack.push_async_callback(http.close)
    parser = Parser()
    stack.push_async_callback(parser.close)
    pages = PageReader(http, frozenset(feed.url for feed in config.feeds if feed.full_text))
    stack.push_async_callback(pages.close)
    polling = _polling(config)
    pace = await pace_so_far(house.store, utc_now, _limits(house.setting))
    service = Service(
        rules=house.setting.rules,
        store=house.store,
        http=http,
        parser=parser,
        sender=house.setting.sender or _sender(house, FeedProber(http, parser, polling.limits), pace),
        pace=pace,
        polling=polling,
        policy=config.incidents,
        pages=pages,
        tongues=house.tongues,
    )
    house.health.on_accepted(service.go_on)
    stack.push_async_callback(service.finish)
    return service


def _limits(setting: Setting) -> SendingLimits:
    return setting.sending or SendingLimits()


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
        horizon=config.retention.surely_known,
        concurrent=config.polling.concurrent,
        limits=Limits(total_seconds=config.polling.timeout.total_seconds()),
    )


def _sender(house: House, prober: FeedProber, pace: Pace) -> Sender:
    """Telegram's, with its listening half in the background: Telegram being away must not hold up the feeds."""
    if not (house.plays(Role.SENDER) or house.plays(Role.COMMANDS)):
        return _Nobody()
    line = open_line(
        house.config,
        house.setting.rules,
        house.store,
        health=house.health,
        offices=house.offices,
        reloading=house.reloading,
        prober=prober,
        tongues=house.tongues,
        digests=house.digests,
        pace=pace,
    )
    listening = asyncio.create_task(listen(line, house.health), name="listen to Telegram")
    house.stack.push_async_callback(line.hang_up, listening)
    return line


class _Nobody:
    """The sender of a process that sends nothing."""

    async def send(self, due: DueMessage) -> int | None:
        raise RuntimeError(f"{due.message.key} was given to a process that does not send")


class Sending:
    """Sends what is due while this process is the one that does."""

    def __init__(self, house: House, service: Service) -> None:
        self._house = house
        self._service = service
        self._sends = False
        self._called = asyncio.Event()
        self._idle_seconds = 0.0
        self._looked_at = 0.0

    def listen_for_calls(self) -> None:
        """On a server, who records messages calls who sends them; a call may be lost, so it looks now and then too."""
        if path_of(self._house.config.database) is not None:
            return
        loop = asyncio.get_running_loop()

        def awake() -> None:
            loop.call_soon_threadsafe(self._called.set)

        waker = Waker(self._house.config.database, awake)
        waker.start()
        self._house.stack.push_async_callback(asyncio.to_thread, waker.stop)
        self._idle_seconds = IDLE_FLUSH_SECONDS

    async def flush(self) -> None:
        if not self._house.offices.holds(Office.SENDING):
            self._sends = False
        elif self._sends or await self._take_over():
            await self._flush()

    async def _take_over(self) -> bool:
        """What another process had in hand is ours now, and Telegram counts what it sent."""
        await self._house.store(Store.forget_message_leases)
        await self._service.catch_up()
        self._sends = True
        self._called.set()
        return True

    async def _flush(self) -> None:
        if not self._called.is_set() and time.monotonic() - self._looked_at < self._idle_seconds:
            return
        self._called.clear()
        self._looked_at = time.monotonic()
        try:
            delivered = await self._service.flush()
        except Unauthorized as error:
            log.error("%s", error)  # noqa: TRY400  the traceback says nothing more
            self._house.health.token_refused()
        else:
            if delivered.results:  # there may be more
                self._called.set()


def _poll_and_send(house: House, service: Service, timers: Timers) -> None:
    async def tick() -> None:
        await service.tick()
        house.health.ticked_at = utc_now()

    timers.every(OFFICES_SECONDS, house.offices.look, "see what this process is to do")
    if house.plays(Role.POLLER):
        timers.every(TICK_SECONDS, tick, "poll the feeds that are due")
    if house.plays(Role.SENDER):
        sending = Sending(house, service)
        sending.listen_for_calls()
        timers.every(FLUSH_SECONDS, sending.flush, "send the messages that are due")


# ---------------------------------------------------------------- what is looked after once, whoever does it
async def _look_after(house: House, service: Service, timers: Timers) -> None:
    config, store, rules = house.config, house.store, house.setting.rules
    administrators = config.access.administrators
    weekly = Weekly(
        rules, store, config.database, administrators if config.near_misses else (), utc_now, tongues=house.tongues
    )
    house.stack.push_async_callback(weekly.close)
    housekeeping = Housekeeping(
        store, config.database, config.backups, config.retention, utc_now, when_saved=house.health.saved
    )
    house.stack.push_async_callback(housekeeping.close)
    feed_watch = FeedWatch(store, administrators, utc_now)
    feeds_of_week = FeedsOfWeek(store, administrators if config.feed_summary else (), utc_now)
    chores = (
        (LISTEN_SECONDS, service.listen, "listen for silence"),
        (WEEKLY_SECONDS, weekly.tell, "tell the near misses of the week"),
        (WEEKLY_SECONDS, feeds_of_week.tell, "tell the mute feeds of the week"),
        (DIGESTS_SECONDS, house.digests.tell_due, "tell the digests that are due"),
        (WATCH_FEEDS_SECONDS, feed_watch.look, "watch how the feeds are doing"),
        (HOUSEKEEPING_SECONDS, housekeeping.look, "make a backup, forget what is old"),
        (FORGET_SECONDS, service.forget, "forget what no rule counts any more"),
        (RELOAD_SECONDS, Tidings(rules, store, administrators, utc_now).tell, "tell of the rules' problems"),
    )
    for seconds, chore, name in chores:
        timers.every(seconds, house.offices.if_held(Office.KEEPING, chore), name)
    timers.every(
        MEASURE_SECONDS, housekeeping.measure, "measure how much there is to do"
    )  # or who stops goes on saying
    timers.every(RELOAD_SECONDS, house.reloading.if_settled, "look for changed rules")
    metrics.rule_problems.set(len(rules.current.problems))
    if (reception := await _reception(house)) is not None:
        timers.every(OFFICES_SECONDS, reception.reopen, "see whether this process hears the hubs of feeds")
        timers.every(HUBS_SECONDS, reception.look, "ask the hubs of feeds to tell of news")


async def _reception(house: House) -> Reception | None:
    """Where hubs cannot reach us, none is believed to tell of news; but on a server they may reach another process."""
    config, stack = house.config, house.stack
    if config.websub is None:
        if path_of(config.database) is not None:
            await house.store(Store.forget_pushes)
        return None
    http = open_session(user_agent(__version__, config.polling.contact), config.polling.allow_private)
    stack.push_async_callback(http.close)
    hubs = Hubs(house.store, http, config.websub.public_url, utc_now)
    reception = Reception(hubs, config.websub, lambda: house.offices.holds(Office.HUBS))
    stack.push_async_callback(reception.close)
    await reception.open()
    return reception


async def _answer_monitoring(house: House, timers: Timers) -> None:
    config, condition = house.config, house.health.condition
    if config.health is not None:
        runner = await serve_ops(build_ops(condition), config.health.host, config.health.port)
        house.stack.push_async_callback(runner.cleanup)
    if config.heartbeat is not None:
        heartbeat = Heartbeat(config.heartbeat.url, condition)
        house.stack.push_async_callback(heartbeat.close)
        timers.every(config.heartbeat.every.total_seconds(), heartbeat.beat, "say that all is well")
