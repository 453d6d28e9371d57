"""Is this an incident already known, and what changed?

Structure decides: place, kind, time and toll; similar words only show copies of one text (`copies`). A newcomer's
mistake is to compare headlines: measured on conflict news, the same event scores 43-53 of 100, different ones 82-95.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from rapidfuzz import fuzz

from bot.core.events import CASUALTIES
from bot.core.model import (
    Count,
    Event,
    Incident,
    Match,
    Place,
    Reason,
    Recent,
    Report,
    Source,
    Victims,
)
from bot.core.text import fold

WINDOW = timedelta(hours=36)  # how long after it was last told of an incident may be meant again
SAME_DAY = timedelta(hours=18)
SHRUNK = 0.5  # of a toll: one far lower or higher in the same place a day later is another incident's
NEARLY, RISEN = 0.8, 2.5  # times a toll, where only a wide area is known
SAME_WORDS = 60.0  # token_set_ratio of what is said, where neither a place nor a toll tells
LOUD_RISE = 3  # more killed than last said aloud
LOUD_SHARE = 1 / 3  # ... or more by this share of what was said


@dataclass(frozen=True, slots=True)
class Assigned:
    """An incident after a report, why it changed, whether aloud, and what had been said before."""

    incident: Incident
    reason: Reason
    loud: bool
    said_killed: int


def assign(match: Match, report: Report, recent: Iterable[Incident], changed: Mapping[str, Incident]) -> Assigned:
    """Put a match into the incident it tells of, or start a new one.

    `changed` holds the incidents as earlier matches of the same report left them. What changed is measured against
    `recent`, so that every rule hears the same reason.
    """
    before = {incident.id: incident for incident in recent}
    known = [i for i in {**before, **changed}.values() if _same(match.event, report, i)]
    if not known:
        return Assigned(_start(match, report), Reason.FIRST_REPORT, loud=True, said_killed=0)
    chosen = max(known, key=lambda i: _closeness(match.event.place, i))
    after = _join(chosen, match, report)
    if chosen.id not in before:
        return Assigned(after, Reason.FIRST_REPORT, loud=True, said_killed=0)
    return _change(before[chosen.id], after, first_for_rule=match.rule.id not in before[chosen.id].rules)


def _same(event: Event, report: Report, incident: Incident) -> bool:
    if abs(report.published - incident.last_seen) > WINDOW:
        return False
    if event.type not in incident.types and not (event.type in CASUALTIES and incident.types & CASUALTIES):
        return False
    if {event.victims, incident.victims} == {Victims.CIVILIAN, Victims.COMBATANT}:
        return False
    return _meets(event.place, incident.place) and _agree(event, report, incident)


def _agree(event: Event, report: Report, incident: Incident) -> bool:
    """May two tolls be of one incident? Where only a wide area is said to be the same, they must be close."""
    if event.corrects:
        return True
    new, known = _figure(event.killed), _figure(incident.killed)
    later = report.published - incident.last_seen > SAME_DAY
    if _is_exact(event.place, incident.place):
        return not later or not new or not known or known * SHRUNK <= new <= known * RISEN
    if _is_counted(event.killed) and _is_counted(incident.killed):
        return new == known if later else known * NEARLY <= new <= known * RISEN
    return fuzz.token_set_ratio(fold(event.quote), fold(incident.quote)) >= SAME_WORDS


def _is_exact(one: Place | None, other: Place | None) -> bool:
    return one is not None and other is not None and one.id == other.id and not one.is_wide


def _is_counted(count: Count | None) -> bool:
    return count is not None and not count.vague


def _meets(one: Place | None, other: Place | None) -> bool:
    """Equal, or one inside the other; an event without a place meets others without, and those of a whole country."""
    if one is None or other is None:
        known = one or other
        return known is None or known.kind == "country"
    return one.id in other.lineage or other.id in one.lineage


def _closeness(place: Place | None, incident: Incident) -> tuple[bool, float]:
    equal = place is not None and incident.place is not None and place.id == incident.place.id
    return equal, incident.last_seen.timestamp()


def _start(match: Match, report: Report) -> Incident:
    event = match.event
    return Incident(
        id=f"{report.id}-{event.place.id if event.place else 'nowhere'}",
        types=frozenset({event.type}),
        place=event.place,
        victims=event.victims,
        first_seen=report.published,
        last_seen=report.published,
        killed=event.killed,
        injured=event.injured,
        casualties=event.casualties,
        said_killed=_figure(event.killed),
        said_injured=_figure(event.injured),
        severity=match.severity,
        quote=event.quote,
        sources=(_source(report, event),),
        rules=frozenset({match.rule.id}),
    )


def _join(incident: Incident, match: Match, report: Report) -> Incident:
    event = match.event
    before = _figure(incident.killed)
    return replace(
        incident,
        types=incident.types | {event.type},
        place=_finer(incident.place, event.place),
        victims=_better_known(incident.victims, event.victims),
        last_seen=max(incident.last_seen, report.published),
        killed=_killed(event, incident),
        injured=_fuller(incident.injured, event.injured),
        casualties=_fuller(incident.casualties, event.casualties),
        severity=min(incident.severity, match.severity, key=lambda s: s.rank),
        quote=event.quote if _figure(event.killed) > before else incident.quote,
        sources=_with(incident.sources, _source(report, event)),
        rules=incident.rules | {match.rule.id},
        withdrawn=incident.withdrawn | {before} if _corrects(event, incident) else incident.withdrawn,
    )


def _change(before: Incident, after: Incident, *, first_for_rule: bool) -> Assigned:
    """Why the incident changed, measured against what was last said aloud."""
    said, now = before.said_killed, _figure(after.killed)
    if first_for_rule:
        return Assigned(after, Reason.FIRST_REPORT, loud=True, said_killed=said)
    if now < _figure(before.killed):
        told = replace(after, said_killed=now, said_injured=_figure(after.injured))
        return Assigned(told, Reason.CORRECTED, loud=True, said_killed=said)
    if rises_aloud(said, now):
        told = replace(after, said_killed=now, said_injured=_figure(after.injured))
        return Assigned(told, Reason.TOLL_CHANGED, loud=True, said_killed=said)
    if before.victims is Victims.UNKNOWN and after.victims is Victims.CIVILIAN:
        return Assigned(after, Reason.CONFIRMED, loud=True, said_killed=said)
    if (before.killed, before.injured) != (after.killed, after.injured):
        return Assigned(after, Reason.TOLL_CHANGED, loud=False, said_killed=said)
    return Assigned(after, Reason.MORE_SOURCES, loud=False, said_killed=said)


def _corrects(event: Event, incident: Incident) -> bool:
    """Does an event say that fewer died than was said before, and that this is a correction?"""
    return event.corrects and _is_counted(event.killed) and _figure(event.killed) < _figure(incident.killed)


def _killed(event: Event, incident: Incident) -> Count | None:
    """The toll with one more telling: the fuller one, but a correction stands against those who repeat the old one."""
    if _corrects(event, incident):
        return event.killed
    if _figure(event.killed) in incident.withdrawn:
        return incident.killed
    return _fuller(incident.killed, event.killed)


def rises_aloud(said: int, now: int) -> bool:
    """Is a toll that was said to be `said` so much higher that people must hear? Always for the first death."""
    if said == 0:
        return now > 0
    return now - said >= LOUD_RISE or (now - said) >= said * LOUD_SHARE


def _figure(count: Count | None) -> int:
    return count.figure if count else 0


def _fuller(one: Count | None, other: Count | None) -> Count | None:
    return max((c for c in (one, other) if c), key=lambda c: c.figure, default=None)


def _finer(one: Place | None, other: Place | None) -> Place | None:
    if one is None or other is None:
        return one or other
    return other if one.id in other.parents else one


def _better_known(one: Victims | None, other: Victims | None) -> Victims | None:
    return other if one in (None, Victims.UNKNOWN) else one


def _source(report: Report, event: Event) -> Source:
    return Source(report.id, report.source, report.url, report.published, event.killed, event.injured)


def _with(sources: tuple[Source, ...], source: Source) -> tuple[Source, ...]:
    """A source that tells again replaces what it told before."""
    return (*(s for s in sources if s.report_id != source.report_id), source)


def refresh(recent: Recent, incidents: Iterable[Incident]) -> Recent:
    """The recent incidents with some of them as they are now."""
    now = {i.id: i for i in recent.incidents} | {i.id: i for i in incidents}
    return replace(recent, incidents=tuple(now.values()))
