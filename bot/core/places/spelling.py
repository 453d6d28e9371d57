"""Names that no table spells so, found by their sounds or consonants: places of Arabic-script countries alone.

Only where the report is about such a country, and never for people and plain words. A newcomer's mistake is to loosen
this for short names: Homs, Hims, Hamas and Homes share their consonants.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rapidfuzz import fuzz

from bot.core.model import Place, Said, saying
from bot.core.places.attesting import unattested
from bot.core.places.cases import LARGE
from bot.core.places.company import ENOUGH, Company
from bot.core.places.cues import Cues
from bot.core.places.finding import Mention, Named, Window
from bot.core.places.forms import bases_of
from bot.core.places.gazetteer import Gazetteer, Known, renown
from bot.core.places.guards import (
    Surroundings,
    cue_of,
    inside,
    is_nobodys,
    is_unit,
    part_of_longer,
    person,
    unknown_before,
)
from bot.core.places.keys import (
    ARABIC_COUNTRIES,
    ARTICLES,
    arabic_sounds_of,
    bare_word,
    consonants_of,
    has_arabic,
    is_arabic,
    key_of,
    latin_consonants,
    sounds_of,
    without_article,
    without_articles,
)
from bot.core.places.table import CONSONANTS, SOUND
from bot.core.text import Gap, Prose, kind_of_gap

SHORTEST_SOUND = 5  # letters of a name of one word found by its sounds
LONG_ENOUGH = 7  # letters of a name without a word such as "in" before it
SHORTEST = 4  # letters of a name of one word found by its consonants
FEWEST_CONSONANTS, FEWEST_BESIDE = 3, 2
ALIKE = 72.0  # percent that two spellings must be alike where only their consonants are equal
ALIKE_BESIDE = 75.0  # the same where the area stands beside the name
ALIKE_ARABIC = 80.0  # the same of Arabic, whose long vowels are no guess, without "village of" before it
ALIKE_BEHIND_GENERIC = 85.0  # the same of names that have few but for a word such as "Kafr", which many have
ALIKE_OF_FEW = 80.0  # the same of names of two consonants
LONGEST = 4  # words
MOST_SHARING = 2  # places of an area that have the same consonants; of more, only a town may be meant
INSIDE = frozenset(["in", "of", "within", "inside", "في", "بريف", "ريف", "محافظه", "en", "dans", "у", "в"])

Found = tuple[Mention, Known, Said]


@dataclass(frozen=True, slots=True)
class Search:
    """One text, what in it is taken already, and where its names may lie."""

    text: Named
    prose: Prose
    taken: Sequence[Mention]
    gazetteer: Gazetteer
    areas: frozenset[str]
    countries: frozenset[str]
    covered: frozenset[int]
    phrases: Sequence[tuple[int, int, str]]
    starts: frozenset[int]


def respelt(
    texts: Sequence[Named], taken: Sequence[Mention], gazetteer: Gazetteer, company: Company
) -> Iterator[Found]:
    """Places that a report spells in a way of its own, with how they were known."""
    countries = frozenset(c for c, n in company.countries.items() if c in ARABIC_COUNTRIES and n >= ENOUGH)
    if not countries:
        return
    for text in texts:
        prose = text.prose
        own = [m for m in taken if m.prose is prose]
        covered = frozenset(i for m in own for i in range(m.first, m.end))
        starts = frozenset(m.first for m in own)
        yield from _in(Search(text, prose, own, gazetteer, company.areas, countries, covered, text.phrases, starts))


def _in(search: Search) -> Iterator[Found]:
    free = 0
    may_begin = set(search.text.windows)
    if search.areas and has_arabic(search.prose.source):
        may_begin.update(_said_to_be_places(search.prose, search.gazetteer.cues))
    words = search.prose.words
    may_begin = {i for i in may_begin if i - 1 not in may_begin or words[i - 1] not in ARTICLES}  # "al-Dik" is no "Dik"
    for index in sorted(may_begin - search.covered):
        found = _at(search, index) if index >= free else None
        if found and not any(inside(found[0], search.phrases)):
            yield found
            free = found[0].end


def _said_to_be_places(prose: Prose, cues: Cues) -> Iterator[int]:
    """The Arabic words behind one such as "village of" or "in": one of ten."""
    says = {word for word in set(prose.words) if is_unit(word, cues) or word in cues.locatives}
    return (i for i, (before, word) in enumerate(pairwise(prose.words), 1) if before in says and is_arabic(word))


def _at(search: Search, index: int) -> Found | None:
    if is_arabic(search.prose.words[index]):
        return _arabic(search, index)
    for window in search.text.windows.get(index, ()):
        if not search.gazetteer.sounds_known(window.words):  # most words end here
            continue
        if len(window.words) > LONGEST or not search.covered.isdisjoint(range(index, window.end)):
            continue
        mention = Mention(search.prose, index, window.end, "".join(without_articles(window.words)), "", ())
        if _possible(mention, search) and (found := _heard(mention, window, search)):
            return found
    return None


# ---------------------------------------------------------------- Latin
def _possible(mention: Mention, search: Search) -> bool:
    """Might this be a place at all? No person, people, plain word, nor part of a longer name."""
    cues = search.gazetteer.cues
    if mention.key in cues.demonyms or mention.key in cues.never:
        return False
    if mention.surface.isupper() or mention.key in cues.generic:
        return False
    beside = _held_by(mention, search) is not search.areas
    if mention.single and not beside and not is_nobodys(mention.key, cues):
        return False
    near = Surroundings.of(mention)
    if not cue_of(mention, near, cues) and not beside and len(mention.key) < LONG_ENOUGH:
        return False
    if person(mention, near, cues, trusted=False) or near.after in cues.speech or part_of_longer(near, cues):
        return False
    return not unknown_before(near, cues, mention)


def _heard(mention: Mention, window: Window, search: Search) -> Found | None:
    sound = sounds_of(window.words)
    held = _held_by(mention, search)
    beside = held is not search.areas
    if len(window.words) > 1 or beside or len(sound) >= SHORTEST_SOUND:
        heard = [k for k in search.gazetteer.bearers(SOUND + sound) if k.place.country in search.countries]
        best = _best(mention, sound, heard, held, search)
        if best:
            return mention, best, saying("sounds like {place}", place=best.place)
        if any(held.intersection(k.place.parents) for k in heard):
            return None
    return _by_consonants(mention, window.words, sound, held, search) if len(mention.key) >= SHORTEST else None


def _by_consonants(
    mention: Mention, words: Sequence[str], sound: str, held: frozenset[str], search: Search
) -> Found | None:
    """The place with these consonants inside an area that the report names, where none there has just this name."""
    if any(held.intersection(k.place.parents) for k in search.gazetteer.bearers(mention.key)):
        return None
    consonants = consonants_of(words)
    beside = held is not search.areas
    if len(consonants) < (FEWEST_BESIDE if beside else FEWEST_CONSONANTS) or not held:
        return None
    said = is_unit(Surroundings.of(mention).before, search.gazetteer.cues)
    if not beside and not said:
        return None
    enough = _enough(words, search.gazetteer.cues, beside=beside, said=said)
    sharing = _sharing(mention, consonants, held, search)
    if len(sharing) > MOST_SHARING and not said:
        sharing = [k for k in sharing if k.by_hand or k.population]
    near = [k for k in sharing if likeness(sound, k, search.gazetteer) >= enough]
    best = _best(mention, sound, near, held, search)
    if best is None:
        return None
    return mention, best, saying("consonants of {place}, inside an area named in the report", place=best.place)


def _sharing(mention: Mention, consonants: str, held: frozenset[str], search: Search) -> list[Known]:
    """The places of the areas that have these consonants; in Arabic rather one just outside that has the name."""
    if is_arabic(mention.key) and held is not search.areas:
        bearers = [k for k in search.gazetteer.bearers(mention.key) if k.place.country in search.countries]
        if outside := _across_border(bearers, held, search):
            return outside
    return [
        k
        for k in search.gazetteer.bearers(CONSONANTS + consonants)
        if k.place.country in search.countries and held.intersection(k.place.parents)
    ]


def _enough(words: Sequence[str], cues: Cues, *, beside: bool, said: bool) -> float:
    """How alike two spellings must be, in percent: the more, the less else speaks for them."""
    own = [word for word in words if word not in cues.generic and word not in ARTICLES]
    if len(own) < len(without_articles(words)) and len(consonants_of(own)) < FEWEST_CONSONANTS:
        return ALIKE_BEHIND_GENERIC
    if len(consonants_of(words)) < FEWEST_CONSONANTS:
        return ALIKE_OF_FEW
    if is_arabic(words[0]) and not said:
        return ALIKE_ARABIC
    return ALIKE_BESIDE if beside else ALIKE


def _held_by(mention: Mention, search: Search) -> frozenset[str]:
    """The areas a name may lie in: those of the place that follows at once, "Kafr Naha in Aleppo", else all named."""
    for other in search.taken:
        if 0 <= other.first - mention.end <= 2 and other.bearers:
            inside = not INSIDE.isdisjoint(mention.prose.words[mention.end : other.first])
            units = {k.place.id for k in other.bearers if k.place.kind in _WIDE or (inside and _is_city(k))}
            if units & search.areas:
                return frozenset(units & search.areas)
    return search.areas


def _across_border(heard: Sequence[Known], held: frozenset[str], search: Search) -> list[Known]:
    """Those that lie just outside the province that a report puts them into."""
    small = [k for k in heard if k.weight < LARGE]
    return [k for k in small if any(search.gazetteer.across_border(unit, k.place) for unit in held)]


_WIDE = frozenset(["admin1", "admin2", "region"])


def _is_city(known: Known) -> bool:
    """May something lie in it? Side by side, two towns are a list, and "in" a village means near it."""
    return known.place.kind == "settlement" and known.weight >= LARGE


def _best(mention: Mention, key: str, heard: Sequence[Known], held: frozenset[str], search: Search) -> Known | None:
    """The one that an area of the report holds and whose name is most alike; none where several are as good."""
    within = [k for k in heard if held.intersection(k.place.parents)]
    if heard and not within and held is not search.areas:
        within = _across_border(heard, held, search)
    if not heard or (not within and held is not search.areas):
        return None  # "Mualla in Aleppo" is not the Mualla of Latakia
    ranked = sorted(
        ((likeness(key, k, search.gazetteer) + _agreement(mention, k), k) for k in within or heard),
        key=lambda pair: (-pair[0], pair[1].place.id),
    )
    score, best = ranked[0]
    rivals = [k for s, k in ranked[1:] if score - s < 1.0 and not near(best.place, k.place)]
    return None if rivals or unattested(mention, best, heard) else best


def _agreement(mention: Mention, known: Known) -> float:
    """What tells apart places that sound alike: the spelling of the main name, and whether it has an article."""
    spelt = fuzz.ratio(mention.key, key_of(known.place.name)) * SPELLING if mention.latin else 0.0
    return spelt + RENOWN * renown(known) + (ARTICLE if mention.article == known.article else 0.0)


# Of the likeness of spellings; for an article in both or in neither; for being better known.
SPELLING, ARTICLE, RENOWN = 0.1, 2.0, 3.0


def is_main(key: str, known: Known) -> bool:
    """Is a key the main name of a place? An Arabic one is where its consonants are those of the Latin main name."""
    return key in known.main_keys or (is_arabic(key) and _alike(key, known.consonants))


@lru_cache(maxsize=20_000)
def _alike(key: str, consonants: str) -> bool:
    return fuzz.ratio(latin_consonants(without_article(key)), consonants) >= SAME_NAME


SAME_NAME = 85.0  # percent


def likeness(key: str, known: Known, gazetteer: Gazetteer) -> float:
    """How alike a written name and the nearest name of a place are, in percent; its main name counts a little more."""
    main = {*known.main_keys, known.sound}
    names = gazetteer.name_keys(known.place.id)
    return max((fuzz.ratio(key, name) - (0 if name in main else 3) for name in names), default=0.0)


def near(one: Place, other: Place) -> bool:
    """Are two places so near that they are one? About 13 km."""
    if one.lat is None or other.lat is None or one.lon is None or other.lon is None:
        return False
    return abs(one.lat - other.lat) < 0.12 and abs(one.lon - other.lon) < 0.14


# ---------------------------------------------------------------- Arabic
def _arabic(search: Search, index: int) -> Found | None:
    """A misspelt Arabic name: only with a word such as "village of" before it, and inside an area that is named."""
    prose, cues = search.prose, search.gazetteer.cues
    before = prose.words[index - 1] if index else ""
    said = is_unit(before, cues)
    if not said and (before not in cues.locatives or search.starts.isdisjoint(range(index, index + LONGEST))):
        return None
    if without_article(prose.words[index]) in cues.lower:
        return None
    for end in range(min(index + 3, len(prose.words)), index, -1):
        if found := _arabic_words(search, index, end, said=said):
            return found
    return None


def _arabic_words(search: Search, index: int, end: int, *, said: bool) -> Found | None:
    prose, cues = search.prose, search.gazetteer.cues
    words = [bare_word(w) for w in prose.words[index:end]]
    whole = all(kind_of_gap(prose.gaps[i]) is Gap.SPACE for i in range(index, end - 1))
    if not whole or search.covered & set(range(index, end)) or any(_is_common(w, cues) for w in words):
        return None
    for base in bases_of(words[0]):
        key = "".join(without_articles([base, *words[1:]]))
        mention = Mention(prose, index, end, key, "name", ())
        held = _held_by(mention, search)
        if len(key) < SHORTEST or key in cues.never or key in cues.generic or (held is search.areas and not said):
            continue
        if part_of_longer(Surroundings.of(mention), cues):
            continue
        if found := _by_consonants(mention, [key], arabic_sounds_of(key), held, search):
            return found
    return None


def _is_common(word: str, cues: Cues) -> bool:
    return without_article(word) in cues.lower or word in cues.locatives or word in cues.units
