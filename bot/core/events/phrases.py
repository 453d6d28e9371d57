"""Words, phrases and word beginnings, each standing for something, found in a text by its folded words.

A newcomer's mistake is to search the text for every phrase: here every word of the text is looked up once, so a
thousand phrases cost no more than ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Generic, NamedTuple, TypeVar

from bot.core.text import Prose, Sentence, fold_word

T = TypeVar("T")

SEEN_WORDS = 200_000  # words remembered per language; news of a year hold fewer
STAR = "*"  # at the end of a word: any ending
_SEPARATORS = str.maketrans("-'’/", "    ")

_END = attrgetter("end")


class Hit(NamedTuple, Generic[T]):  # made a hundred times per report: a tuple costs half of a frozen dataclass
    """What was found: words `first` up to `end`. `joined` when "and" is stuck to the first (Arabic wa)."""

    value: T
    first: int
    end: int
    joined: bool


@dataclass(frozen=True, slots=True)
class _Node(Generic[T]):
    """A word within phrases: what the phrase stands for that ends here, and what may follow, exact or by its beginning.

    All phrases together are a tree of words (a trie), so "attack on a" is read once for twenty kinds of buildings.
    """

    values: list[T] = field(default_factory=list)
    exact: dict[str, _Node[T]] = field(default_factory=dict)
    stems: dict[str, _Node[T]] = field(default_factory=dict)

    def child(self, part: str) -> _Node[T]:
        """The node of a word as written, with a star or without; made where there is none."""
        if part.endswith(STAR):
            return self.stems.setdefault(part.rstrip(STAR), _Node())
        return self.exact.setdefault(part, _Node())

    def reached(self, forms: Iterable[str]) -> list[_Node[T]]:
        """The nodes that a word of a text leads to, in any of its forms."""
        found = [self.exact[form] for form in forms if form in self.exact]
        if self.stems:
            begun = (form[:length] for form in forms for length in range(len(form), 0, -1))
            found += [self.stems[stem] for stem in begun if stem in self.stems]
        return found


_Opened = tuple[tuple[_Node[T], bool], ...]  # the nodes a word leads to, and whether "and" is stuck to it


@dataclass(frozen=True, slots=True)
class Phrases(Generic[T]):
    """Many phrases as a tree of words. `seen` remembers where the words met so far lead to from its root."""

    root: _Node[T] = field(repr=False)
    prefixes: tuple[tuple[str, ...], ...] = ()
    seen: dict[str, _Opened[T]] = field(default_factory=dict, compare=False, repr=False)
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def find(self, prose: Prose, sentence: Sentence) -> Iterator[Hit[T]]:
        """The phrases of a sentence, in order, the longest at each word, without overlap."""
        free = sentence.first
        for index, opened in self._opened_in(prose.words, sentence):
            if index >= free and (hits := self._at(prose.words, index, sentence.end, opened)):
                longest = max(hits, key=_END) if len(hits) > 1 else hits[0]
                yield longest
                free = longest.end

    def every(self, prose: Prose, sentence: Sentence) -> Iterator[Hit[T]]:
        """All phrases of a sentence, also those inside or across others."""
        for index, opened in self._opened_in(prose.words, sentence):
            yield from self._at(prose.words, index, sentence.end, opened)

    def opens(self, word: str) -> Iterator[T]:
        """What the phrases stand for that may begin with a word."""
        for node, _ in self._opened(word):
            yield from _values(node)

    def _opened_in(self, words: Sequence[str], sentence: Sentence) -> Iterator[tuple[int, _Opened[T]]]:
        seen = self.seen
        for index in range(sentence.first, sentence.end):
            opened = seen.get(words[index])
            if opened is None:
                opened = self._opened(words[index])
            if opened:  # most words were met before and open nothing: this line is the cost
                yield index, opened

    def _at(self, words: Sequence[str], index: int, end: int, opened: _Opened[T]) -> list[Hit[T]]:
        """The phrases that stand at a word."""
        hits: list[Hit[T]] = []
        after = index + 1
        for node, joined in opened:
            if node.values:
                hits += [Hit(value, index, after, joined) for value in node.values]
            # two of three words that open a phrase go on otherwise than the phrase does: this line is the cost
            if after < end and (node.stems or not node.exact.keys().isdisjoint(self._forms(words[after]))):
                hits += [Hit(value, index, stop, joined) for value, stop in self._longer(words, after, end, node)]
        return hits

    def _longer(self, words: Sequence[str], index: int, end: int, node: _Node[T]) -> Iterator[tuple[T, int]]:
        """What the phrases stand for that go on from a node with the words from `index`, and where they end."""
        reached = [node]
        while index < end and reached:
            forms = self._forms(words[index])
            reached = [found for node in reached for found in node.reached(forms)]
            index += 1
            for ended in reached:
                yield from ((value, index) for value in ended.values)

    def _opened(self, word: str) -> _Opened[T]:
        """The nodes that begin with a word, in any of its bare forms; at most twelve are tried, once per word."""
        found = self.seen.get(word)
        if found is None:
            has_and = bool(self.prefixes) and word.startswith(self.prefixes[0])
            found = tuple(
                (node, has_and and form != word) for form in self._forms(word) for node in self.root.reached((form,))
            )
            if len(self.seen) < SEEN_WORDS:
                self.seen[word] = found
        return found

    def _forms(self, word: str) -> tuple[str, ...]:
        if not self.prefixes:
            return (word,)
        found = self.forms.get(word)
        if found is None:
            found = tuple(dict.fromkeys(_bare(word, self.prefixes)))
            if len(self.forms) < SEEN_WORDS:
                self.forms[word] = found
        return found


def _values(node: _Node[T]) -> Iterator[T]:
    """What all phrases stand for that go through a node."""
    yield from node.values
    for child in (*node.exact.values(), *node.stems.values()):
        yield from _values(child)


def _bare(word: str, prefixes: Sequence[Sequence[str]]) -> list[str]:
    """The word itself, then without what sticks to its beginning."""
    forms = [word]
    for group in prefixes:
        stripped = [f[len(p) :] for f in forms for p in sorted(group, key=len, reverse=True) if f.startswith(p)]
        forms += [s for s in stripped if len(s) > 1]
    return forms


def phrases_of(entries: Iterable[tuple[str, T]], prefixes: Sequence[Sequence[str]] = ()) -> Phrases[T]:
    """Phrases from (as written, what it stands for). Of two that are written alike the first holds."""
    root: _Node[T] = _Node()
    for written, value in entries:
        parts = [part for part in key_of(written).split() if part.strip(STAR)]
        node = root
        for part in parts:
            node = node.child(part)
        if parts and not node.values:
            node.values.append(value)
    return Phrases(root, tuple(tuple(map(fold_word, group)) for group in prefixes))


def key_of(written: str) -> str:
    """A phrase in one spelling: folded, with single spaces, stars kept."""
    return " ".join(map(_folded, written.translate(_SEPARATORS).split()))


def _folded(part: str) -> str:
    return fold_word(part.rstrip(STAR)) + (STAR if part.endswith(STAR) else "")
