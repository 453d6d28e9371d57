"""The kinds of events that are known by their words: air strikes, abductions, ceasefires.

Casualties are counted by an engine of their own; everything else happens where its words stand together in one
sentence. A newcomer's mistake is to list every phrase: `words` and `with` combine, so "hospital" and "shelled" need
not touch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from bot.core.events.phrases import Phrases, key_of, phrases_of
from bot.core.text import Prose, Sentence

WORDS, WITH, UNLESS = "words", "with", "unless"
PARTS = (WORDS, WITH, UNLESS)


@dataclass(frozen=True, slots=True)
class Trigger:
    """The words of one event type in one language.

    The type is told where one of `words` stands, if one of `with_` (where there are any) stands in the same sentence
    too, and none of `unless`.
    """

    type: str
    words: tuple[str, ...]
    with_: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A type that a sentence tells of: words `first` up to `end`, and the words that made it so."""

    type: str
    first: int
    end: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kinds:
    """The triggers of one language, ready to be found."""

    words: Phrases[frozenset[tuple[str, str]]]
    others: Phrases[frozenset[tuple[str, str]]]
    needing: frozenset[str]

    def told(self, prose: Prose, sentence: Sentence) -> Iterator[Told]:
        """The types a sentence tells of, each once."""
        found: dict[str, dict[str, list[tuple[int, int]]]] = {}
        hits = list(self.words.every(prose, sentence))
        if not hits:  # three of five sentences
            return
        for hit in (*hits, *self.others.every(prose, sentence)):
            for type_, part in hit.value:
                found.setdefault(type_, {}).setdefault(part, []).append((hit.first, hit.end))
        for type_, parts in found.items():
            if WORDS in parts and UNLESS not in parts and (WITH in parts or type_ not in self.needing):
                spans = parts[WORDS] + parts.get(WITH, [])
                why = tuple(prose.slice(first, end - 1) for first, end in spans)
                yield Told(type_, min(s[0] for s in spans), max(s[1] for s in spans), why)


def kinds_of(triggers: Iterable[Trigger], prefixes: tuple[tuple[str, ...], ...]) -> Kinds:
    """The triggers of one language, which may share words: a barrel bomb is an air strike and an attack."""
    triggers = tuple(triggers)
    shared: dict[str, set[tuple[str, str]]] = {}  # by the words as folded: "air-strike" and "air strike" are one
    for trigger in triggers:
        for part, listed in ((WORDS, trigger.words), (WITH, trigger.with_), (UNLESS, trigger.unless)):
            for written in listed:
                shared.setdefault(key_of(written), set()).add((trigger.type, part))
    words = ((written, _slots(slots, {WORDS})) for written, slots in shared.items())
    others = ((written, _slots(slots, {WITH, UNLESS})) for written, slots in shared.items())
    needing = frozenset(t.type for t in triggers if t.with_)
    return Kinds(phrases_of(_used(words), prefixes), phrases_of(_used(others), prefixes), needing)


_Slots = frozenset[tuple[str, str]]


def _slots(slots: Iterable[tuple[str, str]], parts: Collection[str]) -> _Slots:
    return frozenset(slot for slot in slots if slot[1] in parts)


def _used(entries: Iterable[tuple[str, _Slots]]) -> Iterator[tuple[str, _Slots]]:
    return ((written, slots) for written, slots in entries if slots)
