"""A report read: its language, places and events bound together, and its toll.

The place of an event is the nearest named in its own sentence, then in the sentences before, then the report's most
named one. A newcomer's mistake is to add up: two sentences about the same dead are two tellings, not more dead.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.core.actors import NOBODY, Agent, Blaming, Told, agents_in, blamed_for
from bot.core.events import CASUALTIES, Found, Language, Spoken, find_events, spoken_among, spoken_in
from bot.core.model import Event, Place, Reading, Report, Toponym
from bot.core.places import Cues, Gazetteer, Rejected, find_places, precision, says_dateline, without_article
from bot.core.text import Gap, Prose, Sentence, tokenise, words_alone
from bot.core.tolls import toll_of

LONGEST_TEXT = 200_000  # characters of a report that are read; news articles end long before
VENUE_REACH = 3  # words from a gathering to its place: "talks held in Geneva"
INSTEAD_REACH = 2  # words: "not in Binnish"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What reading needs: the languages by their code, the gazetteer, and the armed actors."""

    languages: Mapping[str, Language]
    gazetteer: Gazetteer
    blaming: Blaming = NOBODY


class _Heard(NamedTuple):
    """A report as far as it can be understood without knowing any places."""

    report: Report
    fields: Sequence[Prose]
    spoken: Spoken | None
    found: Sequence[Found]


def read(report: Report, knowledge: Knowledge) -> Reading:
    """All that a report says, whatever the rules ask. Pure; linear in the length of the text."""
    fields = _fields(report)
    return _bound(_heard(report, fields, spoken_in(fields, knowledge.languages, report.language)), knowledge)


def skim(report: Report, knowledge: Knowledge) -> Reading:
    """As `read`, but of a report that tells of no event the places are not looked for, which cost most.

    Most reports hold no words that could tell of one: of those not even is known where a word stands.
    """
    title, text = report.title, report.text[:LONGEST_TEXT]
    words, plain = words_alone(title) + words_alone(text), title.isascii() and text.isascii()
    spoken = spoken_among(words, knowledge.languages, report.language, plain=plain)
    if spoken is None or not any(language.lexicon.may_tell(words) for language in spoken.by_script.values()):
        return Reading(report, _language(spoken))
    heard = _heard(report, _fields(report), spoken)
    return _bound(heard, knowledge) if heard.found else Reading(report, _language(spoken))


def _fields(report: Report) -> list[Prose]:
    return [tokenise("title", report.title), tokenise("text", report.text[:LONGEST_TEXT])]


def _heard(report: Report, fields: Sequence[Prose], spoken: Spoken | None) -> _Heard:
    return _Heard(report, fields, spoken, find_events(fields, spoken, report.published) if spoken else ())


def _language(spoken: Spoken | None) -> str | None:
    return spoken.main.vocabulary.language if spoken else None


def _bound(heard: _Heard, knowledge: Knowledge) -> Reading:
    """The places of a report, and its events with theirs."""
    report, fields, spoken, found = heard
    toponyms = find_places(fields, knowledge.gazetteer, _home(report, spoken)).toponyms
    if spoken is None or not found:
        return Reading(report, _language(spoken), tuple(toponyms))
    words = [language.vocabulary for language in spoken.by_script.values()]
    named = [t for t in toponyms if not says_dateline(t.why)]
    actors = frozenset(t for prose in fields for t in _actors(prose, named, spoken))
    named = [t for t in named if t not in actors] or named
    elsewhere = [t for prose in fields for t in _behind(prose, named, [w.instead_of for w in words], INSTEAD_REACH)]
    named = [t for t in named if t not in elsewhere] or named
    venues = frozenset(t for prose in fields for t in _behind(prose, named, [w.gatherings for w in words], VENUE_REACH))
    placed = [f._replace(event=_placed(f, named, venues, elsewhere, knowledge.gazetteer.cues)) for f in found]
    placed = _blamed(placed, spoken, knowledge.blaming)
    toll = toll_of(_set_apart(placed, named))
    return Reading(report, _language(spoken), tuple(toponyms), tuple(f.event for f in placed), toll)


def rejected(report: Report, knowledge: Knowledge) -> tuple[Rejected, ...]:
    """The names that a report holds and that are no places in it, each with the reason."""
    fields = _fields(report)
    spoken = spoken_in(fields, knowledge.languages, report.language)
    return find_places(fields, knowledge.gazetteer, _home(report, spoken)).rejected


def _home(report: Report, spoken: Spoken | None) -> str | None:
    """The country a report is about unless it says otherwise: its feed's, else its language's, where there is one."""
    return report.home or (spoken.main.vocabulary.home if spoken else None)


# ---------------------------------------------------------------- where
def _placed(
    found: Found, named: Sequence[Toponym], venues: frozenset[Toponym], elsewhere: Sequence[Toponym], cues: Cues
) -> Event:
    """An event with its place, the one where its sentence says it was not, and whose air strike it was."""
    denied = (t.place for t in elsewhere if t.field == found.event.field and _is_inside(t, found.event))
    peoples = frozenset(code for word in found.beside for code in cues.demonyms.get(without_article(word), ()))
    return replace(found.event, place=_place(found, named, venues), instead_of=next(denied, None), actors=peoples)


def _place(found: Found, named: Sequence[Toponym], venues: frozenset[Toponym]) -> Place | None:
    """The place of an event, or None when the report names none that could be it.

    Where people met is a last resort, but for those hurt in that sentence: "a bomb at a meeting in Kabul killed 12".
    """
    toponyms = [t for t in named if t not in venues] or named
    own = [t for t in toponyms if t.field == found.event.field]
    hurt = found.event.killed or found.event.injured or found.event.casualties
    inside = [t for t in (named if hurt else own) if t.field == found.event.field and _is_inside(t, found.event)]
    if inside:
        return _nearest(found, inside)
    for sentence in found.before:
        first, last = found.prose.starts[sentence.first], found.prose.ends[sentence.end - 1]
        if near := [t for t in own if first <= t.start < last]:
            return _nearest(found, near)
    return _most_precise(toponyms)


def _blamed(placed: Sequence[Found], spoken: Spoken, blaming: Blaming) -> list[Found]:
    """The events with the armed actors that their sentences say did it; each sentence is looked through once."""
    doers = {(f.event.field, f.event.start): f for f in placed}
    agents = {sentence: _agents(f, spoken, blaming) for sentence, f in doers.items()}
    return [_blaming(f, agents[f.event.field, f.event.start], blaming) for f in placed]


def _agents(found: Found, spoken: Spoken, blaming: Blaming) -> tuple[Agent, ...]:
    starts, event = found.prose.starts, found.event
    sentence = Sentence(bisect_left(starts, event.start), bisect_left(starts, event.end))
    language = spoken.of(found.prose, sentence).vocabulary.language
    return agents_in(found.prose, sentence, blaming.spoken.get(language))


def _blaming(found: Found, agents: Sequence[Agent], blaming: Blaming) -> Found:
    if not agents:
        return found
    event = found.event
    told = Told(found.first, found.end, event.place.country if event.place else None, event.actors)
    return found._replace(event=replace(event, blamed=blamed_for(told, agents, blaming.actors)))


def _set_apart(placed: Sequence[Found], named: Sequence[Toponym]) -> list[Found]:
    """The events, those apart that happened neither where the report begins nor in it nor round it."""
    lead = _places_of_lead([f.event for f in placed if f.event.type in CASUALTIES and f.event.current], named)
    return [f if _meets(f.event.place, lead) else f._replace(apart=True) for f in placed]


def _places_of_lead(hurt: Sequence[Event], named: Sequence[Toponym]) -> list[Place]:
    """The places of the title and of the text up to the first who were hurt."""
    first = next((e.end for e in hurt if e.field == "text"), 0)
    lead = [t.place for t in named if t.field == "title" or t.start < first]
    return lead + [e.place for e in hurt[:1] if e.place]


def _meets(place: Place | None, lead: Sequence[Place]) -> bool:
    return not lead or place is None or any(p.id in place.lineage or place.id in p.lineage for p in lead)


def _is_inside(toponym: Toponym, event: Event) -> bool:
    return event.start <= toponym.start < event.end


def _behind(prose: Prose, toponyms: Sequence[Toponym], cues: Sequence[frozenset[str]], reach: int) -> Iterator[Toponym]:
    """Names shortly behind a word: "talks in Geneva", "told reporters on Monday in Moscow", "not in Binnish"."""
    for toponym in toponyms:
        if toponym.field != prose.field:
            continue
        at = bisect_left(prose.starts, toponym.start)
        before = range(max(0, at - reach), at)
        words = {prose.words[i] for i in before if all(prose.gap(j) is Gap.SPACE for j in range(i, at))}
        if any(words & listed for listed in cues):
            yield toponym


def _actors(prose: Prose, toponyms: Sequence[Toponym], spoken: Spoken) -> Iterator[Toponym]:
    """Names that say who rather than where: "Kyiv troops", "an Ankara-backed faction", "Two soldiers killed: Kyiv"."""
    forces = frozenset().union(*(language.vocabulary.actors for language in spoken.by_script.values()))
    for toponym in toponyms:
        if toponym.field != prose.field:
            continue
        first, end = bisect_left(prose.starts, toponym.start), bisect_left(prose.starts, toponym.end)
        tied = end < len(prose.words) and prose.gaps[end - 1] == "-" and not prose.starts_upper(end)
        speaks = prose.field == "title" and end == len(prose.words) and first > 0 and ":" in prose.gaps[first - 1]
        if tied or speaks or (end < len(prose.words) and prose.gaps[end - 1] == " " and prose.words[end] in forces):
            yield toponym


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
