"""Which rules hold for a reading, and on which event.

A rule holds through one event: its type, its place and its counts belong together. A newcomer's mistake is to let the
place come from one sentence and the dead from another.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.core.model import (
    Area,
    Comparison,
    Count,
    Event,
    Match,
    Place,
    Reading,
    Rule,
    Severity,
    Threshold,
    Victims,
)
from bot.core.places import distance_km
from bot.core.text import fold

_COMPARE: Mapping[Comparison, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
}


def match(reading: Reading, rules: Iterable[Rule]) -> Iterator[Match]:
    """One match for each live rule and each place at which it holds; a report that only denies matches by that."""
    words: str | None = None
    for rule in rules:
        asked = [e for e in reading.events if e.type in rule.events and covers(rule.areas, e.place)]
        wanted = [e for e in asked if e.current]
        denials = [] if wanted else [e for e in asked if e.denies][:1]
        if not (wanted or denials):
            continue
        if words is None:
            words = f" {fold(reading.report.title)} {fold(reading.report.text)} "
        if rule.live and _words_hold(rule, words):
            for found in _matches(rule, wanted):
                yield replace(found, others=_others(found.event, reading.events))
            yield from (Match(rule, event, severity_of(rule, event)) for event in denials)


def covers(areas: Sequence[Area], place: Place | None) -> bool:
    """Is a place in one of the areas? No areas are anywhere."""
    return not areas or (place is not None and any(_holds_place(area, place) for area in areas))


def _holds_place(area: Area, place: Place) -> bool:
    """Does an area hold a place? A circle holds no province, whose middle says nothing of where in it something was."""
    if area.place.id in place.lineage:
        return True
    if area.within_km is None or place.is_wide or None in (area.place.lat, place.lat):
        return False
    return distance_km(area.place, place) <= area.within_km


def _words_hold(rule: Rule, words: str) -> bool:
    return not forbidden_word(rule, words) and (not rule.words or bool(wanted_word(rule, words)))


def forbidden_word(rule: Rule, words: str) -> str:
    """The first of the rule's `unless` words that stands in a folded text, or nothing."""
    return next((word for word in rule.unless_words if _stands(word, words)), "")


def wanted_word(rule: Rule, words: str) -> str:
    """The first of the rule's words that stands in a folded text, or nothing."""
    return next((word for word in rule.words if _stands(word, words)), "")


def _stands(word: str, words: str) -> bool:
    return f" {fold(word)} " in words


def _matches(rule: Rule, wanted: Sequence[Event]) -> Iterator[Match]:
    by_place: dict[str | None, list[Event]] = {}
    for event in wanted:
        by_place.setdefault(event.place.id if event.place else None, []).append(event)
    for events in by_place.values():
        event = one_event(events)
        if all(holds(threshold, event) for threshold in rule.thresholds):
            yield Match(rule, event, severity_of(rule, event))


def _others(event: Event, told: Iterable[Event]) -> Mapping[Victims, Count]:
    """The killed of the other known class in the same place: fighters beside civilians, civilians beside fighters."""
    here = event.place.id if event.place else None
    found: dict[Victims, Count] = {}
    for other in (o for o in told if o.current and o.place is not None and o.place.id == here):
        if other.killed and not other.killed.vague and other.victims and _differ(event.victims, other.victims):
            best = found.setdefault(other.victims, other.killed)
            found[other.victims] = max(best, other.killed, key=lambda count: count.figure)
    return found


def _differ(one: Victims | None, other: Victims) -> bool:
    return Victims.UNKNOWN not in (one, other) and one is not other


def holds(threshold: Threshold, event: Event) -> bool:
    """Does the figure of an event compare as asked?"""
    return _COMPARE[threshold.comparison](stated(threshold, event), threshold.value)


def stated(threshold: Threshold, event: Event) -> int:
    """The figure of an event that a threshold asks for. A count that is not mentioned is nought."""
    count: Count | None = getattr(event, threshold.quantity)
    if threshold.quantity == "casualties" and count is None:
        return sum(c.figure for c in (event.killed, event.injured) if c)
    return count.figure if count else 0


def severity_of(rule: Rule, event: Event) -> Severity:
    """The first step whose threshold holds; normal when none does."""
    for step in rule.severity:
        if step.threshold is None or holds(step.threshold, event):
            return step.severity
    return Severity.NORMAL


def one_event(events: Sequence[Event]) -> Event:
    """The tellings of one report about one place as one event: the fullest, completed by what only others say."""
    fullest = max(events, key=lambda e: (_figure(e.killed), _figure(e.injured), e.victims is Victims.CIVILIAN))
    same = [e for e in events if e.victims in (fullest.victims, Victims.UNKNOWN)] or [fullest]
    return replace(
        fullest,
        killed=fullest.killed or _fullest(e.killed for e in same),
        injured=_fullest(e.injured for e in same),
        casualties=fullest.casualties or _fullest(e.casualties for e in same),
    )


def _figure(count: Count | None) -> int:
    return count.figure if count else 0


def _fullest(counts: Iterable[Count | None]) -> Count | None:
    return max((c for c in counts if c), key=lambda c: c.figure, default=None)
