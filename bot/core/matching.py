"""Which rules hold for a reading, and on which event.

A rule holds through one event: its type, its place and its counts belong together. A newcomer's mistake is to let the
place come from one sentence and the dead from another.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from bot.core.apart import of_other_days, of_other_kinds
from bot.core.events import CASUALTIES
from bot.core.model import (
    Area,
    Comparison,
    Count,
    Event,
    Kind,
    Match,
    Near,
    Place,
    Reading,
    Report,
    Rule,
    Said,
    Severity,
    Spoken,
    Threshold,
    Victims,
    bare,
    saying,
)
from bot.core.places import distance_km
from bot.core.text import fold
from bot.core.wording import absent_words, clause, first_pattern, first_word, whole, window

_COMPARE: Mapping[Comparison, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
}


def match(reading: Reading, rules: Iterable[Rule]) -> Iterator[Match]:
    """One match for each live rule and each place at which it holds; a report that only denies matches by that."""
    for rule in rules:
        if not rule.live or rule.silence is not None:
            continue
        asked = [event for event in reading.events if concerns(rule, event)]
        if not asked or not is_from(rule, reading) or forbidden(rule, reading):
            continue
        asked = [event for event in asked if is_near(rule, event, reading)]
        wanted = [event for event in asked if event.current]
        denials = [] if wanted else [event for event in asked if event.denies][:1]
        for found in _matches(rule, wanted):
            yield replace(found, others=_others(found.event, reading.events))
        yield from (Match(rule, event, severity_of(rule, event)) for event in denials)


def follow_ups(reading: Reading, rules: Iterable[Rule]) -> Iterator[Match]:
    """What a rule is about, though it lacks the rule's words or figures: news of an incident that the rule has told.

    "The toll is 8, not 12" matters to who heard of 12, also where ten were asked for.
    """
    for rule in rules:
        if not rule.live or rule.silence is not None or rule.frequency is not None:
            continue
        asked = [event for event in reading.events if concerns(rule, event)]
        if not asked or not is_from(rule, reading) or forbidden(rule, reading):
            continue
        wanted = [event for event in asked if event.current]
        denials = [] if wanted else [event for event in asked if event.denies][:1]
        for event in (*told_once(wanted), *denials):
            if not is_near(rule, event, reading) or not _figures_hold(rule, event):
                yield Match(rule, event, severity_of(rule, event), _others(event, reading.events))


def news(reading: Reading, rules: Iterable[Rule]) -> Iterator[Match]:
    """The killed and injured of places where a rule looks for other events: news of an incident that the rule has told.

    Who heard of four pupils killed in a school must hear of nine also when nobody speaks of the school any more.
    """
    for rule in rules:
        if rule.frequency is not None:
            continue
        own = {event.place.id for event in reading.events if event.place and concerns(rule, event)}
        anew = replace(rule, events=CASUALTIES - rule.events)
        asked = [e for e in reading.events if e.place and e.place.id not in own and concerns(anew, e)]
        if not asked or not is_from(rule, reading) or forbidden(rule, reading):
            continue
        wanted = [event for event in asked if event.current]
        denials = [] if wanted else [event for event in asked if event.denies][:1]
        for event in (*told_once(wanted), *denials):
            yield Match(rule, event, severity_of(rule, event), _others(event, reading.events))


def heard(reading: Reading, rules: Iterable[Rule]) -> Iterator[Rule]:
    """The live rules of silence whose silence a report ends."""
    for rule in rules:
        if rule.live and rule.silence is not None and speaks(rule, reading):
            yield rule


def speaks(rule: Rule, reading: Reading) -> bool:
    """Is a report one of those that a rule of silence waits for? It tells of its events, or at least names a place."""
    if not is_from(rule, reading) or forbidden(rule, reading):
        return False
    if rule.events:
        told = [event for event in reading.events if event.current and concerns(rule, event)]
        return any(is_near(rule, event, reading) for event in told)
    text = whole(reading.report.title, reading.report.text)
    named = not rule.areas or any(covers(rule.areas, toponym.place) for toponym in reading.toponyms)
    return named and not _wording(rule, text)


# ---------------------------------------------------------------- conditions of the event
def concerns(rule: Rule, event: Event) -> bool:
    """Is an event of a kind, in a place and with victims that the rule asks for?"""
    return (
        event.type in rule.events
        and covers(rule.areas, event.place)
        and (not rule.victims or event.victims in rule.victims)
        and not (rule.unless.areas and covers(rule.unless.areas, event.place))
    )


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


# ---------------------------------------------------------------- conditions of the report
def is_from(rule: Rule, reading: Reading) -> bool:
    """Is a report in a language, from a source and of a feed that the rule asks for?"""
    report = reading.report
    return (
        (not rule.languages or reading.language in rule.languages)
        and (not rule.tags or not rule.tags.isdisjoint(report.tags))
        and (not rule.sources or is_source(rule.sources, report))
    )


def is_source(sources: Iterable[str], report: Report) -> bool:
    """Is a report by one of these: a source's name, or the domain that its link leads to?"""
    name, host = fold(report.source), _host(report.url)
    return any(fold(each) == name or f".{host}".endswith(f".{each.casefold()}") for each in sources)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # "http://[bad/"
        return ""


def forbidden(rule: Rule, reading: Reading) -> Said | None:
    """What of the rule's `unless` a report has. Its places keep out single events, not the report."""
    unless, report = rule.unless, reading.report
    if reading.language is not None and reading.language in unless.languages:
        return saying("the language {language}", language=Spoken(reading.language))
    if not unless.tags.isdisjoint(report.tags):
        return saying("the tag {tag}", tag=min(unless.tags.intersection(report.tags)))
    if unless.sources and is_source(unless.sources, report):
        return saying("the source {source}", source=report.source or report.url)
    if told := next((e.type for e in reading.events if e.current and e.type in unless.events), ""):
        return saying("the event {kind}", kind=Kind(told))
    if not (unless.words or unless.patterns):
        return None
    text = whole(report.title, report.text)
    found = first_word(unless.words, text) or first_pattern(unless.patterns, text)
    return bare(found) if found else None


# ---------------------------------------------------------------- what stands near the event
def is_near(rule: Rule, event: Event, reading: Reading) -> bool:
    """Do the words, patterns and other events that the rule asks for stand as near to an event as it asks?"""
    if not (rule.words or rule.all_words or rule.patterns or rule.all_events):
        return True
    return not _wording(rule, window(reading.report, event, rule.near)) and not absent_events(rule, event, reading)


def _wording(rule: Rule, text: str) -> bool:
    """Is anything missing of the words and patterns that the rule asks for?"""
    return bool(
        (rule.words and not first_word(rule.words, text))
        or (rule.all_words and absent_words(rule.all_words, text))
        or (rule.patterns and not first_pattern(rule.patterns, text))
    )


def absent_events(rule: Rule, event: Event, reading: Reading) -> tuple[str, ...]:
    """Those of the rule's `all_events` that are not told near an event."""
    told = {other.type for other in reading.events if other.current and _is_beside(other, event, rule.near, reading)}
    return tuple(sorted(rule.all_events - told))


def _is_beside(other: Event, event: Event, near: Near, reading: Reading) -> bool:
    if near == "report":
        return True
    if other.field != event.field:
        return False
    first, end = event.start, event.end
    if near == "clause":
        first, end = clause(reading.report.text_of(event.field), event)
    return first <= other.told_at < end


# ---------------------------------------------------------------- figures
def _matches(rule: Rule, wanted: Sequence[Event]) -> Iterator[Match]:
    for event in told_once(wanted):
        if _figures_hold(rule, event):
            yield Match(rule, event, severity_of(rule, event))


def _figures_hold(rule: Rule, event: Event) -> bool:
    return all(holds(threshold, event) for threshold in rule.thresholds)


def told_once(events: Iterable[Event]) -> Iterator[Event]:
    """The events of one report, all tellings of one thing as one: what it tells of one place, unless that is apart."""
    by_place: dict[str | None, list[list[Event]]] = {}
    for event in events:
        things = by_place.setdefault(event.place.id if event.place else None, [])
        same = next((thing for thing in things if not any(are_apart(event, other) for other in thing)), None)
        if same is None:
            things.append([event])
        else:
            same.append(event)
    return (one_event(thing) for things in by_place.values() for thing in things)


def are_apart(one: Event, other: Event) -> bool:
    """Are two events of one report surely two? A landmine is no shelling, nor Monday's strike Friday's."""
    return of_other_days(one.day, other.day) or of_other_kinds(one, other)


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
        blamed=fullest.blamed or _blamed(fullest, same),
    )


def _blamed(fullest: Event, same: Iterable[Event]) -> frozenset[str]:
    """Who did it by the tellings of the same figure, or of none: another figure may be another attack's."""
    return frozenset().union(*(e.blamed for e in same if e.killed is None or e.killed == fullest.killed))


def _figure(count: Count | None) -> int:
    return count.figure if count else 0


def _fullest(counts: Iterable[Count | None]) -> Count | None:
    return max((c for c in counts if c), key=lambda c: c.figure, default=None)
