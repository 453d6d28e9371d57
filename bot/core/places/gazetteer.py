"""The gazetteer: several tables of places as one, with parents, regions and the names that rules use.

Earlier tables win: an overlay's word on a place stands over an import's, and that over the world's. A newcomer's
mistake is to keep the places of a key in a list of one's own: they are read when asked for, and remembered here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log2
from operator import attrgetter
from typing import ParamSpec, TypeVar, cast
from weakref import WeakMethod

import numpy as np
from rapidfuzz import fuzz, process

from bot.core.model import Place
from bot.core.places.cues import NO_CUES, Cues
from bot.core.places.forms import bases_of
from bot.core.places.keys import (
    arabic_sounds_of,
    bare_word,
    consonants_of,
    has_article,
    is_arabic,
    key_of,
    sounds_of,
    unqualified,
    without_article,
    without_articles,
    words_of,
)
from bot.core.places.table import CONSONANTS, KINDS, OPENING, SOUND, Row, Table, code_key, hash_of, table_of

P = ParamSpec("P")
T = TypeVar("T")

REMEMBERED_PLACES = 20_000
REMEMBERED_KEYS = 40_000  # most of them words that are no place
MOST_BEARERS = 400  # of one name; the world has 300 called Ivanovka
DEEPEST = 12  # parents above one place; a ring of parents in a file ends here
NEAR_NAME = 75.0  # similarity from which a name is worth proposing to somebody who mistyped
LIKELY_NAMES = 40_000  # populated or administrative places that suggestions are taken from
MILLION = 1_000_000  # people, from which a town is known before the province of its name
NOTABLE = 3.5  # in `weight`, from which another bearer of a name is worth a warning
RIVALS = 5.0  # in `weight`: nobody takes the country Palestine for the town in Texas
MOST_CHOICES = 6
BORDER_KM = 8.0  # from village to village: nearer than this, a border runs between neighbours
MOST_RENOWN = 2.0  # in `weight`: a hundred people
WEIGHT = attrgetter("weight")
EXTENT = ("country", "region", "admin1", "admin2", "settlement", "camp", "neighbourhood", "site")


@dataclass(frozen=True, slots=True)
class Known:
    """A place as deciding needs it: how many live there, whether its name here was written down by hand, and its main
    name as key (in every table), sound and consonants, and whether that has an article.

    `weight` is how likely a bare name means this place when nothing else is known: hand-written, large, populous first.
    `names` is in how many spellings the tables have it.
    """

    place: Place
    population: int
    by_hand: bool
    main_keys: frozenset[str]
    sound: str = ""
    consonants: str = ""
    article: bool = False
    weight: float = 0.0
    names: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """A table and where it is from. `by_hand` ones are overlays."""

    table: Table
    by_hand: bool = False


class NoSuchPlace(LookupError):
    """A name that means no place, or several; its message is for analysts.

    `near` is a name much like it, `choices` those it may mean.
    """

    def __init__(self, message: str, name: str, near: str = "", choices: Sequence[Place] = ()) -> None:
        super().__init__(message)
        self.name = name
        self.near = near
        self.choices = tuple(choices)


def _remembering(answers: int, method: Callable[P, T]) -> Callable[P, T]:
    """A method that keeps its last answers, without keeping its gazetteer: one that is replaced is freed at once."""
    weak = WeakMethod(method)

    @lru_cache(answers)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        bound = weak()
        assert bound is not None  # who asks holds the gazetteer
        return bound(*args, **kwargs)

    return cast("Callable[P, T]", ask)


class Gazetteer:
    """Places by id and by key, from the tables in order of precedence.

    `regions` names, for the id of a place, the regions that hold it beside its parent; `spoken` the name of a place in
    a language, as far as somebody wrote down what language it is in.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        regions: Mapping[str, tuple[str, ...]] | None = None,
        cues: Cues = NO_CUES,
        spoken: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self.cues = cues
        self._spoken = dict(spoken or {})
        self._sources = tuple(sources)
        self._regions = dict(regions or {})
        self._rows_of = _remembering(REMEMBERED_KEYS, self._look_up)
        self._known = _remembering(REMEMBERED_PLACES, self._read)
        self.bearers = _remembering(REMEMBERED_KEYS, self._bearers)
        self.opens = _remembering(REMEMBERED_KEYS, self._opens)
        self.name_keys = _remembering(REMEMBERED_PLACES, self._name_keys)
        self.bases = _remembering(REMEMBERED_KEYS, self._bases)
        self.sounds_known = _remembering(REMEMBERED_KEYS, self._sounds_known)
        self.across_border = _remembering(REMEMBERED_PLACES, self._across_border)
        self._likely = _remembering(1, self._likely_names)

    def __len__(self) -> int:
        return sum(len(source.table) for source in self._sources)

    # ------------------------------------------------------------ by key
    def _bearers(self, key: str) -> tuple[Known, ...]:
        """The places that have a key, each once, as the first table that knows them has them."""
        found: dict[str, Known] = {}
        for source, row in self._look_up(key)[:MOST_BEARERS]:
            known, by_hand = self._first_known(source, row), self._sources[source].by_hand
            weight = _weight(known.place, known.population, by_hand=by_hand)
            found.setdefault(known.place.id, replace(known, by_hand=by_hand, weight=weight))
        return tuple(found.values())

    def _opens(self, key: str) -> bool:
        hashed = hash_of(OPENING + key)
        return any(source.table.opens(hashed) for source in self._sources)

    def _bases(self, word: str) -> tuple[str, ...]:
        """What a word of a script without capitals may be a form of, as far as some place is called or begins so."""
        bare = without_article(word)
        if bare in self.cues.lower and not self.opens(bare):
            return ()
        bases = (base for base in bases_of(bare_word(word)) if len(base) > 1)
        return tuple(base for base in bases if self._look_up(base) or self.opens(base))

    def _sounds_known(self, words: tuple[str, ...]) -> bool:
        """Does some place sound like these Latin words, or have their consonants, and are they no plain words?"""
        known = self._look_up(SOUND + sounds_of(words)) or self._look_up(CONSONANTS + consonants_of(words))
        return bool(known) and not self.cues.is_plain(words)

    def _look_up(self, key: str) -> tuple[tuple[int, int], ...]:
        return self._rows_of_hash(hash_of(key))

    def _first_known(self, source: int, row: int) -> Known:
        """The place of a row, as the first table that has its id tells it."""
        if source == 0:
            return self._known(source, row)
        place_id = self._sources[source].table.row(row).id
        return self._known(*self._rows_of(code_key(place_id))[0])

    # ------------------------------------------------------------ by id
    def get(self, place_id: str) -> Place | None:
        """The place of an id or code; None when there is none, or several."""
        found = self.bearers(code_key(place_id))
        return found[0].place if len(found) == 1 else None

    def _across_border(self, unit_id: str, place: Place) -> bool:
        """Does a place lie so near to one of a province that reports put it there?"""
        if place.lat is None or place.lon is None:
            return False
        hashed = hash_of(code_key(unit_id))
        return any(s.table.nearest_km(hashed, place.lat, place.lon) <= BORDER_KM for s in self._sources)

    def names_of(self, place_id: str) -> tuple[str, ...]:
        """All names of a place, from all tables."""
        rows = [self._sources[n].table.row(row) for n, row in self._rows_of(code_key(place_id))]
        return tuple(dict.fromkeys(name for row in rows for name in (row.name, *row.aliases)))

    def spoken(self, place_id: str, language: str) -> str:
        """The name of a place in a language where it is written down; empty elsewhere."""
        return self._spoken.get((place_id, language), "")

    def _name_keys(self, place_id: str) -> tuple[str, ...]:
        """The names of a place as keys, and as they sound."""
        spoken = [words for name in self.names_of(place_id) if (words := words_of(name))]
        spoken += filter(None, map(unqualified, spoken))
        sounds = map(_spoken, spoken)
        return tuple(dict.fromkeys([*("".join(without_articles(words)) for words in spoken), *sounds]))

    def _read(self, source: int, index: int) -> Known:
        row = self._sources[source].table.row(index)
        chain = self._parents(row.id)
        by_hand = self._sources[source].by_hand
        rows = [self._sources[n].table.row(at) for n, at in self._rows_of(code_key(row.id))]
        located = next((r for r in rows if r.lat is not None), row)
        # An overlay may move a disputed region to another country; all that lies in it follows.
        ruling = next((r for r, hand in [(row, by_hand), *chain] if hand and r.country), row)
        country = next((r for r, _ in [(row, by_hand), *chain] if r.kind == "country"), None)
        place = Place(
            id=row.id,
            name=row.name,
            kind=row.kind,
            country=ruling.country or None,
            admin=tuple(dict.fromkeys(r.name for r, _ in reversed(chain) if r.kind in ("admin1", "region"))),
            lat=located.lat,
            lon=located.lon,
            parents=tuple(r.id for r, _ in chain),
            country_name=country.name if country else "",
        )
        words = words_of(row.name)
        return Known(
            place,
            population=max(r.population for r in rows),
            by_hand=by_hand,
            main_keys=frozenset(key_of(r.name) for r in rows),
            sound=sounds_of(words),
            consonants=consonants_of(words).lstrip("a"),
            article=has_article(words),
            names=len({name for r in rows for name in (r.name, *r.aliases)}),
        )

    def _parents(self, place_id: str) -> list[tuple[Row, bool]]:
        """All that contains a place, nearest first, with the regions of each, and whether it is written by hand."""
        found: dict[str, tuple[Row, bool]] = {}
        waiting = self._holders(place_id)
        while waiting and len(found) < DEEPEST:
            rows = self._rows_of_hash(waiting.pop(0))
            if not rows:
                continue
            n, at = rows[0]
            row = self._sources[n].table.row(at)
            if row.id != place_id and row.id not in found:
                found[row.id] = row, self._sources[n].by_hand
                waiting += self._holders(row.id)
        return list(found.values())

    def _holders(self, place_id: str) -> list[int]:
        """Hashes of the regions and of the parent of a place; the parent is that of the first table that gives one."""
        regions = [hash_of(code_key(region)) for region in self._regions.get(place_id, ())]
        parents = (int(self._sources[n].table.parents[row]) for n, row in self._rows_of(code_key(place_id)))
        parent = next(filter(None, parents), None)
        return [*regions, parent] if parent else regions

    def _rows_of_hash(self, hashed: int) -> tuple[tuple[int, int], ...]:
        return tuple((n, row) for n, source in enumerate(self._sources) for row in source.table.find(hashed))

    # ------------------------------------------------------------ by what holds them
    def regions_in(self, place: Place) -> tuple[Place, ...]:
        """The provinces and regions in a place, in a province its districts; by name. Looks at every row: not for the
        stream.
        """
        kinds = ("region", "admin1") if place.kind in ("country", "region") else ("region", "admin2")
        wanted = [KINDS.index(kind) for kind in kinds]
        found: dict[str, Place] = {}
        for number, source in enumerate(self._sources):
            table = source.table
            rows = np.isin(table.kinds, wanted)
            if place.country:
                rows &= np.isin(table.countries, [place.country.encode(), b""])
            for row in np.flatnonzero(rows):
                known = self._first_known(number, int(row)).place
                found.setdefault(known.id, known)
        inside = (each for each in found.values() if place.id in each.parents)
        return tuple(sorted(inside, key=lambda each: each.name))

    # ------------------------------------------------------------ as rules name them
    def find(self, name: str) -> Place:
        """The place an analyst means by a name, an id or a code. LookupError says what to write instead."""
        if coded := self.bearers(code_key(name)):
            return _only(name, [known.place for known in coded])
        found = self.named(name)
        if not found:
            near = self._near(name)
            hint = f", did you mean '{near}'?" if near else "; `rules/places` is where places are added"
            raise NoSuchPlace(f"unknown place '{name}'{hint}", name, near)
        return _only(name, [known.place for known in _likeliest(found)])

    def named(self, name: str) -> list[Known]:
        """All places of a name, those first that somebody most likely means."""
        words = words_of(name)
        found = {k.place.id: k for key in dict.fromkeys(["".join(words), key_of(name)]) for k in self.bearers(key)}
        return sorted(found.values(), key=WEIGHT, reverse=True)

    def is_name(self, name: str) -> bool:
        """Is there a place of that name, id or code? What `find` finds out as well, without a search for near names."""
        return bool(self.bearers(code_key(name)) or self.named(name))

    def warnings_for(self, name: str) -> list[str]:
        """What an author should know of a name that `find` takes: other bearers, and that it is a plain word."""
        if self.bearers(code_key(name)):
            return []
        found = self.named(name)
        warnings = []
        notable = (k for k in found[1:] if k.weight >= max(NOTABLE, found[0].weight - RIVALS))
        strangers = [k.place for k in notable if found[0].place.id not in k.place.lineage]
        if strangers:
            others = "; ".join(f"{described(p)} is {p.id}" for p in strangers[:MOST_CHOICES])
            meant = found[0].place
            warnings.append(f"'{name}' is taken for {described(meant)}: write {meant.id} to be sure; {others}")
        words = words_of(name)
        if found and (self.cues.is_plain(words) or key_of(name) in self.cues.weak):
            warnings.append(
                f"'{name}' is a common word as well: it counts only with its country and a word such as 'in'"
            )
        return warnings

    def towns_in(self, south: float, west: float, north: float, east: float, most: int) -> tuple[Place, ...]:
        """The most populous towns within these degrees. Looks at every row: not for the stream."""
        found: dict[str, tuple[int, int, int]] = {}
        for source, table in enumerate(each.table for each in self._sources):
            lat, lon = table.positions.T
            inside = (south < lat) & (lat < north) & (west < lon) & (lon < east) & (table.populations > 0)
            rows = np.flatnonzero(inside & (table.kinds == KINDS.index("settlement")))
            for row in rows[np.argsort(-table.populations[rows].astype(np.int64), kind="stable")][:most]:
                people = int(table.populations[row])
                found.setdefault(table.row(int(row)).id, (people, source, int(row)))
        largest = sorted(found.values(), key=lambda each: -each[0])[:most]
        return tuple(self._first_known(source, row).place for _, source, row in largest)

    def _near(self, name: str) -> str:
        likely = self._likely()
        near = process.extractOne(name, likely, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=NEAR_NAME)
        return near[0] if near else ""

    def _likely_names(self) -> list[str]:
        names: dict[str, int] = {}
        for source in self._sources:
            table = source.table
            for index, name in table.names():
                large = source.by_hand or int(table.kinds[index]) < EXTENT.index("settlement")
                names[name] = max(names.get(name, 0), 10**9 if large else int(table.populations[index]))
        return sorted(names, key=lambda name: -names[name])[:LIKELY_NAMES]


def renown(known: Known) -> float:
    """How much better than others of its name a place is known whose people nobody counted: each doubling of its
    spellings counts, up to eight of them. A name and its Arabic form alone are what a surveyor leaves, not a reader.
    """
    if known.population or known.by_hand:
        return MOST_RENOWN
    return min(MOST_RENOWN, max(0.0, log2(known.names) - 1))


def _spoken(words: Sequence[str]) -> str:
    return arabic_sounds_of("".join(without_articles(words))) if is_arabic(words[0]) else sounds_of(words)


# ---------------------------------------------------------------- of several, which
def _weight(place: Place, population: int, *, by_hand: bool) -> float:
    metropolis = 0.5 if population >= MILLION and place.kind == "settlement" else 0.0
    base = {"country": 9.0, "region": 6.0, "admin1": 6.0, "admin2": 3.5}.get(place.kind, 0.0)
    return max(base, len(str(population)) - 1 if population else 0.0) + (2.0 if by_hand else 0.0) + metropolis


CLEARLY_LESS = 2.0  # in `weight`: a hundredth of the people, or a village beside a province


def _likeliest(found: Sequence[Known]) -> list[Known]:
    """Those that a name may well mean: the heaviest and all that come near it."""
    heaviest = found[0].weight
    return [k for k in found if heaviest - k.weight < CLEARLY_LESS]


def _only(name: str, found: Sequence[Place]) -> Place:
    widest = min(found, key=lambda p: (EXTENT.index(p.kind), len(p.lineage), p.id))
    strangers = [p for p in found if widest.id not in p.lineage]
    if strangers:
        shown = [widest, *strangers][:MOST_CHOICES]
        choices = "; ".join(f"{p.id} is {described(p)}" for p in shown)
        raise NoSuchPlace(f"'{name}' is several places, write an id instead: {choices}", name, choices=shown)
    return widest


def described(place: Place) -> str:
    """A place with its parents: "Maarat Misrin (Idlib, SY)"."""
    around = ", ".join([*reversed(place.admin), *([place.country] if place.country else [])])
    return f"{place.name} ({around})" if around else place.name


def precision(place: Place) -> int:
    """How exactly a place says where: 0 for a country, more for what is smaller."""
    return EXTENT.index(place.kind)


def gazetteer_of(rows: Iterable[Row], cues: Cues = NO_CUES) -> Gazetteer:
    """A gazetteer of rows written by hand: for tests and tools."""
    return Gazetteer([Source(table_of(rows), by_hand=True)], cues=cues)
