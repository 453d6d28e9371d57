"""A report read: its language, places and events bound together, and its toll.

The place of an event is the nearest named in its own sentence, then in the sentences before, then the report's most
named one. A newcomer's mistake is to add up: two sentences about the same dead are two tellings, not more dead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.events import CASUALTIES, Found, Language, find_events, spoken_in
from bot.core.model import Count, Event, Figures, Place, Reading, Report, Toll, Toponym, Victims
from bot.core.places import Gazetteer, find_toponyms, precision
from bot.core.text import tokenise

LONGEST_TEXT = 200_000  # characters of a report that are read; news articles end long before


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What reading needs: the languages by their code, and the gazetteer."""

    languages: Mapping[str, Language]
    gazetteer: Gazetteer


def read(report: Report, knowledge: Knowledge) -> Reading:
    """All that a report says, whatever the rules ask. Pure; linear in the length of the text."""
    fields = [tokenise("title", report.title), tokenise("text", report.text[:LONGEST_TEXT])]
    spoken = spoken_in(fields, knowledge.languages, report.language)
    toponyms = [t for prose in fields for t in find_toponyms(prose, knowledge.gazetteer)]
    if spoken is None:
        return Reading(report, None, tuple(toponyms))
    found = find_events(fields, spoken, report.published)
    placed = [replace(f, event=replace(f.event, place=_place(f, toponyms))) for f in found]
    language = spoken.main.vocabulary.language
    return Reading(report, language, tuple(toponyms), tuple(f.event for f in placed), toll_of(placed))


# ---------------------------------------------------------------- where
def _place(found: Found, toponyms: Sequence[Toponym]) -> Place | None:
    """The place of an event, or None when the report names none that could be it."""
    own = [t for t in toponyms if t.field == found.event.field]
    inside = [t for t in own if found.event.start <= t.start < found.event.end]
    if inside:
        return _nearest(found, inside)
    for sentence in found.before:
        first, last = found.prose.starts[sentence.first], found.prose.ends[sentence.end - 1]
        if near := [t for t in own if first <= t.start < last]:
            return _nearest(found, near)
    return _most_precise(toponyms)


def _nearest(found: Found, toponyms: Sequence[Toponym]) -> Place:
    """Of the places of a sentence the most exact; of several as exact, the one nearest to the words of harm."""
    finest = max(precision(t.place) for t in toponyms)
    at = found.prose.starts[found.first]
    return min((t for t in toponyms if precision(t.place) == finest), key=lambda t: abs(t.start - at)).place


def _most_precise(toponyms: Sequence[Toponym]) -> Place | None:
    """The place named most often, with its parts counting for the whole; the most exact of those as frequent."""
    if not toponyms:
        return None
    named = Counter(place_id for t in toponyms for place_id in t.place.lineage)
    return max(toponyms, key=lambda t: (named[t.place.id] + precision(t.place), -t.start)).place


# ---------------------------------------------------------------- how many
def toll_of(found: Iterable[Found]) -> Toll:
    """The best single statement for each class of victims, from current events alone; never a sum.

    The first stated number stands; people without a number give way to the same people with one.
    """
    counted = [f for f in found if f.event.current and f.event.type in CASUALTIES]
    current = [f for f in counted if not f.part]
    parts = [f for f in counted if f.part]
    toll = {victims: _figures(victims, current) for victims in Victims}
    for victims in Victims:
        toll[victims] = toll[victims] or _figures(victims, parts)
    return _reconciled({victims: figures for victims, figures in toll.items() if figures})


def _figures(victims: Victims, found: Sequence[Found]) -> Figures | None:
    events = [f.event for f in found if f.event.victims is victims]
    if not events:
        return None
    return Figures(
        _first_stated(e.killed for e in events),
        _first_stated(e.injured for e in events),
        _first_stated(e.casualties for e in events),
    )


def _first_stated(counts: Iterable[Count | None]) -> Count | None:
    known = [c for c in counts if c is not None]
    return next((c for c in known if _is_stated(c)), known[0] if known else None)


def _is_stated(count: Count) -> bool:
    return count != Count(1, None)


def _reconciled(toll: Mapping[Victims, Figures]) -> Toll:
    """ "Strike kills 15" and "civilians were killed" speak of the same people: the known class takes the number."""
    unknown, civilian = toll.get(Victims.UNKNOWN), toll.get(Victims.CIVILIAN)
    if unknown is None or civilian is None:
        return toll
    killed = _either(civilian.killed, unknown.killed)
    injured = _either(civilian.injured, unknown.injured)
    joined = Figures(killed, injured, civilian.casualties or unknown.casualties)
    left: dict[Victims, Figures] = {v: f for v, f in toll.items() if v is not Victims.UNKNOWN}
    if (killed, injured) != (civilian.killed, civilian.injured):
        return {**left, Victims.CIVILIAN: joined}
    return toll


def _either(known: Count | None, other: Count | None) -> Count | None:
    if known is None or (not _is_stated(known) and other is not None):
        return other
    return known


def current_events(reading: Reading) -> Iterator[Event]:
    return (event for event in reading.events if event.current)
