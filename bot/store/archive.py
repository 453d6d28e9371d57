"""Reports of the past and how feeds are doing, from a store that is left as it is, also while the bot runs on it.

A newcomer reads a month in one transaction: that keeps SQLite from emptying its log and PostgreSQL from cleaning up.
So each page is a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Engine

from bot.core.model import Evidence, Feedback, Incident, Report
from bot.store import counts, evidence, feedback, feeds, incidents, reports
from bot.store.engine import open_reader, reading
from bot.store.migrate import require_current
from bot.store.states import FeedHealth, StoreStatus

PAGE = 200  # reports; of long ones, 40 MB


class Archive:
    """What a store keeps, to be read alone. Any method may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Archive:
        """Open a store as `Store.open` does, but make, migrate and write nothing: StoreError if that is not enough."""
        engine = open_reader(url)
        try:
            with reading(engine) as connection:
                require_current(connection)
        except Exception:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        self._engine.dispose()

    def status(self) -> StoreStatus:
        """Counts of everything."""
        with reading(self._engine) as connection:
            return counts.of_all(connection, None)

    def damage(self) -> str:
        """What is damaged, in the words of SQLite; empty if nothing is. A look at all pages: a second for each GB."""
        with reading(self._engine) as connection:
            if connection.dialect.name != "sqlite":
                return ""  # PostgreSQL looks after itself
            found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
        return "" if found == "ok" else found

    def feeds(self) -> list[FeedHealth]:
        """How every feed is doing, by address."""
        with reading(self._engine) as connection:
            return feeds.states(connection)

    def evidence(self, since: datetime) -> Iterator[Evidence]:
        """What was kept since then of reports that told of incidents, in the order of recording; in pages."""
        last = 0
        while True:
            with reading(self._engine) as connection:
                page = list(evidence.page_after(connection, last, since))
            if not page:
                return
            yield from (kept for _, kept in page)
            last = page[-1][0]

    def feedback(self) -> list[Feedback]:
        """What people said of alerts, oldest first."""
        with reading(self._engine) as connection:
            return feedback.all_given(connection)

    def first_report(self, incident_id: str) -> Report | None:
        """The report that told an incident first, if it is kept."""
        with reading(self._engine) as connection:
            (incident,) = incidents.named(connection, [incident_id]) or (None,)
            kept = reports.kept(connection, incident.sources[0].report_id) if incident else None
            return kept.report if kept else None

    def incidents(self, since: datetime) -> tuple[Incident, ...]:
        """All incidents last heard of since then, oldest first."""
        with reading(self._engine) as connection:
            return incidents.seen_since(connection, since)

    def count(self, since: datetime) -> int:
        """How many reports were published since then."""
        with reading(self._engine) as connection:
            return reports.count_since(connection, since)

    def reports(self, since: datetime) -> Iterator[Report]:
        """The reports published since then, oldest first, whatever was decided of them; in pages, not all in memory."""
        last = reports.Position(since, reports.BEFORE_ALL)
        while True:
            with reading(self._engine) as connection:
                page = reports.page_after(connection, last, PAGE)
            if not page:
                return
            yield from (report for _, report in page)
            last = page[-1][0]
