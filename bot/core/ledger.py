"""The toll of an incident: what each source told of it, which figure stands, and which is shown.

The figure that stands is the highest that any source told and nobody took back. A newcomer's mistake is to add up: the
one sum there is, is somebody who dies of wounds later.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.model import Count, Event, Incident, Place, Policy, Source, Victims

SAME_DEATH = timedelta(hours=24)  # in which a second late death is taken for another telling of the first


# ---------------------------------------------------------------- the figure that stands
def standing(incident: Incident, event: Event, told_at: datetime) -> Count | None:
    """The killed of an incident with one more telling."""
    if corrects(event, incident):
        return event.killed
    if adds(event, incident, told_at) and event.killed and incident.killed:
        return _sum(incident.killed, event.killed)
    if figure(event.killed) in incident.withdrawn:  # a correction stands against those who repeat the old toll
        return incident.killed
    return fuller(incident.killed, event.killed)


def corrects(event: Event, incident: Incident) -> bool:
    """Does an event say that fewer died than was said before, and that this is a correction?"""
    return event.corrects and is_counted(event.killed) and figure(event.killed) < figure(incident.killed)


def adds(event: Event, incident: Incident, told_at: datetime) -> bool:
    """Does an event tell of somebody who died of wounds later? Believed once a day, or outlets would add up."""
    is_new = incident.late_at is None or told_at - incident.late_at > SAME_DEATH
    return is_new and tells_late_death(event, incident)


def tells_late_death(event: Event, incident: Incident) -> bool:
    """Is what an event counts only who died later? "The toll rose to 13 after a man died of wounds" counts all."""
    return event.late and is_counted(event.killed) and figure(event.killed) < figure(incident.killed)


def _sum(one: Count, other: Count) -> Count:
    low = figure(one) + figure(other)
    is_open = one.high is None or other.high is None
    return replace(one, low=low, high=None if is_open else (one.high or 0) + (other.high or 0), above=False)


def fuller(one: Count | None, other: Count | None) -> Count | None:
    return max((c for c in (one, other) if c), key=lambda c: c.figure, default=None)


def figure(count: Count | None) -> int:
    return count.figure if count else 0


def is_counted(count: Count | None) -> bool:
    return count is not None and not count.vague


def has_moved(before: Place | None, now: Place | None) -> bool:
    """Is a place another one, not only a more exact one?"""
    return before is not None and now is not None and before.id not in now.lineage


# ---------------------------------------------------------------- what is said of it
def shown(incident: Incident) -> Count | None:
    """The killed as people read them: a range where independent sources differ since the standing figure was told.

    What a source told before that is outdated, not a second opinion.
    """
    top = incident.killed
    if top is None or top.vague or top.low is None or top.figure in incident.withdrawn:
        return top
    first = min((s.told_at for s in incident.sources if figure(s.killed) == top.figure), default=None)
    since = (figure(s.killed) for s in by_source(incident) if first is not None and s.told_at >= first)
    lowest = min(since, default=top.figure)
    return top if lowest >= top.figure else Count(lowest, top.figure if top.high is not None else None)


def by_source(incident: Incident) -> list[Source]:
    """What each independent source last told of the killed, the latest first; vague tellings say nothing."""
    latest: dict[str, Source] = {}
    for source in sorted(incident.sources, key=lambda s: s.told_at):
        if is_counted(source.killed):
            latest[source.name or source.report_id] = source
    return sorted(latest.values(), key=lambda s: s.told_at, reverse=True)


def rises_aloud(said: int, now: int, policy: Policy) -> bool:
    """Is a toll that was said to be `said` so much higher that people must hear? Always for the first death."""
    if said == 0:
        return now > 0
    return now - said >= policy.loud_rise or (now - said) >= said * policy.loud_share


def of_others(incident: Incident) -> dict[Victims, Count]:
    """The killed of other classes than the incident's own, each as the last source that counted them told it."""
    told = (pair for source in sorted(incident.sources, key=lambda s: s.told_at) for pair in source.others)
    return {victims: count for victims, count in told if victims is not incident.victims}
