"""Who is said to have done something: armed actors, as people name them in each language.

A newcomer's mistake is to take an actor for the truth: it is what a report says, and is told as that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Doer(NamedTuple):
    """An actor as shown to readers of one language. `country` is the state whose forces they are, ISO 3166 alpha-2."""

    name: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """An armed actor as its file has it.

    `names` are what it is called, by language, English always among them; `words` the spellings by which reports name
    it, by language; `here` those that mean it only where something happened in one of `countries`: "the army".
    """

    id: str
    names: Mapping[str, str]
    country: str = ""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    here: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    countries: frozenset[str] = frozenset()

    def shown(self, language: str) -> Doer:
        """As readers of a language know it, in English where no name in theirs is known."""
        return Doer(self.names.get(language) or self.names["en"], self.country)
