"""The store as the rest of the house sees it: every method is one transaction.

A newcomer calls it from the event loop: it is synchronous and waits for disk and locks, so the service calls it on
its one writer thread.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from bot.core.evidence import evidence_of
from bot.core.model import (
    Feed,
    Incident,
    Message,
    Notice,
    Origin,
    Outcome,
    Push,
    Recent,
    Report,
    Sighting,
    Subscriber,
    Ways,
)
from bot.store import backups, counts, evidence, incidents, notices, outbox, pushes, sightings, subscriptions
from bot.store import feeds as feed_rows
from bot.store import reports as report_rows
from bot.store.access import AccessStore
from bot.store.alerts import AlertStore
from bot.store.choices import Choices
from bot.store.engine import (
    RECONCILING,
    open_engine,
    take_deciding_lock,
    take_lock,
    writing,
)
from bot.store.leads import KnownLeads
from bot.store.migrate import Before, migrate
from bot.store.states import DueMessage, FeedHealth, FeedState, Listened, Load, StoreStatus, UnchangedFeed, Validators

UNKNOWN_ORIGIN = Origin()


class Transaction:
    """Deciding: what is read here stays true until what follows from it is recorded.

    Nobody else decides meanwhile; outside, two workers sent two first reports of one event.
    """

    def __init__(self, connection: Connection, leads: KnownLeads) -> None:
        self._connection = connection
        self._leads = leads

    def recent(
        self, since: datetime, told_since: datetime, lead: str, countries: frozenset[str] | None = None
    ) -> Recent:
        """Incidents last seen since then, and what the report may be a copy of, published since `told_since`.

        With countries, only the incidents there, and those of which no country is known.
        """
        told = self._leads.like(self._connection, lead, told_since)
        return Recent(incidents.seen_since(self._connection, since, countries), told)

    def repeated(self, told_since: datetime, lead: str) -> Recent:
        """What a report may be a copy of: all that one which no rule wants needs, and a hundredth of the cost."""
        told = self._leads.like(self._connection, lead, told_since)
        ids = {incident_id for earlier in told for incident_id in earlier.incidents}
        return Recent(incidents.named(self._connection, ids), told)

    def sightings(self, rule_ids: Collection[str], since: datetime) -> tuple[Sighting, ...]:
        """The reports that these rules counted since then."""
        return sightings.of(self._connection, rule_ids, since)

    def is_known(self, report: Report) -> bool:
        """Whether another worker has recorded the report since `unseen` was asked."""
        return report_rows.is_known(self._connection, report)

    def subscribers(self, rule_ids: Collection[str], now: datetime) -> list[Subscriber]:
        """Who listens to any of the rules, in active chats alone, with what they chose."""
        return subscriptions.subscribers(self._connection, rule_ids, now)

    def held_chats(self, incident_id: str, now: datetime) -> frozenset[int]:
        """The chats whose first message of the incident is held back, and can still be replaced."""
        return outbox.held_chats(self._connection, incident_id, now)

    def living_chats(self, incident_id: str) -> frozenset[int]:
        """The chats that have a living message of the incident, or one that still has to go out."""
        return outbox.living_chats(self._connection, incident_id)

    def record(
        self,
        outcome: Outcome,
        messages: Sequence[Message],
        now: datetime,
        edit_pause: timedelta = timedelta(0),
        origin: Origin = UNKNOWN_ORIGIN,
    ) -> None:
        """Keep the report with all that follows from it. A report that is known by now changes nothing.

        A silent edit waits until `edit_pause` after what the chat last saw of the incident; a newer one replaces it.
        """
        if self.is_known(outcome.report):
            return
        report_rows.add(self._connection, outcome, now)
        incidents.put(self._connection, outcome.incidents)
        if (kept := evidence_of(outcome, origin, now)) is not None:
            evidence.add(self._connection, kept)
        sightings.add(self._connection, outcome.sightings)
        outbox.add(self._connection, messages, now, edit_pause)


class Store(AccessStore, AlertStore, Choices):
    """Everything the bot remembers, in SQLite or PostgreSQL. Any method may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._leads = KnownLeads()

    @classmethod
    def open(cls, url: str, before: Before | None = None) -> Store:
        """Open `sqlite:///path.db`, `postgresql://...` or a plain path (SQLite), and bring its tables up to date.

        What saves a store of an older version is `before`; else a file is copied beside itself, a server refused.

        StoreError says what is wrong and what to do: damaged, not a database, no access, written by a newer version.
        """
        engine = open_engine(url)
        try:
            with writing(engine) as connection:
                migrate(connection, before or backups.keeping(url, None))
        except Exception:
            engine.dispose()
            raise
        return cls(engine)

    def forget_leases(self) -> None:
        """Take back what a process before us had claimed. Call it at the start of the only process on the database.

        On PostgreSQL others may be at work, so nothing happens: there, leases end by themselves.
        """
        if self._engine.dialect.name == "sqlite":
            with self._writing() as connection:
                outbox.forget_leases(connection)
                feed_rows.forget_leases(connection)

    def forget_message_leases(self) -> None:
        """Take back the messages that another process had claimed to send: it is gone, and this one sends now."""
        with self._writing() as connection:
            outbox.forget_leases(connection)

    # ---------------------------------------------------------------- feeds
    def reconcile_feeds(self, feeds: Sequence[Feed], now: datetime) -> None:
        """Make the feeds of config.yaml the active ones: new ones are due at once, those gone are paused."""
        with self._writing() as connection:
            take_lock(connection, RECONCILING)
            feed_rows.reconcile(connection, feeds, now)

    def claim_feeds(
        self,
        now: datetime,
        limit: int,
        lease_seconds: float,
        most_doubtful: int | None = None,
        slow: Collection[int] = frozenset(),
    ) -> list[FeedState]:
        """The feeds due longest, which nobody else gets until the lease ends or the poll is reported.

        At most so many of them are in doubt: those that fail, that never answered yet, and the `slow` ones.
        """
        most = limit if most_doubtful is None else most_doubtful
        with self._writing() as connection:
            return feed_rows.claim(connection, now, limit, lease_seconds, most_doubtful=most, slow=slow)

    def active_feeds(self) -> list[FeedState]:
        """All feeds that are asked, claimed or not."""
        with self._reading() as connection:
            return feed_rows.active(connection)

    def feed_polled(
        self,
        feed_id: int,
        *,
        validators: Validators,
        body_digest: str,
        next_due_at: datetime,
        now: datetime,
        due_why: str = "",
        ways: Ways | None = None,
    ) -> None:
        """The feed was read. Call it last, after its reports are recorded: a crash then costs a second look only."""
        with self._writing() as connection:
            feed_rows.polled(
                connection,
                feed_id,
                body_digest=body_digest,
                validators=validators,
                ways=ways,
                next_due_at=next_due_at,
                due_why=due_why,
                now=now,
            )

    def feeds_unchanged(self, unchanged: Sequence[UnchangedFeed]) -> None:
        """These feeds had nothing new: 304, or the same body. One transaction, for these are most of all polls."""
        with self._writing() as connection:
            feed_rows.unchanged(connection, unchanged)

    def feed_failed(
        self,
        feed_id: int,
        *,
        error: str,
        next_due_at: datetime,
        now: datetime,
        due_why: str = "",
        ways: Ways | None = None,
        gone: bool = False,
    ) -> None:
        """The feed could not be read; its validators stay. One that is gone is asked no more."""
        with self._writing() as connection:
            feed_rows.failed(
                connection,
                feed_id,
                error=error,
                ways=ways,
                gone=gone,
                next_due_at=next_due_at,
                due_why=due_why,
                now=now,
            )

    def add_feed(self, url: str, title: str, by: int, now: datetime) -> bool:
        """Ask a feed from now on that somebody named in Telegram, whatever config.yaml says; whether that is new."""
        with self._writing() as connection:
            return feed_rows.add(connection, url, title, by, now)

    def pause_feed(self, url: str) -> bool | None:
        """Ask a feed no more that was added in Telegram; None if config.yaml names it, whether there was one else."""
        with self._writing() as connection:
            return feed_rows.pause_added(connection, url)

    def revive_feed(self, url: str, now: datetime) -> bool:
        """Ask a feed again that was gone for good or quarantined; whether there was one."""
        with self._writing() as connection:
            return feed_rows.revive(connection, url, now)

    def hasten_feeds(self, feed_ids: Collection[int], now: datetime) -> None:
        """Ask those that still fail now instead of later, because our own network was why they failed."""
        with self._writing() as connection:
            feed_rows.hasten(connection, feed_ids, now)

    def tell_trouble(self, feed_id: int, notice: Notice, chats: Collection[int], now: datetime) -> None:
        """Tell the chats of a feed's trouble, or of its end, and remember with the feed that they were told."""
        with self._writing() as connection:
            notices.add(connection, notice, chats, now)
            feed_rows.trouble_told(connection, feed_id, notice.state)

    def feed_states(self) -> list[FeedHealth]:
        """How every feed is doing, paused ones too, by address."""
        with self._reading() as connection:
            return feed_rows.states(connection)

    # ---------------------------------------------------------------- hubs of feeds
    def listened_feeds(self) -> list[Listened]:
        """All feeds that name a hub or have a subscription, paused ones too."""
        with self._reading() as connection:
            return pushes.listened(connection)

    def push_of(self, feed_id: int) -> Push | None:
        """What stands between us and the hub of a feed, if anything."""
        with self._reading() as connection:
            return pushes.of(connection, [feed_id]).get(feed_id)

    def put_push(self, feed_id: int, push: Push) -> None:
        """What was asked of the hub of a feed, and agreed; what it told so far stays as it is."""
        with self._writing() as connection:
            pushes.put(connection, feed_id, push)

    def settle_push(self, feed_id: int, push: Push) -> None:
        """What a poll said of the hub of a feed."""
        with self._writing() as connection:
            pushes.settle(connection, feed_id, push)

    def push_told(self, feed_id: int, now: datetime, pause: timedelta) -> None:
        """Its hub told of news: the feed is due at once, but no sooner than a pause after it was last asked."""
        with self._writing() as connection:
            pushes.told(connection, feed_id, now, pause)

    def forget_pushes(self) -> None:
        """Nobody listens any more: all feeds are polled as usual."""
        with self._writing() as connection:
            pushes.forget(connection)

    # ---------------------------------------------------------------- reports and deciding
    def unseen(self, reports: Sequence[Report]) -> list[Report]:
        """The reports that have to be read: none of their keys is known, or none with this digest. In their order."""
        with self._reading() as connection:
            return report_rows.unseen(connection, reports)

    @contextmanager
    def transaction(self, countries: frozenset[str] | None = None) -> Iterator[Transaction]:
        """The only place to decide in. An exception inside undoes everything.

        On PostgreSQL workers decide side by side as long as their countries differ; without countries, alone. On SQLite
        whoever writes is alone.
        """
        with self._writing() as connection:
            take_deciding_lock(connection, countries)
            yield Transaction(connection, self._leads)

    def incidents_since(self, since: datetime) -> tuple[Incident, ...]:
        """All incidents last heard of since then, however long that is ago; oldest first."""
        with self._reading() as connection:
            return incidents.seen_since(connection, since)

    def heard(self, rule_id: str, since: datetime) -> list[datetime]:
        """When the reports that a rule counts were published, as `waiting.counted_as` names it."""
        with self._reading() as connection:
            return [each.seen_at for each in sightings.of(connection, [rule_id], since)]

    def newest_reports_since(self, most: int) -> datetime | None:
        """When the oldest of the newest so many reports was fetched; None if there is none."""
        with self._reading() as connection:
            return report_rows.oldest_of_newest(connection, most)

    def newest_messages_since(self, most: int) -> datetime | None:
        """When the oldest of the newest so many messages was put in; None if there is none."""
        with self._reading() as connection:
            return outbox.oldest_of_newest(connection, most)

    def forget_reports(self, before: datetime, limit: int) -> int:
        """Delete up to so many of the reports published and fetched before then; how many went."""
        with self._writing() as connection:
            return report_rows.forget(connection, before, limit)

    def forget_messages(self, before: datetime, limit: int) -> int:
        """Delete up to so many of the messages that came to their end before then; how many went."""
        with self._writing() as connection:
            return outbox.forget(connection, before, limit)

    def forget_sightings(self, before: datetime) -> None:
        with self._writing() as connection:
            sightings.forget(connection, before)

    # ---------------------------------------------------------------- outbox
    def queue(self, messages: Sequence[Message], now: datetime) -> None:
        """Queue messages that follow from no report. One whose key its chat has had is left out."""
        with self._writing() as connection:
            outbox.add(connection, messages, now, timedelta(0))

    def tell(self, notice: Notice, chats: Collection[int], now: datetime) -> None:
        """Put a notice into the outbox for each chat, unless it is what the chat was told last of the topic."""
        with self._writing() as connection:
            notices.add(connection, notice, chats, now)

    def claim_messages(
        self,
        now: datetime,
        limit: int,
        lease_seconds: float,
        passing_over: Collection[int] = (),
        per_chat: int | None = None,
    ) -> list[DueMessage]:
        """The most pressing messages, by priority and age, which nobody else gets until the lease ends.

        Of one incident in one chat, edits and replies wait until the first message is sent; of several edits only the
        newest is given out; what belongs to a first message that was given up is given up too. The chats of
        `passing_over` get none, all others `per_chat` at most.
        """
        with self._writing() as connection:
            most = limit if per_chat is None else per_chat
            return outbox.claim(connection, now, limit, lease_seconds, passing_over=passing_over, per_chat=most)

    def messages_begun(self, message_ids: Collection[int], now: datetime) -> None:
        """They go out now. Only what was begun and never settled counts as perhaps sent after a crash."""
        if message_ids:
            with self._writing() as connection:
                outbox.begin(connection, message_ids, now)

    def message_released(self, message_id: int, now: datetime) -> None:
        """Claimed, and certainly not sent through no fault of its own: back into the queue, no attempt counted."""
        with self._writing() as connection:
            outbox.release(connection, message_id, now)

    def message_sent(self, message_id: int, telegram_id: int | None, now: datetime) -> None:
        """The chat has it; `telegram_id` is the message that shows it, which for an EDIT may be a new one."""
        with self._writing() as connection:
            outbox.mark_sent(connection, message_id, telegram_id, now)

    def message_postponed(self, message_id: int, due_at: datetime, error: str, now: datetime) -> None:
        """Not sent for certain, so try again at `due_at`."""
        with self._writing() as connection:
            outbox.postpone(connection, message_id, due_at, error, now)

    def message_unknown(self, message_id: int, due_at: datetime, error: str, now: datetime) -> None:
        """Perhaps sent: it is repeated at `due_at`, once. The second lost answer gives the message up."""
        with self._writing() as connection:
            outbox.mark_unknown(connection, message_id, due_at, error, now)

    def message_given_up(self, message_id: int, why: str, now: datetime) -> None:
        """It will never be sent, and why."""
        with self._writing() as connection:
            outbox.give_up(connection, message_id, why, now)

    def load(self, now: datetime) -> Load:
        """What there is to do at this moment: two look-ups by index, and the feeds."""
        with self._reading() as connection:
            return counts.load(connection, now)

    def sent_at(self, since: datetime) -> list[tuple[int, datetime]]:
        """(chat, when) of each message sent since then, oldest first: what the rate limits have to remember."""
        with self._reading() as connection:
            return outbox.sent_since(connection, since)

    def status(self, chat_id: int | None = None) -> StoreStatus:
        """Counts of everything, and those of the chat if one is named."""
        with self._reading() as connection:
            return counts.of_all(connection, chat_id)
