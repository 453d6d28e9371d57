"""Words, phrases and word beginnings, each standing for something, found in a text by its folded words.

A newcomer's mistake is to search the text for every phrase: here every word of the text is looked up once, so a
thousand phrases cost no more than ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.core.text import Prose, Sentence, fold_word

T = TypeVar("T")

SEEN_WORDS = 200_000  # words remembered per language; news of a year hold fewer
SHORTEST_STEM = 2
STAR = "*"  # at the end of a word: any ending
_SEPARATORS = str.maketrans("-'’/", "    ")

Rest = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """What was found: words `first` up to `end`. `joined` when "and" is stuck to the first (Arabic wa)."""

    value: T
    first: int
    end: int
    joined: bool


@dataclass(frozen=True, slots=True)
class _Opening(Generic[T]):
    """A phrase that may begin with a word. `second` is the word that must follow, None where several forms will do."""

    rest: Rest
    second: str | None
    value: T
    joined: bool


@dataclass(frozen=True, slots=True)
class Phrases(Generic[T]):
    """The phrases by their first word, exact or by its beginning. Single words have an empty rest."""

    exact: Mapping[str, Sequence[tuple[Rest, T]]] = field(repr=False)
    stems: Mapping[str, Sequence[tuple[Rest, T]]] = field(repr=False)
    prefixes: tuple[tuple[str, ...], ...] = ()
    seen: dict[str, tuple[_Opening[T], ...]] = field(default_factory=dict, compare=False, repr=False)
    forms: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    def find(self, prose: Prose, sentence: Sentence) -> Iterator[Hit[T]]:
        """The phrases of a sentence, in order, the longest at each word, without overlap."""
        words, end, free, seen = prose.words, sentence.end, sentence.first, self.seen
        for index in range(sentence.first, end):
            openings = seen.get(words[index])  # most words were met before and open nothing: this line is the cost
            if openings is None:
                openings = self.openings(words[index])
            if openings and index >= free and (hit := self._longest(words, index, end, openings)) is not None:
                yield hit
                free = hit.end

    def every(self, prose: Prose, sentence: Sentence) -> Iterator[Hit[T]]:
        """All phrases of a sentence, also those inside or across others."""
        words, end, seen = prose.words, sentence.end, self.seen
        for index in range(sentence.first, end):
            openings = seen.get(words[index])
            if openings is None:
                openings = self.openings(words[index])
            for opening in openings:
                stop = index + 1 + len(opening.rest)
                if stop <= end and self._follows(words, index + 1, opening.rest):
                    yield Hit(opening.value, index, stop, opening.joined)

    def openings(self, word: str) -> tuple[_Opening[T], ...]:
        """What may begin with a word, in any of its bare forms; at most twelve are tried, once per word."""
        found = self.seen.get(word)
        if found is None:
            found = tuple(self._opened(word))
            if len(self.seen) < SEEN_WORDS:
                self.seen[word] = found
        return found

    def _longest(self, words: Sequence[str], index: int, end: int, openings: tuple[_Opening[T], ...]) -> Hit[T] | None:
        best: Hit[T] | None = None
        following = words[index + 1] if index + 1 < end else None
        for opening in openings:
            if opening.second is not None and opening.second != following:
                continue
            stop = index + 1 + len(opening.rest)
            longer = best is None or stop > best.end
            if longer and stop <= end and self._follows(words, index + 1, opening.rest):
                best = Hit(opening.value, index, stop, opening.joined)
        return best

    def _opened(self, word: str) -> Iterator[_Opening[T]]:
        has_and = bool(self.prefixes) and word.startswith(self.prefixes[0])
        for form in _bare(word, self.prefixes):
            joined = has_and and form != word
            for rest, value in self.exact.get(form, ()):
                yield _Opening(rest, self._second(rest), value, joined)
            for length in range(len(form), SHORTEST_STEM - 1, -1):
                for rest, value in self.stems.get(form[:length], ()):
                    yield _Opening(rest, self._second(rest), value, joined)

    def _second(self, rest: Rest) -> str | None:
        return rest[0] if rest and not self.prefixes and not rest[0].endswith(STAR) else None

    def _follows(self, words: Sequence[str], index: int, rest: Rest) -> bool:
        return all(self._is(words[i], wanted) for i, wanted in enumerate(rest, start=index))

    def _is(self, word: str, wanted: str) -> bool:
        if word == wanted:
            return True
        if wanted.endswith(STAR):
            return any(form.startswith(wanted[:-1]) for form in self._forms(word))
        return bool(self.prefixes) and wanted in self._forms(word)

    def _forms(self, word: str) -> frozenset[str]:
        found = self.forms.get(word)
        if found is None:
            found = frozenset(_bare(word, self.prefixes))
            if len(self.forms) < SEEN_WORDS:
                self.forms[word] = found
        return found


def _bare(word: str, prefixes: Sequence[Sequence[str]]) -> list[str]:
    """The word itself, then without what sticks to its beginning."""
    forms = [word]
    for group in prefixes:
        stripped = [f[len(p) :] for f in forms for p in sorted(group, key=len, reverse=True) if f.startswith(p)]
        forms += [s for s in stripped if len(s) > 1]
    return forms


def phrases_of(entries: Iterable[tuple[str, T]], prefixes: Sequence[Sequence[str]] = ()) -> Phrases[T]:
    """Phrases from (as written, what it stands for). Of two that are written alike the first holds."""
    exact: dict[str, dict[Rest, T]] = {}
    stems: dict[str, dict[Rest, T]] = {}
    for written, value in entries:
        parts = key_of(written).split()
        first, rest = (parts[0], tuple(parts[1:])) if parts else ("", ())
        if first.strip(STAR):
            by_first = stems if first.endswith(STAR) else exact
            by_first.setdefault(first.rstrip(STAR), {}).setdefault(rest, value)
    folded = tuple(tuple(map(fold_word, group)) for group in prefixes)
    return Phrases(_listed(exact), _listed(stems), folded)


def key_of(written: str) -> str:
    """A phrase in one spelling: folded, with single spaces, stars kept."""
    return " ".join(map(_folded, written.translate(_SEPARATORS).split()))


def _folded(part: str) -> str:
    return fold_word(part.rstrip(STAR)) + (STAR if part.endswith(STAR) else "")


def _listed(by_first: Mapping[str, Mapping[Rest, T]]) -> dict[str, tuple[tuple[Rest, T], ...]]:
    return {first: tuple(rests.items()) for first, rests in by_first.items()}
