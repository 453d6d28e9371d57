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
    Incident,
    Message,
    Notice,
    Origin,
    Outcome,
    Recent,
    Report,
    Sighting,
    Subscriber,
)
from bot.store import (
    backups,
    claiming,
    counts,
    evidence,
    incidents,
    notices,
    outbox,
    settling,
    sightings,
    subscriptions,
)
from bot.store import feeds as feed_rows
from bot.store import reports as report_rows
from bot.store.access import AccessStore
from bot.store.alerts import AlertStore
from bot.store.choices import Choices
from bot.store.engine import open_engine, take_deciding_lock, writing
from bot.store.leads import KnownLeads
from bot.store.migrate import Before, migrate
from bot.store.polls import PollStore
from bot.store.states import DueMessage, Load, StoreStatus

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


class Store(PollStore, AccessStore, AlertStore, Choices):
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
                claiming.forget_leases(connection)
                feed_rows.forget_leases(connection)

    def forget_message_leases(self) -> None:
        """Take back the messages that another process had claimed to send: it is gone, and this one sends now."""
        with self._writing() as connection:
            claiming.forget_leases(connection)

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
            return settling.forget(connection, before, limit)

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
            return claiming.claim(connection, now, limit, lease_seconds, passing_over=passing_over, per_chat=most)

    def messages_begun(self, message_ids: Collection[int], now: datetime) -> None:
        """They go out now. Only what was begun and never settled counts as perhaps sent after a crash."""
        if message_ids:
            with self._writing() as connection:
                claiming.begin(connection, message_ids, now)

    def message_released(self, message_id: int, now: datetime) -> None:
        """Claimed, and certainly not sent through no fault of its own: back into the queue, no attempt counted."""
        with self._writing() as connection:
            claiming.release(connection, message_id, now)

    def message_sent(self, message_id: int, telegram_id: int | None, now: datetime) -> None:
        """The chat has it; `telegram_id` is the message that shows it, which for an EDIT may be a new one."""
        with self._writing() as connection:
            settling.mark_sent(connection, message_id, telegram_id, now)

    def message_postponed(self, message_id: int, due_at: datetime, error: str, now: datetime) -> None:
        """Not sent for certain, so try again at `due_at`."""
        with self._writing() as connection:
            settling.postpone(connection, message_id, due_at, error, now)

    def message_unknown(self, message_id: int, due_at: datetime, error: str, now: datetime) -> None:
        """Perhaps sent: it is repeated at `due_at`, once. The second lost answer gives the message up."""
        with self._writing() as connection:
            settling.mark_unknown(connection, message_id, due_at, error, now)

    def message_given_up(self, message_id: int, why: str, now: datetime) -> None:
        """It will never be sent, and why."""
        with self._writing() as connection:
            settling.give_up(connection, message_id, why, now)

    def load(self, now: datetime) -> Load:
        """What there is to do at this moment: two look-ups by index, and the feeds."""
        with self._reading() as connection:
            return counts.load(connection, now)

    def sent_at(self, since: datetime) -> list[tuple[int, datetime]]:
        """(chat, when) of each message sent since then, oldest first: what the rate limits have to remember."""
        with self._reading() as connection:
            return settling.sent_since(connection, since)

    def status(self, chat_id: int | None = None) -> StoreStatus:
        """Counts of everything, and those of the chat if one is named."""
        with self._reading() as connection:
            return counts.of_all(connection, chat_id)
