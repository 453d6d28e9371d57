"""The files of a rules folder to what they say together, reading and parsing only what changed since the last time.

A newcomer's mistake is to parse all rules anew when a place or an event type changes: a rule depends on the names that
stand in it, and most of them mean what they meant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Generic, ParamSpec, TypeVar

from bot.core.events import Language, languages_of
from bot.core.events.files import (
    EventType,
    EventTypeFile,
    VocabularyFile,
    parse_event_type,
    parse_vocabulary,
)
from bot.core.model import Place, Problem, Rule
from bot.core.overlays import PlaceFile, parse_places
from bot.core.pipeline import Rulebook
from bot.core.places import Gazetteer
from bot.core.reading import Knowledge
from bot.core.rules import Names, RuleFile, check_together, parse_rules
from bot.core.yamlfile import shown
from bot.gazetteer import open_gazetteer
from bot.rulebook.files import Listing, Shelf, listed
from bot.rulebook.folders import part
from bot.rulebook.lastgood import all_of, in_force

P = ParamSpec("P")
T = TypeVar("T")

MOST_PROBLEMS = 100  # told of one file; whoever has more mends these first
MOST_SUGGESTIONS = 300  # of places for names that are unknown: each is sought among 40,000 names


def load(folder: Path) -> Rulebook:
    """All rules of a folder; without `events/` or `places/`, the shipped ones. Never raises for what is in them."""
    sourced = Sources().read(look(folder))
    return sourced.rulebook(all_of(in_force(sourced.files, {})))


# ---------------------------------------------------------------- looking
@dataclass(frozen=True, slots=True)
class Look:
    """All files that a folder of rules consists of, as they stood at one moment."""

    alerts: Listing
    events: Listing
    vocabularies: Listing
    places: Listing


def look(folder: Path) -> Look:
    """Costs a `stat` for each file."""
    events = part(folder, "events")
    return Look(
        alerts=listed(folder / "alerts"),
        events=listed(events),
        vocabularies=listed(events / "vocabulary"),
        places=listed(part(folder, "places")),
    )


# ---------------------------------------------------------------- reading
@dataclass(frozen=True, slots=True)
class Known:
    """What event and place files say, and what is wrong in them."""

    types: tuple[EventType, ...]
    knowledge: Knowledge
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Sourced:
    """All that the files of a folder say: what is known in general, and the alert rules file by file."""

    known: Known
    files: tuple[RuleFile, ...]

    def rulebook(self, rules: Iterable[Rule]) -> Rulebook:
        """These rules with all that belongs to them; they are chosen by whoever knows what was in force before."""
        problems = [*self.known.problems, *(p for f in self.files for p in f.problems), *check_together(self.files)]
        warnings = tuple(w for f in self.files for w in f.warnings)
        return Rulebook(self.known.knowledge, tuple(rules), self.known.types, tuple(_fewer(problems)), warnings)


def _fewer(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems in order, of each file so many that somebody may read them."""
    for _, group in groupby(sorted(set(problems)), attrgetter("file")):
        of_file = list(group)
        yield from of_file[:MOST_PROBLEMS]
        if left := of_file[MOST_PROBLEMS:]:
            yield replace(left[0], message=f"here and below, {len(left):,} more problems: mend those above first")


class Sources:
    """The files of one folder of rules as read so far."""

    def __init__(self) -> None:
        self._types = Shelf(parse_event_type, lambda problem: EventTypeFile(None, (problem,)))
        self._vocabularies = Shelf(parse_vocabulary, lambda problem: VocabularyFile(None, (problem,)))
        self._places = Shelf(parse_places, lambda problem: PlaceFile((), (problem,)))
        self._alerts = Shelf(self._parse, _refused, self._holds)
        self._opened = Remembered(open_gazetteer)
        self._languages = Remembered(_languages)
        self._atlas = Remembered(_Atlas)
        self._good: Known | None = None
        self._events: tuple[str, ...] = ()
        self._names: _Atlas

    def read(self, seen: Look) -> Sourced:
        """What the files say that were seen. While an event or place file is broken, the last good ones are known."""
        new = self._known(seen)
        if not new.problems:
            self._good = new
        known = replace(self._good, problems=new.problems) if self._good else new
        self._events = tuple(event_type.id for event_type in known.types)
        self._names = self._atlas(known.knowledge.gazetteer)
        return Sourced(known, tuple(parsed.file for parsed in self._alerts.take(seen.alerts)))

    def _known(self, seen: Look) -> Known:
        type_files, vocabulary_files = self._types.take(seen.events), self._vocabularies.take(seen.vocabularies)
        opened = self._opened(self._places.take(seen.places))
        types = tuple(f.event_type for f in type_files if f.event_type is not None)
        languages = self._languages(vocabulary_files, types)
        wrong_types = (p for f in type_files for p in f.problems)
        wrong_words = (p for f in vocabulary_files for p in f.problems)
        return Known(types, Knowledge(languages, opened.gazetteer), (*wrong_types, *wrong_words, *opened.problems))

    # ---------------------------------------------------------------- alert rules
    def _parse(self, text: str, file: str) -> _Parsed:
        events, asked = _EventsAsked(self._events), dict[str, _Answer]()

        def answer(name: str) -> _Answer:
            return asked.setdefault(name, self._names.answer(name))

        names = Names(events, lambda name: answer(name).place_or_error(), lambda name: answer(name).warnings)
        return _Parsed(parse_rules(text, file, names), events, asked)

    def _holds(self, parsed: _Parsed) -> bool:
        """Would the file be told the same again?"""
        same_places = all(self._names.answer(name) == said for name, said in parsed.places.items())
        return same_places and (parsed.events is None or parsed.events.same_of(self._events))


def _languages(files: tuple[VocabularyFile, ...], types: tuple[EventType, ...]) -> Mapping[str, Language]:
    return languages_of((f.vocabulary for f in files if f.vocabulary is not None), types)


class Remembered(Generic[P, T]):
    """A function that is asked again only when its arguments differ from those of the last time.

    Arguments are compared, not hashed: long tuples of the same things are told to be equal at a glance.
    """

    def __init__(self, function: Callable[P, T]) -> None:
        self._function = function
        self._last: tuple[tuple[object, ...], T] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        if self._last is None or self._last[0] != args:
            self._last = args, self._function(*args, **kwargs)
        return self._last[1]


# ---------------------------------------------------------------- on what a file of rules depends
@dataclass(frozen=True, slots=True)
class _Answer:
    """What a gazetteer says to a name: the place, or why there is none."""

    place: Place | None
    why_none: str = ""
    warnings: tuple[str, ...] = ()

    def place_or_error(self) -> Place:
        if self.place is None:
            raise LookupError(self.why_none)
        return self.place


class _EventsAsked(Collection[str]):
    """The event types, and what was asked of them. Whoever looks through all, to propose a name, depends on all."""

    def __init__(self, known: tuple[str, ...]) -> None:
        self._known = known
        self._asked: dict[object, bool] = {}
        self._all_seen = False

    def __contains__(self, name: object) -> bool:
        return self._asked.setdefault(name, name in self._known)

    def __iter__(self) -> Iterator[str]:
        self._all_seen = True
        return iter(self._known)

    def __len__(self) -> int:
        self._all_seen = True
        return len(self._known)

    def same_of(self, known: tuple[str, ...]) -> bool:
        """Would these event types answer the same?"""
        if self._all_seen:
            return self._known == known
        return self._known == known or all((name in known) == was for name, was in self._asked.items())


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A file of rules, and what it was told of the event types and of the names of places that stand in it."""

    file: RuleFile
    events: _EventsAsked | None = None
    places: Mapping[str, _Answer] = field(default_factory=dict)


def _refused(problem: Problem) -> _Parsed:
    return _Parsed(RuleFile(problem.file, (), (problem,), ids_known=False))


class _Atlas:
    """A gazetteer that is asked each name once, however many rules have it."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._unknown = 0
        self.answer = cache(self._answer)

    def _answer(self, name: str) -> _Answer:
        if self._unknown >= MOST_SUGGESTIONS and not self._gazetteer.is_name(name):
            return _Answer(None, f"unknown place {shown(name)}")
        try:
            place = self._gazetteer.find(name)
        except LookupError as error:
            self._unknown += 1
            return _Answer(None, str(error.args[0]))
        return _Answer(place, warnings=tuple(self._gazetteer.warnings_for(name)))
