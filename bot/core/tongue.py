"""A language that people read: what is said in it, with its plurals and its direction.

A newcomer's mistake is to put names into a text first and translate the whole: the pattern is translated, then filled.
Texts that are said elsewhere than where they are written are marked with `mark`, so that translators find them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def mark(pattern: str) -> str:
    """The pattern itself, known to translators from here on."""
    return pattern


@dataclass(frozen=True, slots=True)
class Tongue:
    """`language` is an ISO 639-1 code; the functions are gettext's own, by their names there."""

    language: str
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]

    def say(self, pattern: str, /, **names: object) -> str:
        """The pattern in this language, with the names put in."""
        said = self.gettext(pattern)
        return said.format(**names) if names else said

    def count(self, one: str, many: str, number: int, /, **names: object) -> str:
        """ "{number} source" or "{number} sources", by the rules of the language, of which Arabic has six."""
        return self.ngettext(one, many, number).format(number=number, **names)

    @property
    def right_to_left(self) -> bool:
        return self.language in RIGHT_TO_LEFT


def _one_or_many(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


ENGLISH = Tongue("en", mark, _one_or_many)  # what the patterns are written in
