"""Is this an incident already known, and what changed?

Structure decides: place, kind, time and toll; similar words only show copies of one text (`copies`). A newcomer's
mistake is to compare headlines: measured on conflict news, the same event scores 43-53 of 100, different ones 82-95.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, count

from rapidfuzz import fuzz

from bot.core.apart import of_other_days, of_other_kinds
from bot.core.events import CASUALTIES
from bot.core.ledger import (
    adds,
    corrects,
    figure,
    fuller,
    has_moved,
    is_counted,
    rises_aloud,
    standing,
    tells_late_death,
)
from bot.core.model import (
    Count,
    Delivery,
    Event,
    Examined,
    Incident,
    Match,
    Place,
    Policy,
    Reason,
    Recent,
    Report,
    Resembled,
    Rule,
    Source,
    Victims,
)
from bot.core.text import fold

FOLLOW_UP = timedelta(days=8)  # in which funerals, reactions and round-ups of the week name the day of the strike
SAME_DAY = timedelta(hours=18)
SHRUNK = 0.5  # of a toll: one far lower or higher in the same place a day later is another incident's
NEARLY, RISEN = 0.8, 2.5  # times a toll, where only a wide area is known
LONGEST_TITLE = 200  # characters: a feed may send a whole text as one
SAME_WORDS = 60.0  # token_set_ratio of what is said, where neither a place nor a toll tells


@dataclass(frozen=True, slots=True)
class Assigned:
    """An incident after a report, why it changed, whether aloud, and what had been said before."""

    incident: Incident
    reason: Reason
    loud: bool
    said_killed: int = 0
    said_place: Place | None = None


def memory(policy: Policy) -> timedelta:
    """How long after it was last told an incident may still be meant, and must be known."""
    return max(policy.window, FOLLOW_UP)


def countries(examined: Examined) -> frozenset[str] | None:
    """The countries in which the incidents lie that a report may tell of; None where they may lie anywhere.

    A province and its village meet, two countries never do, unless a place is not known or lies in several. A rule that
    counts reports counts those of all countries.
    """
    found = (*examined.matches, *examined.follow_ups)
    places = [place for each in found for place in (each.event.place, each.event.instead_of or each.event.place)]
    if any(place is None or not place.country for place in places):
        return None
    if any(each.rule.frequency is not None for each in found):
        return None
    return frozenset(place.country for place in places if place is not None and place.country)


def lies_in(incident: Incident, scope: frozenset[str] | None) -> bool:
    """Is the incident of a country among these?"""
    return scope is None or (incident.place is not None and incident.place.country in scope)


def is_known(event: Event, report: Report, recent: Iterable[Incident], policy: Policy) -> bool:
    """Is an event of an incident of its own kind that was told of before this report?"""
    near = (i for i in recent if _may_be(event, report, i, policy, in_one_breath=False))
    return any(_agree(event, report, incident) for incident in near)


def assign(
    match: Match,
    report: Report,
    recent: Iterable[Incident],
    changed: Mapping[str, Incident],
    policy: Policy,
    *,
    here: Collection[str],
) -> Assigned | None:
    """Put a match into the incident it tells of, or start a new one; None for a denial of what nobody told.

    `changed` holds the incidents as earlier matches of the same report left them, `here` are the ids of those that it
    told at the same place. What changed for a rule that knows the incident is for `whole` to say.
    """
    before = {incident.id: incident for incident in recent}
    met = {**before, **changed}
    near = [i for i in met.values() if _may_be(match.event, report, i, policy, in_one_breath=i.id in here)]
    known = [i for i in near if _agree(match.event, report, i)]
    if not known:
        return None if match.event.denies else _first(match, report, near, met)
    known.sort(key=lambda i: i.id)  # of equal ones the same is chosen, in whatever order they are known
    chosen = max(known, key=lambda i: (_is_of_a_type(match.event, i), *_closeness(match.event.place, i)))
    if match.event.denies:
        return _denied(chosen, before.get(chosen.id, chosen), match, report)
    after, known_as = _join(chosen, match, report), before.get(chosen.id)
    if known_as is None:
        return Assigned(after, Reason.FIRST_REPORT, loud=True)
    is_first = match.rule.id not in known_as.rules
    reason = Reason.FIRST_REPORT if is_first else Reason.MORE_SOURCES
    return Assigned(after, reason, is_first, known_as.said_killed, known_as.place)


# ---------------------------------------------------------------- which incident
def _may_be(event: Event, report: Report, incident: Incident, policy: Policy, *, in_one_breath: bool) -> bool:
    """May an event be of an incident, as far as time, kind, class of victims and place go?

    What one report tells of one place is one thing, whatever different rules call it: the rocket that killed four is
    the attack on the school.
    """
    if not _is_in_time(event, report, incident, policy) or of_other_kinds(event, incident):
        return False
    if not _is_of_a_type(event, incident) and not in_one_breath:
        return False
    if {event.victims, incident.victims} == {Victims.CIVILIAN, Victims.COMBATANT}:
        return False
    return _meets(event.place, incident.place) or _moves(event, incident)


def _is_of_a_type(event: Event, incident: Incident) -> bool:
    return event.type in incident.types or (event.type in CASUALTIES and bool(incident.types & CASUALTIES))


def _moves(event: Event, incident: Incident) -> bool:
    """Does an event say that the incident was not where it was first put? "It hit Sarmin, not Binnish"."""
    if event.instead_of is None or event.place is None or incident.place is None:
        return False
    return event.instead_of.id == incident.place.id != event.place.id


def _is_in_time(event: Event, report: Report, incident: Incident, policy: Policy) -> bool:
    """Told again soon, or days later of the same day; never of another day, as far as reports name days."""
    day = incident.day or incident.first_seen.date()
    if of_other_days(event.day, day):
        return False
    since = abs(report.published - incident.last_seen)
    is_named = event.day is not None or incident.day is not None
    same_day = is_named and (event.day or report.published.date()) == day
    return since <= policy.window or (same_day and since <= FOLLOW_UP)


def _agree(event: Event, report: Report, incident: Incident) -> bool:
    """May two tolls be of one incident? Where only a wide area is said to be the same, they must be close."""
    if event.corrects:
        return True
    if adds(event, incident, report.published):
        return _is_exact(event.place, incident.place)
    new, known = figure(event.killed), figure(incident.killed)
    if _is_other_actor(event, incident):
        return False
    if _is_exact(event.place, incident.place) or _moves(event, incident):
        later = abs(report.published - incident.last_seen) > SAME_DAY
        return not later or not new or not known or known * SHRUNK <= new <= known * RISEN
    later = abs(report.published - incident.first_seen) > SAME_DAY  # or a region's days would form one chain
    if is_counted(event.killed) and is_counted(incident.killed):
        return new == known if later else known * NEARLY <= new <= known * RISEN
    return fuzz.token_set_ratio(fold(event.quote), fold(incident.quote)) >= SAME_WORDS


def _is_other_actor(event: Event, incident: Incident) -> bool:
    """An Israeli strike that killed three is no Turkish one that killed five; of one toll, outlets differ whose."""
    known = bool(event.actors and incident.actors) and event.actors.isdisjoint(incident.actors)
    counted = is_counted(event.killed) and is_counted(incident.killed)
    return known and counted and figure(event.killed) != figure(incident.killed)


def _is_exact(one: Place | None, other: Place | None) -> bool:
    return one is not None and other is not None and one.id == other.id and not one.is_wide


def _meets(one: Place | None, other: Place | None) -> bool:
    """Equal, or one inside the other; an event without a place meets others without, and those of a whole country."""
    if one is None or other is None:
        known = one or other
        return known is None or known.kind == "country"
    return one.id in other.lineage or other.id in one.lineage


def _closeness(place: Place | None, incident: Incident) -> tuple[bool, float]:
    equal = place is not None and incident.place is not None and place.id == incident.place.id
    return equal, incident.last_seen.timestamp()


# ---------------------------------------------------------------- the incident with one more report
def _first(match: Match, report: Report, near: Collection[Incident], met: Collection[str]) -> Assigned:
    """A new incident. Deaths that differ from what was told of the same place alert, and say what they may be.

    One report may tell of two at one place: none takes the name of one that was `met`.
    """
    incident = _start(match, report)
    names = chain([incident.id], (f"{incident.id}-{number}" for number in count(2)))
    incident = replace(incident, id=next(name for name in names if name not in met))
    if near and figure(incident.killed):
        other = max(near, key=lambda i: _closeness(incident.place, i))
        incident = replace(incident, resembles=Resembled(other.id, other.place, other.killed, other.first_seen))
    return Assigned(incident, Reason.FIRST_REPORT, loud=True)


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
        said_killed=figure(event.killed),
        said_injured=figure(event.injured),
        severity=match.severity,
        quote=event.quote,
        sources=(_source(report, match),),
        rules=frozenset({match.rule.id}),
        day=event.day,
        kinds=event.kinds,
        apart_from=event.apart_from,
        actors=event.actors,
        blamed=event.blamed,
        careful=_careful((), match.rule),
    )


def _join(incident: Incident, match: Match, report: Report) -> Incident:
    event, before = match.event, figure(incident.killed)
    source = _source(report, match)
    taken_back = frozenset({before}) if corrects(event, incident) else frozenset()
    return replace(
        incident,
        types=incident.types | {event.type},
        place=event.place if _moves(event, incident) else _finer(incident.place, event.place),
        victims=_better_known(incident.victims, event.victims),
        last_seen=max(incident.last_seen, report.published),
        killed=standing(incident, event, report.published),
        injured=fuller(incident.injured, event.injured),
        casualties=fuller(incident.casualties, event.casualties),
        severity=min(incident.severity, match.severity, key=lambda s: s.rank),
        quote=event.quote if figure(event.killed) > before else incident.quote,
        sources=_with(incident.sources, replace(source, killed=None) if tells_late_death(event, incident) else source),
        rules=incident.rules | {match.rule.id},
        withdrawn=incident.withdrawn | taken_back,
        late_at=report.published if adds(event, incident, report.published) else incident.late_at,
        day=incident.day or event.day,
        kinds=incident.kinds | event.kinds,
        apart_from=incident.apart_from | event.apart_from,
        actors=incident.actors | event.actors,
        blamed=incident.blamed | event.blamed,
        careful=_careful(incident.careful, match.rule),
    )


def _careful(known: tuple[tuple[str, Delivery], ...], rule: Rule) -> tuple[tuple[str, Delivery], ...]:
    """The rules that tell an incident with care, each as it asks now."""
    others = tuple(each for each in known if each[0] != rule.id)
    return others if rule.delivery == Delivery() else (*others, (rule.id, rule.delivery))


def _denied(incident: Incident, before: Incident, match: Match, report: Report) -> Assigned:
    """Somebody says that it did not happen: said aloud once, and kept beside what was told, also by the same report."""
    told = any(source.report_id == report.id for source in incident.sources)
    said = replace(_source(report, match), killed=None, injured=None, denies=True)
    sources = incident.sources if told else (*incident.sources, said)
    after = replace(incident, sources=sources, denial=incident.denial or match.event.quote)
    if before.denial or match.rule.id not in before.rules:
        return Assigned(after, Reason.MORE_SOURCES, loud=False, said_killed=before.said_killed)
    return Assigned(after, Reason.DENIED, loud=True, said_killed=before.said_killed)


def copied(incident: Incident) -> Incident:
    """An incident of which one more copy was seen: no source, and nothing that anybody must hear."""
    return replace(incident, copies=incident.copies + 1)


def retold(event: Event, incidents: Iterable[Incident]) -> Incident | None:
    """The one of the incidents of a text that its copy tells by an event; its place may be known better by now."""
    near = [
        i
        for i in incidents
        if _meets(event.place, i.place) and not of_other_kinds(event, i) and not of_other_days(event.day, i.day)
    ]
    return max(near, key=lambda i: (_closeness(event.place, i)[0], _is_of_a_type(event, i)), default=None)


def heard_by(incident: Incident, match: Match) -> Incident:
    """An incident that one more rule tells of, though nothing changed."""
    return replace(
        incident,
        types=incident.types | {match.event.type},
        rules=incident.rules | {match.rule.id},
        careful=_careful(incident.careful, match.rule),
    )


# ---------------------------------------------------------------- what changed
def whole(before: Incident | None, after: Incident, policy: Policy, *, is_heard: bool) -> tuple[Incident, Reason, bool]:
    """An incident as the whole report left it; why it changed for the rules that knew it, and whether aloud.

    Measured against what was last said aloud, over all that the report tells of it: whichever of its events a rule
    met, each hears the same. `is_heard` when any of them does.
    """
    if before is None or not before.rules:
        return _said(after), Reason.FIRST_REPORT, True
    reason, loud = _why(before, after, policy)
    is_said = is_heard and loud and reason is not Reason.CONFIRMED
    return (_said(after) if is_said else after), reason, loud


def _why(before: Incident, after: Incident, policy: Policy) -> tuple[Reason, bool]:
    now = figure(after.killed)
    if now < figure(before.killed) or has_moved(before.place, after.place):
        return Reason.CORRECTED, True
    if rises_aloud(before.said_killed, now, policy):
        return Reason.TOLL_CHANGED, True
    if before.victims is Victims.UNKNOWN and after.victims is Victims.CIVILIAN:
        return Reason.CONFIRMED, True
    if (before.killed, before.injured) != (after.killed, after.injured):
        return Reason.TOLL_CHANGED, False
    return Reason.MORE_SOURCES, False


def _said(incident: Incident) -> Incident:
    return replace(incident, said_killed=figure(incident.killed), said_injured=figure(incident.injured))


def _finer(one: Place | None, other: Place | None) -> Place | None:
    if one is None or other is None:
        return one or other
    return other if one.id in other.parents else one


def _better_known(one: Victims | None, other: Victims | None) -> Victims | None:
    return other if one in (None, Victims.UNKNOWN) else one


def _source(report: Report, match: Match) -> Source:
    event = match.event
    return Source(
        report_id=report.id,
        name=report.source,
        url=report.url,
        told_at=report.published,
        killed=event.killed,
        injured=event.injured,
        victims=event.victims,
        others=tuple(match.others.items()),
        title=report.title[:LONGEST_TITLE],
    )


def _with(sources: tuple[Source, ...], source: Source) -> tuple[Source, ...]:
    """The sources with one more telling. What rules find in one report is one source with its fullest figures."""
    others = [s for s in sources if s.report_id != source.report_id]
    same = [s for s in sources if s.report_id == source.report_id and not s.denies]
    return (*others, *(_fuller_source(s, source) for s in same)) if same else (*others, source)


def _fuller_source(one: Source, other: Source) -> Source:
    told: dict[Victims, Count] = {}
    for victims, killed in (*one.others, *other.others):
        told[victims] = fuller(told.get(victims), killed) or killed
    return replace(
        other,
        killed=fuller(one.killed, other.killed),
        injured=fuller(one.injured, other.injured),
        victims=_better_known(one.victims, other.victims),
        others=tuple(told.items()),
    )


def refresh(recent: Recent, incidents: Iterable[Incident]) -> Recent:
    """The recent incidents with some of them as they are now."""
    now = {i.id: i for i in recent.incidents} | {i.id: i for i in incidents}
    return replace(recent, incidents=tuple(now.values()))
