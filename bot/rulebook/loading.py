"""The files of a rules folder to what they say together, reading and parsing only what changed since the last time.

A newcomer's mistake is to parse all rules anew when a place or an event type changes: a rule depends on the names that
stand in it, and most of them mean what they meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Generic, ParamSpec, TypeVar

from bot.core.actors import ActorFile, Blaming, Gathered, blaming_of, gathered, parse_actors
from bot.core.events import Language, languages_of
from bot.core.events.files import (
    EventType,
    EventTypeFile,
    VocabularyFile,
    parse_event_type,
    parse_vocabulary,
)
from bot.core.model import Problem, Rule
from bot.core.overlays import PlaceFile, parse_places
from bot.core.pipeline import Rulebook
from bot.core.reading import Knowledge
from bot.core.rules import ListFile, RuleFile, check_together, parse_list, parse_rules
from bot.core.rules.lists import name_of
from bot.gazetteer import open_gazetteer
from bot.rulebook.asking import Asked, Atlas, Terms
from bot.rulebook.files import Listing, Shelf, listed
from bot.rulebook.folders import part, shipped_rules
from bot.rulebook.lastgood import all_of, in_force
from bot.tongues import languages

P = ParamSpec("P")
T = TypeVar("T")

MOST_PROBLEMS = 100  # told of one file; whoever has more mends these first


def load(folder: Path) -> Rulebook:
    """All rules of a folder; without `events/` or `places/`, the shipped ones. Its lists and actors stand
    beside the shipped ones, or for them. Never raises for what is in the files.
    """
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
    lists: Listing
    shipped_lists: Listing
    actors: Listing
    shipped_actors: Listing


def look(folder: Path) -> Look:
    """Costs a `stat` for each file."""
    events = part(folder, "events")
    return Look(
        alerts=listed(folder / "alerts"),
        events=listed(events),
        vocabularies=listed(events / "vocabulary"),
        places=listed(part(folder, "places")),
        lists=listed(folder / "lists"),
        shipped_lists=listed(shipped_rules() / "lists"),
        actors=listed(folder / "actors"),
        shipped_actors=listed(shipped_rules() / "actors"),
    )


# ---------------------------------------------------------------- reading
@dataclass(frozen=True, slots=True)
class Known:
    """What event, place, list and actor files say, and what is wrong in them."""

    types: tuple[EventType, ...]
    knowledge: Knowledge
    lists: Mapping[str, tuple[str, ...]]
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
        known = self.known
        told = tuple(_fewer(problems))
        return Rulebook(known.knowledge, tuple(rules), known.types, told, warnings, tuple(known.lists))


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
        self._lists = Shelf(parse_list, _no_list)
        self._shipped_lists = Shelf(parse_list, _no_list)
        self._actors = Shelf(parse_actors, lambda problem: ActorFile((), (problem,)))
        self._shipped_actors = Shelf(parse_actors, lambda problem: ActorFile((), (problem,)))
        self._alerts = Shelf(self._parse, _refused, self._holds)
        self._opened = Remembered(open_gazetteer)
        self._languages = Remembered(_languages)
        self._gathered = Remembered(gathered)
        self._blaming = Remembered(_blaming)
        self._atlas = Remembered(Atlas)
        self._good: Known | None = None
        self._events: tuple[str, ...] = ()
        self._terms = Terms()
        self._names: Atlas

    def read(self, seen: Look) -> Sourced:
        """What the files say that were seen. While an event or place file is broken, the last good ones are known."""
        new = self._known(seen)
        if not new.problems:
            self._good = new
        known = replace(self._good, problems=new.problems) if self._good else new
        self._events = tuple(event_type.id for event_type in known.types)
        terms = _terms(known)
        self._terms = self._terms if terms == self._terms else terms  # the same one is compared at a glance
        self._names = self._atlas(known.knowledge.gazetteer)
        return Sourced(known, tuple(parsed.file for parsed in self._alerts.take(seen.alerts)))

    def _known(self, seen: Look) -> Known:
        type_files, vocabulary_files = self._types.take(seen.events), self._vocabularies.take(seen.vocabularies)
        opened = self._opened(self._places.take(seen.places))
        types = tuple(f.event_type for f in type_files if f.event_type is not None)
        languages = self._languages(vocabulary_files, types)
        list_files = (*self._shipped_lists.take(seen.shipped_lists), *self._lists.take(seen.lists))
        lists = {f.name: f.texts for f in list_files if not f.problems}  # a rule without its list would ask for less
        wrong_lists = (p for f in list_files for p in f.problems)
        wrong_types = (p for f in type_files for p in f.problems)
        wrong_words = (p for f in vocabulary_files for p in f.problems)
        actors = self._gathered(self._shipped_actors.take(seen.shipped_actors), self._actors.take(seen.actors))
        problems = (*wrong_types, *wrong_words, *opened.problems, *wrong_lists, *actors.problems)
        knowledge = Knowledge(languages, opened.gazetteer, self._blaming(actors, languages))
        return Known(types, knowledge, lists, problems)

    # ---------------------------------------------------------------- alert rules
    def _parse(self, text: str, file: str) -> _Parsed:
        asked = Asked(self._events, self._terms, self._names)
        return _Parsed(parse_rules(text, file, asked.names()), asked)

    def _holds(self, parsed: _Parsed) -> bool:
        return parsed.asked is None or parsed.asked.same_of(self._events, self._terms, self._names)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A file of rules, and what it was told of the names in it; nothing, where it could not be read."""

    file: RuleFile
    asked: Asked | None = None


def _refused(problem: Problem) -> _Parsed:
    return _Parsed(RuleFile(problem.file, (), (problem,), ids_known=False))


def _no_list(problem: Problem) -> ListFile:
    return ListFile(name_of(problem.file), (), (problem,))


def _terms(known: Known) -> Terms:
    vocabularies = [language.vocabulary for language in known.knowledge.languages.values()]
    return Terms(
        lists=known.lists,
        languages=tuple(known.knowledge.languages),
        idle_words=frozenset().union(*(vocabulary.function_words for vocabulary in vocabularies)),
        tongues=languages(),
    )


def _languages(files: tuple[VocabularyFile, ...], types: tuple[EventType, ...]) -> Mapping[str, Language]:
    return languages_of((f.vocabulary for f in files if f.vocabulary is not None), types)


def _blaming(actors: Gathered, languages: Mapping[str, Language]) -> Blaming:
    return blaming_of(actors.actors, [language.vocabulary for language in languages.values()])


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
