"""The reports that told of incidents, as they were; never changed, and kept for good.

A newcomer looks for them among the reports: those are pruned, and an edited report replaces what it said before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from bot.core.model import Evidence
from bot.store.engine import insert_into
from bot.store.tables import evidence

PAGE = 200


def add(connection: Connection, kept: Evidence) -> None:
    """Keep it beside what was kept of the same report before."""
    row = {"report_id": kept.report_id, "recorded_at": kept.recorded_at, "body": kept}
    connection.execute(insert_into(connection, evidence), row)


def page_after(connection: Connection, number: int, since: datetime) -> Iterator[tuple[int, Evidence]]:
    """The next pieces after a number that were recorded since then, each with its number."""
    rows = connection.execute(
        select(evidence.c.id, evidence.c.body)
        .where(evidence.c.id > number, evidence.c.recorded_at >= since)
        .order_by(evidence.c.id)
        .limit(PAGE)
    )
    for row in rows.all():
        yield row.id, row.body
