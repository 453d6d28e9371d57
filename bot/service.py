"""START HERE. The running bot: when things happen, and in which order.

    poll():   fetch | parse | unseen | complete | examine | decide + record | remember the feed
    flush():  due messages | send | mark

This is the only module that knows all the others. A newcomer's mistake is to store a feed's ETag early: it is stored
last, so a crash costs a second look at known reports, never a report hidden behind a 304.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import aiohttp

from bot import metrics
from bot.core.composing import TongueOf, compose, told_silence
from bot.core.copies import COPY_WINDOW
from bot.core.incidents import countries, lies_in, memory
from bot.core.model import POLICY, Examined, Incident, Origin, Outcome, Policy, Reading, Reason, Report, Sighting, Told
from bot.core.pipeline import decide, examine
from bot.core.references import reference
from bot.core.rules.conditions import LONGEST_SPAN
from bot.core.silence import Steadiness, quiet, since
from bot.core.waiting import counted_as
from bot.diary import Diary
from bot.feeds.conduct import ask_of, is_slow
from bot.feeds.entries import to_report
from bot.feeds.errors import FeedError
from bot.feeds.fetch import DEFAULT_LIMITS, Fetched, Limits, Unchanged, fetch
from bot.feeds.fulltext import PageReader
from bot.feeds.parse import ParsedFeed, Parser
from bot.feeds.room import Room, Visit
from bot.feeds.schedule import Bounds
from bot.outbox import Delivered, Pace, Sender, catch_up, deliver
from bot.rulebook import LiveRules
from bot.store import UNKNOWN_ORIGIN, FeedState, Store, StoreError, Transaction
from bot.store.thread import StoreThread
from bot.tongues import Tongues

Clock = Callable[[], datetime]
Ticks = Callable[[], float]

LEASE_SECONDS = 120.0  # a poller that died gives its feeds back after this
LONGEST_POLL_SECONDS = 110.0  # or another worker would ask the same feed; what was recorded stays, the rest comes again
FINISH_SECONDS = 5.0  # for polls under way when the bot stops; Docker kills after 10
KEPT_SIGHTINGS = since(LONGEST_SPAN)

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class Polling:
    """How feeds are asked. `backfill`: how old a report may be to alert when its feed is polled for the first time.

    What is older than `horizon` never alerts: the store has forgotten what it knew of that time.
    """

    bounds: Bounds = BOUNDS
    backfill: timedelta = timedelta(hours=24)
    horizon: timedelta = timedelta(days=90)
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
        ticks: Ticks = time.monotonic,
        pages: PageReader | None = None,
        tongues: Tongues | None = None,
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
        self._tongues = tongues or Tongues(lambda: rules.current.knowledge)
        self._reading: Executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="examine")
        self._ticks = ticks
        self._steadiness = Steadiness(clock(), ticks(), began=ticks())
        self._polls: dict[asyncio.Task[None], FeedState] = {}
        self._slow: set[int] = set()
        self._most_doubtful = max(1, polling.concurrent // 2)
        self._room, self._room_for_doubtful = Room(), Room()

    # ---------------------------------------------------------------- polling
    async def tick(self) -> None:
        """Start a poll of every feed that is due, as far as there are free hands. Never waits for a feed."""
        metrics.last_tick_at.set(self._clock().timestamp())
        free = self._polling.concurrent - len(self._polls)
        if free <= 0:
            return
        free_for_doubtful = self._most_doubtful - sum(state.is_doubtful for state in self._polls.values())
        claimed = await self.store(
            Store.claim_feeds, self._clock(), free, LEASE_SECONDS, free_for_doubtful, frozenset(self._slow)
        )
        for state in claimed:
            task = asyncio.create_task(self._guarded(state), name=f"poll {state.feed.url}")
            self._polls[task] = state
            task.add_done_callback(self._polls.pop)

    async def _guarded(self, state: FeedState) -> None:
        """One feed's surprise must not reach the others; its lease brings it back."""
        try:
            async with asyncio.timeout(LONGEST_POLL_SECONDS):
                await self.poll(state)
        except TimeoutError:
            metrics.polls.labels("cut-short").inc()
            log.warning(
                "polling %s took longer than %.0f s; the rest comes again", state.feed.url, LONGEST_POLL_SECONDS
            )
        except StoreError as error:
            metrics.polls.labels("not-recorded").inc()
            log.error("polling %s could not be recorded; the rest comes again: %s", state.feed.url, error)  # noqa: TRY400
        except Exception:
            metrics.polls.labels("surprise").inc()
            log.exception("polling %s failed unexpectedly; it is asked again when its lease ends", state.feed.url)

    async def poll(self, state: FeedState) -> None:
        """Take one claimed feed from the network to the outbox."""
        room = self._room_for_doubtful if state.is_doubtful else self._room
        async with room.visit() as visit:
            await self._poll(state, visit)

    async def _poll(self, state: FeedState, visit: Visit) -> None:
        began = time.monotonic()
        try:
            answer = await fetch(ask_of(state), self._http, self._polling.limits, visit)
            fetch_seconds = time.monotonic() - began
            if isinstance(answer, Unchanged):
                self._took(state, fetch_seconds, 0.0)
                await self._diary.unchanged(state, answer)
                metrics.polls.labels("unchanged").inc()
                return
            parsed = await self._parser.parse_new(answer, state.feed.url, is_doubtful=state.is_doubtful)
        except FeedError as error:
            await self._failed(state, error)
            return
        self._took(state, fetch_seconds, parsed.seconds)
        await self._keep(state, answer, parsed)

    def _took(self, state: FeedState, fetch_seconds: float, parse_seconds: float) -> None:
        """Remember who is slow; a restart forgets it, and learns it again by one poll."""
        if is_slow(fetch_seconds, parse_seconds):
            self._slow.add(state.id)
        else:
            self._slow.discard(state.id)

    async def _keep(self, state: FeedState, answer: Fetched, parsed: ParsedFeed) -> None:
        """Record what is new in a feed, and last that it was read."""
        now = self._clock()
        oldest_first = reversed(parsed.entries)  # as feeds go; it counts where they give no times
        reports = [to_report(entry, state.feed, now) for entry in oldest_first]
        reports.sort(key=lambda report: report.published)
        unseen = await self.store(Store.unseen, reports)
        backlog = [report for report in unseen if self._is_backlog(report, state)]  # the first of them
        origin = _origin(state, answer, now)
        for report in backlog:
            await self.take(report, origin, silent=True)
        for report in await self._pages.complete(unseen[len(backlog) :], state.feed.url):
            await self.take(report, origin, silent=False)
        await self._diary.read(state, answer, parsed, unseen)
        metrics.polls.labels("read").inc()
        self._parser.remember(state.feed.url, parsed)

    def _is_backlog(self, report: Report, state: FeedState) -> bool:
        memory = self._polling.horizon if state.polled_before else self._polling.backfill
        told = state.silent_before is not None and report.published < state.silent_before
        return told or report.published < self._clock() - memory

    async def take(self, report: Report, origin: Origin = UNKNOWN_ORIGIN, *, silent: bool) -> None:
        """Read one report and record what follows. One that cannot be read or judged is recorded as failed."""
        loop = asyncio.get_running_loop()
        rulebook = self.rules.current
        try:
            with metrics.decided_seconds.time():
                examined = await loop.run_in_executor(
                    self._reading, examine, report, rulebook.knowledge, rulebook.index
                )
                outcome = await self.store(
                    record, examined, self._clock(), self._policy, self._tongues.of, origin=origin, silent=silent
                )
        except StoreError:
            raise  # no fault of the report's: it comes again
        except Exception:
            metrics.failed_reports.inc()
            log.exception("report %s (%s) could not be read", report.id, report.url)
            await self.store(record_failed, report, self._clock())
            return
        if outcome is not None:
            _count(examined, outcome)

    async def _failed(self, state: FeedState, error: FeedError) -> None:
        metrics.polls.labels("failed").inc()
        log.warning("feed failed: %s", error)
        await self._diary.failed(state, error)

    # ---------------------------------------------------------------- delivering
    async def catch_up(self) -> None:
        """Begin to send where another process has sent until now: Telegram counts that."""
        await catch_up(self._pace, self.store, self._clock)

    def go_on(self) -> None:
        """Whatever held up all messages is over."""
        self._pace.go_on()

    async def flush(self) -> Delivered:
        """One round of delivery. Raises Unauthorized when the token is dead."""
        return await deliver(self.store, self._sender, self._clock, self._pace)

    # ---------------------------------------------------------------- silence
    async def listen(self) -> None:
        """Tell of every silence that is due. For a while after the start, or a jump of the clock, none is."""
        now = self._clock()
        self._steadiness = self._steadiness.looked(now, self._ticks())
        may_judge = self._steadiness.may_judge
        rules = [rule for rule in self.rules.current.rules if rule.live and rule.silence and may_judge(rule.silence)]
        heard = {
            rule.id: await self.store(Store.heard, counted_as(rule), now - since(rule.silence))
            for rule in rules
            if rule.silence is not None
        }
        for silent in quiet(rules, heard, now):
            subscribers = await self.store(Store.subscribers, [silent.rule.id], now)
            failing = (await self.store(Store.status)).failing_feeds
            told = list(told_silence(silent, subscribers, failing, now, self._tongues.of))
            await self.store(Store.queue, told, now)

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
def record(
    store: Store,
    examined: Examined,
    now: datetime,
    policy: Policy,
    tongue_of: TongueOf,
    *,
    origin: Origin = UNKNOWN_ORIGIN,
    silent: bool,
) -> Outcome | None:
    """Decide and record in one transaction; None when another worker was faster. `silent` records without telling.

    Nobody else decides on the same countries meanwhile. Where it turns out that an incident lies elsewhere, such as one
    whose country is not known, the transaction is left and begun anew with nobody deciding on anything.
    """
    scope = countries(examined)
    try:
        return _record(store, examined, now, policy, tongue_of, origin=origin, silent=silent, scope=scope)
    except LiesElsewhereError:
        return _record(store, examined, now, policy, tongue_of, origin=origin, silent=silent, scope=None)


class LiesElsewhereError(Exception):
    """An incident that a report tells of lies in none of the countries that are locked."""


def _record(
    store: Store,
    examined: Examined,
    now: datetime,
    policy: Policy,
    tongue_of: TongueOf,
    *,
    origin: Origin,
    silent: bool,
    scope: frozenset[str] | None,
) -> Outcome | None:
    with store.transaction(scope) as transaction:
        if transaction.is_known(examined.reading.report):
            return None
        told_since, lead = now - COPY_WINDOW, examined.told.lead
        if examined.matches or examined.follow_ups:
            known = transaction.recent(now - memory(policy), told_since, lead, scope)
            known = replace(known, sightings=_sightings(transaction, examined, now))
        else:
            known = transaction.repeated(told_since, lead)
        outcome = decide(examined, known, policy)
        touched = (*outcome.incidents, *(each for each in known.incidents if each.id in outcome.incident_ids))
        if not all(lies_in(incident, scope) for incident in touched):
            raise LiesElsewhereError
        if silent and outcome.alerts:
            outcome = untold(outcome)
        concerned = {rule_id for each in outcome.incidents for rule_id in _concerned(each)}
        subscribers = transaction.subscribers(concerned, now)
        living = {incident_id: transaction.living_chats(incident_id) for incident_id in outcome.incident_ids}
        held = {incident_id: transaction.held_chats(incident_id, now) for incident_id in outcome.incident_ids}
        messages = list(compose(outcome, subscribers, living, now, held, tongue_of=tongue_of))
        transaction.record(outcome, messages, now, policy.edit_pause, origin)
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


def _origin(state: FeedState, answer: Fetched, now: datetime) -> Origin:
    return Origin(state.feed.url, answer.url, now, answer.headers, sha256(answer.body).hexdigest())


def _count(examined: Examined, outcome: Outcome) -> None:
    metrics.reports.labels(outcome.reason).inc()
    for rule_id in {match.rule.id for match in examined.matches}:
        metrics.matches.labels(rule_id).inc()
    for alert in outcome.alerts:
        metrics.alerts.labels(alert.reason, str(alert.loud).lower()).inc()
        log.info(
            "alert %s: incident %s, by %s", alert.reason, reference(alert.incident.id), alert.rule.id,
            extra={"rule": alert.rule.id, "reason": alert.reason, "loud": alert.loud, "report": outcome.report.id},
        )  # fmt: skip
