"""Which languages a report is written in: by script, and within a script by its most frequent small words.

A newcomer's mistake is to ask for one language: a title may be English and the text Arabic, so each sentence is read
in the language of its own script.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter

from bot.core.events.files import EventType
from bot.core.events.lexicon import Lexicon, lexicon_of
from bot.core.events.vocabulary import Vocabulary
from bot.core.text import Prose, Sentence

SCRIPTS = (  # with the first and last letter of each
    ("latin", "a", "\u024f"),
    ("hebrew", "\u0590", "\u05ff"),
    ("cyrillic", "\u0400", "\u052f"),
    ("arabic", "\u0600", "\u06ff"),
)
_FIRST_LETTER = itemgetter(slice(1))
MIXED = 0.05  # of the words in another script: below, they are names and are read with the rest


@dataclass(frozen=True, slots=True)
class Language:
    """One language as reading needs it."""

    vocabulary: Vocabulary
    lexicon: Lexicon


@dataclass(frozen=True, slots=True)
class Spoken:
    """The languages of one report: the main one, and those of its other scripts."""

    main: Language
    by_script: Mapping[str, Language]

    def of(self, prose: Prose, sentence: Sentence) -> Language:
        """The language of a sentence."""
        if len(self.by_script) == 1:
            return self.main
        script = _scripts(prose.words[sentence.first : sentence.end]).most_common(1)
        return self.by_script.get(script[0][0], self.main) if script else self.main


def languages_of(vocabularies: Iterable[Vocabulary], types: Sequence[EventType]) -> dict[str, Language]:
    """All languages there is a vocabulary for, with the words of the event types in them."""
    found = {}
    apart = {t.id: t.apart_from for t in types}
    for vocabulary in vocabularies:
        triggers = [t.triggers[vocabulary.language] for t in types if vocabulary.language in t.triggers]
        found[vocabulary.language] = Language(vocabulary, lexicon_of(vocabulary, triggers, apart))
    return found


def spoken_in(fields: Sequence[Prose], languages: Mapping[str, Language], told: str | None) -> Spoken | None:
    """The languages of a report; `told` is what the feed says of it. None when none is known."""
    plain = all(prose.source.isascii() for prose in fields)
    return spoken_among([word for prose in fields for word in prose.words], languages, told, plain=plain)


def spoken_among(
    words: Sequence[str], languages: Mapping[str, Language], told: str | None, *, plain: bool
) -> Spoken | None:
    """As `spoken_in`, from the words alone. `plain` when all that is written is ASCII, and hence in one script."""
    if plain:
        main = _best(words, "latin", languages, told)
        return Spoken(main, {"latin": main}) if main else None
    scripts = _scripts(words)
    enough = MIXED * scripts.total()
    by_script = {}
    for script, count in scripts.most_common():
        if count >= enough and (language := _best(words, script, languages, told)) is not None:
            by_script[script] = language
    return Spoken(next(iter(by_script.values())), by_script) if by_script else None


def _best(words: Iterable[str], script: str, languages: Mapping[str, Language], told: str | None) -> Language | None:
    candidates = {name: one for name, one in languages.items() if one.vocabulary.script == script}
    if told in candidates:
        return candidates[told]
    if len(candidates) < 2:
        return next(iter(candidates.values()), None)
    counts = Counter(words)
    scores = {name: sum(map(counts.get, one.vocabulary.function_words, repeat(0))) for name, one in candidates.items()}
    return candidates[max(scores, key=lambda name: scores[name])]


def _scripts(words: Iterable[str]) -> Counter[str]:
    """How many words are written in each script."""
    found: Counter[str] = Counter()
    for first, count in Counter(map(_FIRST_LETTER, words)).items():
        for script, low, high in SCRIPTS:
            if low <= first <= high:
                found[script] += count
    return found
