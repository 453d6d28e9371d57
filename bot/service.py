"""START HERE. The running bot: when things happen, and in which order.

    poll():   fetch | parse | unseen | complete | examine | decide + record | remember the feed
    flush():  due messages | send | mark

This is the only module that knows all the others. A newcomer's mistake is to store a feed's ETag early: it is stored
last, so a crash costs a second look at known reports, never a report hidden behind a 304.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import aiohttp

from bot import metrics
from bot.core.composing import compose, told_silence
from bot.core.copies import COPY_WINDOW
from bot.core.incidents import memory
from bot.core.model import POLICY, Examined, Incident, Outcome, Policy, Reading, Reason, Report, Sighting, Told
from bot.core.pipeline import decide, examine
from bot.core.rules.conditions import LONGEST_SPAN
from bot.core.silence import quiet, since
from bot.core.waiting import counted_as
from bot.diary import Diary
from bot.feeds import (
    FeedError,
    Limits,
    PageReader,
    Parser,
    Unchanged,
    fetch,
    to_report,
)
from bot.feeds.conduct import ask_of
from bot.feeds.fetch import DEFAULT_LIMITS
from bot.feeds.schedule import Bounds
from bot.outbox import Delivered, Pace, Sender, deliver
from bot.rulebook import LiveRules
from bot.store import FeedState, Store, StoreError, Transaction
from bot.store.thread import StoreThread

Clock = Callable[[], datetime]

LEASE_SECONDS = 120.0  # longer than any poll; a poller that died gives its feeds back after this
FINISH_SECONDS = 5.0  # for polls under way when the bot stops; Docker kills after 10
CATCH_UP = timedelta(minutes=15)  # after the start, before anybody is called silent
KEPT_SIGHTINGS = since(LONGEST_SPAN)

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class Polling:
    """How feeds are asked. `backfill`: how old a report may be to alert when its feed is polled for the first time."""

    bounds: Bounds = BOUNDS
    backfill: timedelta = timedelta(hours=24)
    concurrent: int = 20
    limits: Limits = DEFAULT_LIMITS


class Service:
    """Takes feeds from the network to the outbox, and the outbox to a sender."""

    def __init__(
        self,
        *,
        rules: LiveRules,
        store: StoreThread,
        http: aiohttp.ClientSession,
        parser: Parser,
        sender: Sender,
        pace: Pace,
        polling: Polling,
        policy: Policy = POLICY,
        clock: Clock = utc_now,
        pages: PageReader | None = None,
    ) -> None:
        self.rules = rules
        self.store = store
        self._http = http
        self._parser = parser
        self._sender = sender
        self._pace = pace
        self._polling = polling
        self._diary = Diary(store, polling.bounds, clock)
        self._policy = policy
        self._clock = clock
        self._pages = pages or PageReader(http)
        self._reading: Executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="examine")
        self._polls: set[asyncio.Task[None]] = set()
        self._started_at = clock()

    # ---------------------------------------------------------------- polling
    async def tick(self) -> None:
        """Start a poll of every feed that is due, as far as there are free hands. Never waits for a feed."""
        metrics.last_tick_at.set(self._clock().timestamp())
        free = self._polling.concurrent - len(self._polls)
        if free <= 0:
            return
        for state in await self.store(Store.claim_feeds, self._clock(), free, LEASE_SECONDS):
            task = asyncio.create_task(self._guarded(state), name=f"poll {state.feed.url}")
            self._polls.add(task)
            task.add_done_callback(self._polls.discard)

    async def _guarded(self, state: FeedState) -> None:
        """One feed's surprise must not reach the others; its lease brings it back."""
        try:
            await self.poll(state)
        except Exception:
            metrics.polls.labels("surprise").inc()
            log.exception("polling %s failed unexpectedly; it is asked again when its lease ends", state.feed.url)

    async def poll(self, state: FeedState) -> None:
        """Take one claimed feed from the network to the outbox."""
        try:
            answer = await fetch(ask_of(state), self._http, self._polling.limits)
            if isinstance(answer, Unchanged):
                await self._diary.unchanged(state, answer)
                metrics.polls.labels("unchanged").inc()
                return
            parsed = await self._parser.parse_new(answer, state.feed.url)
        except FeedError as error:
            await self._failed(state, error)
            return
        now = self._clock()
        oldest_first = reversed(parsed.entries)  # as feeds go; it counts where they give no times
        reports = [to_report(entry, state.feed, now) for entry in oldest_first]
        reports.sort(key=lambda report: report.published)
        unseen = await self.store(Store.unseen, reports)
        backlog = [report for report in unseen if self._is_backlog(report, state)]  # the first of them
        for report in backlog:
            await self.take(report, silent=True)
        for report in await self._pages.complete(unseen[len(backlog) :], state.feed.url):
            await self.take(report, silent=False)
        await self._diary.read(state, answer, parsed, unseen)
        metrics.polls.labels("read").inc()
        self._parser.remember(state.feed.url, parsed)

    def _is_backlog(self, report: Report, state: FeedState) -> bool:
        return not state.polled_before and report.published < self._clock() - self._polling.backfill

    async def take(self, report: Report, *, silent: bool) -> None:
        """Read one report and record what follows. One that cannot be read or judged is recorded as failed."""
        loop = asyncio.get_running_loop()
        rulebook = self.rules.current
        try:
            examined = await loop.run_in_executor(self._reading, examine, report, rulebook.knowledge, rulebook.index)
            outcome = await self.store(record, examined, self._clock(), self._policy, silent=silent)
        except StoreError:
            raise  # no fault of the report's: it comes again
        except Exception:
            metrics.failed_reports.inc()
            log.exception("report %s (%s) could not be read", report.id, report.url)
            await self.store(record_failed, report, self._clock())
            return
        if outcome is not None:
            _count(outcome)

    async def _failed(self, state: FeedState, error: FeedError) -> None:
        metrics.polls.labels("failed").inc()
        log.warning("feed failed: %s", error)
        await self._diary.failed(state, error)

    # ---------------------------------------------------------------- delivering
    async def flush(self) -> Delivered:
        """One round of delivery. Raises Unauthorized when the token is dead."""
        return await deliver(self.store, self._sender, self._clock, self._pace)

    # ---------------------------------------------------------------- silence
    async def listen(self) -> None:
        """Tell of every silence that is due. For a while after the start none is: what was missed comes in first."""
        now = self._clock()
        rules = [rule for rule in self.rules.current.rules if rule.live and rule.silence is not None]
        if not rules or now - self._started_at < CATCH_UP:
            return
        heard = {
            rule.id: await self.store(Store.heard, counted_as(rule), now - since(rule.silence))
            for rule in rules
            if rule.silence is not None
        }
        for silent in quiet(rules, heard, now):
            subscribers = await self.store(Store.subscribers, [silent.rule.id], now)
            failing = (await self.store(Store.status)).failing_feeds
            await self.store(Store.queue, list(told_silence(silent, subscribers, failing, now)), now)

    async def forget(self) -> None:
        """Drop what no rule counts any more."""
        await self.store(Store.forget_sightings, self._clock() - KEPT_SIGHTINGS)

    # ---------------------------------------------------------------- the end
    async def finish(self) -> None:
        """Give the polls under way a moment. What they recorded is kept, the rest is asked again at the next start."""
        polls = list(self._polls)
        if polls:
            await asyncio.wait(polls, timeout=FINISH_SECONDS)
        for task in polls:
            task.cancel()
        await asyncio.gather(*polls, return_exceptions=True)
        self._reading.shutdown(wait=True)

    @property
    def idle(self) -> bool:
        """Is no feed being asked at this moment?"""
        return not self._polls


# ---------------------------------------------------------------- on the store's thread
def record(store: Store, examined: Examined, now: datetime, policy: Policy, *, silent: bool) -> Outcome | None:
    """Decide and record in one transaction; None when another worker was faster. `silent` records without telling."""
    with store.transaction() as transaction:
        if transaction.is_known(examined.reading.report):
            return None
        told_since, lead = now - COPY_WINDOW, examined.told.lead
        if examined.matches or examined.follow_ups:
            known = transaction.recent(now - memory(policy), told_since, lead)
            known = replace(known, sightings=_sightings(transaction, examined, now))
        else:
            known = transaction.repeated(told_since, lead)
        outcome = decide(examined, known, policy)
        if silent and outcome.alerts:
            outcome = untold(outcome)
        concerned = {rule_id for each in outcome.incidents for rule_id in _concerned(each)}
        subscribers = transaction.subscribers(concerned, now)
        living = {incident_id: transaction.living_chats(incident_id) for incident_id in outcome.incident_ids}
        held = {incident_id: transaction.held_chats(incident_id, now) for incident_id in outcome.incident_ids}
        messages = list(compose(outcome, subscribers, living, now, held))
        transaction.record(outcome, messages, now, policy.edit_pause)
        return outcome


def _concerned(incident: Incident) -> set[str]:
    """The rules that told of an incident, and those that ask for care though they still wait to tell of it."""
    return {*incident.rules, *(rule_id for rule_id, _ in incident.careful)}


def _sightings(transaction: Transaction, examined: Examined, now: datetime) -> tuple[Sighting, ...]:
    """What rules that ask for a number of reports have counted so far."""
    counting = {counted_as(m.rule): m.rule.frequency.within for m in examined.matches if m.rule.frequency is not None}
    since = min(now, examined.reading.report.published)
    return transaction.sightings(counting, since - max(counting.values())) if counting else ()


def untold(outcome: Outcome) -> Outcome:
    """The report is known from now on, its incidents are not: the next report of them is the first that is heard.

    It still says which incidents it would have told, so that its text under a new date is a copy and no news.
    """
    counted = tuple(replace(each, told=False) for each in outcome.sightings)
    return replace(outcome, reason=Reason.TOO_OLD, incidents=(), alerts=(), sightings=counted)


def record_failed(store: Store, report: Report, now: datetime) -> None:
    """Keep a report that could not be read, so that it is not tried for ever; without a lead, so it has no copies."""
    told = Told(report.id, report.digest, "", report.published)
    with store.transaction() as transaction:
        transaction.record(Outcome(report, Reading(report, None), Reason.FAILED, told), [], now)


def _count(outcome: Outcome) -> None:
    metrics.reports.labels(outcome.reason).inc()
    for alert in outcome.alerts:
        metrics.alerts.labels(alert.reason, str(alert.loud).lower()).inc()
        log.info(
            "alert %s: %s", alert.reason, alert.incident.id,
            extra={"rule": alert.rule.id, "reason": alert.reason, "loud": alert.loud, "report": outcome.report.id},
        )  # fmt: skip
