"""What was read, and under which names it may come again.

A newcomer asks whether the report's id is known. A report is known by any of its keys, and then only with the same
digest: another digest under a known key is an edited report and is read again, but no digest is read twice, however
often a feed flips between two texts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import ColumnElement, Connection, Select, delete, func, or_, select, update

from bot.core.model import Outcome, Reason, Report, Told
from bot.store.columns import clean
from bot.store.engine import insert_into
from bot.store.states import KeptReport
from bot.store.tables import NUMBERS, report_keys, reports

BEFORE_ALL = 0  # the number before the first
KEY_BYTES = 16
# What is kept of a report, by the names it has there; its keys are kept hashed, and nobody needs them again.
KEPT = ("id", "title", "text", "published", "source", "url", "guid", "language", "home", "tags", "digest")
KEYS_PER_QUERY = 10_000  # SQLite takes 32,766 parameters, PostgreSQL 65,535


def unseen(connection: Connection, candidates: Sequence[Report]) -> list[Report]:
    """The reports that have to be read, new or edited, in their order."""
    editions = [_editions(report) for report in candidates]
    known = _known(connection, sorted({key for edition in editions for key, _digest in edition}))
    return [report for report, edition in zip(candidates, editions, strict=True) if known.isdisjoint(edition)]


def forget(connection: Connection, before: datetime, limit: int) -> int:
    """Delete reports published and fetched before then, with their names.

    One that gave no time of its own is kept: its feed may still hold it, and it would come again as news.
    """
    old = (
        (reports.c.published < before) & (reports.c.fetched_at < before) & (reports.c.published < reports.c.fetched_at)
    )
    ids = connection.scalars(select(reports.c.id).where(old).order_by(reports.c.published).limit(limit)).all()
    connection.execute(delete(report_keys).where(report_keys.c.report_id.in_(ids)))
    connection.execute(delete(reports).where(reports.c.id.in_(ids)))
    return len(ids)


def oldest_of_newest(connection: Connection, most: int) -> datetime | None:
    """When the oldest of the newest so many was fetched; None if there is none."""
    last = _number(connection, select(func.max(reports.c.number)))
    newest = select(reports.c.fetched_at).where(reports.c.number > last - most)
    found: datetime | None = connection.scalar(newest.order_by(reports.c.number).limit(1))
    return found


def is_known(connection: Connection, report: Report) -> bool:
    return not unseen(connection, [report])


def _keys(report: Report) -> list[str]:
    """The names of the report, hashed: a link of 3 KB does not fit into an index of PostgreSQL."""
    return [_hashed(name) for name in dict.fromkeys((report.id, *report.keys))]


def _hashed(name: str) -> str:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).hexdigest()


def _editions(report: Report) -> set[tuple[str, str]]:
    return {(key, clean(report.digest)) for key in _keys(report)}


def _known(connection: Connection, keys: Sequence[str]) -> set[tuple[str, str]]:
    """All digests recorded under the keys, as (key, digest)."""
    found: set[tuple[str, str]] = set()
    for start in range(0, len(keys), KEYS_PER_QUERY):
        part = keys[start : start + KEYS_PER_QUERY]
        rows = connection.execute(select(report_keys.c.key, report_keys.c.digest).where(report_keys.c.key.in_(part)))
        found.update((row.key, row.digest) for row in rows)
    return found


def add(connection: Connection, outcome: Outcome, now: datetime) -> None:
    """Keep the report, and make it the newest of all its names."""
    insert = insert_into(connection, reports)
    edited = {column.name: insert.excluded[column.name] for column in reports.c if column.name != "id"}
    row = _row(outcome, now) | {"number": _next_number(connection)}
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=edited), row)
    _add_keys(connection, outcome.report)


def _add_keys(connection: Connection, report: Report) -> None:
    keys = _keys(report)
    connection.execute(update(report_keys).where(report_keys.c.key.in_(keys)).values(report_id=report.id))
    rows = [{"key": key, "digest": report.digest, "report_id": report.id} for key in keys]
    connection.execute(insert_into(connection, report_keys).on_conflict_do_nothing(), rows)


def _row(outcome: Outcome, now: datetime) -> dict[str, object]:
    report = outcome.report
    return {
        "id": report.id,
        "published": report.published,
        "fetched_at": now,
        "digest": report.digest,
        "reason": outcome.reason,
        "incident_ids": outcome.told.incidents,
        "duplicate_of": outcome.duplicate_of,
        "source": report.source,
        "url": report.url,
        "guid": report.guid,
        "language": report.language,
        "home": report.home,
        "tags": report.tags,
        "title": report.title,
        "lead": outcome.told.lead,
        "text": report.text,
    }


def _next_number(connection: Connection) -> int:
    """On a server two may decide at once, so there a sequence counts; on SQLite whoever writes is alone."""
    if connection.dialect.name == "postgresql":
        return connection.scalar(select(NUMBERS.next_value())) or 0
    return _number(connection, select(func.max(reports.c.number))) + 1


def number_before(connection: Connection, since: datetime) -> int:
    """The number before the first report published since then; the last one if there is none."""
    first = connection.scalar(select(func.min(reports.c.number)).where(reports.c.published >= since))
    return first - 1 if first is not None else _number(connection, select(func.max(reports.c.number)))


def _number(connection: Connection, question: Select[tuple[int]]) -> int:
    return connection.scalar(question) or 0


def leads_after(connection: Connection, number: int, also: Collection[int]) -> Iterator[tuple[int, str, datetime]]:
    """Number, lead and time of publication of what was recorded later, and of these numbers, in their order."""
    columns = select(reports.c.number, reports.c.lead, reports.c.published)
    wanted = or_(reports.c.number > number, reports.c.number.in_(also)) if also else reports.c.number > number
    for row in connection.execute(columns.where(wanted).order_by(reports.c.number)):
        yield row.number, row.lead, row.published


def told(connection: Connection, numbers: Sequence[int], since: datetime) -> tuple[Told, ...]:
    """The reports of these numbers that were published since then, the last recorded first."""
    if not numbers:
        return ()
    rows = connection.execute(
        select(reports.c.id, reports.c.digest, reports.c.lead, reports.c.published, reports.c.incident_ids)
        .where(reports.c.number.in_(numbers), reports.c.published >= since)
        .order_by(reports.c.number.desc())
    )
    return tuple(Told(row.id, row.digest, row.lead, row.published, row.incident_ids) for row in rows)


# ---------------------------------------------------------------- one of them
def kept(connection: Connection, report_id: str) -> KeptReport | None:
    return _first(connection, reports.c.id == report_id)


def kept_named(connection: Connection, key: str, url: str) -> KeptReport | None:
    """The newest report that came under one of its keys, or else under an address."""
    by_key = select(report_keys.c.report_id).where(report_keys.c.key == _hashed(key))
    return _first(connection, reports.c.id.in_(by_key)) or _first(connection, reports.c.url == url)


def _first(connection: Connection, which: ColumnElement[bool]) -> KeptReport | None:
    row = connection.execute(select(reports).where(which).order_by(reports.c.number.desc()).limit(1)).first()
    if row is None:
        return None
    report = Report(**{name: getattr(row, name) for name in KEPT})
    return KeptReport(report, row.fetched_at, Reason(row.reason), row.incident_ids, row.duplicate_of)


# ---------------------------------------------------------------- all of them, in the order of publication
@dataclass(frozen=True, slots=True)
class Position:
    """A place in that order: of several published at once, the one recorded first comes first."""

    published: datetime
    number: int


def count_since(connection: Connection, since: datetime) -> int:
    return connection.scalar(select(func.count()).where(reports.c.published >= since)) or 0


def page_after(connection: Connection, last: Position, most: int) -> list[tuple[Position, Report]]:
    """The next reports after a position, with theirs. Found by the index, however many there are."""
    later = or_(reports.c.published > last.published, reports.c.number > last.number)
    rows = connection.execute(
        select(*(reports.c[name] for name in ("number", *KEPT)))
        .where(reports.c.published >= last.published, later)
        .order_by(reports.c.published, reports.c.number)
        .limit(most)
    )
    return [
        (Position(row.published, row.number), Report(**{name: getattr(row, name) for name in KEPT})) for row in rows
    ]
