"""The vocabulary of one language, ready for looking up words: which part a word plays in telling of harm.

A newcomer's mistake is to add a word here: words live in `rules/events/vocabulary/*.yaml`, this only reads them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.model import Victims
from bot.core.text import Prose, Sentence, fold_word


class Role(StrEnum):
    """What a word does in a sentence about harm. The values are the keys of a vocabulary file."""

    KILLED = "killed"
    INJURED = "injured"
    CASUALTIES = "casualties"
    TOLL = "toll"
    PERSON = "person"
    OTHERS = "others"
    FAMILY = "family"
    MEMBERS = "members"
    FORCE = "force"
    CIVIL = "civil"
    NUMBER = "numbers"
    MULTIPLIER = "multipliers"
    VAGUE = "vague"
    ONE = "one"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    ABOUT = "about"
    FURTHER = "further"
    BETWEEN = "between"
    RANGE = "ranges"
    INCLUDING = "including"
    AND = "conjunctions"
    NOT = "not"
    PASSIVE = "passive"
    BY = "by"
    PREPOSITION = "prepositions"
    BARRIER = "barriers"
    DETERMINER = "determiners"
    MEASURE = "measures"
    AGE = "ages"
    HYPOTHETICAL = "hypothetical"
    BACKGROUND = "background"
    DENIAL = "denial"
    TRAP = "traps"
    DISASTER = "disaster"
    CRIME = "crime"
    CONFLICT = "conflict"


# What is looked up apart from the telling itself: a soldier is a person there and a sign of conflict here.
CONTEXT = frozenset({Role.BACKGROUND, Role.DENIAL, Role.DISASTER, Role.CRIME, Role.CONFLICT})
HARM = frozenset({Role.KILLED, Role.INJURED, Role.CASUALTIES, Role.TOLL})


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A word or phrase in its part. `number` is 1, 2 or None (many), for persons and nouns; `value` for numerals."""

    role: Role
    victims: Victims | None = None
    number: int | None = None
    value: int = 0


@dataclass(frozen=True, slots=True)
class Tag:
    """A lexeme found in a text: words `first` up to `end`. `joined` when "and" is stuck to it (Arabic wa)."""

    lexeme: Lexeme
    first: int
    end: int
    joined: bool = False

    @property
    def role(self) -> Role:
        return self.lexeme.role


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words and phrases of one language, folded. Looking up a word is one dictionary access after its first time."""

    language: str
    words: Mapping[str, Lexeme]
    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], Lexeme]]]
    stems: Mapping[str, Lexeme]
    prefixes: tuple[tuple[str, ...], ...] = ()
    verb_first: bool = False
    abbreviations: frozenset[str] = frozenset()
    function_words: frozenset[str] = frozenset()
    seen: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def forms(self, word: str) -> tuple[str, ...]:
        """The bare forms of a word that the lexicon knows, the word itself first. At most twelve are tried."""
        found = self.seen.get(word)
        if found is None:
            found = tuple(form for form in _bare(word, self.prefixes) if self._knows(form))
            if len(self.seen) < SEEN_WORDS:
                self.seen[word] = found
        return found

    def _knows(self, form: str) -> bool:
        return form in self.words or form in self.phrases or self._stem(form) is not None

    def _stem(self, form: str) -> Lexeme | None:
        for length in range(len(form), SHORTEST_STEM - 1, -1):
            if (lexeme := self.stems.get(form[:length])) is not None:
                return lexeme
        return None

    def tag(self, prose: Prose, sentence: Sentence) -> Iterator[Tag]:
        """The lexemes of a sentence, in order, the longest at each word, without overlap."""
        index = sentence.first
        while index < sentence.end:
            found = self._at(prose, index, sentence.end)
            if found is not None:
                yield found
                index = found.end
            else:
                index += 1

    def _at(self, prose: Prose, index: int, end: int) -> Tag | None:
        word = prose.words[index]
        best: Tag | None = None
        for form in self.forms(word):
            for rest, lexeme in self.phrases.get(form, ()):
                stop = index + 1 + len(rest)
                if (best is None or stop > best.end) and stop <= end and self._follows(prose, index + 1, rest):
                    best = Tag(lexeme, index, stop, form != word and self._and(word))
            if best is None and (lexeme_ := self.words.get(form) or self._stem(form)):
                best = Tag(lexeme_, index, index + 1, form != word and self._and(word))
        return best

    def _and(self, word: str) -> bool:
        return bool(self.prefixes) and word.startswith(self.prefixes[0])

    def _follows(self, prose: Prose, index: int, rest: tuple[str, ...]) -> bool:
        return all(prose.words[i] == w or w in self.forms(prose.words[i]) for i, w in enumerate(rest, start=index))


SEEN_WORDS = 200_000  # words remembered per language; news of a year hold fewer
SHORTEST_STEM = 2


def _bare(word: str, prefixes: Sequence[Sequence[str]]) -> list[str]:
    forms = [word]
    for group in prefixes:
        stripped = [f[len(p) :] for f in forms for p in sorted(group, key=len, reverse=True) if f.startswith(p)]
        forms += [s for s in stripped if len(s) > 1]
    return forms


# ---------------------------------------------------------------- from a vocabulary file
_PERSONS = {"civilian": Victims.CIVILIAN, "combatant": Victims.COMBATANT, "people": Victims.UNKNOWN}
_GRAMMATICAL = {"one": 1, "two": 2, "many": None}
_VALUED = (Role.NUMBER, Role.MULTIPLIER, Role.VAGUE)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that a language needs: the words that tell of harm, and those that say in which context."""

    language: str
    script: str
    telling: Lexicon
    context: Lexicon


def vocabulary_of(content: Mapping[str, object]) -> Vocabulary:
    """A vocabulary from the plain content of a vocabulary file, already checked for shape."""
    telling = _lexicon_of(content, [role for role in Role if role not in CONTEXT])
    context = _lexicon_of(content, [role for role in Role if role in CONTEXT])
    return Vocabulary(str(content["language"]), str(content["script"]), telling, context)


def _lexicon_of(vocabulary: Mapping[str, object], roles: Collection[Role]) -> Lexicon:
    words: dict[str, Lexeme] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], Lexeme]]] = {}
    stems: dict[str, Lexeme] = {}
    for written, lexeme in _entries(vocabulary, roles):
        parts = tuple(filter(None, (fold_word(w) for w in written.translate(_SEPARATORS).split())))
        if not parts:
            continue
        if len(parts) > 1:
            phrases.setdefault(parts[0], []).append((parts[1:], lexeme))
        elif written.endswith("*"):
            stems.setdefault(parts[0], lexeme)
        else:
            words.setdefault(parts[0], lexeme)
    prefixes = tuple(tuple(map(fold_word, group)) for group in vocabulary.get("prefixes", ()))  # type: ignore[attr-defined]
    return Lexicon(
        str(vocabulary["language"]),
        words,
        phrases,
        stems,
        prefixes,
        vocabulary.get("order") == "verb-first",
        frozenset(vocabulary.get("abbreviations", ())),  # type: ignore[call-overload]
        frozenset(map(fold_word, vocabulary.get("function_words", ()))),  # type: ignore[call-overload]
    )


_SEPARATORS = str.maketrans("-'’*/", "     ")


def _entries(vocabulary: Mapping[str, object], roles: Collection[Role]) -> Iterator[tuple[str, Lexeme]]:
    for name, victims in _PERSONS.items() if Role.PERSON in roles else ():
        for grammatical, listed in _mapping(vocabulary.get(name)).items():
            for written in _strings(listed):
                yield written, Lexeme(Role.PERSON, victims, _GRAMMATICAL[grammatical])
    for role in roles:
        content = vocabulary.get(role.value)
        if role in _VALUED:
            for written, value in _mapping(content).items():
                yield written, Lexeme(role, value=int(value))  # type: ignore[call-overload]
            continue
        for written, number in _numbered(content):
            yield written, Lexeme(role, number=number)


def _numbered(content: object) -> Iterator[tuple[str, int | None]]:
    """The words of a list, or of lists by grammatical number."""
    yield from ((written, None) for written in _strings(content))
    for grammatical, listed in _mapping(content).items():
        yield from ((written, _GRAMMATICAL[grammatical]) for written in _strings(listed))


def _mapping(content: object) -> Mapping[str, object]:
    return content if isinstance(content, dict) else {}


def _strings(content: object) -> Iterable[str]:
    return map(str, content) if isinstance(content, list) else ()
