"""All words of one language that matter, looked up at once: who is harmed, in which context, what kind of event.

A newcomer's mistake is to look for one of these alone: a word costs as much to look up for one as for all of them, and
most sentences hold none that could tell of anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

from bot.core.events.kinds import NO_TYPES, Beside, Trigger, Types, beside_of, with_of, words_of
from bot.core.events.phrases import Entries, Hit, Phrases, longest, phrases_of
from bot.core.events.vocabulary import DAYS, HARM, Lexeme, Role, Vocabulary
from bot.core.text import Prose, Sentence


class Tag(NamedTuple):
    """A lexeme found in a text: words `first` up to `end`. `joined` when "and" is stuck to it (Arabic wa)."""

    lexeme: Lexeme
    first: int
    end: int
    joined: bool
    role: Role


class Heard(NamedTuple):
    """What the words of one sentence stand for.

    `tags` in order without overlap; `context` the signs of context; `kinds` and `beside` the words of kinds of events,
    and those that must or must not stand beside them; `denied_at` is the word at which a denial begins, `days` are
    weekdays and "yesterday" with their numbers.
    """

    tags: tuple[Tag, ...]
    context: frozenset[Role]
    kinds: Sequence[Hit[Types]]
    beside: Sequence[Hit[Beside]]
    denied_at: int | None
    days: Sequence[Lexeme]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language; `vocabulary` says how it builds sentences.

    `leading` are the words of harm and of kinds of events, without which a sentence tells nothing; `following` are all
    others, looked up only beside them. `needing` are the kinds that want one of `with` beside their words, `apart` the
    kinds that each is never one incident with. `stirring` are the leading words and what the needing kinds want.
    """

    vocabulary: Vocabulary
    leading: Phrases[Types | None]
    stirring: Phrases[Types | None]
    following: Phrases[Lexeme | Beside]
    needing: frozenset[str]
    apart: Mapping[str, frozenset[str]]

    def may_tell(self, words: Sequence[str]) -> bool:
        """Could a sentence among these words tell of anything? False is certain, whatever the sentences are."""
        harm, kinds, wanted = self.stirring.every(words, 0, len(words))
        if harm:
            return True
        types = NO_TYPES.union(*[hit[0] for hit in cast("list[Hit[Types]]", kinds)])
        needing = types & self.needing
        return types != needing or any(not needing.isdisjoint(hit[0]) for hit in cast("list[Hit[Types]]", wanted))

    def heard(self, prose: Prose, sentence: Sentence) -> Heard | None:
        """What the words of a sentence stand for; None where none of them could tell of anything: half of them."""
        harm, kinds = self.leading.every(prose.words, sentence.first, sentence.end)
        if not harm and not kinds:
            return None
        every = self.following.every(prose.words, sentence.first, sentence.end)
        telling, context = cast("tuple[list[Hit[Lexeme]], ...]", every[:2])
        tags = [
            Tag(word, first, end, joined, word.role) for word, first, end, joined in longest(telling if harm else ())
        ]
        signs = longest(context)
        roles = frozenset([lexeme.role for lexeme, *_ in signs])
        return Heard(
            tuple(tags),
            roles,
            cast("list[Hit[Types]]", kinds),
            cast("list[Hit[Beside]]", every[2]),
            next(first for lexeme, first, *_ in signs if lexeme.role is Role.DENIAL) if Role.DENIAL in roles else None,
            () if DAYS.isdisjoint(roles) else [lexeme for lexeme, *_ in signs if lexeme.role in DAYS],
        )

    def context(self, prose: Prose, sentence: Sentence) -> frozenset[Role]:
        """The signs of context in any sentence, also one that tells nothing."""
        _, context, _ = self.following.every(prose.words, sentence.first, sentence.end)
        return frozenset(lexeme.role for lexeme, *_ in longest(cast("list[Hit[Lexeme]]", context)))

    def lexemes(self, word: str) -> Iterator[Lexeme]:
        """The lexemes that may begin with a word."""
        return (value for value in self.following.opens(word) if isinstance(value, Lexeme))


def lexicon_of(vocabulary: Vocabulary, triggers: Sequence[Trigger], apart: Mapping[str, frozenset[str]]) -> Lexicon:
    """The words of a vocabulary and of the event types in its language."""
    harm = [(written, None) for written, lexeme in vocabulary.telling if lexeme.role in HARM]
    leading: tuple[Entries[Types | None], ...] = (harm, words_of(triggers))
    following: tuple[Entries[Lexeme | Beside], ...] = (vocabulary.telling, vocabulary.context, beside_of(triggers))
    prefixes = vocabulary.prefixes
    needing = frozenset(t.type for t in triggers if t.with_)
    return Lexicon(
        vocabulary,
        phrases_of(leading, prefixes),
        phrases_of((*leading, with_of(triggers)), prefixes),
        phrases_of(following, prefixes),
        needing,
        apart,
    )
