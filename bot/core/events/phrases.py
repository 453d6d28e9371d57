"""Words, phrases and word beginnings, each standing for something, found in a text by its folded words.

A newcomer's mistake is to search the text for every phrase: here every word of the text is looked up once, so a
thousand phrases cost no more than ten. Phrases of several layers (who is harmed, what is news, what kind of event)
share one tree for the same reason: a word is looked up once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from bot.core.text import fold_word

T = TypeVar("T")

SEEN_WORDS = 200_000  # words remembered per language; news of a year hold fewer
STAR = "*"  # at the end of a word: any ending
_SEPARATORS = str.maketrans("-'’/", "    ")


# What was found: its value, words `first` up to `end`, and whether "and" is stuck to the first (Arabic wa).
# Made three hundred times per report: a plain tuple costs a fifth of a class.
Hit = tuple[T, int, int, bool]


@dataclass(frozen=True, slots=True)
class _Node(Generic[T]):
    """A word within phrases: what each layer's phrase stands for that ends here, and what may follow, exact or begun.

    All phrases together are a tree of words (a trie), so "attack on a" is read once for twenty kinds of buildings.
    """

    values: list[tuple[int, T]] = field(default_factory=list)
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


class _Opened(NamedTuple, Generic[T]):
    """What a word leads to: the phrases of this one word, with layer and stuck "and", and those that go on.

    `next` are the words that may follow as written, `begun` the beginnings of words that may; `loose` when a word may
    go on that is not written so.
    """

    ended: tuple[tuple[int, T, bool], ...]
    going_on: tuple[tuple[_Node[T], bool], ...]
    next: frozenset[str]
    begun: tuple[str, ...]
    loose: bool


_UNSEEN: Any = object()


@dataclass(frozen=True, slots=True)
class Phrases(Generic[T]):
    """Many phrases as a tree of words. `seen` remembers what the words met so far lead to from its root."""

    root: _Node[T] = field(repr=False)
    layers: int
    prefixes: tuple[tuple[str, ...], ...] = ()
    seen: dict[str, _Opened[T] | None] = field(default_factory=dict, compare=False, repr=False)
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def every(self, words: Sequence[str], first: int, end: int) -> tuple[list[Hit[T]], ...]:
        """All phrases from word `first` up to `end`, also those inside or across others, in order, by their layer."""
        found: tuple[list[Hit[T]], ...] = tuple([[] for _ in range(self.layers)])
        get = self.seen.get
        for index, word in enumerate(words[first:end], first):
            opened = get(word, _UNSEEN)
            if opened is _UNSEEN:
                opened = self._opened(word)
            if opened is None:  # most words were met before and open nothing: this line is the cost
                continue
            after = index + 1
            for layer, value, joined in opened.ended:
                found[layer].append((value, index, after, joined))
            # two of three words that open a phrase go on otherwise than the phrase does
            if after < end and (
                words[after] in opened.next or (opened.loose and self._may_go_on(opened, words[after]))
            ):
                for node, joined in opened.going_on:
                    for layer, value, stop in self._longer(words, after, end, node):
                        found[layer].append((value, index, stop, joined))
        return found

    def opens(self, word: str) -> Iterator[T]:
        """What the phrases stand for that may begin with a word."""
        for form in self._forms(word):
            for node in self.root.reached((form,)):
                yield from _values(node)

    def _may_go_on(self, opened: _Opened[T], word: str) -> bool:
        """Does a word go on by its beginning, or by what is left of it without what sticks to it?"""
        if not self.prefixes:
            return word.startswith(opened.begun)
        forms = self._forms(word)
        if not opened.next.isdisjoint(forms):
            return True
        return bool(opened.begun) and any(form.startswith(opened.begun) for form in forms)

    def _longer(self, words: Sequence[str], index: int, end: int, node: _Node[T]) -> Iterator[tuple[int, T, int]]:
        """What the phrases stand for that go on from a node with the words from `index`, and where they end."""
        if self.prefixes or node.stems:
            yield from self._spread(words, index, end, [node])
            return
        while index < end and (following := node.exact.get(words[index])) is not None:
            node, index = following, index + 1
            for layer, value in node.values:
                yield layer, value, index
            if node.stems:
                yield from self._spread(words, index, end, [node])
                return

    def _spread(
        self, words: Sequence[str], index: int, end: int, reached: list[_Node[T]]
    ) -> Iterator[tuple[int, T, int]]:
        """The same where a word may go on in several ways: as written, by its beginning, in another form."""
        while index < end and reached:
            forms = self._forms(words[index])
            reached = [found for node in reached for found in node.reached(forms)]
            index += 1
            for ended in reached:
                yield from ((layer, value, index) for layer, value in ended.values)

    def _opened(self, word: str) -> _Opened[T] | None:
        """What begins with a word, in any of its bare forms; at most twelve are tried, once per word."""
        has_and = bool(self.prefixes) and word.startswith(self.prefixes[0])
        nodes = [(node, has_and and form != word) for form in self._forms(word) for node in self.root.reached((form,))]
        ended = tuple((layer, value, joined) for node, joined in nodes for layer, value in node.values)
        going_on = tuple((node, joined) for node, joined in nodes if node.exact or node.stems)
        following = frozenset(word for node, _ in nodes for word in node.exact)
        begun = tuple(stem for node, _ in nodes for stem in node.stems)
        loose = bool(begun or (self.prefixes and following))
        found = _Opened(ended, going_on, following, begun, loose) if nodes else None
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


def longest(hits: Iterable[Hit[T]]) -> list[Hit[T]]:
    """Of the phrases of one layer, in order, the longest at each word, without overlap."""
    kept: list[Hit[T]] = []
    start = stop = 0
    for hit in hits:
        _, first, end, _ = hit
        if first >= stop:
            kept.append(hit)
        elif first == start and end > stop:
            kept[-1] = hit
        else:
            continue
        start, stop = first, end
    return kept


def _values(node: _Node[T]) -> Iterator[T]:
    """What all phrases stand for that go through a node."""
    yield from (value for _, value in node.values)
    for child in (*node.exact.values(), *node.stems.values()):
        yield from _values(child)


def _bare(word: str, prefixes: Sequence[Sequence[str]]) -> list[str]:
    """The word itself, then without what sticks to its beginning."""
    forms = [word]
    for group in prefixes:
        stripped = [f[len(p) :] for f in forms for p in sorted(group, key=len, reverse=True) if f.startswith(p)]
        forms += [s for s in stripped if len(s) > 1]
    return forms


Entries = Iterable[tuple[str, T]]  # as written, and what it stands for


def phrases_of(layers: Sequence[Entries[T]], prefixes: Sequence[Sequence[str]] = ()) -> Phrases[T]:
    """Phrases from the entries of each layer. Of two in a layer that are written alike the first holds."""
    root: _Node[T] = _Node()
    for layer, entries in enumerate(layers):
        for written, value in entries:
            parts = [part for part in key_of(written).split() if part.strip(STAR)]
            node = root
            for part in parts:
                node = node.child(part)
            if parts and all(layer != other for other, _ in node.values):
                node.values.append((layer, value))
    return Phrases(root, len(layers), tuple(tuple(map(fold_word, group)) for group in prefixes))


def key_of(written: str) -> str:
    """A phrase in one spelling: folded, with single spaces, stars kept."""
    return " ".join(map(_folded, written.translate(_SEPARATORS).split()))


def _folded(part: str) -> str:
    return fold_word(part.rstrip(STAR)) + (STAR if part.endswith(STAR) else "")
