"""The reports that rules count: by `for`, and against their `silence`.

A newcomer's mistake is to count rows of `reports`: which rule counts which report is known only when it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.core.model import Sighting
from bot.store.engine import insert_into
from bot.store.tables import sightings


def add(connection: Connection, seen: Iterable[Sighting]) -> None:
    """Keep them; a report that comes again counts once for a rule, and stays told if it was."""
    rows = [
        {"rule_id": each.rule_id, "report_id": each.report_id, "seen_at": each.seen_at, "told": each.told}
        for each in seen
    ]
    if not rows:
        return
    insert = insert_into(connection, sightings)
    told = {"told": sightings.c.told | insert.excluded.told}
    connection.execute(insert.on_conflict_do_update(index_elements=["rule_id", "report_id"], set_=told), rows)


def of(connection: Connection, rule_ids: Collection[str], since: datetime) -> tuple[Sighting, ...]:
    """Those of the rules since then, oldest first."""
    if not rule_ids:
        return ()
    rows = connection.execute(
        select(sightings)
        .where(sightings.c.rule_id.in_(rule_ids), sightings.c.seen_at >= since)
        .order_by(sightings.c.seen_at, sightings.c.report_id)
    )
    return tuple(Sighting(row.rule_id, row.report_id, row.seen_at, row.told) for row in rows)


def forget(connection: Connection, before: datetime) -> None:
    connection.execute(delete(sightings).where(sightings.c.seen_at < before))
