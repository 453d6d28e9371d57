"""The leads of the last days, held in memory in step with the table of reports, to find copies fast.

A newcomer fills it from what this process records: another process writes reports too, so before every question the
rows that came since the last one are read. Only committed rows are ever seen, for it asks before it records. A number
that is passed over may be of a report that another worker has yet to commit, so it is looked for again for a while.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.core.copies import Leads
from bot.core.model import Told
from bot.store import reports

MAX_CANDIDATES = 50  # of one formula told daily the newest are enough
LONGEST_GAP = 1000  # reports that others record while one transaction is under way: two seconds of eight workers


class KnownLeads:
    """Ask it inside a transaction that decides."""

    def __init__(self) -> None:
        self._leads = Leads()
        self._last: int | None = None
        self._gaps: set[int] = set()

    def like(self, connection: Connection, lead: str, since: datetime) -> tuple[Told, ...]:
        """The reports published since then with nearly the same lead, the last recorded first."""
        self._catch_up(connection, since)
        return reports.told(connection, self._leads.like(lead)[:MAX_CANDIDATES], since)

    def _catch_up(self, connection: Connection, since: datetime) -> None:
        if self._last is None:
            self._last = reports.number_before(connection, since)
            self._gaps = set(range(max(1, self._last - LONGEST_GAP), self._last + 1))
        others = self._gaps if connection.dialect.name == "postgresql" else ()  # on SQLite whoever writes is alone
        for number, lead, published in reports.leads_after(connection, self._last, others):
            self._note(number)
            if lead and published >= since:
                self._leads.add(number, lead, published)
        self._gaps = {number for number in self._gaps if number > self._last - LONGEST_GAP}
        self._leads.forget(since)

    def _note(self, number: int) -> None:
        last = self._last or 0
        self._gaps.discard(number)
        self._gaps.update(range(max(last + 1, number - LONGEST_GAP), number))
        self._last = max(last, number)
