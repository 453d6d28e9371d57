"""Names in a text: every stretch of words whose key some place bears, the longest at each word.

Latin names begin with a capital; scripts without capitals are looked up word by word, without their particles and case
endings. A newcomer's mistake is to take what is found here for places: most of it is people, products and plain words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bot.core.model import Said, Toponym
from bot.core.places.cues import Cues
from bot.core.places.forms import bases_of
from bot.core.places.gazetteer import Gazetteer, Known
from bot.core.places.keys import (
    APOSTROPHES,
    ARTICLES,
    LONGEST_NAME,
    bare_word,
    has_article,
    is_arabic,
    is_latin,
    joined_keys,
    without_article,
)
from bot.core.text import Gap, Prose, kind_of_gap

SHORTEST_KEY = 3  # letters of a Latin key; "Al" and "Um" are not names
# Small words inside names, in lower case: Rio de Janeiro, Dar es Salaam, Republic of the Congo.
CONNECTORS = frozenset(
    ["of", "the", "de", "du", "da", "do", "dos", "des", "la", "le", "les", "am", "upon", "au", "del", "den"]
)
_JOINTS = "-'’‘ʼ`´"
_HYPHENS = ("-", "‑")
FREE_ARTICLES = frozenset(["al", "el", "ul", "ash", "esh", "az", "adh"])  # no words of European languages before a name


class Mention(NamedTuple):
    """Words `first` up to `end` of a text, and the places that bear their key. `how` the key was made."""

    prose: Prose
    first: int
    end: int
    key: str
    how: str
    bearers: tuple[Known, ...]

    @property
    def start(self) -> int:
        return self.prose.starts[self.first]

    @property
    def surface(self) -> str:
        return self.prose.slice(self.first, self.end - 1)

    @property
    def latin(self) -> bool:
        return is_latin(self.key)

    @property
    def single(self) -> bool:
        """Is it one word, but for an article and what an apostrophe parts?"""
        words, gaps = self.prose.words, self.prose.gaps
        return not any(gaps[i] == " " and words[i] not in ARTICLES for i in range(self.first, self.end - 1))

    @property
    def article(self) -> bool:
        """Does it begin with an article, after Arabic particles?"""
        word = self.prose.words[self.first]
        return has_article((word,)) or any(has_article((base,)) for base in bases_of(word) if is_arabic(word))

    def toponym(self, known: Known, why: Said) -> Toponym:
        start, end = self.start, self.prose.ends[self.end - 1]
        return Toponym(self.prose.field, start, end, self.prose.source[start:end], known.place, why)


class Window(NamedTuple):
    """A stretch of words that may be a name: up to, not including, `end`."""

    end: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A text and, by the word it begins at, the stretches of words that may be a Latin name, the longest first.

    `phrases` are the set phrases in it, as first word, end and phrase.
    """

    prose: Prose
    windows: Mapping[int, Sequence[Window]]
    phrases: Sequence[tuple[int, int, str]]


def named(prose: Prose, cues: Cues) -> Named:
    """The stretches of a text that may be Latin names, found once for all who ask.

    A small word ends a name, but for one that says what it names: "the Damascus countryside" is not in Damascus.
    """
    source, words = prose.source, prose.words
    upper = [source[start].isupper() for start in prose.starts]
    likely = (i for i, capital in enumerate(upper) if capital or words[i] in ARTICLES)
    begun = (i for i in likely if begins_name(prose, upper, i) and is_latin(words[i]))
    return Named(prose, {i: _windows(prose, upper, i, cues.units) for i in begun}, _in_phrases(prose, cues))


def _in_phrases(prose: Prose, cues: Cues) -> list[tuple[int, int, str]]:
    found = []
    for index in (i for i, word in enumerate(prose.words) if word in cues.phrases):
        for phrase in cues.phrases[prose.words[index]]:
            end = index + len(phrase)
            if prose.words[index:end] == phrase:
                found.append((index, end, prose.slice(index, end - 1)))
    return found


def mentions(text: Named, gazetteer: Gazetteer) -> Iterator[Mention]:
    """All names of a text in order, none inside another."""
    free = 0
    for index, word in enumerate(text.prose.words):
        found = None
        if index < free:
            continue
        if index in text.windows:
            found = _latin(text.prose, index, text.windows[index], gazetteer)
        elif not is_latin(word) and (bases := gazetteer.bases(word)):  # nine words of ten have none
            found = _unlettered(text.prose, index, bases, gazetteer)
        if found:
            yield found
            free = found.end


# ---------------------------------------------------------------- with capitals
def begins_name(prose: Prose, upper: Sequence[bool], index: int) -> bool:
    """A capital letter, or an article before one: "al-Bab", "al Bab"."""
    if upper[index]:
        return True
    word = prose.words[index]
    if word not in ARTICLES or index + 1 == len(upper) or not upper[index + 1]:
        return False
    return prose.gaps[index] in _HYPHENS or (prose.gaps[index] == " " and word in FREE_ARTICLES)


def _windows(prose: Prose, upper: Sequence[bool], index: int, units: Collection[str]) -> list[Window]:
    found, words = [], [bare_word(prose.words[index])]
    if words[0] not in ARTICLES:
        found.append(Window(index + 1, tuple(words)))
    for at in range(index + 1, min(index + LONGEST_NAME, len(upper))):
        gap = prose.gaps[at - 1]
        if gap != " " and kind_of_gap(gap) is not Gap.SPACE:
            break
        word = prose.words[at]
        small = word in CONNECTORS or word in ARTICLES
        tied = gap in _JOINTS
        if not (upper[at] or small or tied):
            if word in units and found:
                found.append(Window(at + 1, (*words, word)))
            break
        if gap in APOSTROPHES:
            words[-1] += bare_word(word)
        else:
            words.append(bare_word(word))
        if (not small or tied) and word != "i":
            found.append(Window(at + 1, tuple(words)))
    return [window for window in reversed(found) if not _cuts(prose, index, window.end)]


def _cuts(prose: Prose, first: int, end: int) -> bool:
    """Does a name end inside a word? "Idlib's" and "İdlib'de" are Idlib, "al-Tali'i" is not al-Tali."""
    if end >= len(prose.words) or prose.gaps[end - 1] not in _SINGLE_APOSTROPHES:
        return False
    return prose.words[end] not in _SUFFIXES or (prose.words[end] != "s" and prose.words[first] in ARTICLES)


_SINGLE_APOSTROPHES = frozenset(APOSTROPHES)
# English and Turkish endings that an apostrophe parts from a name.
_SUFFIXES = frozenset(
    {"s", "de", "da", "te", "ta", "den", "dan", "ten", "tan", "e", "a", "ye", "ya", "i", "u", "yi", "yu", "in", "un"}
    | {"nin", "nun", "deki", "daki", "teki", "taki", "le", "la", "yle", "yla", "li", "lu"}
)


def _latin(prose: Prose, index: int, windows: Sequence[Window], gazetteer: Gazetteer) -> Mention | None:
    for window in windows:
        keys = [key for key in _keys(window.words) if len(key) >= SHORTEST_KEY and gazetteer.bearers(key)]
        if keys:  # Albalat is in Spain, Al Balat in Syria as well
            bearers = {k.place.id: k for key in keys for k in gazetteer.bearers(key)}
            return Mention(prose, index, window.end, keys[-1], "name", tuple(bearers.values()))
    return None


def _keys(words: Sequence[str]) -> tuple[str, ...]:
    whole = "".join(words)
    plain = len(words) == 1 or (whole.isascii() and ARTICLES.isdisjoint(words))
    return (whole,) if plain else tuple(joined_keys(words))


# ---------------------------------------------------------------- without capitals
def _unlettered(prose: Prose, index: int, bases: Sequence[str], gazetteer: Gazetteer) -> Mention | None:
    word = prose.words[index]
    if "\u0400" <= word[:1] <= "\u04ff" and not prose.starts_upper(index):
        return None
    if word == _ALI and prose.source[prose.ends[index] - 1] == _ON[-1]:
        return None
    best, name = index, ("", "")
    for base in bases:
        end, key = _longest(prose, index, base, gazetteer)
        if end > best:
            how = "name" if base == word or base == without_article(word) else _how(word)
            best, name = end, (key, how)
    return Mention(prose, index, best, *name, _bearers(name[0], gazetteer)) if best > index else None


_ALI, _ON = "علي", "على"  # folding makes them one: "on Jasim" is no Ali Jasim


def _bearers(key: str, gazetteer: Gazetteer) -> tuple[Known, ...]:
    """The places of a name: "al-Adiliya" is one that a table has without an article as well, as among Latin names."""
    bare = without_article(key) if is_arabic(key) else key  # who has the article is found without it, too
    return gazetteer.bearers(bare) or gazetteer.bearers(key)


def _how(word: str) -> str:
    return "name after a particle" if is_arabic(word) or "\u05d0" <= word[:1] <= "\u05ea" else "inflected name"


def _longest(prose: Prose, index: int, base: str, gazetteer: Gazetteer) -> tuple[int, str]:
    """Where the longest name that begins with a base ends, and its key; 0 when none does."""
    best, keys, at = (0, ""), [base], index + 1
    while keys:
        for key in keys:
            if len(key) > 1 and gazetteer.bearers(key):
                best = at, key
                break
        if at >= min(index + LONGEST_NAME, len(prose.words)) or kind_of_gap(prose.gaps[at - 1]) is not Gap.SPACE:
            break
        open_keys = [key for key in keys if gazetteer.opens(key)]
        keys = [key + form for key in open_keys for form in _inner(prose.words[at])] if open_keys else []
        at += 1
    return best


@lru_cache(maxsize=20_000)
def _inner(word: str) -> tuple[str, ...]:
    """The forms of a word that is not the first of its name: an article may go, a case ending as well."""
    word = bare_word(word)
    return (without_article(word),) if is_arabic(word) else bases_of(word)
