"""The incidents, whole as JSON; beside it only what they are looked up by.

A newcomer adds a field to Incident without a default: the stored ones lack it and cannot be read any more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select

from bot.core.model import Incident
from bot.core.references import reference
from bot.store.engine import insert_into
from bot.store.tables import incidents


def seen_since(
    connection: Connection, since: datetime, countries: frozenset[str] | None = None
) -> tuple[Incident, ...]:
    """The incidents last heard of since then, oldest first; with countries, those there and those of no known one."""
    recent = select(incidents.c.body).where(incidents.c.last_seen >= since)
    if countries is not None:
        recent = recent.where(or_(incidents.c.country.in_(countries), incidents.c.country.is_(None)))
    return tuple(connection.scalars(recent.order_by(incidents.c.last_seen, incidents.c.id)))


def named(connection: Connection, ids: Collection[str]) -> tuple[Incident, ...]:
    """The incidents with these ids."""
    if not ids:
        return ()
    return tuple(connection.scalars(select(incidents.c.body).where(incidents.c.id.in_(ids)).order_by(incidents.c.id)))


def referred_to(connection: Connection, short: str) -> Incident | None:
    """The incident of that short name; of two, the one heard of last."""
    found = select(incidents.c.body).where(incidents.c.reference == short).order_by(incidents.c.last_seen.desc())
    incident: Incident | None = connection.scalar(found.limit(1))
    return incident


def put(connection: Connection, changed: Sequence[Incident]) -> None:
    """Add the incidents, or replace what was known of them."""
    if not changed:
        return
    insert = insert_into(connection, incidents)
    merge = insert.on_conflict_do_update(
        index_elements=["id"],
        set_={name: insert.excluded[name] for name in ("last_seen", "place_id", "country", "severity", "body")},
    )
    connection.execute(merge, [_row(incident) for incident in changed])


def _row(incident: Incident) -> dict[str, object]:
    return {
        "id": incident.id,
        "last_seen": incident.last_seen,
        "place_id": incident.place.id if incident.place else None,
        "country": (incident.place.country or None) if incident.place else None,
        "severity": incident.severity,
        "reference": reference(incident.id),
        "body": incident,
    }
