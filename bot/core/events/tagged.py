"""A sentence with the part that each of its words plays.

A newcomer's mistake is to ask for the tag of every word: most words have none, and a phrase is found at its first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from bot.core.events.lexicon import Lexicon, Tag
from bot.core.events.vocabulary import Role, Vocabulary
from bot.core.text import Prose, Sentence


class Tagged(NamedTuple):
    """A sentence with its tags, found by the word they start at; `grammar` is how its language builds sentences.

    `role` is asked three hundred times per report, so it is the mapping's own method; `present` are all roles in it,
    for those who look for one that most sentences lack.
    """

    prose: Prose
    sentence: Sentence
    lexicon: Lexicon
    tags: tuple[Tag, ...]
    at: Mapping[int, Tag]
    role: Callable[[int], Role | None]
    present: frozenset[Role]
    grammar: Vocabulary

    def joins(self, index: int) -> bool:
        """Is there nothing but a space, a hyphen or an apostrophe after this word?"""
        return index < self.sentence.end - 1 and not self.prose.pauses(index)


def tagged(prose: Prose, sentence: Sentence, lexicon: Lexicon, tags: tuple[Tag, ...]) -> Tagged:
    at = {tag.first: tag for tag in tags}
    roles = {tag.first: tag.role for tag in tags}
    return Tagged(prose, sentence, lexicon, tags, at, roles.get, frozenset(roles.values()), lexicon.vocabulary)
