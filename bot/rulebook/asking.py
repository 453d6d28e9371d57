"""What a file of rules was told of the names in it: it is parsed anew only when one of them means another thing.

A newcomer's mistake is to parse all rules anew when a place or an event type changes: with 10,000 rules that is seconds
for an edit that touches none of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.model import Place
from bot.core.places import Gazetteer
from bot.core.rules import Names
from bot.core.yamlfile import shown

MOST_SUGGESTIONS = 300  # of places for names that are unknown: each is sought among 40,000 names


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gazetteer says to a name: the place, or why there is none."""

    place: Place | None
    why_none: str = ""
    warnings: tuple[str, ...] = ()

    def place_or_error(self) -> Place:
        if self.place is None:
            raise LookupError(self.why_none)
        return self.place


class Atlas:
    """A gazetteer that is asked each name once, however many rules have it."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._unknown = 0
        self._answers: dict[str, Answer] = {}

    def answer(self, name: str) -> Answer:
        if name not in self._answers:
            self._answers[name] = self._looked_up(name)
        return self._answers[name]

    def _looked_up(self, name: str) -> Answer:
        if self._unknown >= MOST_SUGGESTIONS and not self._gazetteer.is_name(name):
            return Answer(None, f"unknown place {shown(name)}")
        try:
            place = self._gazetteer.find(name)
        except LookupError as error:
            self._unknown += 1
            return Answer(None, str(error.args[0]))
        return Answer(place, warnings=tuple(self._gazetteer.warnings_for(name)))


@dataclass(frozen=True, slots=True)
class Terms:
    """What rules are made of beside events and places: lists, languages of reports and of readers, idle words."""

    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    idle_words: frozenset[str] = frozenset()
    tongues: tuple[str, ...] = ()


class Asked:
    """The names that one file asked for, and what they meant."""

    def __init__(self, events: tuple[str, ...], terms: Terms, atlas: Atlas) -> None:
        self._events = _Events(events)
        self._terms = terms
        self._atlas = atlas
        self._places: dict[str, Answer] = {}

    def names(self) -> Names:
        """What the parser is given; each question is kept."""
        return Names(
            self._events,
            lambda name: self._answer(name).place_or_error(),
            lambda name: self._answer(name).warnings,
            self._terms.lists,
            self._terms.languages,
            self._terms.idle_words,
            self._terms.tongues,
        )

    def _answer(self, name: str) -> Answer:
        return self._places.setdefault(name, self._atlas.answer(name))

    def same_of(self, events: tuple[str, ...], terms: Terms, atlas: Atlas) -> bool:
        """Would the file be told the same again?"""
        same_places = all(atlas.answer(name) == said for name, said in self._places.items())
        return same_places and self._terms == terms and self._events.same_of(events)


class _Events(Collection[str]):
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
