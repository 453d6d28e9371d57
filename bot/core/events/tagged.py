"""A sentence with the part that each of its words plays.

A newcomer's mistake is to ask for the tag of every word: most words have none, and a phrase is found at its first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.events.lexicon import Lexicon, Role, Tag
from bot.core.text import Gap, Prose, Sentence


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence with its tags, found by the word they start at; `marked` are those words and all digits, in order."""

    prose: Prose
    sentence: Sentence
    lexicon: Lexicon
    tags: tuple[Tag, ...]
    at: Mapping[int, Tag]
    marked: tuple[int, ...]

    def role(self, index: int) -> Role | None:
        tag = self.at.get(index)
        return tag.role if tag else None

    def joins(self, index: int) -> bool:
        """Is there nothing but a space, a hyphen or an apostrophe after this word?"""
        return index < self.sentence.end - 1 and self.prose.gap(index) is Gap.SPACE


def tagged(prose: Prose, sentence: Sentence, lexicon: Lexicon) -> Tagged:
    tags = tuple(lexicon.tag(prose, sentence))
    at = {tag.first: tag for tag in tags}
    words = prose.words
    marked = tuple(i for i in range(sentence.first, sentence.end) if i in at or words[i].isdecimal())
    return Tagged(prose, sentence, lexicon, tags, at, marked)
