"""The kinds of events that are known by their words: air strikes, abductions, ceasefires.

Casualties are counted by an engine of their own; everything else happens where its words stand together in one
sentence. A newcomer's mistake is to list every phrase: `words` and `with` combine, so "hospital" and "shelled" need
not touch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.events.phrases import Hit, key_of
from bot.core.text import Prose

WORDS, WITH, UNLESS = "words", "with", "unless"
PARTS = (WORDS, WITH, UNLESS)

Slots = frozenset[tuple[str, str]]  # the types that a word serves, and in which part


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


def told(
    prose: Prose, kinds: Sequence[Hit[Slots]], beside: Sequence[Hit[Slots]], needing: Collection[str]
) -> Iterator[Told]:
    """The types a sentence tells of, each once. `needing` are those that want one of `with` beside their words."""
    found: dict[str, dict[str, list[tuple[int, int]]]] = {}
    for slots, first, end, _ in (*kinds, *beside):
        for type_, part in slots:
            found.setdefault(type_, {}).setdefault(part, []).append((first, end))
    for type_, parts in found.items():
        if WORDS in parts and UNLESS not in parts and (WITH in parts or type_ not in needing):
            spans = sorted({*parts[WORDS], *parts.get(WITH, ())})
            why = tuple(prose.slice(first, end - 1) for first, end in spans)
            yield Told(type_, min(s[0] for s in spans), max(s[1] for s in spans), why)


def slots_of(triggers: Iterable[Trigger]) -> tuple[list[tuple[str, Slots]], list[tuple[str, Slots]]]:
    """The words of kinds, and those that stand beside them, each with the types it serves.

    Types may share words: a barrel bomb is an air strike and an attack.
    """
    shared: dict[str, set[tuple[str, str]]] = {}  # by the words as folded: "air-strike" and "air strike" are one
    for trigger in triggers:
        for part, listed in ((WORDS, trigger.words), (WITH, trigger.with_), (UNLESS, trigger.unless)):
            for written in listed:
                shared.setdefault(key_of(written), set()).add((trigger.type, part))
    return _used(shared, {WORDS}), _used(shared, {WITH, UNLESS})


def _used(shared: Mapping[str, Collection[tuple[str, str]]], parts: Collection[str]) -> list[tuple[str, Slots]]:
    used = ((written, frozenset(s for s in slots if s[1] in parts)) for written, slots in shared.items())
    return [(written, slots) for written, slots in used if slots]
