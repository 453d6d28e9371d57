"""Words round a name that tell a place from a person, a product or an organisation, and peoples' names of countries.

They stand in `rules/places/`, as keys and values instead of a list of places. A newcomer's mistake is to take a people
for its country: "Turkish forces" says who, not where, and counts as context alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar

from bot.core.places.keys import key_of, without_article, words_of
from bot.core.yamlfile import Node, Reader

NO_PHRASES: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType({})
NO_DEMONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
T = TypeVar("T")
NAME_KEYS = ("weak", "never")
WORD_KEYS = (
    "titles",
    "given",
    "locatives",
    "units",
    "organisations",
    "lower",
    "speech",
    "directions",
    "generic",
    "streets",
)


@dataclass(frozen=True, slots=True)
class NameLists:
    """Folded single words: common ones, given names, family names."""

    words: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    family: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cues:
    """`phrases` are folded words by their first; `demonyms` countries by a folded word, `openings` the first words of
    those; `weak` keys of names.
    """

    lists: NameLists = NameLists()
    titles: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    locatives: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    speech: frozenset[str] = frozenset()
    directions: frozenset[str] = frozenset()
    generic: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    lower: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    phrases: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=lambda: NO_PHRASES)
    demonyms: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NO_DEMONYMS)
    openings: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "openings", frozenset(written.split()[0] for written in self.demonyms))

    def is_plain(self, words: Iterable[str]) -> bool:
        """Is each of these words a common one, or a common form of one?"""
        return all(word in self.lists.words or word in self.lower or self._is_form(word) for word in words)

    def is_word(self, words: Iterable[str]) -> bool:
        """Is each of these words itself in a list of common ones? "Sagaing" is a form of none that anybody uses."""
        return all(word in self.lists.words or word in self.lower for word in words)

    def _is_form(self, word: str) -> bool:
        return any(
            word.endswith(ending) and word[: len(word) - len(ending)] + basic in self.lists.words
            for ending, basic in _INFLECTIONS
        )

    def joined(self, others: Iterable[Cues]) -> Cues:
        """These cues and all of the others."""
        whole = self
        for other in others:
            sets: dict[str, Any] = {key: getattr(whole, key) | getattr(other, key) for key in (*WORD_KEYS, *NAME_KEYS)}
            phrases = _both(whole.phrases, other.phrases)
            whole = replace(whole, **sets, phrases=phrases, demonyms=_both(whole.demonyms, other.demonyms))
        return whole


_INFLECTIONS = (
    ("s", ""),
    ("es", ""),
    ("ed", ""),
    ("d", ""),
    ("ing", ""),
    ("ing", "e"),
    ("ies", "y"),
    ("er", ""),
    ("ly", ""),
)
NO_CUES = Cues()


def _both(one: Mapping[str, tuple[T, ...]], other: Mapping[str, tuple[T, ...]]) -> dict[str, tuple[T, ...]]:
    return {key: (*one.get(key, ()), *other.get(key, ())) for key in {**one, **other}}


def parse_cues(reader: Reader, node: Node) -> Cues:
    """The cues of a file; what is wrong is noted in the reader."""
    given = reader.fields(node, optional=(*WORD_KEYS, "weak", "never", "phrases", "demonyms"))
    singles: dict[str, Any] = {key: frozenset(_words(reader, given.get(key))) for key in WORD_KEYS}
    phrases: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in reader.strings(given.get("phrases")):
        if words := words_of(phrase):
            phrases[words[0]] = (*phrases.get(words[0], ()), words)
    peoples: dict[str, tuple[str, ...]] = {}
    for country, listed in reader.entries(given.get("demonyms")):
        for word in reader.strings(listed):
            folded = " ".join(map(without_article, words_of(word)))
            peoples[folded] = (*peoples.get(folded, ()), country.text)
    weak = frozenset(map(key_of, reader.strings(given.get("weak"))))
    never = frozenset(map(key_of, reader.strings(given.get("never"))))
    return Cues(**singles, weak=weak, never=never, phrases=phrases, demonyms=peoples)


def _words(reader: Reader, node: Node | None) -> Iterable[str]:
    """Each word of a text or of a list of texts: long lists are written as one text for each language."""
    for text in (reader.strings(listed) for _, listed in reader.entries(node)) if node is not None else ():
        for part in text:
            yield from map(without_article, words_of(part))
