"""The kinds of events that are known by their words: air strikes, abductions, ceasefires.

Casualties are counted by an engine of their own; everything else happens where its words stand together in one
sentence. A newcomer's mistake is to list every phrase: `words` and `with` combine, so "hospital" and "shelled" need
not touch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.core.events.phrases import Hit, key_of
from bot.core.text import Prose

WORDS, WITH, UNLESS = "words", "with", "unless"
PARTS = (WORDS, WITH, UNLESS)

Types = frozenset[str]
NO_TYPES: Types = frozenset()


class Beside(NamedTuple):
    """The types that a word speaks for, standing beside one of their words, and those it speaks against."""

    for_: Types
    against: Types


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


class Told(NamedTuple):
    """A type that a sentence tells of: words `first` up to `end`, and the words that made it so."""

    type: str
    first: int
    end: int
    why: tuple[str, ...]


def told(prose: Prose, kinds: Sequence[Hit[Types]], beside: Sequence[Hit[Beside]], needing: Types) -> Iterator[Told]:
    """The types a sentence tells of, each once. `needing` are those that want one of `with` beside their words."""
    words: dict[str, list[tuple[int, int]]] = {}
    for types, first, end, _ in kinds:
        for type_ in types:
            words.setdefault(type_, []).append((first, end))
    refused = NO_TYPES.union(*[hit[0].against for hit in beside])
    for type_ in sorted(words.keys() - refused):
        with_ = [(first, end) for value, first, end, _ in beside if type_ in value.for_]
        if with_ or type_ not in needing:
            spans = sorted({*words[type_], *with_})
            why = tuple([prose.slice(first, end - 1) for first, end in spans])
            yield Told(type_, spans[0][0], max([end for _, end in spans]), why)


def words_of(triggers: Iterable[Trigger]) -> list[tuple[str, Types]]:
    """The words of kinds, each with the types it serves: a barrel bomb is an air strike and an attack."""
    return list(_types((t.type, t.words) for t in triggers).items())


def with_of(triggers: Iterable[Trigger]) -> list[tuple[str, Types]]:
    """The words of which a kind needs one beside its own, each with the types that it serves."""
    return list(_types((t.type, t.with_) for t in triggers).items())


def beside_of(triggers: Sequence[Trigger]) -> list[tuple[str, Beside]]:
    """The words that stand beside those of kinds, with the types they speak for and against."""
    for_, against = _types((t.type, t.with_) for t in triggers), _types((t.type, t.unless) for t in triggers)
    none = frozenset[str]()
    return [(word, Beside(for_.get(word, none), against.get(word, none))) for word in for_ | against]


def _types(listed: Iterable[tuple[str, Iterable[str]]]) -> dict[str, Types]:
    """The types by their words as folded: "air-strike" and "air strike" are one."""
    found: dict[str, set[str]] = {}
    for type_, words in listed:
        for written in words:
            found.setdefault(key_of(written), set()).add(type_)
    return {word: frozenset(types) for word, types in found.items()}
