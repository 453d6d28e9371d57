"""The gazetteer, and finding its places in a text.

A name is found by its key (folded, without article, words joined), never by edit distance: measured, no threshold keeps
Hama from Hamas. A newcomer's mistake is to take a nationality for a place: "Turkish" is an actor and never found here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import process

from bot.core.model import Place, Toponym
from bot.core.text import Gap, Prose, tokenise

LONGEST_NAME = 6  # words
SHORTEST_KEY = 3  # letters of a Latin key; "Al" and "Um" are not names
DATELINE_WORDS = 6  # "BEIRUT, 16 Sept. 89 (Reuters) -" is over by then
NEAR_NAME = 70.0  # similarity from which a name is worth proposing to somebody who mistyped

ARTICLES = frozenset(
    ["al", "el", "ul", "as", "ash", "ar", "an", "ad", "adh", "at", "ath", "az", "es", "esh", "ed", "er", "et", "ez"]
)
_CLITICS = (("و", "ف"), ("ب", "ك", "ل", "لل"), ("ال",))
_LOCATORS = frozenset(
    [
        "north",
        "south",
        "east",
        "west",
        "northern",
        "southern",
        "eastern",
        "western",
        "northeast",
        "northwest",
        "southeast",
        "southwest",
    ]
)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places by id and by key. Several places may share a name; the decision is `find_toponyms`'s."""

    places: Mapping[str, Place]
    keys: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, name: str) -> Place:
        """The place an analyst means by a name or an id. LookupError says what to write instead."""
        if name in self.places:
            return self.places[name]
        found = [self.places[i] for i in self.keys.get(key_of(name), ())]
        if not found:
            raise LookupError(f"unknown place '{name}'{self._suggestion(name)}")
        widest = _widest(found)
        strangers = [p for p in found if widest.id not in p.lineage]
        if strangers:
            choices = "; ".join(f"{p.id} is {described(p)}" for p in [widest, *strangers])
            raise LookupError(f"'{name}' is several places, write an id instead: {choices}")
        return widest

    def _suggestion(self, name: str) -> str:
        near = process.extractOne(name, [p.name for p in self.places.values()], score_cutoff=NEAR_NAME)
        return f", did you mean '{near[0]}'?" if near else "; `rules/places` is where places are added"


def described(place: Place) -> str:
    """A place with its parents: "Maarat Misrin (Idlib, SY)"."""
    around = ", ".join([*reversed(place.admin), *([place.country] if place.country else [])])
    return f"{place.name} ({around})" if around else place.name


def gazetteer_of(named: Iterable[tuple[Place, Sequence[str]]]) -> Gazetteer:
    """A gazetteer from places and all their names. Later places of the same id replace earlier ones."""
    places: dict[str, Place] = {}
    names: dict[str, tuple[str, ...]] = {}
    for place, spellings in named:
        places[place.id] = place
        names[place.id] = tuple(dict.fromkeys([place.name, *spellings]))
    keys: dict[str, dict[str, None]] = {}
    for place_id, spellings in names.items():
        for spelling in spellings:
            if len(key := key_of(spelling)) >= 2:
                keys.setdefault(key, {})[place_id] = None
    return Gazetteer(places, {key: tuple(ids) for key, ids in keys.items()}, names)


# ---------------------------------------------------------------- keys
def key_of(name: str) -> str:
    """The key of a name: folded words without articles, joined. "Kafr Nabl" and "Kafrnabl" share one."""
    return "".join(_words_that_count(tokenise("title", name).words))


def _words_that_count(words: Sequence[str]) -> list[str]:
    return [_without_article(w) for w in words if w not in ARTICLES] or list(words)


def _without_article(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


def _bare_forms(word: str) -> list[str]:
    """What an Arabic word may be without "and", "in", "to" and the article. At most nine forms, itself first."""
    forms = [word]
    for group in _CLITICS:
        forms += [f[len(p) :] for f in forms for p in group if f.startswith(p) and len(f) - len(p) >= 2]
    return list(dict.fromkeys(map(_without_article, forms)))


# ---------------------------------------------------------------- finding
def find_toponyms(prose: Prose, gazetteer: Gazetteer) -> Iterator[Toponym]:
    """The places a text names, in order; the longest name at each word wins."""
    index = 0
    while index < len(prose.words):
        found = _at(prose, index, gazetteer)
        if found is None:
            index += 1
            continue
        end, ids, how = found
        place = _widest([gazetteer.places[i] for i in ids])
        surface = prose.slice(index, end - 1)
        yield Toponym(prose.field, prose.starts[index], prose.ends[end - 1], surface, place, how)
        index = end


def _at(prose: Prose, index: int, gazetteer: Gazetteer) -> tuple[int, tuple[str, ...], str] | None:
    word = prose.words[index]
    arabic = "\u0600" <= word[:1] <= "\u06ff"
    if not arabic and not prose.starts_upper(index):
        return None
    best = None
    for form in _bare_forms(word) if arabic else [word]:
        for end, key in _windows(prose, index, form, arabic=arabic):
            if (arabic or len(key) >= SHORTEST_KEY) and key in gazetteer.keys and (best is None or end > best[0]):
                best = end, gazetteer.keys[key], "name" if form == word else "name without clitics"
    return best


def _windows(prose: Prose, index: int, form: str, *, arabic: bool) -> Iterator[tuple[int, str]]:
    """The keys of the names that may start at a word, with the word after each."""
    key = "" if form in ARTICLES else form
    for end in range(index + 1, min(index + LONGEST_NAME, len(prose.words)) + 1):
        if key:
            yield end, key
        if end == len(prose.words) or prose.gap(end - 1) is not Gap.SPACE:
            return
        word = prose.words[end]
        if arabic:
            key += _without_article(word)
        elif word in ARTICLES:
            continue
        elif prose.starts_upper(end):
            key += word
        else:
            return


def _widest(places: Sequence[Place]) -> Place:
    """Of several places of one name the one that contains the others: Idlib the province, not the town."""
    return min(places, key=lambda p: (len(p.lineage), _EXTENT.index(p.kind), p.id))


_EXTENT = ["country", "region", "admin1", "admin2", "settlement", "camp", "neighbourhood", "site"]


def precision(place: Place) -> int:
    """How exactly a place says where: 0 for a country, more for what is smaller."""
    return _EXTENT.index(place.kind)
