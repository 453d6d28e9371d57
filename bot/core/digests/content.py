"""What is in a digest: the incidents of a chat's subscriptions over a period, and their totals by area.

A newcomer's mistake is to take an incident's `last_seen` for when we heard of it: it is when the report was published,
which may be hours before. So a digest looks back further than its period, and remembers what it told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from bot.core.caution import careful, coarse, veiled
from bot.core.ledger import shown
from bot.core.messages import where
from bot.core.model import Count, Delivery, Incident, Place, Rhythm, Severity, Subscriber
from bot.core.preferences import belongs_in_digest
from bot.core.tongue import Tongue

LATE = timedelta(days=1)  # by which a report may reach us after it was published, and still be told of


@dataclass(frozen=True, slots=True)
class Period:
    """From, inclusive, until, exclusive; in UTC."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """An incident as the chat may see it, at the highest severity of the rules it is told for. `again`: it stood in an
    earlier digest, and more was told of it since.
    """

    incident: Incident
    severity: Severity
    again: bool = False


@dataclass(frozen=True, slots=True)
class AreaTotal:
    """A province or country, None where no place is known: how many incidents, and the range of their tolls; None where
    no toll is told.
    """

    area: Place | None
    incidents: int
    killed: Count | None
    injured: Count | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a digest: in which language, and by which clock."""

    tongue: Tongue
    zone: tzinfo
    zone_name: str


@dataclass(frozen=True, slots=True)
class Digest:
    """All that a digest tells; `alerts_at_once` is how many alerts the chat got meanwhile.

    INSTANT is the rhythm of one that was asked for.
    """

    rhythm: Rhythm
    period: Period
    entries: tuple[Entry, ...] = ()
    quiet_feeds: tuple[str, ...] = ()
    alerts_at_once: int = 0

    def by_severity(self) -> Mapping[Severity, Sequence[Entry]]:
        """The most severe first; of one severity, the highest toll first."""
        found = {severity: [e for e in self.entries if e.severity is severity] for severity in Severity}
        return {severity: entries for severity, entries in found.items() if entries}


def entries_of(
    period: Period,
    subscribed: Sequence[Subscriber],
    incidents: Iterable[Incident],
    now: datetime,
    *,
    rules: Collection[str],
    listed: Collection[str] = (),
    late: timedelta = LATE,
) -> tuple[Entry, ...]:
    """The incidents that a digest of these subscriptions lists, the most pressing first.

    `listed` are the ids of those told already: of them more has to be known. What came as `late` is told as well,
    unless it was. `rules` are all that the chat listens to: the most careful of them says how an incident is shown, and
    when.
    """
    found = []
    for incident in incidents:
        delivery = careful(incident, rules)
        reach = timedelta(0) if incident.id in listed else late
        if not _is_of(period, incident, delivery.delay, reach):
            continue
        entry = _entry(incident, subscribed, delivery, now)
        if entry is not None:
            found.append(replace(entry, again=True) if incident.id in listed else entry)
    return tuple(sorted(found, key=_most_pressing))


def _is_of(period: Period, incident: Incident, delay: timedelta, reach: timedelta) -> bool:
    """Was an incident heard of in a period, or as long as `reach` before it?"""
    return incident.first_seen + delay < period.until and incident.last_seen + delay >= period.since - reach


def _entry(incident: Incident, subscribed: Sequence[Subscriber], delivery: Delivery, now: datetime) -> Entry | None:
    wanted = {s.rule_id for s in subscribed if belongs_in_digest(s, incident, now, delivery)}
    told = tuple(rule for rule in incident.told if rule.id in wanted)
    if not told:
        return None
    severity = min((rule.severity for rule in told), key=lambda each: each.rank)
    heard = incident if told == incident.told else replace(incident, told=told)
    return Entry(veiled(heard, delivery), severity)


def _most_pressing(entry: Entry) -> tuple[int, int, datetime]:
    killed = entry.incident.killed
    return entry.severity.rank, -(killed.figure if killed else 0), entry.incident.first_seen


def remembered(entries: Iterable[Entry], listed: Collection[str], incidents: Iterable[Incident]) -> tuple[str, ...]:
    """The ids that the next digest has to know were told: these, and of earlier ones those that are still in reach."""
    in_reach = {incident.id for incident in incidents}
    return tuple(sorted({entry.incident.id for entry in entries} | in_reach.intersection(listed)))


# ---------------------------------------------------------------- totals
def totals(entries: Sequence[Entry]) -> tuple[AreaTotal, ...]:
    """For each province, or country where no province is known, the range of the tolls of its incidents."""
    by_area: dict[str, list[Incident]] = {}
    areas: dict[str, Place | None] = {}
    for entry in entries:
        area = coarse(entry.incident.place, "admin1")
        areas.setdefault(where(area), area)  # by its name: a province that a report names has another id
        by_area.setdefault(where(area), []).append(entry.incident)
    found = [_total(areas[name], incidents) for name, incidents in by_area.items()]
    return tuple(sorted(found, key=lambda each: (-(each.killed.figure if each.killed else 0), -each.incidents)))


def _total(area: Place | None, incidents: Sequence[Incident]) -> AreaTotal:
    ids = {incident.id for incident in incidents}
    doubtful = {i.id for i in incidents if i.resembles is not None and i.resembles.incident_id in ids}
    killed = spanned([(shown(i), i.id in doubtful) for i in incidents])
    injured = spanned([(i.injured, i.id in doubtful) for i in incidents])
    return AreaTotal(area, len(incidents), killed, injured)


def spanned(counts: Iterable[tuple[Count | None, bool]]) -> Count | None:
    """From the lowest to the highest that all of them come to; what may be counted twice counts at the high end alone.

    Open at the top where one of them is.
    """
    known = [(count, is_doubtful) for count, is_doubtful in counts if count is not None]
    if not known:
        return None
    low = sum(count.low or 0 for count, is_doubtful in known if not is_doubtful)
    highs = [count.high for count, _ in known]
    return Count(low, None if None in highs else sum(high or 0 for high in highs))
