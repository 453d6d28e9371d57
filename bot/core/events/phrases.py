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
class Phrases(Generic[T]):
    """The phrases by their first word, exact or by its beginning. Single words have an empty rest."""

    exact: Mapping[str, Sequence[tuple[Rest, T]]]
    stems: Mapping[str, Sequence[tuple[Rest, T]]]
    prefixes: tuple[tuple[str, ...], ...] = ()
    seen: dict[str, tuple[tuple[Rest, T, bool], ...]] = field(default_factory=dict, compare=False, repr=False)

    def find(self, prose: Prose, sentence: Sentence) -> Iterator[Hit[T]]:
        """The phrases of a sentence, in order, the longest at each word, without overlap."""
        index = sentence.first
        for at in [i for i in range(sentence.first, sentence.end) if self._openings(prose.words[i])]:
            if at < index:
                continue
            hit = self._at(prose, at, sentence.end)
            if hit is not None:
                yield hit
                index = hit.end

    def _at(self, prose: Prose, index: int, end: int) -> Hit[T] | None:
        best: Hit[T] | None = None
        for rest, value, joined in self._openings(prose.words[index]):
            stop = index + 1 + len(rest)
            longer = best is None or stop > best.end
            if longer and stop <= end and self._follows(prose, index + 1, rest):
                best = Hit(value, index, stop, joined)
        return best

    def _openings(self, word: str) -> tuple[tuple[Rest, T, bool], ...]:
        """What may begin with a word, in any of its bare forms; at most twelve are tried, once per word."""
        found = self.seen.get(word)
        if found is None:
            found = tuple(self._opened(word))
            if len(self.seen) < SEEN_WORDS:
                self.seen[word] = found
        return found

    def _opened(self, word: str) -> Iterator[tuple[Rest, T, bool]]:
        has_and = bool(self.prefixes) and word.startswith(self.prefixes[0])
        for form in _bare(word, self.prefixes):
            joined = has_and and form != word
            yield from ((rest, value, joined) for rest, value in self.exact.get(form, ()))
            for length in range(len(form), SHORTEST_STEM - 1, -1):
                yield from ((rest, value, joined) for rest, value in self.stems.get(form[:length], ()))

    def _follows(self, prose: Prose, index: int, rest: Rest) -> bool:
        return all(self._is(prose.words[i], wanted) for i, wanted in enumerate(rest, start=index))

    def _is(self, word: str, wanted: str) -> bool:
        if wanted.endswith(STAR):
            return any(form.startswith(wanted[:-1]) for form in _bare(word, self.prefixes))
        return word == wanted or wanted in _bare(word, self.prefixes)


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
        parts = [_folded(part) for part in written.translate(_SEPARATORS).split()]
        first, rest = (parts[0], tuple(parts[1:])) if parts else ("", ())
        if first.strip(STAR):
            by_first = stems if first.endswith(STAR) else exact
            by_first.setdefault(first.rstrip(STAR), {}).setdefault(rest, value)
    folded = tuple(tuple(map(fold_word, group)) for group in prefixes)
    return Phrases(_listed(exact), _listed(stems), folded)


def _folded(part: str) -> str:
    return fold_word(part.rstrip(STAR)) + (STAR if part.endswith(STAR) else "")


def _listed(by_first: Mapping[str, Mapping[Rest, T]]) -> dict[str, tuple[tuple[Rest, T], ...]]:
    return {first: tuple(rests.items()) for first, rests in by_first.items()}
