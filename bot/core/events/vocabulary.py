"""The vocabulary of one language as its file gives it: which part each word plays in telling of harm.

A newcomer's mistake is to add a word here: words live in `rules/events/vocabulary/*.yaml`, this only reads them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.core.model import Victims
from bot.core.text import fold_word


class Role(StrEnum):
    """What a word does in a sentence about harm. The values are the keys of a vocabulary file."""

    KILLED = "killed"
    INJURED = "injured"
    CASUALTIES = "casualties"
    TOLL = "toll"
    INJURED_TOLL = "toll_injured"
    NUMBER_OF = "number_of"
    TOTAL = "totals"
    PERSON = "person"
    OTHERS = "others"
    REST = "rest"
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
    FROM = "from"
    INCLUDING = "including"
    MOSTLY = "mostly"
    AMONG = "among"
    UPON = "upon"
    AND = "conjunctions"
    WITH = "company"
    AIRCRAFT = "military_aircraft"
    DOWNED = "downed"
    NOT = "not"
    OF = "of"
    PASSIVE = "passive"
    PERFECT = "perfect"
    BY = "by"
    PREPOSITION = "prepositions"
    BARRIER = "barriers"
    DETERMINER = "determiners"
    MEASURE = "measures"
    MONTH = "months"
    AGE = "ages"
    HYPOTHETICAL = "hypothetical"
    BACKGROUND = "background"
    DENIAL = "denial"
    UNREAL = "unreal"
    LATE = "late"
    TRAP = "traps"
    WEEKDAY = "weekdays"
    DAYS_AGO = "days_ago"
    ELSEWHERE = "elsewhere"
    CORRECTION = "corrections"
    DISASTER = "disaster"
    CRIME = "crime"
    CONFLICT = "conflict"
    AMBIGUOUS = "ambiguous"


# What is looked up apart from the telling itself: a soldier is a person there and a sign of conflict here.
CONTEXT = frozenset(
    {
        Role.BACKGROUND,
        Role.DENIAL,
        Role.UNREAL,
        Role.LATE,
        Role.WEEKDAY,
        Role.DAYS_AGO,
        Role.ELSEWHERE,
        Role.CORRECTION,
        Role.DISASTER,
        Role.CRIME,
        Role.CONFLICT,
        Role.AMBIGUOUS,
    }
)
HARM = frozenset({Role.KILLED, Role.INJURED, Role.CASUALTIES, Role.TOLL, Role.INJURED_TOLL})
DAYS = frozenset({Role.WEEKDAY, Role.DAYS_AGO})
TOLLS = frozenset({Role.TOLL, Role.INJURED_TOLL})
AUXILIARIES = frozenset({Role.PASSIVE, Role.PERFECT})
HEADS = frozenset({Role.PERSON, Role.MEMBERS, Role.FAMILY})
NOUNS = frozenset({*HEADS, Role.OTHERS, Role.FORCE})
NOUN_PARTS = frozenset({*NOUNS, Role.CIVIL})


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A word or phrase in its part. `number` is 1, 2 or None (many), for persons and nouns; `value` for numerals."""

    role: Role
    victims: Victims | None = None
    number: int | None = None
    value: int = 0


# ---------------------------------------------------------------- from a vocabulary file
_PERSONS = {"civilian": Victims.CIVILIAN, "combatant": Victims.COMBATANT, "people": Victims.UNKNOWN}
_GRAMMATICAL = {"one": 1, "two": 2, "many": None}
# By which words a sentence says who did something; they play no part in who was harmed.
BLAME = (
    "agency",
    "agency_behind",
    "attacks",
    "attacking",
    "doers",
    "against",
    "others_than",
    "accusing",
    "clashes",
    "opening",
    "turns",
)
VALUED = (Role.NUMBER, Role.MULTIPLIER, Role.VAGUE, Role.WEEKDAY, Role.DAYS_AGO)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that a language needs: the words that tell of harm, those that say in which context, and how it is known.

    `home` is the country (ISO 3166 alpha-2) that its reports are about unless they say otherwise, where there is one.
    `verb_first` and `stacked` (one noun describes the next: "police car", "rebel-held") say how it builds sentences.
    `plain` are the words that say "civilian" and nothing else: "five dead, one of them a civilian" makes no civilians
    of the other four, "one of them a child" does. `blame` are the words that say who did it, with their
    keys. `wanting` are words that tell of a death only with people beside
    them: "martyrs" on a poster are no news. `counting` words need a number: "neutralised 12 militants".
    """

    language: str
    script: str
    home: str | None
    telling: tuple[tuple[str, Lexeme], ...]
    context: tuple[tuple[str, Lexeme], ...]
    verb_first: bool
    stacked: bool
    plain: tuple[str, ...]
    wanting: frozenset[str]
    counting: frozenset[str]
    abbreviations: frozenset[str]
    function_words: frozenset[str]
    gatherings: frozenset[str]
    instead_of: frozenset[str]
    actors: frozenset[str]
    prefixes: tuple[tuple[str, ...], ...]
    blame: tuple[tuple[str, str], ...]


def vocabulary_of(content: Mapping[str, Any]) -> Vocabulary:
    """A vocabulary from the plain content of a vocabulary file, already checked for shape."""
    return Vocabulary(
        language=content["language"],
        script=content["script"],
        home=content.get("home") or None,
        telling=tuple(_entries(content, [role for role in Role if role not in CONTEXT])),
        context=tuple(_entries(content, [role for role in Role if role in CONTEXT])),
        verb_first=content.get("order") == "verb-first",
        stacked=content.get("nouns") == "stacked",
        plain=tuple(map(fold_word, content.get("saying_civilian", ()))),
        wanting=frozenset(map(fold_word, content.get("wanting_victims", ()))),
        counting=frozenset(map(fold_word, content.get("wanting_numbers", ()))),
        abbreviations=frozenset(map(fold_word, content.get("abbreviations", ()))),
        function_words=frozenset(map(fold_word, content.get("function_words", ()))),
        gatherings=frozenset(map(fold_word, content.get("gatherings", ()))),
        instead_of=frozenset(map(fold_word, content.get("instead_of", ()))),
        actors=frozenset(map(fold_word, content.get("actors", ()))),
        prefixes=tuple(map(tuple, content.get("prefixes", ()))),
        blame=tuple((written, key) for key in BLAME for written in _strings(content.get(key))),
    )


def _entries(vocabulary: Mapping[str, object], roles: Collection[Role]) -> Iterator[tuple[str, Lexeme]]:
    for name, victims in _PERSONS.items() if Role.PERSON in roles else ():
        for grammatical, listed in _mapping(vocabulary.get(name)).items():
            for written in _strings(listed):
                yield written, Lexeme(Role.PERSON, victims, _GRAMMATICAL[grammatical])
    for role in roles:
        content = vocabulary.get(role.value)
        if role in VALUED:
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
